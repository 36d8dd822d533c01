#include <fmt/format.h>
#include <xxhash.h>

#include "config/rule_reader.hpp"

namespace backorderd::config {
namespace {

/// Writes values one behind the other, each with its length, so that no two rule sets write the
/// same text.
class Canonical {
public:
    void text(std::string_view value) { out_ += fmt::format("{}:{};", value.size(), value); }
    void number(std::int64_t value) { out_ += fmt::format("{};", value); }
    void period(const std::optional<Period>& value) {
        text(value ? formatPeriod(*value) : std::string_view("-"));
    }
    template <class Values, class Write>
    void list(const Values& values, Write write) {
        number(static_cast<std::int64_t>(values.size()));
        for (const auto& value : values) write(value);
    }
    std::string hash() const {
        const XXH128_hash_t value = XXH3_128bits(out_.data(), out_.size());
        return fmt::format("{:016x}{:016x}", value.high64, value.low64);
    }

    void condition(const Condition& value) {
        list(value.tests, [&](const Test& one) { test(one); });
        list(value.all, [&](const Condition& one) { condition(one); });
        list(value.any, [&](const std::vector<Condition>& group) {
            list(group, [&](const Condition& one) { condition(one); });
        });
        list(value.none, [&](const Condition& one) { condition(one); });
        // The segment's own content is written once, with the segments.
        list(value.segments, [&](const Condition::SegmentUse& use) { text(use.name); });
    }

    void calendar(const Calendar& value) {
        text(value.name);
        text(value.timezone);
        text(value.work_week.to_string());
        hours(value.hours);
        list(value.holidays, [&](Date day) { text(formatDate(day)); });
    }

    void team(const Team& value) {
        text(value.name);
        number(value.from_line_sales_rep ? 1 : 0);
        list(value.email, [&](const std::string& address) { text(address); });
        text(value.absent_use);
        text(value.language);
    }

    void policy(const CadencePolicy& value) {
        text(value.name);
        condition(value.match);
        number(value.continues ? 1 : 0);
        text(value.calendar);
        list(value.channels, [&](Channel channel) { text(channelName(channel)); });
        period(value.grace);
        list(value.messages, [&](const auto& entry) {
            text(topicName(entry.first));
            message(entry.second);
        });
        number(static_cast<int>(value.digest.by));
        period(value.digest.window);
        text(value.digest.template_name);
        sendWindow(value.send_window);
        limit(value.limit);
        text(value.no_contact_team);
        text(value.no_contact_template);
    }

private:
    void hours(const DayHours& value) {
        number(value.from_minute);
        number(value.to_minute);
    }

    void test(const Test& value) {
        text(value.field->name);
        text(value.attribute);
        list(value.any_of, [&](const std::string& one) { text(one); });
        text(value.like);
        text(value.min ? value.min->toString() : "-");
        text(value.max ? value.max->toString() : "-");
        text(value.currency);
        period(value.min_age);
        period(value.max_age);
        text(value.from ? formatDate(*value.from) : "-");
        text(value.until ? formatDate(*value.until) : "-");
        number(value.known ? (*value.known ? 1 : 0) : 2);
        number(value.or_unknown ? 1 : 0);
        number(value.flag ? (*value.flag ? 1 : 0) : 2);
    }

    void message(const MessageRule& value) {
        for (const auto* name : {&value.template_name, &value.first, &value.second, &value.further})
            text(*name);
        for (const auto* span : {&value.within, &value.min_change, &value.settle, &value.every})
            period(*span);
        number(value.critical ? 1 : 0);
    }

    void sendWindow(const std::optional<SendWindow>& value) {
        number(value ? 1 : 0);
        if (!value) return;
        hours(value->hours);
        number(value->work_days_only ? 1 : 0);
        text(value->days.to_string());
        number(value->in_customer_zone ? 1 : 0);
    }

    void limit(const std::optional<LimitRule>& value) {
        number(value ? 1 : 0);
        if (!value) return;
        number(value->max);
        period(value->per);
        number(value->per_recipient ? 1 : 0);
    }

    std::string out_;
};

}  // namespace

std::string fingerprintOf(const RuleSet& rules) {
    Canonical out;
    out.list(rules.calendars, [&](const Calendar& calendar) { out.calendar(calendar); });
    out.list(rules.teams, [&](const Team& team) { out.team(team); });
    out.list(rules.segments, [&](const auto& segment) {
        out.text(segment.first);
        out.condition(*segment.second);
    });
    out.list(rules.cadence, [&](const CadencePolicy& policy) { out.policy(policy); });
    return out.hash();
}

}  // namespace backorderd::config
