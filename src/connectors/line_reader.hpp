#pragma once

#include <string>
#include <string_view>

#include "backorderd/line_fields.hpp"

namespace backorderd::connectors {

/// A column that a connector may fill: a field of the vocabulary, or a name of an open family
/// (`customer.attributes.region`).
struct LineColumn {
    std::string name;
    const LineField* field = nullptr;  ///< null: an attribute
};

/// Whether a line has a column of that name.
bool isLineColumn(std::string_view name);

/// Puts canonical text into the line. Returns what is wrong with the text, for a person; empty
/// where nothing is.
std::string setColumn(OrderLine& line, const LineColumn& column, std::string_view text);

/// What keeps a line that was read in full from being used: a field that every line must have is
/// missing. Empty: nothing.
std::string lineFault(const OrderLine& line);

}  // namespace backorderd::connectors
