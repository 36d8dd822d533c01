#include <fmt/format.h>

#include <algorithm>
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
    mapped.row = scope.row;
    mapped.line.key.source = source.name;
    for (const FieldRule& rule : mapping.fields) {
        const std::string text = evaluate(rule.expression, scope);
        const std::string fault = setColumn(mapped.line, rule.column, text);
        if (fault.empty()) continue;
        if (mapped.fault.empty()) mapped.faulty = rule.place;
        mapped.fault += (mapped.fault.empty() ? "" : "; ") + fault;
    }
    if (mapped.fault.empty()) {
        mapped.fault = lineFault(mapped.line);
        mapped.faulty = mapping.fields_place;
    }
    mapped.backorder =
        mapped.line.isOpen() && (!mapping.backorder || isTrue(evaluate(*mapping.backorder, scope)));
    if (mapping.changes) mapped.changed = evaluate(mapping.changes->bookmark, scope);
    return mapped;
}

bool dependsOnMore(const Expression& expression) {
    std::vector<std::string> requests;
    collectRequests(expression, requests);
    return !requests.empty() || asksForToday(expression);
}

}  // namespace

bool standsAlone(const Mapping& mapping) {
    const auto depends = [](const FieldRule& rule) { return dependsOnMore(rule.expression); };
    return std::ranges::none_of(mapping.fields, depends) &&
           !(mapping.only && dependsOnMore(*mapping.only)) &&
           !(mapping.backorder && dependsOnMore(*mapping.backorder)) &&
           !(mapping.changes && dependsOnMore(mapping.changes->bookmark));
}

std::optional<MappedLine> mapRow(const LineSource& source, const Row& row, Joins& joins) {
    const Mapping& mapping = source.mapping();
    const Scope scope{row, joins, source.session.values(), source.today()};
    if (mapping.only && !isTrue(evaluate(*mapping.only, scope))) return std::nullopt;
    return mapLine(source, scope);
}

Date LineSource::today() const {
    const auto day = std::chrono::floor<std::chrono::days>(session.clock().now());
    return Date{day.time_since_epoch()};
}

std::string rawText(const Row& row, const Request& request) {
    json shown = *row.record;
    if (row.parent != nullptr) {
        json parent = *row.parent;
        // The list itself would show each of its elements once more.
        json::json_pointer at;
        for (const std::string& part : request.each) at /= part;
        if (parent.contains(at)) parent[at] = "…";
        if (!shown.is_object()) shown = {{"", std::move(shown)}};
        shown["^"] = std::move(parent);
    }
    return shown.dump(2, ' ', false, json::error_handler_t::replace);
}

boost::asio::awaitable<Asked<std::vector<MappedLine>>> mapLines(LineSource& source,
                                                                HeldRecords& held,
                                                                std::vector<Row> rows) {
    std::vector<MappedLine> lines;
    for (int round = 0; round < kRoundsMax; ++round) {
        lines.clear();
        for (const Row& row : rows)
            if (auto line = mapRow(source, row, held)) lines.push_back(std::move(*line));
        if (!held.wantsMore()) co_return std::move(lines);
        if (auto failed = co_await held.fetch()) co_return std::move(*failed);
    }
    co_return Failure{Failure::Again::Never,
                      fmt::format("{}: the mapping's look-ups lead to ever more look-ups",
                                  source.session.where())};
}

}  // namespace backorderd::connectors::rest
