#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/evaluating.hpp"
#include "app/log.hpp"

namespace backorderd::app {

/// Offers substitutes to all lines of a source together, when nothing else is due: who waits is
/// gathered slice by slice, all of them are served slice by slice from one stock, and the offers
/// are committed slice by slice in the order of serving.
///
/// A pass is run where something may have changed: a new wish, other goods, a hold that has ended.
/// None of that has to survive a crash, because who wants an offer and what is held is in the
/// store: the first pass after a start finds what an earlier one did not come to. A pass that is
/// cut short leaves offers that are whole, and serves the rest the next time.
class Sharing {
public:
    /// All references must outlive the pass; the policy may be exchanged between calls.
    Sharing(Store& store, Evaluator& evaluator, Log& log, const Policy& policy);
    ~Sharing();

    /// Another policy: what has been gathered under the old one is forgotten.
    void usePolicy(const Policy& policy);
    /// What became of a case: whether it has a new wish, or has given units back.
    void noted(const CaseChange& change);
    /// The source's goods are others now: offers may hold no longer, and wishes may be served.
    void goodsChanged(std::string_view source);

    /// Does a bounded piece for a source, of which nothing else is due; true where more is to be
    /// done at once.
    bool work(const std::string& source, Timestamp now);
    /// Whether `work` would do something.
    bool owes(const std::string& source) const;

private:
    struct Pass;
    struct State {
        bool recheck_owed = true;  ///< open offers are to be looked at
        bool pass_owed = true;     ///< stock is to be shared out
        std::set<CaseId> wishing;  ///< as of the last pass and since
        std::vector<CaseId> to_recheck;
        std::unique_ptr<Pass> pass;
    };
    bool recheck(State& state, const std::string& source, Timestamp now);
    bool begin(State& state, const std::string& source);
    void gather(State& state, Timestamp now);
    void share(Pass& pass, const std::string& source, Timestamp now);
    void offer(State& state, Timestamp now);

    Store& store_;
    Evaluator& evaluator_;
    Log& log_;
    const Policy* policy_;
    std::map<std::string, State, std::less<>> states_;
};

}  // namespace backorderd::app
