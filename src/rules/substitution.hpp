#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/rule.hpp"
#include "backorderd/snapshot.hpp"
#include "rules/free_stock.hpp"

/// What may be offered in place of an item that is not there.
namespace backorderd::rules {

/// Goods prepared for many searches. Points into the goods, and remembers rules by their address.
class Catalogue {
public:
    explicit Catalogue(const Goods& goods);

    /// Null where the catalogue does not have it.
    const CatalogueItem* find(std::string_view item) const;
    /// What the ERP names as alternates of the item, in its order.
    const std::vector<std::string_view>& alternatesOf(std::string_view item) const;
    /// Items that agree with `item` in every `same` of the rule, itself among them. Of an item that
    /// has no value there, none: what is not known agrees with nothing.
    const std::vector<const CatalogueItem*>& alikeOf(const SubstitutionRule& rule,
                                                     const Item& item);

private:
    using Groups = std::unordered_map<std::string, std::vector<const CatalogueItem*>>;

    const Goods& goods_;
    std::unordered_map<std::string_view, const CatalogueItem*> items_;
    std::unordered_map<std::string_view, std::vector<std::string_view>> alternates_;
    std::map<const SubstitutionRule*, Groups> groups_;
};

/// An item that was looked at for a line. Points into the goods and the rules.
struct Option {
    /// Why it may not be offered: the first test that failed.
    enum class Verdict {
        Fits,
        Excluded,      ///< the rule excludes the line
        OutOfDate,     ///< the rule is not valid today
        OtherUnit,     ///< sold in another unit of measure
        PriceUnknown,  ///< a bound is set, and the prices cannot be compared
        TooDear,
        TooCheap,
        NotInStock,  ///< nothing free where the rule looks
        TooLittle,   ///< free, but not all that is open
    };

    std::string_view item;
    const CatalogueItem* known = nullptr;  ///< null: only its id is known
    std::string_view warehouse;            ///< the one that serves the line best
    Decimal free;                          ///< there, without what is kept back
    std::optional<Decimal> price_ratio;
    Verdict verdict = Verdict::Fits;

    bool fits() const { return verdict == Verdict::Fits; }
};

/// What an offer for one line is looked for.
struct Search {
    const RuleSet& rules;
    const SubstitutionRule& rule;
    const Case& subject;
    Timestamp now;
};

/// Every candidate once: those that fit first, then in the rule's rank; what is equal in rank stays
/// in the order of its source: the rule's list, the ERP's alternates, the catalogue. One warehouse
/// serves an offered item, so that what is covered is covered from there: quantities of several
/// warehouses are not added up.
std::vector<Option> findOptions(const Search& search, Catalogue& catalogue, const FreeStock& stock);

/// The verdict for a person.
std::string verdictInWords(const Option& option, const Search& search);

}  // namespace backorderd::rules
