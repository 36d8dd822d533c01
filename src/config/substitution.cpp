#include <fmt/format.h>

#include <algorithm>

#include "config/listed_rule.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using Unit = Period::Unit;
using Candidates = SubstitutionRule::Candidates;

constexpr std::size_t kItemsMax = 10'000;
constexpr std::size_t kSubstitutesMax = 50;
constexpr std::size_t kSameMax = 10;
constexpr int kOfferedMax = 10;
constexpr PeriodBounds kAnswerWithin{{1, Unit::Hours}, {366, Unit::Days}};
constexpr PeriodBounds kHold{{1, Unit::Hours}, {90, Unit::Days}};
constexpr PeriodBounds kAgainAfter{{1, Unit::Days}, {3660, Unit::Days}};
const Decimal kRatioMin = *Decimal::parse("0.01");
const Decimal kRatioMax{100};
const Decimal kKeepBackMax{1'000'000};
const std::vector<std::string> kSources{"erp", "rule"};
const std::vector<std::string> kCandidateRanks{"same_warehouse", "price", "stock"};
constexpr std::string_view kItemAttribute = "item.attributes.";

/// Reads one rule. The parts share its words and place.
class SubstitutionReader {
public:
    SubstitutionReader(const ListedNode& listed, const Names& names, Segments& segments,
                       Problems& problems)
        : entry_(listed, "substitution rule", names, segments, problems) {}

    SubstitutionRule read() {
        entry_.readHead(rule_);
        rule_.offer.place = rule_.place;
        rule_.offer.template_name = "offer";
        readCandidates();
        readOffer();
        readWithdrawn();
        readAccepted();
        entry_.finish(countsBusinessDays(rule_.answer_within) || countsBusinessDays(rule_.hold) ||
                      countsBusinessDays(rule_.again_after));
        return std::move(rule_);
    }

private:
    void readCandidates() {
        (void)entry_.reader.need("candidates", "say what may be offered, such as { from: [erp] }");
        auto reader = entry_.part("candidates");
        if (!reader) return;
        Candidates& out = rule_.candidates;
        const auto sources = readWords(*reader, "from", kSources);
        if (reader->has("from")) {
            out.from_erp = std::ranges::find(sources, 0U) != sources.end();
            out.from_rule = std::ranges::find(sources, 1U) != sources.end();
        }
        readItems(*reader);
        readSame(*reader);
        readPrice(*reader);
        readStock(*reader);
        readValid(*reader);
        out.exclude = entry_.readConditionAt(*reader, "exclude");
        const NodePtr exclude = reader->find("exclude");
        if (exclude && exclude->isMapping() && exclude->entries.empty())
            reader->problem(*exclude,
                            "'exclude' is empty and would take out every line; remove it, "
                            "or say which lines");
        checkSources(*reader);
        reader->finish();
    }

    void checkSources(MapReader& reader) {
        const Candidates& out = rule_.candidates;
        if (!reader.isOther() && !out.from_erp && out.items.empty() && out.same.empty() &&
            !reader.has("items") && !reader.has("same"))
            reader.problem(reader.placeOf("from"),
                           "'from: [rule]' needs 'items' or 'same' beside it; there is nothing "
                           "to offer");
        if (!out.from_rule && reader.has("items"))
            reader.problem(reader.placeOf("items"),
                           "'items' is not read, because 'from' leaves out rule; add rule, or "
                           "remove the items");
    }

    void readItems(MapReader& candidates) {
        const NodePtr node = candidates.find("items");
        if (!node) return;
        const std::string what = fmt::format("'items' of {}", candidates.what());
        MapReader items(node, entry_.file(), what, entry_.problems());
        if (node->isMapping() && (node->entries.empty() || node->entries.size() > kItemsMax))
            items.problem(*node, fmt::format("'items' must name from 1 to {} items", kItemsMax));
        for (const Node::Entry& entry : items.entries()) {
            auto substitutes = readTexts(items, items.find(entry.key), entry.key, kSubstitutesMax,
                                         "[PX-110, PX-120]");
            if (std::ranges::find(substitutes, entry.key) != substitutes.end())
                items.problem(items.placeOf(entry.key),
                              fmt::format("item {} stands in for itself; remove it from its list",
                                          quote(entry.key)));
            rule_.candidates.items.emplace(entry.key, std::move(substitutes));
        }
    }

    void readSame(MapReader& candidates) {
        const NodePtr node = candidates.find("same");
        rule_.candidates.same = readTexts(candidates, node, "same", kSameMax, "[item.category]");
        for (const NodePtr& item : listOf(node)) {
            const bool attribute =
                item->text.starts_with(kItemAttribute) && item->text.size() > kItemAttribute.size();
            if (!item->isScalar() || item->text == "item.category" || attribute) continue;
            candidates.problem(
                *item, fmt::format("items cannot be compared by {}; write item.category or "
                                   "item.attributes.NAME{}",
                                   quote(item->text), didYouMean(item->text, {"item.category"})));
        }
    }

    void readPrice(MapReader& candidates) {
        auto price = partOf(candidates, "price");
        if (!price) return;
        Candidates& out = rule_.candidates;
        out.price_min_ratio = readNumber(*price, "min_ratio", kRatioMin, kRatioMax);
        out.price_max_ratio = readNumber(*price, "max_ratio", kRatioMin, kRatioMax);
        if (out.price_min_ratio && out.price_max_ratio &&
            *out.price_min_ratio > *out.price_max_ratio)
            price->problem(price->placeOf("min_ratio"),
                           "'min_ratio' is above 'max_ratio'; no item can have such a price");
        price->finish();
    }

