#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/rest_reader.hpp"

namespace backorderd::connectors::rest {

namespace {

/// A record of another request may itself look something up; deeper than this nobody means to.
constexpr int kRoundsMax = 8;

/// Each field of the mapping is written anew; what only grows, or depends on what was there, is
/// emptied. So the line's texts keep their memory from record to record.
void begin(MappedLine& mapped, const LineSource& source) {
    OrderLine& line = mapped.line;
    if (line.key.source.empty()) line.key.source = source.name;
    line.promise = {};
    for (Attributes* attributes :
         {&line.attributes, &line.customer.attributes, &line.item.attributes})
        attributes->clear();
    mapped.fault.clear();
}

void mapLine(const LineSource& source, const Scope& scope, MappedLine& mapped) {
    const Mapping& mapping = source.mapping();
    begin(mapped, source);
    std::string space;
    for (const FieldRule& rule : mapping.fields) {
        const std::string_view text = evaluate(rule.expression, scope, space);
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
    if (mapping.changes) mapped.changed = evaluate(mapping.changes->bookmark, scope, space);
}

bool looksSomethingUp(const Expression& expression) {
    std::vector<std::string> requests;
    collectRequests(expression, requests);
    return !requests.empty();
}

/// Whether that holds for one of the expressions that make lines.
bool anyOf(const Mapping& mapping, bool (*holds)(const Expression&)) {
    return std::ranges::any_of(mapping.fields, holds, &FieldRule::expression) ||
           (mapping.only && holds(*mapping.only)) ||
           (mapping.backorder && holds(*mapping.backorder)) ||
           (mapping.changes && holds(mapping.changes->bookmark));
}

nlohmann::json plain(const Node& value) {
    if (value.kind == Node::Kind::Null) return nullptr;
    if (value.kind == Node::Kind::Text) return value.text;
    return nlohmann::json::parse(value.text, nullptr, false);
}

}  // namespace

bool looksUp(const Mapping& mapping) { return anyOf(mapping, looksSomethingUp); }

bool changesByDay(const Mapping& mapping) { return anyOf(mapping, asksForToday); }

bool mapRow(const LineSource& source, const Scope& scope, MappedLine& into) {
    const Mapping& mapping = source.mapping();
    std::string space;
    if (mapping.only && !isTrue(evaluate(*mapping.only, scope, space))) return false;
    mapLine(source, scope, into);
    return true;
}

Date LineSource::today() const {
    const auto day = std::chrono::floor<std::chrono::days>(session.clock().now());
    return Date{day.time_since_epoch()};
}

std::string rawText(const Row& row, const Request& request) {
    using nlohmann::json;
    json shown = plain(*row.record);
    if (row.parent != nullptr) {
        json parent = plain(*row.parent);
        // The list itself would show each of its elements once more.
        const json::json_pointer at{written(request.each)};
        if (parent.contains(at)) parent[at] = "…";
        if (!shown.is_object()) shown = {{"", std::move(shown)}};
        shown["^"] = std::move(parent);
    }
    return shown.dump(2, ' ', false, json::error_handler_t::replace);
}

boost::asio::awaitable<std::optional<Failure>> fetchWanted(const LineSource& source,
                                                           HeldRecords& held,
                                                           const std::function<void()>& look) {
    for (int round = 0; round < kRoundsMax; ++round) {
        look();
        if (!held.wantsMore()) co_return std::nullopt;
        if (auto failed = co_await held.fetch()) co_return failed;
    }
    co_return Failure{Failure::Again::Never,
                      fmt::format("{}: the mapping's look-ups lead to ever more look-ups",
                                  source.session.where())};
}

boost::asio::awaitable<Asked<std::vector<MappedLine>>> mapLines(LineSource& source,
                                                                HeldRecords& held,
                                                                std::vector<Row> rows) {
    std::vector<MappedLine> lines;
    MappedLine line;
    const std::function<void()> look = [&] {
        lines.clear();
        for (const Row& row : rows) {
            const Scope scope{row, held, source.session.values(), source.today()};
            if (mapRow(source, scope, line)) lines.push_back(line);
        }
    };
    if (auto failed = co_await fetchWanted(source, held, look)) co_return std::move(*failed);
    co_return std::move(lines);
}

}  // namespace backorderd::connectors::rest
