#include "connectors/rest_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <stdexcept>

#include "backorderd/decimal.hpp"
#include "codec/codec.hpp"
#include "connectors/json_server.hpp"
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

/// Where a line of the page came from.
struct Origin {
    std::string_view text;  ///< of the record
    std::size_t nth = 0;    ///< of its lines
};

class RestReader final : public SnapshotReader {
public:
    RestReader(LineSource& source, std::string bookmark)
        : source_{source},
          held_{source.session, source.records_max},
          since_{readBookmark(bookmark)},
          newest_{since_},
          today_{source.today()},
          looks_up_{looksUp(source.mapping())},
          only_new_{since_ && bookmark == source.told_until},
          // On another day the same record may say something else.
          seed_{changesByDay(source.mapping())
                    ? static_cast<std::uint64_t>(today_.time_since_epoch().count())
                    : 0},
          pages_{source.session, request(), call(), names(), /*as_texts=*/true} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override;
    Result<OrderLine> decode(std::size_t index) override;
    std::string raw(std::size_t index) override { return rawText(origins_[index]); }
    std::string rawOfProblem(std::size_t index) override { return rawText(faulty_[index]); }

private:
    const Mapping& mapping() const { return source_.mapping(); }
    const Request& request() const { return *mapping().request("lines"); }
    CallTexts call() const;
    Texts names() const;
    std::uint64_t hashOf(std::string_view text) const {
        return XXH3_64bits_withSeed(text.data(), text.size(), seed_);
    }
    const RememberedRecords::Record* remembered(std::string_view text);
    /// What is as it was told last is no change.
    bool isTold(const RememberedRecords::Record& record) const {
        return only_new_ && source_.remembered.cameLast(record);
    }
    void want(std::string_view text);
    std::variant<Page, SnapshotEnd, Failure> present();
    bool takeText(std::string_view text, Problems& problems);
    void takeRemembered(std::string_view text, const RememberedRecords::Record& record);
    /// False where it has a fault.
    bool take(const Origin& origin, Problems& problems);
    void show(std::string_view id, const Origin& origin, std::uint64_t fingerprint,
              bool known_only);
    /// Puts what it holds into `rows_`. False where it is no JSON.
    bool readText(std::string_view text);
    bool mapInto(const Row& row, Joins& joins);
    Row find(const Origin& origin);
    void noteChange(std::optional<Timestamp> at);
    std::string rawText(const Origin& origin);
    SnapshotEnd end();
    /// Why lines may have been passed over; empty: nothing shows that.
    std::string whyNotAll() const;
    std::string whyUnproven() const;

    LineSource& source_;
    HeldRecords held_;
    std::optional<Timestamp> since_;  ///< empty: all is read
    std::optional<Timestamp> newest_;
    Timestamp as_of_{};
    Date today_{};
    bool looks_up_ = false;
    bool only_new_ = false;  ///< who reads has taken in what was told before
    std::uint64_t seed_ = 0;
    Pages pages_;
    bool begun_ = false;
    GoodsRead goods_;
    AnswerPage answer_;  ///< what `origins_` and `faulty_` look into
    JsonTree tree_;      ///< the record at hand
    std::vector<Row> rows_;
    bool lacks_list_ = false;
    MappedLine mapped_;  ///< the line at hand
    std::vector<LineRecord> records_;
    std::vector<Origin> origins_;  ///< of `records_`
    std::deque<std::string> ids_;
    std::vector<Origin> faulty_;
    std::vector<RememberedLine> told_;  ///< of the record at hand
    boost::unordered_flat_set<std::uint64_t> seen_;
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
        source_.told_until.clear();
        source_.remembered.beginRead();
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
    answer_ = std::get<AnswerPage>(std::move(next));
    if (looks_up_) {
        const std::function<void()> look = [this] {
            for (const std::string_view text : answer_.texts) want(text);
        };
        if (auto failed = co_await fetchWanted(source_, held_, look)) co_return std::move(*failed);
    }
    co_return present();
}

/// The record, where it came as before and looks up what it did before, as far as that is known.
const RememberedRecords::Record* RestReader::remembered(std::string_view text) {
    const auto* record = source_.remembered.find(hashOf(text));
    if (record == nullptr || isTold(*record)) return record;
    return held_.isAsBefore(source_.remembered.lookedUp(*record)) ? record : nullptr;
}

/// Wants what the record looks up and is not there.
void RestReader::want(std::string_view text) {
    if (remembered(text) != nullptr) return;
    if (!readText(text)) return;
    for (const Row& row : rows_) mapInto(row, held_);
}

