#include "rules/substitution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "rules/condition.hpp"
#include "rules/condition_value.hpp"
#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

using Verdict = Option::Verdict;
using Sources = SubstitutionRule::Candidates;

constexpr std::string_view kAttributePrefix = "item.attributes.";
/// A connector that knows the unit of a catalogue item passes it through under this name.
constexpr std::string_view kUnitAttribute = "unit";
/// No price is compared with one that it exceeds so many times: it is a slip of the pen.
constexpr Decimal kRatioMax{1'000'000};

std::string_view attributeOf(const Item& item, std::string_view name) {
    const auto found = item.attributes.find(name);
    return found == item.attributes.end() ? std::string_view{} : std::string_view{found->second};
}

std::string_view sameValue(const Item& item, std::string_view field) {
    if (field == "item.category") return item.category;
    if (!field.starts_with(kAttributePrefix)) return {};
    return attributeOf(item, field.substr(kAttributePrefix.size()));
}

/// All values that must agree as one text; empty where one is not known.
std::string groupOf(const SubstitutionRule& rule, const Item& item) {
    std::string group;
    for (const auto& field : rule.candidates.same) {
        const auto value = sameValue(item, field);
        if (value.empty()) return {};
        group.append(value) += '\n';
    }
    return group;
}

/// Candidate over line; empty where the two cannot be compared.
std::optional<Decimal> priceRatio(const Money& price, const Money& line) {
    if (price.currency.empty() || price.currency != line.currency) return std::nullopt;
    if (!line.amount.isPositive() || price.amount < Decimal{}) return std::nullopt;
    if (price.amount > Decimal::cappedProduct(line.amount, kRatioMax)) return std::nullopt;
    return price.amount / line.amount;
}

bool mayLieIn(const Sources& sources, const OrderLine& line, std::string_view warehouse) {
    switch (sources.warehouse) {
        case Sources::Warehouse::Any:
            return true;
        case Sources::Warehouse::Same:
            return warehouse == line.warehouse;
        case Sources::Warehouse::Named:
            return warehouse == sources.warehouse_name;
    }
    return false;
}

/// The warehouse that covers most of the line; of those that cover all of it the line's own, then
/// the fullest.
void chooseWarehouse(Option& option, const Search& search, const FreeStock& stock) {
    const auto& sources = search.rule.candidates;
    const auto& line = search.subject.line;
    const auto merit = [&](std::string_view warehouse, Decimal free) {
        return std::tuple{std::min(free, line.open()), warehouse == line.warehouse, free};
    };
    for (const auto& place : stock.placesOf(option.item)) {
        if (!mayLieIn(sources, line, place.warehouse)) continue;
        const auto free = place.free - sources.keep_back;
        if (!free.isPositive()) continue;
        if (option.free.isPositive() &&
            merit(place.warehouse, free) <= merit(option.warehouse, option.free))
            continue;
        option.warehouse = place.warehouse;
        option.free = free;
    }
}

Verdict priceVerdict(const Option& option, const Sources& sources) {
    if (!sources.price_min_ratio && !sources.price_max_ratio) return Verdict::Fits;
    if (!option.price_ratio) return Verdict::PriceUnknown;
    if (sources.price_max_ratio && *option.price_ratio > *sources.price_max_ratio)
        return Verdict::TooDear;
    if (sources.price_min_ratio && *option.price_ratio < *sources.price_min_ratio)
        return Verdict::TooCheap;
    return Verdict::Fits;
}

Verdict itemVerdict(const Option& option, const Search& search) {
    const auto& line = search.subject.line;
    if (option.known) {
        const auto unit = attributeOf(option.known->item, kUnitAttribute);
        if (!unit.empty() && !line.unit.empty() && unit != line.unit) return Verdict::OtherUnit;
    }
    const auto price = priceVerdict(option, search.rule.candidates);
    if (price != Verdict::Fits) return price;
    if (!option.free.isPositive()) return Verdict::NotInStock;
    if (search.rule.candidates.cover_full && option.free < line.open()) return Verdict::TooLittle;
    return Verdict::Fits;
}

/// What is wrong with every candidate alike.
Verdict lineVerdict(const Search& search) {
    const auto& sources = search.rule.candidates;
    Question question{search.subject, search.now,
                      calendarNamed(search.rules, search.rule.calendar)};
    if (!sources.exclude.empty() && holds(sources.exclude, question)) return Verdict::Excluded;
    if (!sources.valid_from && !sources.valid_to) return Verdict::Fits;
    const auto today = question.today();
    const bool valid = (!sources.valid_from || today >= *sources.valid_from) &&
                       (!sources.valid_to || today <= *sources.valid_to);
    return valid ? Verdict::Fits : Verdict::OutOfDate;
}

std::vector<std::string_view> itemsToLookAt(const Search& search, Catalogue& catalogue) {
    const auto& sources = search.rule.candidates;
    const auto& wanted = search.subject.line.item;
    std::vector<std::string_view> items;
    std::set<std::string_view> seen{wanted.id};
    const auto add = [&](std::string_view item) {
        if (seen.insert(item).second) items.push_back(item);
    };
    if (sources.from_rule)
        if (const auto listed = sources.items.find(wanted.id); listed != sources.items.end())
            for (const auto& item : listed->second) add(item);
    if (sources.from_erp)
        for (const auto item : catalogue.alternatesOf(wanted.id)) add(item);
    if (!sources.same.empty())
        for (const auto* const item : catalogue.alikeOf(search.rule, wanted)) add(item->item.id);
    return items;
}