    void readStock(MapReader& candidates) {
        auto stock = partOf(candidates, "stock");
        if (!stock) return;
        Candidates& out = rule_.candidates;
        if (const auto cover = readWord(*stock, stock->find("cover"), "cover", {"full", "any"}))
            out.cover_full = *cover == 0;
        readWarehouse(*stock);
        out.keep_back =
            readNumber(*stock, "keep_back", Decimal{}, kKeepBackMax).value_or(out.keep_back);
        stock->finish();
    }

    void readWarehouse(MapReader& stock) {
        const NodePtr node = stock.find("warehouse");
        const std::string* text =
            scalarText(stock, node, "warehouse", "any, same or the name of a warehouse");
        if (!text) return;
        Candidates& out = rule_.candidates;
        out.warehouse = *text == "any"    ? Candidates::Warehouse::Any
                        : *text == "same" ? Candidates::Warehouse::Same
                                          : Candidates::Warehouse::Named;
        if (out.warehouse != Candidates::Warehouse::Named) return;
        if (text->empty() || text->size() > kTextBytesMax)
            stock.problem(*node,
                          fmt::format("'warehouse' must have from 1 to {} bytes", kTextBytesMax));
        out.warehouse_name = *text;
        const std::string hint = didYouMean(*text, {"any", "same"});
        if (!hint.empty())
            stock.problem(
                *node, fmt::format("{} is taken for the name of a warehouse{}", quote(*text), hint),
                Severity::Warning);
    }

    void readValid(MapReader& candidates) {
        auto valid = partOf(candidates, "valid");
        if (!valid) return;
        Candidates& out = rule_.candidates;
        out.valid_from = readDate(*valid, "from");
        out.valid_to = readDate(*valid, "to");
        if (out.valid_from && out.valid_to && *out.valid_from > *out.valid_to)
            valid->problem(valid->placeOf("from"),
                           "'from' is behind 'to'; the rule would hold on no day");
        valid->finish();
    }

    std::optional<MapReader> partOf(MapReader& map, std::string_view key) {
        const NodePtr node = map.find(key);
        if (!node) return std::nullopt;
        MapReader part{node, entry_.file(), fmt::format("'{}' of {}", key, entry_.what()),
                       entry_.problems()};
        if (node->isMapping() && node->entries.empty())
            part.problem(*node, fmt::format("{} is empty; remove it", quote(key)));
        return part;
    }

    void readOffer() {
        auto offer = entry_.part("offer");
        if (!offer) return;
        rule_.offer.place = offer->place();
        if (offer->has("template"))
            rule_.offer.template_name = readTemplateName(*offer, "template");
        rule_.max = readCount(*offer, "max", 1, kOfferedMax).value_or(rule_.max);
        if (const auto ranks = readWords(*offer, "rank", kCandidateRanks); !ranks.empty()) {
            rule_.rank.clear();
            for (const std::size_t rank : ranks)
                rule_.rank.push_back(static_cast<SubstitutionRule::Rank>(rank));
        }
        const auto before = entry_.problems().size();
        rule_.answer_within =
            readPeriod(*offer, "answer_within", kAnswerWithin).value_or(rule_.answer_within);
        rule_.hold = readPeriod(*offer, "hold", kHold).value_or(rule_.hold);
        const NodePtr again = offer->find("again_after");
        if (again && !(again->isScalar() && again->text == "never"))
            rule_.again_after = readPeriod(*offer, "again_after", kAgainAfter);
        if (isShorter(rule_.answer_within, rule_.hold))
            offer->problem(
                offer->has("hold") ? offer->placeOf("hold") : offer->placeOf("answer_within"),
                fmt::format("units are held for {}, longer than the offer stands "
                            "({}); shorten 'hold', or lengthen 'answer_within'",
                            formatPeriod(rule_.hold), formatPeriod(rule_.answer_within)));
        // A time that is refused is no reason for a second problem.
        if (entry_.problems().size() == before) warnOfShortHold(*offer);
        offer->finish();
    }

    /// What was not written is not warned of: the defaults are known.
    void warnOfShortHold(MapReader& offer) {
        const bool written = offer.has("hold") || offer.has("answer_within");
        if (!written || !isShorter(rule_.hold, rule_.answer_within)) return;
        offer.problem(offer.has("hold") ? offer.placeOf("hold") : offer.placeOf("answer_within"),
                      fmt::format("units are held for {}, and the offer stands for {}: in between "
                                  "they may go to somebody else, and the offer is withdrawn; "
                                  "lengthen 'hold', or shorten 'answer_within'",
                                  formatPeriod(rule_.hold), formatPeriod(rule_.answer_within)),
                      Severity::Warning);
    }

    void readWithdrawn() {
        auto withdrawn = entry_.part("withdrawn");
        if (!withdrawn) return;
        (void)withdrawn->need("template", "name the template of the message");
        if (withdrawn->has("template"))
            rule_.withdrawn_template = readTemplateName(*withdrawn, "template");
        withdrawn->finish();
    }

    void readAccepted() {
        auto accepted = entry_.part("accepted");
        if (!accepted) return;
        rule_.accepted_team = entry_.readTeam(*accepted, "to", "name the team that enters it");
        if (accepted->has("template"))
            rule_.accepted_template = readTemplateName(*accepted, "template");
        accepted->finish();
    }

    ListedRule entry_;
    SubstitutionRule rule_;
};

}  // namespace

SubstitutionRule readSubstitution(const ListedNode& listed, const Names& names, Segments& segments,
                                  Problems& problems) {
    return SubstitutionReader(listed, names, segments, problems).read();
}

}  // namespace backorderd::config
