#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/problem_list.hpp"
#include "config/rule_reader.hpp"
#include "config/script_values.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kChangesMax = 10'000;
constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
const std::vector<std::string> kNoFields{"on",       "at",        "line",     "order",
                                         "customer", "item",      "ship",     "cancel",
                                         "arrives",  "warehouse", "of_supply"};

void readDay(MapReader& reader, ScenarioChange& change) {
    const auto node = reader.need("on", "write a weekday, a date, or days from now such as +3d");
    const auto* text = scalarText(reader, node, "on", "a day");
    if (!text) return;
    for (std::size_t i = 0; i < kWeekdays.size(); ++i)
        if (*text == kWeekdays[i] || *text == kWeekdays[i].substr(0, 3))
            change.weekday = static_cast<int>(i);
    change.date = parseDate(*text);
    if (text->starts_with('+')) change.in_days = parseDays(*text);
    if (!change.weekday && !change.date && !change.in_days)
        reader.problem(*node, fmt::format("'on' must be a weekday such as friday, a date, or days "
                                          "from now such as +3d, not {}{}",
                                          quote(*text),
                                          didYouMean(*text, {kWeekdays.begin(), kWeekdays.end()})));
}

/// `ship: all`, `ship: 5`
void readPart(MapReader& reader, const std::string& key, bool& all,
              std::optional<Decimal>& quantity) {
    const auto node = reader.find(key);
    if (!node) return;
    all = node->text == "all" || node->text == "true";
    if (!all) quantity = readQuantity(reader, *node, key);
}

void readEffect(MapReader& reader, ScenarioChange& change) {
    change.fields = readFields(reader, kNoFields);
    readPart(reader, "ship", change.ship_all, change.ship);
    readPart(reader, "cancel", change.cancel_all, change.cancel);
    if (const auto node = reader.find("arrives"))
        change.arrives = readQuantity(reader, *node, "arrives");
    change.warehouse = readText(reader, "warehouse");
    const bool lines = !change.fields.empty() || change.ship_all || change.ship ||
                       change.cancel_all || change.cancel;
    if (!lines && !change.arrives)
        reader.problem(reader.place(),
                       "the change says nothing that becomes of the lines; write "
                       "'promise: +10d', 'ship: all', 'cancel: all' or "
                       "'arrives: 50'");
    if (change.arrives && change.item.empty())
        reader.problem(reader.placeOf("arrives"), "say of which item: add 'item: PX-100'");
    const bool any = change.line.empty() && change.order.empty() && change.item.empty() &&
                     change.customer.empty() && change.supply.empty();
    if (any && !change.arrives)
        reader.problem(reader.place(),
                       "say which lines it concerns: add 'item', 'line', 'order', "
                       "'customer' or 'of_supply'");
}

ScenarioChange readChange(const NodePtr& node, const std::string& file, Problems& problems) {
    MapReader reader{node, file, "the change", problems};
    ScenarioChange change;
    change.place = reader.place();
    readDay(reader, change);
    if (const auto at = reader.find("at")) {
        // Hours are read as the beginning of a span that lasts until midnight.
        const auto hours = std::make_shared<Node>(*at);
        hours->text += "-24:00";
        if (const auto read = readHours(reader, hours, "at")) change.at_minute = read->from_minute;
    }
    change.line = readText(reader, "line");
    change.order = readText(reader, "order");
    change.item = readText(reader, "item");
    change.customer = readText(reader, "customer");
    change.supply = readText(reader, "of_supply");
    readEffect(reader, change);
    // What is no key of ours is a field, and has been read as one.
    return change;
}

}  // namespace

Result<std::vector<ScenarioChange>> loadScenario(const std::string& file) {
    Problems problems;
    std::vector<ScenarioChange> changes;
    const auto root = readYamlFile(file, problems);
    if (root && (!root->isSequence() || root->items.size() > kChangesMax))
        problems.push_back({{file, root->line, root->column},
                            fmt::format("a scenario is a list of at most {} changes, each as "
                                        "'- {{ on: friday, item: PX-100, promise: +10d }}'",
                                        kChangesMax),
                            Severity::Error});
    else if (root)
        for (const auto& node : root->items) changes.push_back(readChange(node, file, problems));
    problems = orderProblems(std::move(problems));
    if (hasErrors(problems)) return problems;
    return changes;
}

}  // namespace backorderd::config
