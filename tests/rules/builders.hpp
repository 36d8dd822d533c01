#pragma once

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/rule.hpp"

/// Lines, cases and rules as the tests of src/rules need them.
namespace backorderd::rules_test {

inline Timestamp at(std::string_view text) {
    const auto found = parseTimestamp(text);
    if (!found) throw std::invalid_argument{fmt::format("not an instant: {}", text)};
    return *found;
}

inline Date day(std::string_view text) {
    const auto found = parseDate(text);
    if (!found) throw std::invalid_argument{fmt::format("not a date: {}", text)};
    return *found;
}

inline Period period(std::string_view text) {
    const auto found = parsePeriod(text);
    if (!found) throw std::invalid_argument{fmt::format("not a period: {}", text)};
    return *found;
}

inline Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

inline Test test(std::string_view field) {
    Test made;
    made.field = findConditionField(field);
    if (!made.field) throw std::invalid_argument{fmt::format("no such field: {}", field)};
    if (made.field->derived == ConditionField::Derived::Attribute) made.attribute = field;
    return made;
}

inline Condition condition(std::vector<Test> tests) {
    Condition made;
    made.tests = std::move(tests);
    return made;
}

/// A line of ten, all open, promised for Friday 20 March 2026.
inline OrderLine plainLine() {
    OrderLine line;
    line.key = {"erp", "SO100/1"};
    line.order = {"100", "SO100", "PO-7", day("2026-02-27")};
    line.position = "1";
    line.item.id = "PX-100";
    line.item.category = "pumps";
    line.unit = "pcs";
    line.ordered = Decimal{10};
    line.unit_price = {number("12.5"), "USD"};
    line.promise = Promise::on(day("2026-03-20"));
    line.supply.reference = "PO9";
    line.supply.expected = day("2026-03-18");
    line.customer.id = "C1";
    line.customer.tier = "gold";
    line.customer.attributes["region"] = "EMEA";
    line.contact = {"Ann", "a@example.com", "+4930123456", "buyer", "de-AT", "Europe/Vienna"};
    line.sales_rep = {"Rob", "rob@example.com"};
    return line;
}

/// Opened on Monday 2 March 2026, 9:00 in Vienna.
inline Case plainCase() {
    Case subject;
    subject.id = 7;
    subject.line = plainLine();
    subject.opened_at = at("2026-03-02T08:00:00Z");
    subject.events.push_back(
        {1, subject.opened_at,
         LineOpened{subject.line.open(), subject.line.promise, subject.adopted}});
    return subject;
}

inline Calendar vienna() {
    Calendar calendar;
    calendar.name = "vienna";
    calendar.timezone = "Europe/Vienna";
    calendar.holidays = {day("2026-04-06")};
    return calendar;
}

inline MessageRule message(std::string_view template_name) {
    MessageRule rule;
    rule.template_name = template_name;
    return rule;
}

/// All topics, no grace, no window, no digest, status every five business days.
inline CadencePolicy plainPolicy() {
    CadencePolicy policy;
    policy.name = "standard";
    policy.calendar = "vienna";
    policy.no_contact_team = "sales_rep";
    for (const auto topic : {Topic::Opened, Topic::PromiseChanged, Topic::PromiseLapsed,
                             Topic::Status, Topic::PartlyAvailable, Topic::Available,
                             Topic::PartlyShipped, Topic::Shipped, Topic::Cancelled})
        policy.messages.emplace_back(topic, message(topicName(topic)));
    policy.messages[3].second.every = period("5bd");
    return policy;
}

inline MessageRule& messageOf(CadencePolicy& policy, Topic topic) {
    for (auto& [its_topic, rule] : policy.messages)
        if (its_topic == topic) return rule;
    throw std::invalid_argument{"no such message"};
}

inline void removeMessage(CadencePolicy& policy, Topic topic) {
    std::erase_if(policy.messages, [topic](const auto& entry) { return entry.first == topic; });
}

inline RuleSet rulesOf(std::vector<CadencePolicy> policies) {
    RuleSet rules;
    rules.calendars.push_back(vienna());
    rules.teams.push_back({"sales_rep", true, {}, "", "sales_desk", "", {}});
    rules.teams.push_back(
        {"sales_desk", false, {"desk@example.com", "two@example.com"}, "", "", "de", {}});
    rules.cadence = std::move(policies);
    return rules;
}

}  // namespace backorderd::rules_test
