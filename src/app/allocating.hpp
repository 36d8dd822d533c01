#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/evaluating.hpp"
#include "app/log.hpp"

namespace backorderd::app {

/// Advises who should get stock that arrived, item by item, when nothing else is due.
///
/// What arrived is written down by the store together with the stock itself, and struck out together
/// with the proposals for it: a crash between the two loses nothing and proposes nothing twice.
class Allocating {
public:
    /// All references must outlive it; the policy may be exchanged between calls.
    Allocating(Store& store, Evaluator& evaluator, Log& log, const Policy& policy);

    void usePolicy(const Policy& policy) { policy_ = &policy; }
    /// Something arrived at the source.
    void arrived(std::string_view source);

    /// Does a bounded piece for a source, of which nothing else is due; true where more is to be
    /// done at once. The lines that wait for one item are one piece.
    bool work(const std::string& source, Timestamp now);
    /// Whether `work` would do something.
    bool owes(const std::string& source) const;

private:
    struct State {
        bool owed = true;  ///< what arrived is to be looked up
        std::vector<std::string> items;      ///< arrived; who waits for them is not known yet
        std::vector<CaseId> to_sort;         ///< wait for one of the items, which is not known yet
        std::map<std::string, std::vector<CaseId>> waiting;  ///< by item
    };
    bool begin(State& state, const std::string& source);
    void sort(State& state);
    void propose(State& state, const std::string& source, Timestamp now);
    std::vector<Case> casesFor(const std::string& source, const std::vector<CaseId>& ids);

    Store& store_;
    Evaluator& evaluator_;
    Log& log_;
    const Policy* policy_;
    std::map<std::string, State, std::less<>> states_;
};

}  // namespace backorderd::app
