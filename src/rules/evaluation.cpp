#include "rules/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/condition.hpp"
#include "rules/contact.hpp"
#include "rules/plan.hpp"

namespace backorderd::rules {
namespace {

/// How often a notice that waits for something else than the clock is looked at.
constexpr std::chrono::hours kHoldStep{1};

template <class List>
bool hasKey(const List& list, std::string_view key) {
    return std::any_of(list.begin(), list.end(),
                       [key](const auto& entry) { return entry.key == key; });
}

}  // namespace

Evaluation::Evaluation(const RuleSet& rules_, const Case& subject_, const Facts& facts_,
                       Detail detail_)
    : rules{rules_},
      subject{subject_},
      facts{facts_},
      detail{detail_},
      now{facts_.now},
      history{subject_},
      open{!subject_.closed_at && subject_.line.isOpen()} {
    matchPolicies();
    if (!open) keepClosingPolicy();
}

void Evaluation::matchPolicies() {
    bool taken = false;
    for (const auto& policy : rules.cadence) {
        if (taken && detail == Detail::Brief) return;
        const Look look{"cadence", policy.name, &policy.place,
                        &calendarNamed(rules, policy.calendar)};
        if (taken)
            passOver(look);
        else if (matches(look, policy.match))
            taken = take(policy);
    }
}

bool Evaluation::matches(const Look& look, const Condition& match) {
    if (detail == Detail::Brief) return holdsNow(match, *look.calendar);
    Question question{subject, now, *look.calendar};
    FailedTest failed;
    const bool applied = holds(match, question, &failed);
    if (question.may_change) lookAgain(*question.may_change);
    enter(look, applied ? std::nullopt : std::optional{std::move(failed)});
    return applied;
}

bool Evaluation::holdsNow(const Condition& condition, const Calendar& calendar) {
    Question question{subject, now, calendar};
    const bool answer = holds(condition, question);
    if (question.may_change) lookAgain(*question.may_change);
    return answer;
}

void Evaluation::enter(const Look& look, std::optional<FailedTest> failed) {
    const bool applied = !failed;
    decision_.looks.push_back(
        {{look.section, look.rule, look.place}, applied, true, std::move(failed)});
}

void Evaluation::passOver(const Look& look) {
    if (detail == Detail::Full)
        decision_.looks.push_back(
            {{look.section, look.rule, look.place}, false, false, std::nullopt});
}

/// Returns whether no further policy is to be looked at.
bool Evaluation::take(const CadencePolicy& policy) {
    if (!first_policy_) first_policy_ = &policy;
    const auto& calendar = calendarNamed(rules, policy.calendar);
    for (const auto& [topic, message] : policy.messages) {
        auto& its_rule = topic_rules_[indexOf(topic)];
        if (!its_rule) its_rule = {&policy, &message, &calendar};
    }
    return !policy.continues;
}

/// A line that has closed may match no longer (its open value is zero). Who spoke last also ends
/// the story.
void Evaluation::keepClosingPolicy() {
    if (!history.last_heard) return;
    for (const auto& policy : rules.cadence) {
        if (policy.name != history.last_heard->rule) continue;
        for (const auto topic : {Topic::Shipped, Topic::Cancelled})
            if (const auto* const message = policy.message(topic))
                topic_rules_[indexOf(topic)] = {&policy, message,
                                                &calendarNamed(rules, policy.calendar)};
        return;
    }
}

const Calendar& Evaluation::lapseCalendar() const {
    if (const auto& lapse = rule(Topic::PromiseLapsed)) return *lapse.calendar;
    return calendarNamed(rules, first_policy_ ? first_policy_->calendar : std::string_view{});
}

Timestamp Evaluation::nextLook(std::chrono::seconds step) const { return nextOnGrid(now, step); }

void Evaluation::lookAgain(Timestamp at) {
    if (!open || at <= now) return;
    auto& look_again = decision_.look_again;
    look_again = look_again ? std::min(*look_again, at) : at;
}

bool Evaluation::customerNoticeWanted() const {
    return std::any_of(decision_.wanted.begin(), decision_.wanted.end(),
                       [](const Notice& notice) { return isForCustomer(notice.topic); });
}

void Evaluation::addWithheld(Withheld withheld) {
    decision_.withheld.push_back(std::move(withheld));
}

Notice* Evaluation::propose(const TopicRule& its_rule, Occasion occasion) {
    const auto* const row = findNotice(subject, occasion.key);
    if (row && !isPending(row->state)) {
        withhold(occasion.topic, WithheldReason::AlreadyTold, [&] {
            return fmt::format("{} is {} since {}.", row->key, noticeStateName(row->state),
                               formatTimestamp(row->state_at));
        });
        return nullptr;
    }
    const auto& wish = preferred();
    auto recipient = reachContact(subject.line.contact, its_rule.policy->channels,
                                  wish.channel ? std::optional{wish.channel.value} : std::nullopt);
    if (recipient && wish.language) recipient->language = wish.language.value;
    if (!recipient && (!unreachable_ || occasion.from < unreachable_->from))
        unreachable_ = Unreachable{its_rule, occasion.from};
    if (row && row->state == NoticeState::Bundled) {
        const About about{occasion.topic, its_rule.policy->name};
        if (!waitsForFreshData(about, *row, occasion.needs_fresh_data)) keepFrozen(*row, recipient);
        return nullptr;
    }
    if (!recipient) {
        if (row) {
            recipient = row->recipient;
            occasion.unreachable = whyUnreachable(subject.line.contact, its_rule.policy->channels);
        } else {
            withhold(occasion.topic, WithheldReason::NoContact, [&] {
                return std::string{whyUnreachable(subject.line.contact, its_rule.policy->channels)};
            });
            return nullptr;
        }
    }
    const auto& policy = *its_rule.policy;
    if (const auto& within = its_rule.message->within; within && !occasion.latest)
        occasion.latest = addPeriod(occasion.from, *within, *its_rule.calendar);
    const auto told = history.heard[indexOf(occasion.topic)];
    Terms terms{policy.name, templateFor(*its_rule.message, told),
                digestKey(policy, subject.line, occasion.topic, *recipient),
                scheduleOf(policy, *its_rule.calendar, *recipient)};
    gatherAsPreferred(its_rule, occasion.topic, *recipient, terms);
    return want(std::move(terms), std::move(occasion), row, *std::move(recipient));
}

const Preferred& Evaluation::preferred() {
    if (!preferred_)
        preferred_ =
            facts.preferences ? preferredOf(*facts.preferences, subject.line) : Preferred{};
    return *preferred_;
}

/// What is critical does not wait for a wish, nor does an offer, which holds stock meanwhile.
void Evaluation::gatherAsPreferred(const TopicRule& its_rule, Topic topic,
                                   const Recipient& recipient, Terms& terms) {
    const auto& wish = preferred().digest;
    const bool urgent =
        its_rule.message->critical || topic == Topic::Offer || topic == Topic::OfferWithdrawn;
    if (!wish || urgent) return;
    terms.schedule.digest_window = preferredWindow(wish.value);
    if (wish.value != DigestFrequency::Immediate)
        terms.digest_key =
            preferredDigestKey(*its_rule.policy, subject.line, recipient, terms.template_name);
}

/// Why a notice has to wait for something else than its time.
std::optional<Evaluation::Hold> Evaluation::findHold(const Occasion& occasion) const {
    if (subject.missing_since && !isClosing(occasion.topic) && !isIncidentUpdate(occasion.topic))
        return Hold{WithheldReason::Missing, kHoldStep,
                    "The last snapshot did not have the line, or not readably."};
    if (occasion.needs_fresh_data && !isFresh())
        return Hold{WithheldReason::DataNotFresh, kFreshStep,
                    "The source has not been read well for too long."};
    if (!occasion.unreachable.empty())
        return Hold{WithheldReason::NoContact, kHoldStep, occasion.unreachable};
    if (occasion.behind_first)
        return Hold{WithheldReason::PendingFirst, kHoldStep,
                    "The first message is on its way and comes before this one."};
    return std::nullopt;
}

/// Until when a notice waits for something else than its time. What is planned stays so: it may be
/// right again the next moment, and an end would use up its key. It is moved only when it could
/// leave, and that moment is looked at, so that looking more often makes no difference.
std::optional<Timestamp> Evaluation::heldUntil(std::string_view rule, const Occasion& occasion,
                                               const Notice* row, const SendTimes& times) {
    const auto hold = findHold(occasion);
    if (!hold) {
        // While its digest is open, another notice may take it along at any moment.
        if (occasion.needs_fresh_data && now < times.due)
            lookAgain(times.ready > now ? times.ready : *facts.fresh_until);
        return std::nullopt;
    }
    const bool may_leave = !row || times.ready <= now;
    const auto until = may_leave ? nextOnGrid(now, hold->step) : times.ready;
    lookAgain(until);
    withhold(
        About{occasion.topic, rule}, hold->reason, [&] { return std::string{hold->words}; }, until,
        row ? std::string_view{occasion.key} : std::string_view{});
    return until;
}

bool Evaluation::isFresh() const { return facts.fresh_until && now < *facts.fresh_until; }

Notice* Evaluation::want(Terms&& terms, Occasion&& occasion, const Notice* row,
                         Recipient&& recipient) {
    auto plan = planTimes(terms.schedule, occasion, row, now);
    const auto held_until = heldUntil(terms.rule, occasion, row, plan.times);
    if (held_until && !row && !occasion.behind_first) return nullptr;
    if (held_until) plan.hold(*held_until);

    auto notice = row ? *row : Notice{};
    if (!row) {
        notice.case_id = subject.id;
        notice.state_at = now;
    }
    notice.topic = occasion.topic;
    notice.rule = terms.rule;
    notice.template_name = std::move(terms.template_name);
    notice.digest_key = std::move(terms.digest_key);
    notice.recipient = std::move(recipient);
    notice.fact_at = occasion.fact_at;
    notice.ready_at = plan.times.ready;
    notice.due_at = plan.times.due;
    notice.expires_at = plan.expires;
    notice.facts = {subject.line.promise, subject.line.open()};
    if (!held_until) sayWhyNotYet(notice, occasion, terms.rule);
    notice.key = std::move(occasion.key);
    notice.reason = std::move(occasion.reason);
    return &decision_.wanted.emplace_back(std::move(notice));
}

void Evaluation::sayWhyNotYet(const Notice& notice, const Occasion& occasion,
                              std::string_view rule) {
    if (detail == Detail::Brief || notice.ready_at <= now) return;
    auto reason = WithheldReason::OutsideWindow;
    std::string_view words = "The send window is shut.";
    if (occasion.from > now && occasion.topic == Topic::Opened) {
        reason = WithheldReason::WithinGrace;
        words = "The line may still ship within the grace time.";
    } else if (occasion.from > now && occasion.topic == Topic::PromiseChanged) {
        reason = WithheldReason::NotSettled;
        words = "The new date has not stood for long enough.";
    }
    withhold(
        About{occasion.topic, rule}, reason, [&] { return std::string{words}; }, notice.ready_at,
        occasion.key);
}

bool Evaluation::waitsForFreshData(About about, const Notice& frozen, bool needed) {
    if (!needed) return false;
    if (isFresh()) {
        lookAgain(*facts.fresh_until);
        return false;
    }
    const auto until = nextOnGrid(now, kFreshStep);
    lookAgain(until);
    withhold(
        about, WithheldReason::DataNotFresh,
        [] { return "The source has not been read well since the message was written."; }, until,
        frozen.key);
    return true;
}

void Evaluation::keepFrozen(const Notice& frozen, const std::optional<Recipient>& recipient) {
    if (!isOutdated(frozen)) {
        wantFrozen(frozen, recipient);
        return;
    }
    withhold(
        frozen.topic, WithheldReason::NotTrueAnyMore,
        [] { return "The message names a date that holds no longer."; }, std::nullopt, frozen.key);
}

/// A frozen notice as it should be by now: where it would go elsewhere, or name another date, the
/// outbox takes its message back and plans it anew.
void Evaluation::wantFrozen(const Notice& frozen, const std::optional<Recipient>& recipient) {
    auto& wanted = decision_.wanted.emplace_back(frozen);
    if (open && isForCustomer(frozen.topic)) wanted.facts.promise = subject.line.promise;
    if (!recipient) return;
    const auto& was = frozen.recipient;
    if (was.channel != recipient->channel || was.address != recipient->address ||
        was.sender != recipient->sender)
        wanted.recipient = *recipient;
}

/// Messages about the wait itself are not sent with a date that has changed or passed since they
/// were frozen: another topic then tells the truth. The others carry a fact that nothing else
/// tells.
bool Evaluation::isOutdated(const Notice& frozen) const {
    if (frozen.topic != Topic::Opened && frozen.topic != Topic::PromiseChanged &&
        frozen.topic != Topic::Status)
        return false;
    if (frozen.facts.promise != subject.line.promise) return true;
    if (!frozen.facts.promise.to) return false;
    const auto lapses =
        Zone{lapseCalendar().timezone}.startOf(*frozen.facts.promise.to + std::chrono::days{1});
    return now >= lapses && frozen.state_at < lapses;
}

Decision Evaluation::finish() {
    if (!unreachable_ && history.pending[indexOf(Topic::NoContact)] > 0) keepWaitingAlert();
    if (unreachable_ && open) alertOfNoContact();
    accountForPending();
    return std::move(decision_);
}

void Evaluation::accountForPending() {
    for (const auto& row : subject.notices) {
        if (!isPending(row.state) || hasKey(decision_.wanted, row.key) ||
            hasKey(decision_.withheld, row.key))
            continue;
        addWithheld(reasonFor(row));
    }
}

Withheld Evaluation::reasonFor(const Notice& row) const {
    const bool cadence = isForCustomer(row.topic);
    const auto name = cadence ? ruleName(row.topic) : std::string_view{};
    const auto because = [&](WithheldReason reason, std::string words) {
        return Withheld{row.topic, name, reason, std::move(words), std::nullopt, row.key};
    };
    if (!open) return because(WithheldReason::Superseded, "The line is closed.");
    if (row.topic == Topic::NoContact)
        return because(WithheldReason::NotTrueAnyMore, "The contact can be reached.");
    if (cadence && !rule(row.topic))
        return because(WithheldReason::NotConfigured,
                       "No policy that matches the line has this message.");
    if (row.state == NoticeState::Bundled && isOutdated(row))
        return because(WithheldReason::NotTrueAnyMore,
                       "The message names a date that holds no longer.");
    const auto same_topic = std::find_if(decision_.withheld.begin(), decision_.withheld.end(),
                                         [&](const Withheld& entry) {
                                             return entry.topic == row.topic && entry.key.empty() &&
                                                    (cadence || entry.rule == row.rule);
                                         });
    if (same_topic == decision_.withheld.end())
        return cadence ? because(WithheldReason::Superseded,
                                 "Something newer about the line is told instead.")
                       : because(WithheldReason::NotTrueAnyMore,
                                 "The rule does not ask for it any more.");
    auto entry = *same_topic;
    entry.key = row.key;
    return entry;
}

}  // namespace backorderd::rules
