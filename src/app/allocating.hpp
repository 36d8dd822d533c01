#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/evaluating.hpp"
#include "app/log.hpp"

namespace backorderd::app {

/// Advises who should get stock that arrived, item by item, when nothing else is due: the lines
/// that wait for an item are gathered slice by slice, and the proposals for them are committed
/// slice by slice in the order of serving.
///
/// What arrived is written down by the store together with the stock itself, and struck out
/// together with the proposal for the last in line: a crash in between loses nothing. The next
/// start advises anew, and leaves out whom an earlier one came to.
class Allocating {
public:
    /// All references must outlive it; the policy may be exchanged between calls.
    Allocating(Store& store, Evaluator& evaluator, Log& log, const Policy& policy);
    ~Allocating();

    /// Another policy: what has not been proposed yet is found anew.
    void usePolicy(const Policy& policy);
    /// These items arrived at the source.
    void arrived(std::string_view source, std::span<const std::string> items);

    /// Does a bounded piece for a source, of which nothing else is due; true where more is to be
    /// done at once. Only ranking all lines that wait for one item is one piece.
    bool work(const std::string& source, Timestamp now);
    /// Whether `work` would do something.
    bool owes(const std::string& source) const;

private:
    struct Round;
    struct State {
        bool owed = true;      ///< what arrived is to be looked up
        bool looked = false;   ///< it was, since the start
        bool earlier = false;  ///< an earlier start may have begun to advise on these items
        std::vector<std::string> items;  ///< arrived; who waits for them is not known yet
        std::vector<CaseId> to_sort;     ///< wait for one of the items, which is not known yet
        std::map<std::string, std::vector<CaseId>> waiting;  ///< by item
        std::unique_ptr<Round> round;                        ///< the item that is advised on
    };
    bool begin(State& state, const std::string& source);
    void sort(State& state);
    void beginRound(State& state, const std::string& source, Timestamp now);
    void advance(State& state, const std::string& source, Timestamp now);
    void gather(Round& round);
    void findSiblings(Round& round, const std::string& source);
    void rank(Round& round, const std::string& source, Timestamp now);
    void propose(Round& round, Timestamp now);

    Store& store_;
    Evaluator& evaluator_;
    Log& log_;
    const Policy* policy_;
    std::map<std::string, State, std::less<>> states_;
};

}  // namespace backorderd::app
