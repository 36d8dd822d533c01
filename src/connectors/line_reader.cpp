#include "connectors/line_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace backorderd::connectors {
namespace {

/// Beyond this a quantity is a mistake of the ERP's, and sums could leave the range of a Decimal,
/// which ends the process.
constexpr std::int64_t kQuantityMax = 1'000'000'000'000;
constexpr double kValueMax = 9e12;

std::string_view typeWords(FieldType type) {
    switch (type) {
        case FieldType::Text: return "a text";
        case FieldType::Number: return "a number";
        case FieldType::Date: return "a date";
        case FieldType::Kind: return "one of backorder, preorder, drop-ship, made-to-order";
    }
    std::abort();
}

double asDouble(Decimal value) {
    return static_cast<double>(value.millionths()) / static_cast<double>(Decimal::kScale);
}

bool isTooLarge(Decimal value) {
    return value > Decimal::fromMillionths(kQuantityMax * Decimal::kScale) ||
           value < Decimal::fromMillionths(-kQuantityMax * Decimal::kScale);
}

}  // namespace

bool isLineColumn(std::string_view name) {
    static const OrderLine kNoLine;
    std::string_view key;
    return findLineField(name) != nullptr || attributesOf(kNoLine, name, key) != nullptr;
}

std::string setColumn(OrderLine& line, const LineColumn& column, std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return fmt::format("'{}' holds a NUL character", column.name);
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
    for (const Decimal quantity : {line.ordered, line.shipped, line.cancelled,
                                   line.allocated.value_or(Decimal{}), line.unit_price.amount})
        if (isTooLarge(quantity))
            return fmt::format("{} is out of range: at most {} either way", quantity.toString(),
                               kQuantityMax);
    if (std::abs(asDouble(line.open()) * asDouble(line.unit_price.amount)) > kValueMax)
        return fmt::format("the value of the open quantity is out of range: {} times {}",
                           line.open().toString(), line.unit_price.amount.toString());
    return {};
}

}  // namespace backorderd::connectors
