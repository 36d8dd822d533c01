#include "connectors/rest_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "backorderd/decimal.hpp"
#include "codec/codec.hpp"
#include "connectors/rest_dates.hpp"

namespace backorderd::connectors::rest {
namespace {

/// A change that is later than this, by our clock, is a mistake of that record: with it as bookmark
/// no change before that day would be seen. Clocks without a zone may be a day apart.
constexpr std::chrono::hours kChangedAheadMax{26};

/// A bookmark: the greatest time of a change that was seen, in seconds by the ERP's own clock.
std::optional<Timestamp> readBookmark(const std::string& bookmark) {
    return readMoment(bookmark, "unix");
}

class RestReader final : public SnapshotReader {
public:
    RestReader(LineSource& source, std::string bookmark)
        : source_{source},
          held_{source.session, source.records_max},
          since_{readBookmark(bookmark)},
          newest_{since_},
          pages_{source.session, request(), call(), names()} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override;
    Result<OrderLine> decode(std::size_t index) override { return lines_[index].line; }

private:
    const Mapping& mapping() const { return source_.mapping(); }
    const Request& request() const { return *mapping().request("lines"); }
    CallTexts call() const;
    Texts names() const;
    Page present(std::vector<MappedLine> mapped);
    SnapshotEnd end();
    /// Why lines may have been passed over; empty: nothing shows that.
    std::string whyNotAll() const;
    std::string whyUnproven() const;

    LineSource& source_;
    HeldRecords held_;
    std::optional<Timestamp> since_;  ///< empty: all is read
    std::optional<Timestamp> newest_;
    Pages pages_;
    bool begun_ = false;
    Timestamp as_of_{};
    GoodsRead goods_;
    std::vector<MappedLine> lines_;
    std::vector<LineRecord> records_;
    std::unordered_set<std::uint64_t> seen_;
    std::string first_twice_;
    std::size_t unreadable_ = 0;
    std::string first_unreadable_;
};

CallTexts RestReader::call() const {
    CallTexts texts = request().call;
    if (!since_) return texts;
    const Changes& changes = *mapping().changes;
    if (!changes.path.empty()) texts.path = changes.path;
    if (!changes.body.empty()) texts.body = changes.body;
    for (const auto& added : changes.query) {
        std::erase_if(texts.query, [&](const auto& entry) { return entry.first == added.first; });
        texts.query.push_back(added);
    }
    return texts;
}

Texts RestReader::names() const {
    if (!since_) return {{"since", ""}};
    const Changes& changes = *mapping().changes;
    return {{"since", writeMoment(*since_ - changes.overlap, changes.format)}};
}

boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> RestReader::next() {
    if (!begun_) {
        begun_ = true;
        as_of_ = source_.session.clock().now();
        // Goods before lines: what is taken in between then looks like stock that is still there,
        // which delays a word by one poll.
        if (!since_ && !mapping().goods.empty()) {
            auto goods = co_await readGoods(source_);
            if (auto* failed = std::get_if<Failure>(&goods)) co_return std::move(*failed);
            goods_ = std::get<GoodsRead>(std::move(goods));
        }
    }
    if (pages_.atEnd()) co_return end();
    auto next = co_await pages_.next();
    if (auto* failed = std::get_if<Failure>(&next)) co_return std::move(*failed);
    const auto& answer = std::get<AnswerPage>(next);
    auto mapped = co_await mapLines(source_, held_, answer.rows, false);
    if (auto* failed = std::get_if<Failure>(&mapped)) co_return std::move(*failed);
    co_return present(std::get<std::vector<MappedLine>>(std::move(mapped)));
}

Page RestReader::present(std::vector<MappedLine> mapped) {
    Page page;
    lines_.clear();
    records_.clear();
    for (MappedLine& each : mapped) {
        const std::string& id = each.line.key.id;
        if (mapping().changes)
            if (const auto at = readMoment(each.changed, mapping().changes->format);
                at && *at <= as_of_ + kChangedAheadMax)
                newest_ = std::max(newest_.value_or(*at), *at);
        if (!each.fault.empty()) {
            const std::string text = fmt::format("line '{}': {}", id, each.fault);
            if (unreadable_++ == 0) first_unreadable_ = text;
            page.problems.push_back({{source_.session.where(), 0, 0}, text});
            continue;
        }
        if (!seen_.insert(XXH3_64bits(id.data(), id.size())).second) {
            if (first_twice_.empty()) first_twice_ = id;
            continue;
        }
        lines_.push_back(std::move(each));
    }
    for (const MappedLine& each : lines_) {
        const std::string bytes = codec::encodeLine(each.line);
        LineRecord record{each.line.key.id, XXH3_64bits(bytes.data(), bytes.size())};
        record.known_only = !each.backorder;
        records_.push_back(record);
    }
    page.records = records_;
    return page;
}

std::string RestReader::whyNotAll() const {
    if (!first_twice_.empty())
        return fmt::format(
            "the line '{}' came twice: records moved while they were paged, so "
            "others may have been passed over",
            first_twice_);
    return pages_.shortfall();
}

std::string RestReader::whyUnproven() const {
    if (mapping().complete == "never") return "the mapping has no proof that all was read";
    if (mapping().complete == "total" && !pages_.lastTotal())
        return "the server did not say how many records there are";
    if (mapping().complete == "end" && !pages_.endWasSaid())
        return "the server did not say that its last page was the last";
    return {};
}

SnapshotEnd RestReader::end() {
    SnapshotEnd end;
    end.as_of = as_of_;
    const std::string not_all = whyNotAll();
    const std::string unproven = since_ ? "only what changed was read" : whyUnproven();
    const std::string& joined = held_.shortfall();
    end.read_through = not_all.empty() && joined.empty() && (since_ || unproven.empty());
    if (unreadable_ > 0)
        end.why_incomplete = fmt::format("{} record(s) could not be read, the first: {}",
                                         unreadable_, first_unreadable_);
    for (const std::string& why : {not_all, joined, unproven, goods_.fault})
        if (end.why_incomplete.empty()) end.why_incomplete = why;
    end.complete = end.why_incomplete.empty();
    end.goods_read = !since_ && goods_.fault.empty();
    end.goods = std::move(goods_.goods);
    // What was not read or was passed over is not behind the bookmark, but lost to it.
    if (mapping().changes && newest_ && unreadable_ == 0 && not_all.empty())
        end.bookmark = std::to_string(newest_->time_since_epoch().count());
    return end;
}

}  // namespace

std::unique_ptr<SnapshotReader> makeReader(LineSource& source, std::string bookmark) {
    return std::make_unique<RestReader>(source, std::move(bookmark));
}

}  // namespace backorderd::connectors::rest
