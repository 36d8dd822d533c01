#include "connectors/tryton_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "codec/codec.hpp"
#include "connectors/line_reader.hpp"
#include "connectors/tryton_changes.hpp"

namespace backorderd::connectors::tryton {

namespace {

std::set<Id> idsOf(const std::vector<OpenLine>& lines) {
    std::set<Id> ids;
    for (const OpenLine& line : lines) ids.insert(line.id);
    return ids;
}

std::set<Id> idsOf(const std::vector<SaleLine>& lines) {
    std::set<Id> ids;
    for (const SaleLine& line : lines) ids.insert(line.id);
    return ids;
}

/// Ascending by item; of two products with one code, the older.
std::vector<CatalogueItem> byItem(std::map<Id, CatalogueItem> products) {
    std::map<std::string, CatalogueItem> items;
    for (auto& [id, item] : products) {
        const std::string code = item.item.id;
        items.try_emplace(code, std::move(item));
    }
    std::vector<CatalogueItem> ordered;
    for (auto& [id, item] : items) ordered.push_back(std::move(item));
    return ordered;
}

class Reader final : public SnapshotReader {
public:
    Reader(LineSource& source, const Clock& clock, std::string bookmark)
        : source_{source}, clock_{clock}, bookmark_{std::move(bookmark)} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (!begun_) {
            begun_ = true;
            as_of_ = clock_.now();
            auto gathered = co_await gather();
            if (auto* failed = std::get_if<Failure>(&gathered)) co_return std::move(*failed);
            gathered_ = std::get<Gathered>(std::move(gathered));
            if (!gathered_.problems.empty() && gathered_.lines.empty())
                co_return Page{{}, std::move(gathered_.problems)};
        }
        if (end_ == gathered_.lines.size()) co_return endOfSnapshot();
        first_ = end_;
        end_ = std::min(end_ + source_.pageSize(), gathered_.lines.size());
        records_.clear();
        for (std::size_t i = first_; i < end_; ++i) {
            const std::string bytes = codec::encodeLine(gathered_.lines[i]);
            records_.push_back({gathered_.lines[i].key.id, XXH3_64bits(bytes.data(), bytes.size()),
                                i >= gathered_.known_only_from});
        }
        Page page;
        page.records = records_;
        if (first_ == 0) page.problems = std::move(gathered_.problems);
        co_return page;
    }

    Result<OrderLine> decode(std::size_t index) override { return gathered_.lines[first_ + index]; }

private:
    Asked<Gathered> gather() {
        return bookmark_.empty() ? source_.gather() : source_.gatherChanges(bookmark_);
    }

    SnapshotEnd endOfSnapshot() const {
        SnapshotEnd end;
        end.complete = gathered_.complete;
        end.read_through = gathered_.read_through;
        end.goods_read = gathered_.goods_read;
        end.why_incomplete = gathered_.why_incomplete;
        end.as_of = as_of_;
        end.goods = gathered_.goods;
        if (source_.readsChanges()) end.bookmark = gathered_.bookmark;
        return end;
    }

    LineSource& source_;
    const Clock& clock_;
    std::string bookmark_;
    bool begun_ = false;
    Timestamp as_of_{};
    Gathered gathered_;
    std::size_t first_ = 0;
    std::size_t end_ = 0;
    std::vector<LineRecord> records_;
};

}  // namespace

LineSource::LineSource(Reading reading, Session& session)
    : reading_{std::move(reading)}, session_{session} {}

Asked<Features> LineSource::features() {
    if (!features_) {
        auto learnt = co_await learnFeatures(session_);
        if (auto* failed = std::get_if<Failure>(&learnt)) co_return std::move(*failed);
        features_ = std::get<Features>(learnt);
    }
    co_return *features_;
}

