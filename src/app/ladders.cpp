#include "app/ladders.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace backorderd::app {
namespace {

using nlohmann::json;

struct Climbs {
    std::vector<Ladder>& ladders;
    const CaseEvent& entry;

    void operator()(const EscalationStarted& started) {
        ladders.push_back({started.rule, entry.seq, entry.at, true, "", nullptr, {}});
    }
    void operator()(const EscalationStopped& stopped) {
        for (auto& ladder : ladders)
            if (ladder.active && ladder.rule == stopped.rule) {
                ladder.active = false;
                ladder.stopped_by = stopped.reason;
            }
    }
    void operator()(const Acknowledged& acknowledged) {
        for (auto& ladder : ladders)
            if (ladder.active && (acknowledged.rule.empty() || acknowledged.rule == ladder.rule)) {
                ladder.acknowledged = &acknowledged;
                ladder.acknowledged_at = entry.at;
            }
    }
    template <class Other>
    void operator()(const Other&) {}
};

/// The step that a notice of the climb is of, counted from 1; 0 where it is of another climb. Keys
/// are `escalation/EPISODE/STEP/…`, with steps counted from 0.
int stepOf(const Notice& notice, const Ladder& ladder) {
    const auto climb = "escalation/" + std::to_string(ladder.episode) + '/';
    if (notice.topic != Topic::Escalation || !notice.key.starts_with(climb)) return 0;
    int step = 0;
    const char* const begin = notice.key.data() + climb.size();
    const auto read = std::from_chars(begin, notice.key.data() + notice.key.size(), step);
    return read.ec == std::errc{} ? step + 1 : 0;
}

const EscalationRule* findRule(const RuleSet& rules, std::string_view name) {
    const auto at = std::find_if(rules.escalation.begin(), rules.escalation.end(),
                                 [name](const EscalationRule& rule) { return rule.name == name; });
    return at == rules.escalation.end() ? nullptr : &*at;
}

void addAlerts(json& row, const Case& subject, const Ladder& ladder) {
    int step = 0;
    std::optional<Timestamp> at;
    for (const auto& notice : subject.notices) {
        if (!wasHeard(notice.state) || stepOf(notice, ladder) == 0) continue;
        step = std::max(step, stepOf(notice, ladder));
        if (!at || notice.state_at > *at) at = notice.state_at;
    }
    row["step"] = step;
    row["alerted_at"] = at ? json(formatTimestamp(*at)) : json();
}

/// What comes next: an alert that is planned, or else what is withheld, with the reason.
void addNext(json& row, const Ladder& ladder, const Decision& decision) {
    const Notice* next = nullptr;
    for (const auto& notice : decision.wanted)
        if (notice.state == NoticeState::Planned && stepOf(notice, ladder) > 0 &&
            (!next || notice.due_at < next->due_at))
            next = &notice;
    if (next) {
        row["next_at"] = formatTimestamp(next->due_at);
        row["next_to"] =
            next->recipient.address.empty() ? next->recipient.sender : next->recipient.address;
        row["next"] = next->reason;
        return;
    }
    const Withheld* held = nullptr;
    for (const auto& withheld : decision.withheld) {
        if (withheld.topic != Topic::Escalation || withheld.rule != ladder.rule ||
            withheld.reason == WithheldReason::AlreadyTold)
            continue;
        if (!held || (withheld.until && (!held->until || *withheld.until < *held->until)))
            held = &withheld;
    }
    row["next_at"] = held && held->until ? json(formatTimestamp(*held->until)) : json();
    row["next_to"] = json();
    row["next"] = held ? json(held->detail) : json();
}

}  // namespace

std::vector<Ladder> laddersOf(const Case& subject) {
    std::vector<Ladder> ladders;
    for (const auto& entry : subject.events) std::visit(Climbs{ladders, entry}, entry.event);
    if (subject.closed_at)
        for (auto& ladder : ladders)
            if (std::exchange(ladder.active, false)) ladder.stopped_by = "closed";
    return ladders;
}

json ladderRows(const Case& subject, const Decision& decision, const RuleSet& rules) {
    json rows = json::array();
    for (const auto& ladder : laddersOf(subject)) {
        json row{{"line", subject.line.key.id},
                 {"source", subject.line.key.source},
                 {"order", subject.line.order.number},
                 {"position", subject.line.position},
                 {"customer", subject.line.customer.id},
                 {"customer_name", subject.line.customer.name},
                 {"rule", ladder.rule},
                 {"active", ladder.active},
                 {"started_at", formatTimestamp(ladder.started_at)},
                 {"stopped_by", ladder.stopped_by}};
        const auto* rule = findRule(rules, ladder.rule);
        row["steps"] = rule ? json(rule->steps.size()) : json();
        addAlerts(row, subject, ladder);
        if (ladder.acknowledged) {
            row["acknowledged_by"] = ladder.acknowledged->author;
            row["acknowledged_at"] = formatTimestamp(ladder.acknowledged_at);
            row["note"] = ladder.acknowledged->note;
        } else {
            row["acknowledged_by"] = json();
        }
        if (ladder.active) addNext(row, ladder, decision);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace backorderd::app
