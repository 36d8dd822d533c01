#include <fmt/format.h>

#include <algorithm>

#include "rules/contact.hpp"
#include "rules/evaluation.hpp"
#include "rules/plan.hpp"

/// What our own people are told.
namespace backorderd::rules {
namespace {

struct Row {
    std::string key;
    const Notice* notice;  ///< null: not planned yet
};

/// The notice for the n-th of a team. One that was superseded never left: if the occasion is right
/// again, it is told under a further number.
Row rowOf(const Case& subject, const Alert& alert, std::size_t number) {
    const auto key = fmt::format("{}/{}", alert.key, number);
    Row row{key, findNotice(subject, key)};
    for (int again = 1; row.notice && row.notice->state == NoticeState::Superseded; ++again) {
        row.key = fmt::format("{}/{}", key, again);
        row.notice = findNotice(subject, row.key);
    }
    return row;
}

}  // namespace

bool Evaluation::alert(const Alert& alert) {
    auto recipients = reachTeam(rules, alert.team, subject.line);
    if (recipients.empty()) {
        withhold(About{alert.topic, alert.rule}, WithheldReason::NoContact, [&] {
            return alert.team.empty()
                       ? std::string{"The rule names no team."}
                       : fmt::format("Nobody in the team {} can be reached.", alert.team);
        });
        return false;
    }
    for (std::size_t number = 0; number < recipients.size(); ++number)
        alertOne(alert, number, std::move(recipients[number]));
    return true;
}

void Evaluation::alertOne(const Alert& alert, std::size_t number, Recipient&& recipient) {
    auto named = rowOf(subject, alert, number);
    auto& key = named.key;
    const auto* const row = named.notice;
    if (row && !isPending(row->state)) {
        withhold(About{alert.topic, alert.rule}, WithheldReason::AlreadyTold, [&] {
            return fmt::format("{} is {} since {}.", key, noticeStateName(row->state),
                               formatTimestamp(row->state_at));
        });
        return;
    }
    if (row && row->state == NoticeState::Bundled) {
        const About about{alert.topic, alert.rule};
        if (!waitsForFreshData(about, *row, alert.needs_fresh_data)) wantFrozen(*row, recipient);
        return;
    }
    // What is planned stands since its own moment, whatever it is asked for by now.
    const auto fact_at = row ? std::min(alert.fact_at, row->fact_at) : alert.fact_at;
    const auto from = row ? std::min(alert.from, row->fact_at) : alert.from;
    auto digest_key = alert.policy ? digestKey(*alert.policy, subject.line, alert.topic, recipient)
                                   : alertDigestKey(alert.template_name, recipient);
    // An incident is of one ladder: it is taken on, and ends, with that alone.
    if (alert.topic == Topic::Escalation && !alert.digest.at_minute &&
        rules.keepsIncidents(recipient.sender))
        digest_key.clear();
    if (!digest_key.empty() && !alert.apart_by.empty() && !alert.policy && !alert.digest.at_minute)
        digest_key += '|' + alert.apart_by;
    Terms terms{alert.rule, std::string{alert.template_name}, std::move(digest_key),
                alert.policy ? scheduleOf(*alert.policy, *alert.calendar, recipient)
                             : scheduleOf(alert.digest, *alert.calendar)};
    terms.schedule.any_day_late = alert.topic == Topic::Escalation;
    want(std::move(terms),
         {.topic = alert.topic,
          .key = std::move(key),
          .fact_at = fact_at,
          .from = from,
          .latest = std::nullopt,
          .needs_fresh_data = alert.needs_fresh_data,
          .reason = alert.reason},
         row, std::move(recipient));
}

void Evaluation::followUp(const Notice& heard, Occasion occasion) {
    const auto* const row = findNotice(subject, occasion.key);
    if (row && !isPending(row->state)) return;
    if (row && row->state == NoticeState::Bundled) return wantFrozen(*row, heard.recipient);
    std::string_view rule;  // Of the rule set, which may not have it any more.
    for (const auto& known : rules.escalation)
        if (known.name == heard.rule) rule = known.name;
    Terms terms{rule, heard.template_name, "", scheduleOf(AlertDigest{}, calendarNamed(rules, ""))};
    auto recipient = heard.recipient;
    want(std::move(terms), std::move(occasion), row, std::move(recipient));
}

/// An alert that waits to leave stays right until the contact can be reached, also where the
/// message that first waited for the contact is not due any more.
void Evaluation::keepWaitingAlert() {
    for (const auto& row : subject.notices) {
        if (row.topic != Topic::NoContact || !isPending(row.state)) continue;
        for (const auto& policy : rules.cadence) {
            if (policy.name != row.rule || reachContact(subject.line.contact, policy.channels))
                continue;
            unreachable_ = Unreachable{{&policy, nullptr, &calendarNamed(rules, policy.calendar)},
                                       row.fact_at};
            return;
        }
    }
}

void Evaluation::alertOfNoContact() {
    const auto& policy = *unreachable_->rule.policy;
    alert({.topic = Topic::NoContact,
           .rule = policy.name,
           .team = policy.no_contact_team,
           .template_name = policy.no_contact_template,
           .calendar = unreachable_->rule.calendar,
           .policy = &policy,
           .key = std::string{topicName(Topic::NoContact)},
           .fact_at = unreachable_->from,
           .from = unreachable_->from,
           .reason = "The customer's contact cannot be reached."});
}

}  // namespace backorderd::rules
