#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backorderd/line.hpp"

namespace backorderd {

/// The columns of an order line by name: the one list that CSV and JSON files, connector mappings,
/// the store's records, conditions and the documentation all speak. A persisted format: do not
/// rename or reuse a name.
///
/// `key.source` is not among them; whoever reads a line knows its source.
enum class FieldType { Text, Number, Date, Kind, Flag };

struct LineField {
    std::string_view name;  ///< `customer.tier`
    FieldType type;
    std::string_view meaning;  ///< one sentence for docs/fields.md.
    /// Puts canonical text into the line: a decimal with a dot, an ISO date, a kind's name, `true` or
    /// `false` (also `yes`, `no`, `1`, `0`). Empty text means 'not known', and of a flag 'false'.
    /// False where the text is not of the field's type, or a number is beyond ±1,000,000,000.
    bool (*set)(OrderLine& line, std::string_view text);
    /// The canonical text; empty where not known.
    std::string (*get)(const OrderLine& line);
    /// The same without a copy, of a text and of the kind; null for all other fields.
    std::string_view (*view)(const OrderLine& line) = nullptr;
};

/// All fields, in the order in which they are documented and stored.
std::span<const LineField> lineFields();

/// The field of that name, or null.
const LineField* findLineField(std::string_view name);

/// The three open families `attributes.*`, `customer.attributes.*` and `item.attributes.*`: the map
/// that the name addresses and, in `key`, the rest of the name; null for any other name.
Attributes* attributesOf(OrderLine& line, std::string_view name, std::string_view& key);
const Attributes* attributesOf(const OrderLine& line, std::string_view name, std::string_view& key);

/// `backorder`, `preorder`, `drop-ship`, `made-to-order`
std::string_view kindName(LineKind kind);
std::optional<LineKind> parseKind(std::string_view name);

}  // namespace backorderd
