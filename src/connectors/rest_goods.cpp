#include <fmt/format.h>

#include <functional>
#include <map>
#include <set>

#include "connectors/rest_reader.hpp"

namespace backorderd::connectors::rest {
namespace {

constexpr std::int64_t kLeadTimeDaysMax = 3650;
/// Beyond this a number is a mistake, and sums of many could leave the range of a Decimal.
constexpr Decimal kLargestOfGoods{1'000'000'000};

bool canBeSummed(Decimal number) {
    return number <= kLargestOfGoods && number >= Decimal{} - kLargestOfGoods;
}

/// What one record says, by the name of the part.
using Parts = std::map<std::string, std::string, std::less<>>;
using TakeParts = std::function<void(const Parts&)>;

class GoodsReader {
public:
    explicit GoodsReader(LineSource& source)
        : source_{source}, held_{source.session, source.records_max} {}

    boost::asio::awaitable<std::optional<Failure>> readAll();
    GoodsRead take();

private:
    boost::asio::awaitable<std::optional<Failure>> readList(const GoodsRule& rule, TakeParts take);
    boost::asio::awaitable<std::optional<Failure>> readPage(const GoodsRule& rule,
                                                            std::vector<Row> rows,
                                                            const TakeParts& take);
    /// A number of a record; what is none makes the goods ones that cannot be built upon.
    std::optional<Decimal> number(const Parts& parts, std::string_view part);
    void note(std::string fault) {
        if (fault_.empty()) fault_ = std::move(fault);
    }
    void takeStock(const Parts& parts);
    void takeItem(const Parts& parts);
    void takeSupply(const Parts& parts);
    void takeAlternate(const Parts& parts);

    LineSource& source_;
    HeldRecords held_;
    std::size_t records_ = 0;
    std::map<std::pair<std::string, std::string>, Decimal> stock_;
    std::map<std::string, CatalogueItem> items_;
    std::set<Alternate> alternates_;
    std::vector<ItemSupply> supply_;
    std::string fault_;
};

boost::asio::awaitable<std::optional<Failure>> GoodsReader::readAll() {
    for (const auto& [name, rule] : source_.mapping().goods) {
        TakeParts take;
        if (name == "stock")
            take = [this](const Parts& parts) { takeStock(parts); };
        else if (name == "items")
            take = [this](const Parts& parts) { takeItem(parts); };
        else if (name == "supply")
            take = [this](const Parts& parts) { takeSupply(parts); };
        else
            take = [this](const Parts& parts) { takeAlternate(parts); };
        if (auto failed = co_await readList(rule, take)) co_return failed;
    }
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> GoodsReader::readList(const GoodsRule& rule,
                                                                     TakeParts take) {
    const Request& request = *source_.mapping().request(rule.request);
    Texts none;
    Pages pages{source_.session, request, request.call, std::move(none)};
    while (!pages.atEnd()) {
        auto next = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&next)) co_return std::move(*failed);
        const auto& page = std::get<AnswerPage>(next);
        records_ += page.rows.size();
        if (records_ > source_.records_max)
            co_return Failure{
                Failure::Again::Never,
                fmt::format("{}: more than {} records of goods, the last of '{}': "
                            "raise `joined_records_max`",
                            source_.session.where(), source_.records_max, rule.request)};
        if (auto failed = co_await readPage(rule, page.rows, take)) co_return failed;
    }
    note(pages.shortfall());
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> GoodsReader::readPage(const GoodsRule& rule,
                                                                     std::vector<Row> rows,
                                                                     const TakeParts& take) {
    std::vector<Parts> all;
    const std::function<void()> look = [&] {
        all.clear();
        for (const Row& row : rows) {
            const Scope scope{row, held_, source_.session.values(), source_.today()};
            Parts& parts = all.emplace_back();
            for (const auto& [name, expression] : rule.expressions)
                parts[name] = evaluate(expression, scope);
        }
    };
    if (auto failed = co_await fetchWanted(source_, held_, look)) co_return failed;
    for (const Parts& parts : all) take(parts);
    co_return std::nullopt;
}

std::optional<Decimal> GoodsReader::number(const Parts& parts, std::string_view part) {
    const std::string& text = parts.find(part)->second;
    if (text.empty()) return std::nullopt;
    const auto number = Decimal::parse(text);
    if (number && canBeSummed(*number)) return number;
    note(fmt::format("'{}' of the item '{}' is no number to count with: '{}'", part,
                     parts.at("item"), text.substr(0, 60)));
    return std::nullopt;
}

void GoodsReader::takeStock(const Parts& parts) {
    const auto free = number(parts, "free");
    if (parts.at("item").empty() || !free) return;
    Decimal& sum = stock_[{parts.at("item"), parts.at("warehouse")}];
    if (const Decimal total = sum + *free; canBeSummed(total))
        sum = total;
    else
        note(fmt::format("the stock of the item '{}' is too large to be true", parts.at("item")));
}

void GoodsReader::takeItem(const Parts& parts) {
    if (parts.at("item").empty()) return;
    CatalogueItem item;
    item.item.id = parts.at("item");
    item.item.name = parts.at("name");
    item.item.category = parts.at("category");
    const auto price = Decimal::parse(parts.at("price"));
    if (price && *price >= Decimal{} && canBeSummed(*price) && !parts.at("currency").empty())
        item.price = {*price, parts.at("currency")};
    if (const auto days = Decimal::parse(parts.at("lead_time_days"))) {
        const std::int64_t whole = days->millionths() / Decimal::kScale;
        if (whole >= 0 && whole <= kLeadTimeDaysMax) item.lead_time_days = static_cast<int>(whole);
    }
    items_.try_emplace(item.item.id, item);
}

void GoodsReader::takeSupply(const Parts& parts) {
    if (parts.at("item").empty() || parts.at("reference").empty()) return;
    ItemSupply coming;
    coming.item = parts.at("item");
    coming.supply.reference = parts.at("reference");
    const std::string& expected = parts.at("expected");
    coming.supply.expected = parseDate(expected);
    if (!expected.empty() && !coming.supply.expected)
        note(fmt::format("'expected' of the item '{}' is no date: '{}'", coming.item,
                         expected.substr(0, 60)));
    coming.supply.quantity = number(parts, "quantity");
    supply_.push_back(std::move(coming));
}

void GoodsReader::takeAlternate(const Parts& parts) {
    const Alternate alternate{parts.at("item"), parts.at("substitute")};
    if (!alternate.item.empty() && !alternate.substitute.empty() &&
        alternate.item != alternate.substitute)
        alternates_.insert(alternate);
}

GoodsRead GoodsReader::take() {
    Goods goods;
    for (const auto& [place, free] : stock_)
        goods.stock.push_back({place.first, place.second, free});
    for (auto& [id, item] : items_) goods.items.push_back(std::move(item));
    goods.alternates.assign(alternates_.begin(), alternates_.end());
    goods.supply = std::move(supply_);
    note(held_.shortfall());
    return {std::move(goods), std::move(fault_)};
}

}  // namespace

boost::asio::awaitable<Asked<GoodsRead>> readGoods(LineSource& source) {
    GoodsReader reader{source};
    if (auto failed = co_await reader.readAll()) co_return std::move(*failed);
    co_return reader.take();
}

}  // namespace backorderd::connectors::rest
