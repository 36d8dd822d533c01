#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "backorderd/decision.hpp"
#include "rules/calendar.hpp"
#include "rules/history.hpp"
#include "rules/rules.hpp"
#include "rules/window.hpp"

namespace backorderd::rules {

/// How often what waits for fresh data is looked at.
constexpr std::chrono::minutes kFreshStep{15};

/// How a topic is configured for a line: by the first matching policy that has it.
struct TopicRule {
    const CadencePolicy* policy = nullptr;  // null: no policy has it
    const MessageRule* message = nullptr;
    const Calendar* calendar = nullptr;

    explicit operator bool() const { return policy != nullptr; }
};

/// A fact that a rule wants told.
struct Occasion {
    Topic topic{};
    std::string key;
    Timestamp fact_at{};
    Timestamp from{};                 ///< the earliest moment, before the send window is asked
    std::optional<Timestamp> latest;  ///< no digest holds it beyond this
    bool needs_fresh_data = false;
    /// Planned when there was a contact: why it waits for one; empty: it does not.
    std::string_view unreachable{};
    bool behind_first = false;  ///< the first message is frozen and on its way: wait for it
    std::string reason;
};

/// A fact that our own people must be told.
struct Alert {
    Topic topic{};
    std::string_view rule;  ///< its name; points into the rule set
    std::string_view team;
    std::string_view template_name;
    const Calendar* calendar = nullptr;  ///< never null
    AlertDigest digest{};
    /// The window and the digest of this policy count instead; null: `digest` does.
    const CadencePolicy* policy = nullptr;
    std::string key;  ///< the occasion; the notice for the n-th of the team is `key/n`
    Timestamp fact_at{};
    Timestamp from{};  ///< the earliest moment
    bool needs_fresh_data = false;
    std::string reason;
    /// Where `digest` gathers nothing: only alerts of the same text here share a message.
    std::string apart_by{};
};

/// What a reason for silence is about.
struct About {
    Topic topic{};
    std::string_view rule;  ///< its name; points into the rule set
};

struct Terms;

/// One evaluation of one case: what is known, and the decision as it comes about.
class Evaluation {
public:
    Evaluation(const RuleSet& rules, const Case& subject, const Facts& facts, Detail detail);

    const RuleSet& rules;
    const Case& subject;
    const Facts& facts;
    const Detail detail;
    const Timestamp now;
    const History history;
    const bool open;  ///< neither closed nor without an open quantity

    const TopicRule& rule(Topic topic) const { return topic_rules_[indexOf(topic)]; }
    /// The first matching policy; null where none matches.
    const CadencePolicy* firstPolicy() const { return first_policy_; }
    /// By whose days a promise lapses.
    const Calendar& lapseCalendar() const;

    /// Wants the occasion told, or says why not. `rule` must be set. Returns the notice that is
    /// wanted and may still change, valid until the next call; null where there is none.
    Notice* propose(const TopicRule& rule, Occasion occasion);
    /// What a look at one rule found; its calendar's business days count.
    struct Look {
        std::string_view section;
        std::string_view rule;
        const Place* place = nullptr;
        const Calendar* calendar = nullptr;  ///< never null
    };
    /// Whether the condition holds now; enters the look for `explain`, and asks for another look
    /// when the answer may change.
    bool matches(const Look& look, const Condition& match);
    /// Enters that the rule was not looked at, because an earlier one had taken the line.
    void passOver(const Look& look);
    /// The first of a section's rules that matches; null where none does.
    template <class Rule>
    const Rule* firstMatching(std::string_view section, const std::vector<Rule>& its_rules) {
        const Rule* taken = nullptr;
        for (const auto& its : its_rules) {
            if (taken && detail == Detail::Brief) break;
            const Look look{section, its.name, &its.place, &calendarNamed(rules, its.calendar)};
            if (taken)
                passOver(look);
            else if (matches(look, its.match))
                taken = &its;
        }
        return taken;
    }
    /// Whether a condition holds; asks for another look when the answer may change.
    bool holdsNow(const Condition& condition, const Calendar& calendar);
    /// Enters a look whose answer is known already: by which test the rule does not apply.
    void enter(const Look& look, std::optional<FailedTest> failed);

