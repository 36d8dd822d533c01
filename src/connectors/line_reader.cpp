#include "connectors/line_reader.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace backorderd::connectors {
namespace {

std::string_view typeWords(FieldType type) {
    switch (type) {
        case FieldType::Text:
            return "a text";
        case FieldType::Number:
            return "a number of at most 1,000,000,000 either way";
        case FieldType::Date:
            return "a date";
        case FieldType::Kind:
            return "one of backorder, preorder, drop-ship, made-to-order";
        case FieldType::Flag:
            return "true or false";
    }
    std::abort();
}

}  // namespace

bool isLineColumn(std::string_view name) {
    static const OrderLine kNoLine;
    std::string_view key;
    return findLineField(name) != nullptr || attributesOf(kNoLine, name, key) != nullptr;
}

std::string setColumn(OrderLine& line, const LineColumn& column, std::string_view text) {
    if (column.field != nullptr) {
        if (column.field->set(line, text)) return {};
        return fmt::format("'{}' is not {}, which '{}' must be", text.substr(0, 60),
                           typeWords(column.field->type), column.name);
    }
    std::string_view key;
    Attributes* attributes = attributesOf(line, column.name, key);
    if (attributes == nullptr) return fmt::format("a line has no column '{}'", column.name);
    if (text.empty()) return {};
    const auto [at, is_new] = attributes->emplace(key, text);
    return is_new ? std::string{} : fmt::format("'{}' stands twice", column.name);
}

std::string lineFault(const OrderLine& line) {
    if (line.key.id.empty()) return "the line has no id ('line')";
    if (line.order.number.empty()) return "the line has no order number ('order.number')";
    if (line.item.id.empty()) return "the line has no item number ('item.id')";
    if (line.customer.id.empty()) return "the line has no customer number ('customer.id')";
    return {};
}

}  // namespace backorderd::connectors
