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
        text(value.sender);
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

    void substitution(const SubstitutionRule& value) {
        head(value);
        candidates(value.candidates);
        number(value.max);
        list(value.rank, [&](auto rank) { number(static_cast<int>(rank)); });
        message(value.offer);
        text(value.withdrawn_template);
        text(value.accepted_team);
        text(value.accepted_template);
        for (const std::optional<Period> span :
             {std::optional(value.answer_within), std::optional(value.hold), value.again_after})
            period(span);
    }

    void escalation(const EscalationRule& value) {
        head(value);
        condition(value.start);
        list(value.steps, [&](const EscalationRule::Step& step) {
            text(step.team);
            text(step.template_name);
            period(step.after);
            number(step.unless_acknowledged ? 1 : 0);
            period(step.repeat);
        });
        digest(value.digest);
        list(value.stop, [&](auto stop) { number(static_cast<int>(stop)); });
        list(value.inhibits, [&](const std::string& name) { text(name); });
    }

    void fulfilment(const FulfilmentRule& value) {
        head(value);
        list(value.strategies, [&](const auto& entry) {
            number(static_cast<int>(entry.first));
            condition(entry.second);
        });
        number(static_cast<int>(value.fallback));
        list(value.rank, [&](auto rank) { number(static_cast<int>(rank)); });
        number(value.ship_complete ? 1 : 0);
        number(value.one_backorder ? 1 : 0);
        alert(value);
        number(value.expedite ? 1 : 0);
        if (!value.expedite) return;
        condition(value.expedite->match);
        text(value.expedite->team);
        text(value.expedite->template_name);
        period(value.expedite->again);
        number(value.expedite->digest ? 1 : 0);
        if (value.expedite->digest) digest(*value.expedite->digest);
    }

    void supply(const SupplyRule& value) {
        head(value);
        alert(value);
        period(value.again);
    }

private:
    template <class Rule>
    void head(const Rule& value) {
        text(value.name);
        condition(value.match);
        text(value.calendar);
    }

    template <class Rule>
    void alert(const Rule& value) {
        text(value.team);
        text(value.template_name);
        digest(value.digest);
    }

    void digest(const AlertDigest& value) { number(value.at_minute.value_or(-1)); }

    void candidates(const SubstitutionRule::Candidates& value) {
        number(value.from_erp ? 1 : 0);
        number(value.from_rule ? 1 : 0);
        list(value.items, [&](const auto& entry) {
            text(entry.first);
            list(entry.second, [&](const std::string& item) { text(item); });
        });
        list(value.same, [&](const std::string& field) { text(field); });
        for (const auto* ratio : {&value.price_min_ratio, &value.price_max_ratio})
            text(*ratio ? (*ratio)->toString() : "-");
        number(value.cover_full ? 1 : 0);
        number(static_cast<int>(value.warehouse));
        text(value.warehouse_name);
        text(value.keep_back.toString());
        for (const auto* day : {&value.valid_from, &value.valid_to})
            text(*day ? formatDate(**day) : "-");
        condition(value.exclude);
    }

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
    out.list(rules.tiers, [&](const std::string& tier) { out.text(tier); });
    out.list(rules.cadence, [&](const CadencePolicy& policy) { out.policy(policy); });
    out.list(rules.substitution, [&](const SubstitutionRule& rule) { out.substitution(rule); });
    out.list(rules.escalation, [&](const EscalationRule& rule) { out.escalation(rule); });
    out.list(rules.fulfilment, [&](const FulfilmentRule& rule) { out.fulfilment(rule); });
    out.list(rules.supply, [&](const SupplyRule& rule) { out.supply(rule); });
    return out.hash();
}

}  // namespace backorderd::config
