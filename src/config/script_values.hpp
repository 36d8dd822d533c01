#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/map_reader.hpp"
#include "config/scripts.hpp"

/// The values that rule tests and scenarios have in common.
namespace backorderd::config {

/// The tree of a file, or null with a problem.
NodePtr readYamlFile(const std::string& file, Problems& problems);

/// `+3d`, `-2w`: whole days with a sign.
std::optional<int> parseDays(std::string_view text);
/// `+0h`, `+30m`, `+12d`; business days are no fixed span and are refused.
std::optional<std::chrono::seconds> parseOffset(std::string_view text);

/// Fields of a line, nested or dotted, with the short names: `item` for `item.id`, `customer.email`
/// for `contact.email` and their like. Names in `others` are not fields, and are left alone.
std::vector<FieldChange> readFields(MapReader& reader, const std::vector<std::string>& others);
/// One field with its value; nullopt with a problem.
std::optional<FieldChange> readField(MapReader& reader, const std::string& name, const Node& value,
                                     const Place& place);

std::optional<Decimal> readQuantity(MapReader& reader, const Node& node, std::string_view what);
/// The text of a key that may be absent; empty with a problem where it is no text.
std::string readText(MapReader& reader, std::string_view key);

}  // namespace backorderd::config
