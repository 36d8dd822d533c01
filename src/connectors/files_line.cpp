#include "connectors/files_line.hpp"

#include <fmt/format.h>

#include <utility>

namespace backorderd::connectors::files {
namespace {

void join(Supply& own, const Supply& joined) {
    // A row of another document says nothing of this one.
    if (own.covered() && own.reference != joined.reference) return;
    own.reference = joined.reference;
    if (!own.expected) own.expected = joined.expected;
    if (!own.quantity) own.quantity = joined.quantity;
}

std::string writtenOtherwise(const Cell& cell, const LineColumn& target,
                             const ValueFormat& format) {
    const bool date = target.field->type == FieldType::Date;
    return fmt::format("'{}' is not a {}, which '{}' must be, as this file writes them ({})",
                       cell.text.substr(0, 60), date ? "date" : "number", target.name,
                       date ? fmt::format("'{}'", format.date)
                            : fmt::format("decimal sign '{}', {}", format.decimal,
                                          format.thousands.empty()
                                              ? std::string{"digits not grouped"}
                                              : fmt::format("groups of three digits with '{}'",
                                                            format.thousands)));
}

/// Text that is already as a field takes it, as nearly all of it is.
bool isCanonical(FieldType type, const ValueFormat& format, std::string_view text) {
    switch (type) {
        case FieldType::Text:
            return true;
        case FieldType::Number:
            return format.decimal == '.' && format.thousands.empty();
        case FieldType::Date:
            return text.size() == 10 && format.date == "%Y-%m-%d";
        case FieldType::Kind:
        case FieldType::Flag:
            return false;
    }
    return false;
}

}  // namespace

LineMaker::LineMaker(std::string source, const Columns& columns, const KindWords& kinds)
    : source_{std::move(source)},
      columns_{columns},
      kinds_{kinds},
      ordered_column_{columns.named("ordered")} {}

Result<OrderLine> LineMaker::make(RecordFile& file, const Record& record, const Supply* joined) {
    if (auto fault = file.cells(record, cells_)) return Problems{std::move(*fault)};
    OrderLine line;
    line.key.source = source_;
    Problems problems;
    has_ordered_ = false;
    for (const auto& cell : cells_) {
        auto fault = setCell(line, cell, file.values());
        if (!fault.empty())
            problems.push_back({file.window().placeOf(cell.at), std::move(fault), Severity::Error});
    }
    if (joined != nullptr) join(line.supply, *joined);
    // Most ERPs know an order by its number.
    if (line.order.id.empty()) line.order.id = line.order.number;
    if (problems.empty()) {
        // Without it the line would seem to be closed.
        auto fault = has_ordered_ ? lineFault(line) : "the record has no 'ordered'";
        if (!fault.empty())
            problems.push_back(
                {file.window().placeOf(record.bytes.data()), std::move(fault), Severity::Error});
    }
    if (!problems.empty()) return problems;
    return line;
}

std::string LineMaker::setCell(OrderLine& line, const Cell& cell, const ValueFormat& format) {
    for (int column = cell.column; column >= 0;) {
        const auto& [target, header, required, twin] = columns_[static_cast<std::size_t>(column)];
        std::string fault;
        const auto type = target.field == nullptr ? FieldType::Text : target.field->type;
        if (isCanonical(type, format, cell.text)) {
            fault = setColumn(line, target, cell.text);
            if (!fault.empty() && type == FieldType::Date)
                fault = writtenOtherwise(cell, target, format);
        } else if (const auto text = canonicalValue(cell.text, type, format, kinds_)) {
            fault = setColumn(line, target, *text);
        } else {
            fault = writtenOtherwise(cell, target, format);
        }
        if (!fault.empty()) return fault;
        has_ordered_ |= column == ordered_column_ && !cell.text.empty();
        column = twin;
    }
    return {};
}

}  // namespace backorderd::connectors::files