bool isBefore(const Option& a, const Option& b, const Search& search) {
    if (a.fits() != b.fits()) return a.fits();
    for (const auto rank : search.rule.rank) {
        switch (rank) {
            case SubstitutionRule::Rank::SameWarehouse: {
                const auto& own = search.subject.line.warehouse;
                const bool a_same = a.warehouse == own, b_same = b.warehouse == own;
                if (a_same != b_same) return a_same;
                break;
            }
            case SubstitutionRule::Rank::Price:
                if (a.price_ratio.has_value() != b.price_ratio.has_value())
                    return a.price_ratio.has_value();
                if (a.price_ratio != b.price_ratio) return *a.price_ratio < *b.price_ratio;
                break;
            case SubstitutionRule::Rank::Stock:
                if (a.free != b.free) return a.free > b.free;
                break;
        }
    }
    return false;
}

/// The tests of a condition of its own, `customer.attributes.no_substitutes: true`.
std::string testsInWords(const Condition& condition) {
    std::string words;
    for (const auto& test : condition.tests)
        words += fmt::format("{}{}: {}", words.empty() ? "" : ", ",
                             test.attribute.empty() ? test.field->name : test.attribute,
                             testInWords(test));
    return words;
}

std::string datesInWords(const Sources& sources) {
    const auto day = [](std::optional<Date> date) {
        return date ? formatDate(*date) : std::string{"…"};
    };
    return fmt::format("the rule is valid from {} to {}", day(sources.valid_from),
                       day(sources.valid_to));
}

}  // namespace

Catalogue::Catalogue(const Goods& goods) : goods_{goods} {
    items_.reserve(goods.items.size());
    for (const auto& item : goods.items) items_.emplace(item.item.id, &item);
    for (const auto& alternate : goods.alternates)
        alternates_[alternate.item].push_back(alternate.substitute);
}

const CatalogueItem* Catalogue::find(std::string_view item) const {
    const auto found = items_.find(item);
    return found == items_.end() ? nullptr : found->second;
}

const std::vector<std::string_view>& Catalogue::alternatesOf(std::string_view item) const {
    static const std::vector<std::string_view> none;
    const auto found = alternates_.find(item);
    return found == alternates_.end() ? none : found->second;
}

const std::vector<const CatalogueItem*>& Catalogue::alikeOf(const SubstitutionRule& rule,
                                                            const Item& item) {
    static const std::vector<const CatalogueItem*> none;
    const auto [groups, is_new] = groups_.try_emplace(&rule);
    if (is_new)
        for (const auto& known : goods_.items)
            if (auto group = groupOf(rule, known.item); !group.empty())
                groups->second[std::move(group)].push_back(&known);
    const auto group = groupOf(rule, item);
    const auto found = group.empty() ? groups->second.end() : groups->second.find(group);
    return found == groups->second.end() ? none : found->second;
}

std::vector<Option> findOptions(const Search& search, Catalogue& catalogue,
                                const FreeStock& stock) {
    const auto for_all = lineVerdict(search);
    std::vector<Option> options;
    for (const auto item : itemsToLookAt(search, catalogue)) {
        Option option;
        option.item = item;
        option.known = catalogue.find(item);
        if (option.known)
            option.price_ratio = priceRatio(option.known->price, search.subject.line.unit_price);
        chooseWarehouse(option, search, stock);
        option.verdict = for_all == Verdict::Fits ? itemVerdict(option, search) : for_all;
        options.push_back(option);
    }
    std::stable_sort(options.begin(), options.end(),
                     [&](const Option& a, const Option& b) { return isBefore(a, b, search); });
    return options;
}

std::string verdictInWords(const Option& option, const Search& search) {
    const auto& sources = search.rule.candidates;
    const auto& line = search.subject.line;
    const auto ratio = option.price_ratio.value_or(Decimal{}).toString();
    switch (option.verdict) {
        case Verdict::Fits:
            return {};
        case Verdict::Excluded:
            if (const auto tests = testsInWords(sources.exclude); !tests.empty())
                return fmt::format("the rule excludes the line ({})", tests);
            return "the rule excludes the line";
        case Verdict::OutOfDate:
            return datesInWords(sources);
        case Verdict::OtherUnit:
            return fmt::format("it is sold in {}, the line in {}",
                               attributeOf(option.known->item, kUnitAttribute), line.unit);
        case Verdict::PriceUnknown:
            return "its price cannot be compared with the line's";
        case Verdict::TooDear:
            return fmt::format("its price is {} times the line's, more than {}", ratio,
                               sources.price_max_ratio->toString());
        case Verdict::TooCheap:
            return fmt::format("its price is {} times the line's, less than {}", ratio,
                               sources.price_min_ratio->toString());
        case Verdict::NotInStock:
            return "nothing of it is free where the rule looks";
        case Verdict::TooLittle:
            return fmt::format("{} are free in one warehouse, {} are open", option.free.toString(),
                               line.open().toString());
    }
    return {};
}

}  // namespace backorderd::rules
