#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "backorderd/decision.hpp"
#include "rules/calendar.hpp"
#include "rules/history.hpp"
#include "rules/rules.hpp"
#include "rules/window.hpp"

namespace backorderd::rules {

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
    bool unreachable = false;   ///< planned when there was a contact: wait for one
    bool behind_first = false;  ///< the first message is frozen and on its way: wait for it
    std::string reason;
};

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
    /// `detail` returns the words; it is asked only where somebody will read them.
    template <class Words>
    void withhold(Topic topic, WithheldReason reason, Words&& words,
                  std::optional<Timestamp> until = std::nullopt, std::string_view key = {}) {
        if (isAskedFor(topic))
            addWithheld({topic, ruleName(topic), reason, words(), until, std::string{key}});
    }
    /// Asks for another look at `at`, where that is still to come.
    void lookAgain(Timestamp at);
    /// Whether a frozen message names a date that has changed or passed since.
    bool isOutdated(const Notice& frozen) const;
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
    void addWithheld(Withheld withheld);
    void keepFrozen(const Notice& frozen);
    std::optional<Hold> findHold(const Occasion& occasion) const;
    bool isFresh() const;
    std::optional<Timestamp> heldUntil(const Occasion& occasion, const Notice* row,
                                       const SendTimes& times);
    Notice* want(const TopicRule& rule, Occasion&& occasion, const Notice* row,
                 Recipient&& recipient);
    void sayWhyNotYet(const Notice& notice, const Occasion& occasion);
    void keepWaitingAlert();
    void alertOwnPeople();
    void accountForPending();
    Withheld reasonFor(const Notice& row) const;

    Decision decision_;
    std::array<TopicRule, kTopics> topic_rules_;
    const CadencePolicy* first_policy_ = nullptr;
    std::optional<Unreachable> unreachable_;
};

}  // namespace backorderd::rules
