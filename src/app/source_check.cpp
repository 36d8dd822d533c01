#include "app/source_check.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

/// Enough to see which fields an ERP keeps, and few enough for one that is slow.
constexpr std::size_t kLinesLookedAt = 1000;
/// Whoever mapped the wrong field need not read a thousand sentences.
constexpr std::size_t kNotUnderstoodMax = 10;

/// The column that a test's field is worked out from; empty: from what every line has.
std::string columnOf(const Test& test) {
    using Derived = ConditionField::Derived;
    switch (test.field->derived) {
        case Derived::Line:
            return std::string{test.field->name};
        case Derived::Attribute:
            return test.attribute;
        case Derived::OpenValue:
            return "unit_price";
        case Derived::PromiseDate:
        case Derived::PromiseInDays:
        case Derived::Slips:
        case Derived::Lapsed:
            return "promise";
        case Derived::Uncovered:
            return "supply.reference";
        case Derived::SupplyInDays:
        case Derived::SupplyLate:
            return "supply.expected";
        case Derived::FullyAllocated:
            return "allocated";
        case Derived::ReleaseInDays:
            return "release_date";
        case Derived::PaymentInDays:
            return "payment.authorised_until";
        case Derived::OpenQuantity:
        case Derived::Age:
        case Derived::CustomerHeard:
        case Derived::CustomerSilence:
        case Derived::Adopted:
        case Derived::Answer:
        case Derived::Sentiment:
        case Derived::OfferState:
        case Derived::OfferAge:
            break;
    }
    return {};
}

/// `customer.attributes.*` stands for all of its names.
bool covers(std::string_view declared, std::string_view column) {
    if (declared == "promise.date") declared = "promise";  // The condition's name of the column.
    if (!declared.ends_with('*')) return declared == column;
    return column.starts_with(declared.substr(0, declared.size() - 1));
}

class Unfilled {
public:
    explicit Unfilled(const Ends& ends) {
        for (const auto& source : ends.sources)
            if (source.connector) all_.push_back(source.connector->capabilities().never_filled);
    }

    void look(const Condition& condition) {
        for (const auto& test : condition.tests) look(test);
        for (const auto& segment : condition.segments)
            if (segment.condition) look(*segment.condition);
        for (const auto& part : condition.all) look(part);
        for (const auto& alternatives : condition.any)
            for (const auto& alternative : alternatives) look(alternative);
        for (const auto& forbidden : condition.none) look(forbidden);
    }
    const Problems& problems() const { return problems_; }

private:
    void look(const Test& test) {
        const bool asks_for_nothing = test.or_unknown || test.known == false;
        const auto column = columnOf(test);
        if (asks_for_nothing || column.empty() || all_.empty() || !seen_.insert(&test).second)
            return;
        const bool unfilled = std::ranges::all_of(all_, [&](const auto& never_filled) {
            return std::ranges::any_of(
                never_filled, [&](const auto& declared) { return covers(declared, column); });
        });
        if (!unfilled) return;
        const std::string name =
            test.attribute.empty() ? std::string{test.field->name} : test.attribute;
        problems_.push_back({test.place,
                             "'" + name +
                                 "' is asked for, and no source of the settings ever fills " +
                                 (name == column ? "it" : "'" + column + "', from which it comes"),
                             Severity::Warning});
    }

    std::vector<std::vector<std::string>> all_;  ///< what each source never fills
    std::set<const Test*> seen_;                 ///< a segment has many users
    Problems problems_;
};

/// Strikes out what the line has.
void lookAt(const OrderLine& line, std::vector<const LineField*>& empty) {
    std::erase_if(empty, [&](const LineField* field) { return !field->get(line).empty(); });
}

/// Notes each sentence about a preference that nobody understands once.
void lookAtPreferences(const OrderLine& line, const Preferences& preferences,
                       SourceAnswer& answer) {
    for (auto& sentence : preferredOf(preferences, line).not_understood) {
        auto& known = answer.not_understood;
        if (known.size() < kNotUnderstoodMax && std::ranges::find(known, sentence) == known.end())
            known.push_back(std::move(sentence));
    }
}

asio::awaitable<void> readSome(Connector& connector, const Preferences& preferences,
                               SourceAnswer& answer) {
    std::vector<const LineField*> empty;
    for (const auto& field : lineFields())
        if (field.type != FieldType::Flag) empty.push_back(&field);
    std::size_t readable = 0;
    const auto reader = connector.read();
    while (answer.lines < kLinesLookedAt) {
        const auto step = co_await reader->next();
        if (const auto* failure = std::get_if<Failure>(&step)) answer.failure = failure->reason;
        answer.all_lines = std::holds_alternative<SnapshotEnd>(step);
        const auto* page = std::get_if<Page>(&step);
        if (!page) break;
        answer.unreadable += page->problems.size();
        answer.lines += page->records.size();
        for (std::size_t i = 0; i < page->records.size() && readable < kLinesLookedAt; ++i) {
            const auto line = reader->decode(i);
            ++(line ? readable : answer.unreadable);
            if (!line) continue;
            lookAt(*line, empty);
            lookAtPreferences(*line, preferences, answer);
        }
    }
    if (readable == 0) co_return;
    for (const auto* field : empty) answer.empty.emplace_back(field->name);
}

}  // namespace

Problems findUnservable(const RuleSet& rules, const config::Settings& settings, const Ends& ends) {
    Unfilled unfilled{ends};
    for (const auto& rule : rules.cadence) unfilled.look(rule.match);
    for (const auto& rule : rules.substitution) unfilled.look(rule.match);
    for (const auto& rule : rules.escalation) {
        unfilled.look(rule.match);
        unfilled.look(rule.start);
    }
    for (const auto& rule : rules.fulfilment) unfilled.look(rule.match);
    for (const auto& rule : rules.supply) unfilled.look(rule.match);
    auto problems = unfilled.problems();
    for (const auto& source : settings.sources) {
        const auto end = std::ranges::find(ends.sources, source.name, &Ends::Source::name);
        if (end == ends.sources.end() || !end->connector) continue;
        if (source.write_notes && !end->connector->capabilities().annotate)
            problems.push_back({source.section.place("write_notes"),
                                "a source of kind '" + source.kind +
                                    "' takes no notes: 'write_notes' comes to nothing",
                                Severity::Warning});
    }
    return problems;
}

asio::awaitable<std::vector<SourceAnswer>> askSources(const Ends& ends,
                                                      const PreferenceFields& fields) {
    const Preferences preferences{fields, {}};
    std::vector<SourceAnswer> answers;
    for (const auto& source : ends.sources) {
        SourceAnswer answer;
        answer.source = source.name;
        answer.probe = co_await source.connector->probe();
        if (answer.probe.ok) co_await readSome(*source.connector, preferences, answer);
        co_await source.connector->leave();
        answers.push_back(std::move(answer));
    }
    co_return answers;
}

}  // namespace backorderd::app
