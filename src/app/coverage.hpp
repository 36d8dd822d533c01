#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <string_view>
#include <vector>

#include "backorderd/decision.hpp"
#include "backorderd/rule.hpp"
#include "backorderd/store.hpp"

namespace backorderd::app {

/// What of a rule set comes to nothing on the lines of today, which the loader cannot know: rules
/// whose filter matches no open line, and money conditions that leave lines out for their currency.
class Coverage {
public:
    /// `rules` must outlive it.
    explicit Coverage(const RuleSet& rules);

    /// Looks at one open case.
    void see(const Case& subject, Timestamp now);
    /// Warnings with their places; none where no case was seen.
    Problems problems() const;

private:
    struct Filter {
        RuleName rule;
        const Condition* match;
        std::string_view calendar;  ///< by whose days it is asked
        bool matched = false;
    };
    template <class Rule>
    void add(std::string_view section, const Rule& rule);
    void addMoneyTests(const Condition& condition);

    const RuleSet& rules_;
    std::vector<Filter> filters_;
    std::map<const Test*, std::size_t> left_out_;  ///< lines in another currency
    std::size_t seen_ = 0;
};

/// The coverage of all open cases of a store, read in slices between which the loop has its turn.
boost::asio::awaitable<Problems> findUncovered(const RuleSet& rules, Store& store, Timestamp now);

}  // namespace backorderd::app
