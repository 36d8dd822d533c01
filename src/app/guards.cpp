#include "app/guards.hpp"

#include <algorithm>

#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

/// Who heard that it is late may hear that it is over.
bool endsAStoryThatWasHeard(const Notice& notice, const Case& subject) {
    return isClosing(notice.topic) &&
           std::any_of(subject.notices.begin(), subject.notices.end(), [](const Notice& earlier) {
               return wasHeard(earlier.state) && isForCustomer(earlier.topic);
           });
}

}  // namespace

std::string describeSilence(const Silence& silence) {
    return "silence " + std::to_string(silence.id) + " of " + silence.author + " until " +
           formatTimestamp(silence.ends_at) + ": " + silence.reason;
}

bool fits(const Silence& silence, const Case& subject, Timestamp now) {
    const auto condition = config::readMatchers(silence.matchers);
    return condition && rules::holds(*condition, subject, now);
}

Guards::Guards(Store& store, Log& log, const Policy& policy, const config::GuardSettings& settings,
               OperationsAlert& alert)
    : store_{store},
      log_{log},
      policy_{&policy},
      settings_{settings},
      alert_{alert},
      silence_digest_{store, settings, alert} {}

bool Guards::begin(Timestamp now) {
    tellEnded(now);
    silence_digest_.tellDue(now);
    if (holdStorm(now)) return true;
    readSilences(now);
    return false;
}

void Guards::readSilences(Timestamp now) {
    watches_.clear();
    for (auto& silence : store_.silences(now)) {
        if (!silence.isActive(now)) continue;
        auto condition = config::readMatchers(silence.matchers);
        if (condition)
            watches_.push_back({std::move(silence), std::move(*condition)});
        else
            log_.error("silence.unreadable", {{"silence", std::to_string(silence.id)},
                                              {"problem", formatProblems(condition.error())}});
    }
}

void Guards::tellEnded(Timestamp now) {
    for (const auto& silence : store_.silencesEnded(now)) {
        alert_.raise({"silence_ended", "A silence has ended",
                      "Ended: " + describeSilence(silence) +
                          "\nWhat it held back is looked at again and leaves where it is still "
                          "true."},
                     now);
        store_.silenceEndTold(silence.id);
    }
}

bool Guards::holdStorm(Timestamp now) {
    const auto max = settings_.blast_radius_max;
    const auto due = store_.countDue(now, kBlastRadius, max + 1);
    if (due == 0) return false;
    const auto frozen = store_.countFrozen(now - settings_.blast_radius_per, kBlastRadius);
    if (due + frozen <= max) return false;
    const auto per = std::chrono::duration_cast<std::chrono::minutes>(settings_.blast_radius_per);
    const auto reason = (due > max ? "more than " + std::to_string(max) : std::to_string(due)) +
                        " messages due at once and " + std::to_string(frozen) +
                        " made within the last " + std::to_string(per.count()) +
                        " minutes; guards.blast_radius.max is " + std::to_string(max);
    const auto held = store_.holdDue(now, kBlastRadius, reason);
    alert_.raise({kBlastRadius, "Messages are held",
                  std::to_string(held) + " notices are held: " + reason +
                      ".\nLook at them with 'backorderd queue held' and let them go with "
                      "'backorderd queue approve', or drop them."},
                 now);
    return true;
}

Guards::Ruling Guards::rule(std::vector<Notice> group, const std::map<CaseId, Case>& cases,
                            Timestamp now) {
    Ruling ruling;
    for (auto& notice : group) {
        const bool stopped =
            suppress(notice, now) || silence(notice, cases.at(notice.case_id), now);
        (stopped ? ruling.stopped : ruling.pass).push_back(std::move(notice));
    }
    return ruling;
}

bool Guards::wouldStop(const Notice& notice, const Case& subject, Timestamp now) const {
    return suppressionOf(notice) || silenceOf(notice, subject, now);
}

/// The one that ends last; null: none holds for the notice.
const Silence* Guards::silenceOf(const Notice& notice, const Case& subject, Timestamp now) const {
    const Silence* longest = nullptr;
    for (const auto& watch : watches_) {
        if (longest && watch.silence.ends_at <= longest->ends_at) continue;
        if (rules::holds(watch.condition, subject, now)) longest = &watch.silence;
    }
    // What calls somebody off disturbs nobody.
    if (isIncidentUpdate(notice.topic) || endsAStoryThatWasHeard(notice, subject)) return nullptr;
    return longest;
}

/// Puts the notice off to the end of the silence.
bool Guards::silence(Notice& notice, const Case& subject, Timestamp now) {
    const auto* const longest = silenceOf(notice, subject, now);
    if (!longest) return false;
    notice.guard = longest->guardName();
    notice.ready_at = notice.due_at = longest->ends_at;
    notice.state_reason = describeSilence(*longest);
    notice.state_at = now;
    log_.info("notice.silenced", {{"recipient", log_.address(notice.recipient.address)},
                                  {"line", subject.line.key.id},
                                  {"silence", std::to_string(longest->id)}});
    return true;
}

/// By the words of its policy, or because it concerns our own people.
bool Guards::isCritical(const Notice& notice) const {
    if (!isForCustomer(notice.topic)) return true;
    for (const auto& cadence : policy_->rules.cadence) {
        if (cadence.name != notice.rule) continue;
        const auto* message = cadence.message(notice.topic);
        return message && message->critical;
    }
    return false;
}

std::optional<Suppression> Guards::suppressionOf(const Notice& notice) const {
    auto found = store_.suppressionOf(notice.recipient);
    if (found && found->kind == SuppressionKind::Optional && isCritical(notice)) found.reset();
    return found;
}

bool Guards::suppress(Notice& notice, Timestamp now) {
    const auto found = suppressionOf(notice);
    if (!found) return false;
    notice.state = NoticeState::Suppressed;
    notice.state_at = now;
    notice.state_reason = found->address + " is suppressed (" +
                          std::string{suppressionKindName(found->kind)} + ", by " + found->source +
                          " on " + formatTimestamp(found->at) + "): " + found->reason;
    log_.info("notice.suppressed", {{"recipient", log_.address(notice.recipient.address)},
                                    {"kind", std::string{suppressionKindName(found->kind)}},
                                    {"source", found->source}});
    return true;
}

}  // namespace backorderd::app
