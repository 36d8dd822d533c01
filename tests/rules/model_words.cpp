#include <fmt/format.h>

#include "rules/model_stories.hpp"

/// A story for a person to read.
namespace backorderd::rules_test::model {
namespace {

std::string words(std::optional<Date> date) { return date ? formatDate(*date) : "unknown"; }

std::string words(const Ask& ask) {
    constexpr std::array kNames{"age",   "customer.silence", "lapsed",
                                "slips", "promise.in_days",  "negative"};
    std::string text = kNames.at(static_cast<std::size_t>(ask.what));
    if (ask.what == Ask::What::Age || ask.what == Ask::What::Silence)
        text += " >= " + formatPeriod(ask.at_least);
    if (ask.what == Ask::What::Slips) text += fmt::format(" >= {}", ask.number);
    if (ask.what == Ask::What::InDays) text += fmt::format(" <= {}", ask.number);
    return text;
}

std::string clock(int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

std::string words(const Ladder& ladder) {
    constexpr std::array kStops{"available", "partly_available", "promise_changed",
                                "shipped",   "cancelled",        "answered"};
    const auto& rule = ladder.rule;
    auto text = rule.name;
    for (const auto& ask : ladder.start) text += ", start by " + words(ask);
    if (ladder.silenced) text += ", match none of " + words(*ladder.silenced);
    if (rule.digest.at_minute) text += ", digest at " + clock(*rule.digest.at_minute);
    for (const auto stop : rule.stop)
        text += fmt::format(", stop by {}", kStops.at(static_cast<std::size_t>(stop)));
    for (const auto& name : rule.inhibits) text += ", inhibits " + name;
    for (const auto& step : rule.steps) {
        text += fmt::format("\n  {} after {}", step.team, formatPeriod(step.after));
        if (step.unless_acknowledged) text += " unless acknowledged";
        if (step.repeat) text += " repeat " + formatPeriod(*step.repeat);
    }
    return text + "\n";
}

std::string words(const Calendar& calendar) {
    auto text = fmt::format("{}, hours {} to {}, work week {}", calendar.timezone,
                            clock(calendar.hours.from_minute), clock(calendar.hours.to_minute),
                            calendar.work_week.to_string());
    for (const auto day : calendar.holidays) text += ", holiday " + formatDate(day);
    return text + "\n";
}

std::string words(const CadencePolicy& policy) {
    auto text = "grace " + formatPeriod(policy.grace);
    if (policy.digest.by != DigestRule::By::None)
        text += ", digest " + formatPeriod(policy.digest.window);
    if (const auto& window = policy.send_window)
        text += fmt::format(", window {} to {} on {}{}", clock(window->hours.from_minute),
                            clock(window->hours.to_minute),
                            window->work_days_only ? "work week" : window->days.to_string(),
                            window->in_customer_zone ? " in customer" : "");
    for (const auto& [topic, message] : policy.messages) {
        text += fmt::format("\n  {}", topicName(topic));
        if (message.every) text += " every " + formatPeriod(*message.every);
        if (message.within) text += " within " + formatPeriod(*message.within);
        if (message.min_change) text += " min_change " + formatPeriod(*message.min_change);
        if (message.settle) text += " settle " + formatPeriod(*message.settle);
    }
    return text + "\n";
}

std::string words(const Deed& deed) {
    constexpr std::array kNames{"promise", "reserve", "ship a part", "ship",    "cancel",
                                "vanish",  "take on", "answer",      "complain"};
    auto text = formatTimestamp(deed.at) + " " + kNames.at(static_cast<std::size_t>(deed.what));
    if (deed.what == Deed::What::Promise) text += " " + words(deed.promise);
    if (deed.what == Deed::What::Reserve) text += fmt::format(" {}", deed.units);
    if (deed.what == Deed::What::Acknowledge) text += " " + deed.rule;
    return text + "\n";
}

std::string words(std::string_view what,
                  const std::optional<std::pair<Timestamp, Timestamp>>& span) {
    if (!span) return "";
    return fmt::format("{} from {} to {}\n", what, formatTimestamp(span->first),
                       formatTimestamp(span->second));
}

}  // namespace

std::string describe(const Story& story) {
    auto text = words(story.calendar);
    for (const auto& ladder : story.ladders) text += words(ladder);
    if (story.policy) text += words(*story.policy);
    if (!story.customer_zone.empty()) text += "customer in " + story.customer_zone + "\n";
    text += fmt::format("{} opened, promise {}{}\n", formatTimestamp(story.opened_at),
                        words(story.promise), story.adopted ? ", adopted" : "");
    for (const auto& deed : story.deeds) text += words(deed);
    return text + words("old data", story.old) + words("nobody looks", story.unseen);
}

}  // namespace backorderd::rules_test::model
