#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "app/policy.hpp"
#include "backorderd/store.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {

/// Cases looked at in one piece of work: few enough that a due mail never waits long behind them.
inline constexpr std::size_t kCasesPerPiece = 500;

/// Turns a case, its new events and the clock into what is committed: the only place where rules
/// meet the store.
class Evaluator {
public:
    /// `fresh_until` says until when a source's data count as fresh. All references must outlive
    /// the evaluator; the policy may be exchanged between calls.
    using FreshUntil = std::function<std::optional<Timestamp>(std::string_view source)>;
    Evaluator(Store& store, const Policy& policy, FreshUntil fresh_until);

    void usePolicy(const Policy& policy) { policy_ = &policy; }
    /// How contacts want to be written to; must outlive the evaluator, and may change between
    /// calls.
    void usePreferences(const Preferences& preferences) { preferences_ = &preferences; }
    /// Called with messages that are about to be taken back, before the store is told.
    void onStale(std::function<void(const std::vector<MessageId>&)> callback) {
        on_stale_ = std::move(callback);
    }
    /// Called with each change when it is durable.
    void onCommitted(std::function<void(const CaseChange&)> callback) {
        on_committed_ = std::move(callback);
    }

    /// Cases as they should be, and the messages that say what is no longer true.
    struct Changes {
        std::vector<CaseChange> cases;
        std::vector<MessageId> stale;
        /// What the offers of a source hold as these changes leave it; read when first needed.
        std::map<std::string, std::vector<StockHold>, std::less<>> held;
    };
    /// Adds what becomes of a case after `events`: what time alone has brought, an open offer that
    /// holds no longer, notices. `subject.line` is the new line already. `just_read`: the line
    /// comes from a read under way, and is fresh whatever the last poll was.
    void decide(Changes& changes, Case&& subject, const std::vector<Event>& events, Timestamp now,
                bool just_read);

    /// Writes the changes, and takes stale messages back.
    void commit(Changes& changes, Timestamp now);

    /// Takes messages back that have not left; their notices are planned anew, and their cases due.
    void takeBack(const std::vector<MessageId>& ids, std::string_view reason, Timestamp now);

    /// Evaluates up to `limit` cases whose time has come, each piece of up to `piece_max` in a
    /// transaction of its own; returns how many there were. Those of which a notice may leave now
    /// are kept until `forget`: who evaluates one of them again before that gets it as it is.
    /// Nothing else may write to a case in between.
    int evaluateDue(Timestamp now, int limit, int piece_max = kCasesPerPiece);
    void forget() { just_evaluated_.clear(); }
    /// Evaluates these cases, each named once, now; returns them as they then are, in no order.
    std::vector<Case> evaluateNow(const std::vector<CaseId>& ids, Timestamp now);

    /// The decision on a case as it stands; changes nothing. `Full`: with all its words.
    Decision look(const Case& subject, Timestamp now,
                  rules::Detail detail = rules::Detail::Full) const;

private:
    /// What was committed, in the order of `ids`; `after` is each case as it then is.
    std::vector<CaseChange> evaluate(const std::vector<CaseId>& ids, Timestamp now);
    rules::Facts factsOf(const Case& subject, Timestamp now) const;
    std::optional<OfferWithdrawn> findUntrueOffer(Changes& changes, const Case& subject,
                                                  const std::vector<StockHold>& own, Timestamp now);

    Store& store_;
    const Policy* policy_;
    const Preferences* preferences_ = nullptr;
    FreshUntil fresh_until_;
    std::unordered_map<CaseId, Case> just_evaluated_;
    std::function<void(const std::vector<MessageId>&)> on_stale_;
    std::function<void(const CaseChange&)> on_committed_;
};

}  // namespace backorderd::app
