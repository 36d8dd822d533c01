#include <fmt/format.h>

#include <algorithm>

#include "config/listed_rule.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using Unit = Period::Unit;
using Step = EscalationRule::Step;
using Stop = EscalationRule::Stop;

constexpr std::size_t kLadderStepsMax = 20;
constexpr std::size_t kInhibitsMax = 100;
constexpr PeriodBounds kAfter{{0, Unit::Seconds}, {366, Unit::Days}};
constexpr PeriodBounds kRepeat{{1, Unit::Hours}, {366, Unit::Days}};
/// In the order of EscalationRule::Stop.
const std::vector<std::string> kStops{"available", "partly_available", "promise_changed",
                                      "shipped",   "cancelled",        "answered"};

Step readStep(ListedRule& entry, const NodePtr& node, std::size_t number) {
    MapReader reader(node, entry.file(), fmt::format("step {} of {}", number, entry.what()),
                     entry.problems());
    Step step;
    step.place = reader.place();
    step.team = entry.readTeam(reader, "to", "name the team that is alerted");
    (void)reader.need("template", "name the template of the alert");
    if (reader.has("template")) step.template_name = readTemplateName(reader, "template");
    step.after = readPeriod(reader, "after", kAfter).value_or(step.after);
    step.unless_acknowledged =
        readWord(reader, reader.find("unless"), "unless", {"acknowledged"}).has_value();
    step.repeat = readPeriod(reader, "repeat", kRepeat);
    reader.finish();
    return step;
}

std::vector<Step> readSteps(ListedRule& entry) {
    const NodePtr node = entry.reader.need("steps",
                                           "say who is alerted, such as "
                                           "[{ to: sales_rep, template: rep-alert }]");
    std::vector<Step> steps;
    if (!node) return steps;
    if (!node->isSequence() || node->items.empty() || node->items.size() > kLadderStepsMax) {
        entry.reader.problem(*node, fmt::format("'steps' must be a list of from 1 to {} steps, "
                                                "each beginning with '- '",
                                                kLadderStepsMax));
        return steps;
    }
    for (const NodePtr& item : node->items) {
        steps.push_back(readStep(entry, item, steps.size() + 1));
        if (steps.size() < 2) continue;
        const Step& before = steps[steps.size() - 2];
        if (isShorter(steps.back().after, before.after))
            entry.reader.problem(
                *item, fmt::format("step {} comes before the one above it ({} against {}); "
                                   "'after' counts from the start, so write the steps in order",
                                   steps.size(), formatPeriod(steps.back().after),
                                   formatPeriod(before.after)));
    }
    return steps;
}

std::vector<std::string> readInhibits(ListedRule& entry, const std::string& own_name) {
    const NodePtr node = entry.reader.find("inhibits");
    std::vector<std::string> names;
    const auto items = listOf(node);
    if (node && (items.empty() || items.size() > kInhibitsMax))
        entry.reader.problem(*node,
                             fmt::format("'inhibits' must name from 1 to {} rules", kInhibitsMax));
    for (const NodePtr& item : items) {
        std::string name =
            readNameOf(entry.reader, item, "escalation rule", entry.names().escalations);
        if (!name.empty() && name == own_name)
            entry.reader.problem(*item, fmt::format("{} inhibits itself; remove it", entry.what()));
        else if (!name.empty())
            names.push_back(std::move(name));
    }
    return names;
}

/// Follows what a rule silences, depth first. A rule is looked into once.
class InhibitionWalk {
public:
    InhibitionWalk(const std::vector<EscalationRule>& rules, Problems& problems)
        : rules_(rules), problems_(problems) {}

    void visit(const EscalationRule& rule) {
        if (done_.contains(rule.name)) return;
        const auto at = std::ranges::find(path_, rule.name);
        if (at != path_.end()) {
            std::vector<std::string> cycle(at, path_.end());
            cycle.push_back(rule.name);
            problems_.push_back(
                {rule.place,
                 fmt::format("what escalation rule {} inhibits leads back to it ({}), so that "
                             "each would silence the other; remove one 'inhibits'",
                             quote(rule.name), fmt::join(cycle, " -> ")),
                 Severity::Error});
            return;
        }
        path_.push_back(rule.name);
        for (const std::string& name : rule.inhibits) {
            const auto next = std::ranges::find(rules_, name, &EscalationRule::name);
            if (next != rules_.end()) visit(*next);
        }
        path_.pop_back();
        done_.insert(rule.name);
    }

private:
    const std::vector<EscalationRule>& rules_;
    Problems& problems_;
    std::vector<std::string> path_;
    std::set<std::string> done_;
};

}  // namespace

EscalationRule readEscalation(const ListedNode& listed, const Names& names, Segments& segments,
                              Problems& problems) {
    ListedRule entry(listed, "escalation rule", names, segments, problems);
    EscalationRule rule;
    entry.readHead(rule);
    rule.start = entry.readConditionAt(entry.reader, "start");
    rule.steps = readSteps(entry);
    rule.digest = entry.readAlertDigest();
    for (const std::size_t stop : readWords(entry.reader, "stop", kStops))
        rule.stop.push_back(static_cast<Stop>(stop));
    rule.inhibits = readInhibits(entry, rule.name);
    const bool business = std::ranges::any_of(rule.steps, [](const Step& step) {
        return countsBusinessDays(step.after) || countsBusinessDays(step.repeat);
    });
    entry.finish(business || rule.digest.at_minute.has_value());
    return rule;
}

void findInhibitionCycles(const std::vector<EscalationRule>& rules, Problems& problems) {
    InhibitionWalk walk(rules, problems);
    for (const EscalationRule& rule : rules) walk.visit(rule);
}

}  // namespace backorderd::config
