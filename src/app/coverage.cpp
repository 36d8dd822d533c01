#include "app/coverage.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

constexpr int kCoverageSlice = 500;

}  // namespace

Coverage::Coverage(const RuleSet& rules) : rules_{rules} {
    for (const auto& rule : rules.cadence) add("cadence", rule);
    for (const auto& rule : rules.substitution) add("substitution", rule);
    for (const auto& rule : rules.escalation) {
        add("escalation", rule);
        addMoneyTests(rule.start);
    }
    for (const auto& rule : rules.fulfilment) add("fulfilment", rule);
    for (const auto& rule : rules.supply) add("supply", rule);
}

template <class Rule>
void Coverage::add(std::string_view section, const Rule& rule) {
    filters_.push_back({{section, rule.name, &rule.place}, &rule.match, rule.calendar});
    addMoneyTests(rule.match);
}

void Coverage::addMoneyTests(const Condition& condition) {
    for (const auto& test : condition.tests)
        if (!test.currency.empty()) left_out_[&test];
    for (const auto& segment : condition.segments)
        if (segment.condition) addMoneyTests(*segment.condition);
    for (const auto& part : condition.all) addMoneyTests(part);
    for (const auto& alternatives : condition.any)
        for (const auto& alternative : alternatives) addMoneyTests(alternative);
    for (const auto& forbidden : condition.none) addMoneyTests(forbidden);
}

void Coverage::see(const Case& subject, Timestamp now) {
    ++seen_;
    for (auto& filter : filters_)
        if (!filter.matched)
            filter.matched = rules::holds(rules_, filter.calendar, *filter.match, subject, now);
    const auto& currency = subject.line.unit_price.currency;
    for (auto& [test, lines] : left_out_)
        if (!currency.empty() && currency != test->currency) ++lines;
}

Problems Coverage::problems() const {
    Problems found;
    if (seen_ == 0) return found;
    const auto lines = std::to_string(seen_);
    for (const auto& filter : filters_)
        if (!filter.matched)
            found.push_back({*filter.rule.place,
                             "the filter of '" + std::string{filter.rule.name} +
                                 "' matches none of the " + lines +
                                 " open lines; if that is not meant, 'backorderd explain' shows "
                                 "for a line what it lacks",
                             Severity::Warning});
    for (const auto& [test, left_out] : left_out_)
        if (left_out > 0)
            found.push_back({test->place,
                             std::string{test->field->name} + " is compared in " + test->currency +
                                 ", and " + std::to_string(left_out) + " of the " + lines +
                                 " open lines are in another currency: they never match",
                             Severity::Warning});
    return found;
}

asio::awaitable<Problems> findUncovered(const RuleSet& rules, Store& store, Timestamp now) {
    const auto executor = co_await asio::this_coro::executor;
    Coverage coverage{rules};
    CaseFilter filter;
    filter.limit = kCoverageSlice;
    for (auto ids = store.listCases(filter); !ids.empty(); ids = store.listCases(filter)) {
        for (const auto& subject : store.cases(ids)) coverage.see(subject, now);
        filter.after = ids.back();
        co_await asio::post(executor, asio::use_awaitable);
    }
    co_return coverage.problems();
}

}  // namespace backorderd::app