    /// Lets the line be offered a substitute by the rule.
    void wishOffer(const SubstitutionRule& its_rule) { decision_.offer_wish = &its_rule; }

    /// Wants everybody in the team told, or says why not; whoever was told is not told again. False
    /// where there is nobody who can be reached.
    bool alert(const Alert& alert);
    /// Wants who heard an alert told what became of it, by the occasion's own key and at once.
    void followUp(const Notice& heard, Occasion occasion);
    /// `words` returns the detail; it is asked only where somebody will read it.
    template <class Words>
    void withhold(About about, WithheldReason reason, Words&& words,
                  std::optional<Timestamp> until = std::nullopt, std::string_view key = {}) {
        if (isAskedFor(about.topic))
            addWithheld({about.topic, about.rule, reason, words(), until, std::string{key}});
    }
    /// The same of a topic of cadence.
    template <class Words>
    void withhold(Topic topic, WithheldReason reason, Words&& words,
                  std::optional<Timestamp> until = std::nullopt, std::string_view key = {}) {
        withhold(About{topic, ruleName(topic)}, reason, std::forward<Words>(words), until, key);
    }
    /// The moment for another look at what waits for something else than the clock.
    Timestamp nextLook(std::chrono::seconds step) const;
    /// Asks for another look at `at`, where that is still to come.
    void lookAgain(Timestamp at);
    /// Whether a frozen message names a date that has changed or passed since.
    bool isOutdated(const Notice& frozen) const;
    /// Whether the source's data are fresh.
    bool isFresh() const;
    /// Whether something for the customer is wanted so far.
    bool customerNoticeWanted() const;

    /// Alerts our own people where a customer cannot be reached; gives each pending notice that is
    /// not wanted its reason; hands over the decision.
    Decision finish();

private:
    /// Something that would have been told, had there been anybody to tell.
    struct Unreachable {
        TopicRule rule;
        Timestamp from{};  ///< when it would have been
    };

    struct Hold {
        WithheldReason reason;
        std::chrono::seconds step;  ///< how often it is looked at
        std::string_view words;
    };

    void matchPolicies();
    bool take(const CadencePolicy& policy);
    void keepClosingPolicy();
    std::string_view ruleName(Topic topic) const {
        const auto* const policy = rule(topic).policy;
        return policy ? std::string_view{policy->name} : std::string_view{};
    }
    bool isAskedFor(Topic topic) const {
        return detail == Detail::Full || history.pending[indexOf(topic)] > 0;
    }
    const Preferred& preferred();
    void gatherAsPreferred(const TopicRule& its_rule, Topic topic, const Recipient& recipient,
                           Terms& terms);
    void addWithheld(Withheld withheld);
    /// Whether a frozen notice rests on data that are too old by now: its message is taken back,
    /// and waits for fresh ones.
    bool waitsForFreshData(About about, const Notice& frozen, bool needed);
    void keepFrozen(const Notice& frozen, const std::optional<Recipient>& recipient);
    void wantFrozen(const Notice& frozen, const std::optional<Recipient>& recipient);
    std::optional<Hold> findHold(const Occasion& occasion) const;
    std::optional<Timestamp> heldUntil(std::string_view rule, const Occasion& occasion,
                                       const Notice* row, const SendTimes& times);
    Notice* want(Terms&& terms, Occasion&& occasion, const Notice* row, Recipient&& recipient);
    void sayWhyNotYet(const Notice& notice, const Occasion& occasion, std::string_view rule);
    void alertOne(const Alert& alert, std::size_t number, Recipient&& recipient);
    void keepWaitingAlert();
    void alertOfNoContact();
    void accountForPending();
    Withheld reasonFor(const Notice& row) const;

    Decision decision_;
    std::array<TopicRule, kTopics> topic_rules_;
    const CadencePolicy* first_policy_ = nullptr;
    std::optional<Unreachable> unreachable_;
    std::optional<Preferred> preferred_;
};

}  // namespace backorderd::rules
