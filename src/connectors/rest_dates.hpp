#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backorderd/dates.hpp"

namespace backorderd::connectors::rest {

/// An ISO date of a text in that format of a mapping. With a zone, the text is a moment and the
/// date is the one that it falls on there. What cannot be read comes back as it is.
std::string readDate(std::string_view text, std::string_view format, std::string_view zone);

/// A moment as the ERP writes it; where it names no zone, as if it were UTC.
std::optional<Timestamp> readMoment(std::string_view text, std::string_view format);
/// The same the other way round.
std::string writeMoment(Timestamp at, std::string_view format);

}  // namespace backorderd::connectors::rest