Asked<Gathered> LineSource::gather() {
    const std::optional<Id> any;
    auto gathered = co_await gather(any);
    if (auto* all = std::get_if<Gathered>(&gathered)) {
        all->goods.stock = stockLevels(all->stock);
        all->goods.supply = expectedSupply(all->stock);
        all->goods.items = all->catalogue;
        goods_.reset();
        if (all->complete || all->goods_read) goods_ = all->goods;
        followed_.clear();
        for (const OrderLine& line : all->lines) followed_.insert(std::stoll(line.key.id));
    }
    co_return gathered;
}

/// Stock is read before the lines: what is taken from it in between then looks like stock that is
/// still there, which delays a word by one poll, and not like goods that nobody has.
Asked<Gathered> LineSource::gather(std::optional<Id> product) {
    auto known = co_await features();
    if (auto* failed = std::get_if<Failure>(&known)) co_return std::move(*failed);
    auto listed = co_await listOpen(session_, reading_.page_size, product);
    if (auto* failed = std::get_if<Failure>(&listed)) co_return std::move(*failed);
    const auto& open = std::get<std::vector<OpenLine>>(listed);
    std::set<Id> products;
    for (const OpenLine& line : open) products.insert(line.product);
    Catalogue sold;
    if (!product) {
        auto whole = co_await catalogue();
        if (auto* failed = std::get_if<Failure>(&whole)) co_return std::move(*failed);
        sold = std::get<Catalogue>(std::move(whole));
    }
    for (const auto& [id, item] : sold.items) products.insert(id);
    auto stock = co_await readStock(session_, *features_, products);
    if (auto* failed = std::get_if<Failure>(&stock)) co_return std::move(*failed);
    auto read = co_await readOpen(session_, *features_, reading_.page_size, product);
    if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);

    auto& lines = std::get<LinesRead>(read);
    const std::size_t before = open.size();
    const std::size_t after = lines.records;
    const auto ids_before = idsOf(open);
    const auto ids_after = idsOf(lines.lines);
    const bool agree = ids_before == ids_after;
    // All of them but such as cannot be read.
    const bool agree_but_unreadable =
        before == after &&
        std::includes(ids_before.begin(), ids_before.end(), ids_after.begin(), ids_after.end());
    auto gathered =
        co_await describe(std::move(lines), std::get<Stock>(std::move(stock)), product.has_value());
    if (auto* all = std::get_if<Gathered>(&gathered)) {
        all->catalogue = byItem(std::move(sold.items));
        all->bookmark = firstBookmark(open);
        all->read_through = agree_but_unreadable;
        all->goods_read = sold.problems.empty() && !sold.too_long;
        std::move(sold.problems.begin(), sold.problems.end(), std::back_inserter(all->problems));
        if (!all->problems.empty())
            all->why_incomplete =
                fmt::format("{} record(s) could not be read, the first: {}", all->problems.size(),
                            formatProblem(all->problems.front()));
        else if (!agree)
            all->why_incomplete = fmt::format(
                "sales changed while they were read ({} open lines before, {} after); the next "
                "poll reads them anew",
                before, after);
        else if (sold.too_long)
            all->why_incomplete = fmt::format(
                "more than {} products can be sold: raise `catalogue_max`, or set `catalogue: "
                "false`; until then nothing is closed and stock stays as it was",
                reading_.catalogue_max);
        all->complete = all->why_incomplete.empty();
    }
    co_return gathered;
}

Asked<Catalogue> LineSource::catalogue() {
    if (reading_.catalogue_max == 0) co_return Catalogue{};
    auto read = co_await readCatalogue(session_, *features_, reading_.catalogue_max);
    auto* catalogue = std::get_if<Catalogue>(&read);
    // Part of a catalogue is none: stock of its items would come and go.
    if (catalogue != nullptr && catalogue->too_long) catalogue->items.clear();
    co_return read;
}

