#pragma once

#include <simdjson.h>

#include <string_view>

namespace backorderd::codec {

/// Whether a text could not be parsed for want of memory: no fault of the text. Where there is none
/// for its copy, simdjson takes it for empty.
inline bool lacksMemory(simdjson::error_code error, std::string_view json) {
    return error == simdjson::MEMALLOC || (error == simdjson::EMPTY && !json.empty());
}

}  // namespace backorderd::codec
