#include "connectors/tryton_changes.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "connectors/tryton_reader.hpp"

namespace backorderd::connectors::tryton {
namespace {

/// A change carries the time at which its transaction began, and shows when it ends.
constexpr std::chrono::minutes kOverlap{2};

/// The newest change that was seen, in seconds of the server's clock, and a hash of all that were
/// seen within the overlap before it: `1772441000 0123456789abcdef`.
struct Bookmark {
    Timestamp newest{};
    std::uint64_t seen = 0;

    bool operator==(const Bookmark&) const = default;
    Timestamp since() const { return newest - kOverlap; }
    std::string text() const {
        return fmt::format("{} {:016x}", newest.time_since_epoch().count(), seen);
    }
};

std::optional<Bookmark> parseBookmark(std::string_view text) {
    std::int64_t seconds = 0;
    Bookmark bookmark;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, seconds);
    if (first.ec != std::errc{} || first.ptr == end) return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, bookmark.seen, 16);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    bookmark.newest = Timestamp{std::chrono::seconds{seconds}};
    return bookmark;
}

Bookmark bookmarkBehind(const Changed& changed, const Bookmark& before) {
    Bookmark bookmark{before.newest, 0};
    for (const auto& [record, at] : changed.records)
        bookmark.newest = std::max(bookmark.newest, at);
    std::string seen;
    for (const auto& [record, at] : changed.records)
        if (at >= bookmark.since())
            seen += fmt::format("{},{} {}\n", record.first, record.second,
                                at.time_since_epoch().count());
    bookmark.seen = XXH3_64bits(seen.data(), seen.size());
    return bookmark;
}

}  // namespace

std::string firstBookmark(const std::vector<OpenLine>& open) {
    Timestamp newest{};
    for (const OpenLine& line : open) newest = std::max(newest, line.changed);
    // Nothing is called seen yet: the first read of changes looks at everything once more.
    return newest == Timestamp{} ? "" : Bookmark{newest, 0}.text();
}

Asked<Gathered> LineSource::gatherChanges(std::string bookmark) {
    const auto before = parseBookmark(bookmark);
    if (!before) {
        auto all = co_await gather();
        if (auto* gathered = std::get_if<Gathered>(&all)) gathered->complete = false;
        co_return all;
    }
    auto read = co_await readChanged(session_, before->since());
    if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
    auto& changed = std::get<Changed>(read);
    const Bookmark now = bookmarkBehind(changed, *before);
    if (now == *before && goods_) {
        Gathered same;
        same.read_through = true;
        same.goods_read = true;
        same.goods = *goods_;
        same.bookmark = std::move(bookmark);
        co_return same;
    }
    auto answer = co_await gather();
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    auto& gathered = std::get<Gathered>(answer);
    gathered.complete = false;
    gathered.bookmark = now.text();
    for (const OrderLine& line : gathered.lines) changed.lines.erase(std::stoll(line.key.id));
    if (auto failed = co_await addClosed(std::move(changed.lines), gathered))
        co_return std::move(*failed);
    co_return answer;
}

/// Of the lines that changed, those that are no back order any more: what became of them.
boost::asio::awaitable<std::optional<Failure>> LineSource::addClosed(std::set<Id> lines,
                                                                     Gathered& gathered) {
    if (lines.empty()) co_return std::nullopt;
    auto read = co_await readThese(session_, *features_, lines);
    if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
    auto& these = std::get<LinesRead>(read);
    // Back in the hands of whoever writes them: a look-up says that they are gone.
    std::erase_if(these.lines, [](const SaleLine& line) {
        return line.sale_state == "draft" || line.sale_state == "quotation" || line.product == 0;
    });
    std::set<Id> products;
    for (const SaleLine& line : these.lines) products.insert(line.product);
    auto stock = co_await readStock(session_, *features_, products);
    if (auto* failed = std::get_if<Failure>(&stock)) co_return std::move(*failed);
    auto described =
        co_await describe(std::move(these), std::get<Stock>(std::move(stock)), /*all=*/true);
    if (auto* failed = std::get_if<Failure>(&described)) co_return std::move(*failed);
    auto& closed = std::get<Gathered>(described);
    gathered.known_only_from = gathered.lines.size();
    std::move(closed.lines.begin(), closed.lines.end(), std::back_inserter(gathered.lines));
    append(gathered.problems, closed.problems);
    co_return std::nullopt;
}

}  // namespace backorderd::connectors::tryton