std::variant<Page, SnapshotEnd, Failure> RestReader::present() {
    Problems problems;
    records_.clear();
    origins_.clear();
    ids_.clear();
    faulty_.clear();
    for (const std::string_view text : answer_.texts) {
        if (const auto* record = remembered(text))
            takeRemembered(text, *record);
        else if (!takeText(text, problems))
            return Failure{Failure::Again::Later,
                           fmt::format("{} answered with a record that is not JSON: '{}'",
                                       source_.session.where(), glimpse(text))};
    }
    return Page{records_, std::move(problems)};
}

bool RestReader::takeText(std::string_view text, Problems& problems) {
    if (!readText(text)) return false;
    if (lacks_list_) pages_.noteWithoutEach();
    if (lacks_list_) return true;
    NotedJoins joins{held_};
    const std::size_t first = records_.size();
    std::size_t nth = 0;
    bool good = true;
    std::int64_t changed = 0;
    for (const Row& row : rows_) {
        if (!mapInto(row, joins)) continue;
        if (mapping().changes)
            if (const auto at = readMoment(mapped_.changed, mapping().changes->format))
                changed = std::max<std::int64_t>(changed, at->time_since_epoch().count());
        good &= take({text, nth++}, problems);
    }
    // One that was shown before in this read lacks its lines here.
    if (!good || records_.size() - first != nth) return true;
    told_.clear();
    for (std::size_t i = first; i < records_.size(); ++i)
        told_.push_back({records_[i].id, records_[i].fingerprint, records_[i].known_only});
    source_.remembered.remember(hashOf(text), changed, told_, joins.noted());
    return true;
}

void RestReader::takeRemembered(std::string_view text, const RememberedRecords::Record& record) {
    if (record.changed != 0) noteChange(Timestamp{std::chrono::seconds{record.changed}});
    const bool told = isTold(record);
    source_.remembered.cameAgain(record);
    if (told) return;
    std::size_t nth = 0;
    for (const RememberedLine& line : source_.remembered.lines(record))
        show(line.id, {text, nth++}, line.fingerprint, line.known_only);
}

bool RestReader::take(const Origin& origin, Problems& problems) {
    const std::string& id = mapped_.line.key.id;
    if (mapping().changes) noteChange(readMoment(mapped_.changed, mapping().changes->format));
    if (!mapped_.fault.empty()) {
        const std::string text =
            fmt::format("line '{}' of {}: {}", id, source_.session.where(), mapped_.fault);
        if (unreadable_++ == 0) first_unreadable_ = text;
        problems.push_back({mapped_.faulty, text});
        faulty_.push_back(origin);
        return false;
    }
    const std::string bytes = codec::encodeLine(mapped_.line);
    show(ids_.emplace_back(id), origin, XXH3_64bits(bytes.data(), bytes.size()),
         !mapped_.backorder);
    return true;
}

/// Not a second time in one read. `id` lives as long as the page.
void RestReader::show(std::string_view id, const Origin& origin, std::uint64_t fingerprint,
                      bool known_only) {
    if (!seen_.insert(XXH3_64bits(id.data(), id.size())).second) {
        if (first_twice_.empty()) first_twice_ = id;
        return;
    }
    records_.push_back({id, fingerprint, known_only});
    origins_.push_back(origin);
}

bool RestReader::readText(std::string_view text) {
    rows_.clear();
    if (!tree_.read(text)) return false;
    lacks_list_ = !addParts(tree_.root(), request(), rows_);
    return true;
}

bool RestReader::mapInto(const Row& row, Joins& joins) {
    const Scope scope{row, joins, source_.session.values(), today_};
    return mapRow(source_, scope, mapped_);
}

/// The row of a line that was mapped before, and in `mapped_` the line.
Row RestReader::find(const Origin& origin) {
    readText(origin.text);
    std::size_t nth = 0;
    for (const Row& row : rows_)
        if (mapInto(row, held_) && nth++ == origin.nth) return row;
    throw std::logic_error("a record that was mapped cannot be mapped again");
}

void RestReader::noteChange(std::optional<Timestamp> at) {
    if (at && *at <= as_of_ + kChangedAheadMax) newest_ = std::max(newest_.value_or(*at), *at);
}

Result<OrderLine> RestReader::decode(std::size_t index) {
    find(origins_[index]);
    return mapped_.line;
}

std::string RestReader::rawText(const Origin& origin) {
    return rest::rawText(find(origin), request());
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
    if (!since_) source_.remembered.endOfRead(seen_.size());
    end.goods_read = !since_ && goods_.fault.empty();
    end.goods = std::move(goods_.goods);
    // What was not read or was passed over is not behind the bookmark, but lost to it.
    if (mapping().changes && newest_ && unreadable_ == 0 && not_all.empty())
        end.bookmark = std::to_string(newest_->time_since_epoch().count());
    source_.told_until = end.bookmark;
    return end;
}

}  // namespace

std::unique_ptr<SnapshotReader> makeReader(LineSource& source, std::string bookmark) {
    return std::make_unique<RestReader>(source, std::move(bookmark));
}

}  // namespace backorderd::connectors::rest
