#pragma once

#include <string>
#include <string_view>

#include "config/section.hpp"

namespace backorderd::config {

/// Adds a problem to the section where `zone` is no IANA zone that this machine knows.
void checkTimezone(Section& section, std::string_view key, const std::string& zone);

}  // namespace backorderd::config
