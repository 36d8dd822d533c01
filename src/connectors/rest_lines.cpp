#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "connectors/rest_reader.hpp"

namespace backorderd::connectors::rest {

using nlohmann::json;

namespace {

/// A record of another request may itself look something up; deeper than this nobody means to.
constexpr int kRoundsMax = 8;

MappedLine mapLine(const LineSource& source, const Scope& scope) {
    const Mapping& mapping = source.mapping();
    MappedLine mapped;
    mapped.line.key.source = source.name;
    for (const FieldRule& rule : mapping.fields) {
        const std::string text = evaluate(rule.expression, scope);
        const std::string fault = setColumn(mapped.line, rule.column, text);
        if (mapped.fault.empty()) mapped.fault = fault;
    }
    if (mapped.fault.empty()) mapped.fault = lineFault(mapped.line);
    mapped.backorder =
        mapped.line.isOpen() && (!mapping.backorder || isTrue(evaluate(*mapping.backorder, scope)));
    if (mapping.changes) mapped.changed = evaluate(mapping.changes->bookmark, scope);
    return mapped;
}

}  // namespace

Date LineSource::today() const {
    const auto day = std::chrono::floor<std::chrono::days>(session.clock().now());
    return Date{day.time_since_epoch()};
}

boost::asio::awaitable<Asked<std::vector<MappedLine>>> mapLines(LineSource& source,
                                                                HeldRecords& held,
                                                                std::vector<Row> rows, bool raw) {
    const Mapping& mapping = source.mapping();
    std::vector<MappedLine> lines;
    for (int round = 0; round < kRoundsMax; ++round) {
        lines.clear();
        for (const Row& row : rows) {
            const Scope scope{row, held, source.session.values(), source.today()};
            if (mapping.only && !isTrue(evaluate(*mapping.only, scope))) continue;
            lines.push_back(mapLine(source, scope));
            if (raw)
                lines.back().raw = row.record->dump(2, ' ', false, json::error_handler_t::replace);
        }
        if (!held.wantsMore()) co_return std::move(lines);
        if (auto failed = co_await held.fetch()) co_return std::move(*failed);
    }
    co_return Failure{Failure::Again::Never,
                      fmt::format("{}: the mapping's look-ups lead to ever more look-ups",
                                  source.session.where())};
}

}  // namespace backorderd::connectors::rest