/// Judges lines and describes those that count; with `all`, every one.
Asked<Gathered> LineSource::describe(LinesRead read, Stock stock, bool all) {
    const std::vector<Coverage> coverages = cover(read.lines, stock);
    std::vector<SaleLine> chosen;
    std::vector<Coverage> chosen_coverages;
    for (std::size_t i = 0; i < read.lines.size(); ++i) {
        const SaleLine& line = read.lines[i];
        // A product that first appeared while reading has not been looked up; the snapshot is not
        // complete then anyway.
        if (!stock.products.contains(line.product)) continue;
        const bool counts =
            all || isBackorder(reading_.definition, line, coverages[i], stock) ||
            (followed_.contains(line.id) && quantitiesOf(line, &stock).left.isPositive());
        if (!counts) continue;
        chosen.push_back(line);
        chosen_coverages.push_back(coverages[i]);
    }
    auto details = co_await readDetails(session_, *features_, chosen);
    if (auto* failed = std::get_if<Failure>(&details)) co_return std::move(*failed);

    Gathered gathered;
    gathered.problems = std::move(read.problems);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        OrderLine line = makeOrderLine(reading_.source, chosen[i], chosen_coverages[i], stock,
                                       std::get<Details>(details));
        if (const std::string fault = lineFault(line); fault.empty())
            gathered.lines.push_back(std::move(line));
        else
            gathered.problems.push_back({{fmt::format("{}{}/sale.line,{}", session_.access().url,
                                                      session_.access().database, chosen[i].id),
                                          0, 0},
                                         fault});
    }
    gathered.stock = std::move(stock);
    co_return gathered;
}

boost::asio::awaitable<Found> LineSource::find(Id id) {
    auto known = co_await features();
    if (auto* failed = std::get_if<Failure>(&known)) co_return std::move(*failed);
    const std::set<Id> wanted{id};
    auto one = co_await readThese(session_, *features_, wanted);
    if (auto* failed = std::get_if<Failure>(&one)) co_return std::move(*failed);
    auto& read = std::get<LinesRead>(one);
    if (!read.problems.empty())
        co_return Failure{Failure::Again::Later, formatProblem(read.problems.front())};
    if (read.lines.empty()) co_return LineGone{};
    const SaleLine& line = read.lines.front();
    // Back in the hands of whoever writes it: nothing is ordered now.
    if (line.sale_state == "draft" || line.sale_state == "quotation" || line.product == 0)
        co_return LineGone{};
    if (line.isOrdered() && quantitiesOf(line, nullptr).left.isPositive())
        co_return co_await findOpen(id, line.product);
    co_return co_await findClosed(std::move(read));
}

boost::asio::awaitable<Found> LineSource::findOpen(Id id, Id product) {
    const std::optional<Id> of_product = product;
    auto gathered = co_await gather(of_product);
    if (auto* failed = std::get_if<Failure>(&gathered)) co_return std::move(*failed);
    const std::string key = std::to_string(id);
    for (const OrderLine& line : std::get<Gathered>(gathered).lines)
        if (line.key.id == key) {
            followed_.insert(id);
            co_return line;
        }
    co_return Failure{Failure::Again::Later,
                      fmt::format("the sale line {} changed while it was looked up", id)};
}

boost::asio::awaitable<Found> LineSource::findClosed(LinesRead read) {
    const std::set<Id> products{read.lines.front().product};
    auto stock = co_await readStock(session_, *features_, products);
    if (auto* failed = std::get_if<Failure>(&stock)) co_return std::move(*failed);
    auto gathered = co_await describe(std::move(read), std::get<Stock>(std::move(stock)), true);
    if (auto* failed = std::get_if<Failure>(&gathered)) co_return std::move(*failed);
    auto& found = std::get<Gathered>(gathered);
    if (found.lines.empty())
        co_return Failure{Failure::Again::Later, found.problems.empty()
                                                     ? "the sale line's product cannot be read"
                                                     : formatProblem(found.problems.front())};
    co_return std::move(found.lines.front());
}

std::unique_ptr<SnapshotReader> makeReader(LineSource& source, const Clock& clock,
                                           std::string bookmark) {
    return std::make_unique<Reader>(source, clock, std::move(bookmark));
}

}  // namespace backorderd::connectors::tryton
