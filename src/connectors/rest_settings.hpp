#pragma once

#include <optional>

#include "connectors/rest_session.hpp"

namespace backorderd::connectors::rest {

/// What a source of this kind is, read from its section and its mapping's file.
struct RestSettings {
    Access access;
    Mapping mapping;
    Texts values;
    std::size_t joined_records_max = 0;
};

/// Reads the section and the mapping, and finishes both. nullopt where there are errors, which are
/// then in the section, those of the mapping with their own places.
/// `mapping_file` counts instead of the one in the section where it is not empty.
std::optional<RestSettings> readRestSettings(config::Section& section,
                                             const std::string& mapping_file);

}  // namespace backorderd::connectors::rest
