#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using Unit = Period::Unit;

/// The topics that a policy can name, in their order; no_contact has a key of its own.
constexpr std::array kTopics{Topic::Opened,        Topic::PromiseChanged,  Topic::PromiseLapsed,
                             Topic::Status,        Topic::PartlyAvailable, Topic::Available,
                             Topic::PartlyShipped, Topic::Shipped,         Topic::Cancelled};

constexpr PeriodBounds kWithin{{1, Unit::Minutes}, {30, Unit::Days}};
constexpr PeriodBounds kMinChange{{1, Unit::Days}, {366, Unit::Days}};
constexpr PeriodBounds kSettle{{1, Unit::Seconds}, {30, Unit::Days}};
constexpr PeriodBounds kEvery{{1, Unit::Hours}, {366, Unit::Days}};

/// Told once in a line's life, so that there is no second one to give another template.
bool happensOnce(Topic topic) {
    return topic == Topic::Opened || topic == Topic::Shipped || topic == Topic::Cancelled;
}

/// A period that only one topic has; elsewhere it would do nothing, in silence.
std::optional<Period> readOnlyFor(Topic only, Topic topic, MapReader& reader, std::string_view key,
                                  PeriodBounds bounds) {
    if (!reader.has(key)) return std::nullopt;
    const auto period = readPeriod(reader, key, bounds);
    if (topic == only) return period;
    reader.problem(reader.placeOf(key),
                   fmt::format("'{}' is for '{}' only; remove it here", key, topicName(only)));
    return std::nullopt;
}

void readLaterTemplates(Topic topic, MapReader& reader, MessageRule& rule) {
    for (const std::string_view key : {"first", "second", "further"}) {
        if (!reader.has(key)) continue;
        std::string name = readTemplateName(reader, key);
        if (happensOnce(topic))
            reader.problem(reader.placeOf(key),
                           fmt::format("'{}' does nothing here: '{}' is told once; remove it", key,
                                       topicName(topic)));
        (key == "first"    ? rule.first
         : key == "second" ? rule.second
                           : rule.further) = std::move(name);
    }
}

MessageRule readMessage(Topic topic, const NodePtr& node, const std::string& file,
                        const std::string& policy, Problems& problems) {
    MapReader reader(node, file, fmt::format("'{}' of {}", topicName(topic), policy), problems);
    MessageRule rule;
    rule.place = {file, node->line, node->column};
    (void)reader.need("template", "name the template of the message");
    if (reader.has("template")) rule.template_name = readTemplateName(reader, "template");
    readLaterTemplates(topic, reader, rule);
    rule.within = readPeriod(reader, "within", kWithin);
    rule.min_change = readOnlyFor(Topic::PromiseChanged, topic, reader, "min_change", kMinChange);
    rule.settle = readOnlyFor(Topic::PromiseChanged, topic, reader, "settle", kSettle);
    rule.every = readOnlyFor(Topic::Status, topic, reader, "every", kEvery);
    if (topic == Topic::Status && node->isMapping() && !reader.has("every"))
        reader.problem(*node, fmt::format("{} lacks 'every': say how often, such as 'every: 5bd'",
                                          reader.what()));
    const bool whole_days = !rule.min_change || rule.min_change->unit == Unit::Days ||
                            rule.min_change->unit == Unit::BusinessDays ||
                            rule.min_change->unit == Unit::Weeks;
    if (!whole_days)
        reader.problem(*reader.find("min_change"),
                       "'min_change' compares dates, so it counts days: write 2d, 5bd or 1w");
    rule.critical = readFlag(reader, "critical").value_or(false);
    reader.finish();
    return rule;
}

}  // namespace

std::vector<std::pair<Topic, MessageRule>> readMessages(const NodePtr& node,
                                                        const std::string& file,
                                                        const std::string& policy,
                                                        Problems& problems) {
    MapReader reader(node, file, fmt::format("'messages' of {}", policy), problems);
    if (node->isMapping() && node->entries.empty())
        reader.problem(*node, fmt::format("{} is empty, so that the policy would say nothing; name "
                                          "a message, or leave those lines out of 'match'",
                                          reader.what()));
    std::vector<std::pair<Topic, MessageRule>> messages;
    for (const Topic topic : kTopics)
        if (const NodePtr message = reader.find(topicName(topic)))
            messages.emplace_back(topic, readMessage(topic, message, file, policy, problems));
    if (reader.has("no_contact")) {
        reader.problem(reader.placeOf("no_contact"),
                       "'no_contact' is no message to the customer; write it beside 'messages', as "
                       "no_contact: { alert: TEAM }");
        (void)reader.find("no_contact");
    }
    reader.finish();
    return messages;
}

}  // namespace backorderd::config
