#include "connectors/rest_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>

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
    Row row;                ///< null: of `text`
    std::string_view text;  ///< a record that is read anew when it is wanted
    std::size_t nth = 0;    ///< of its lines
};

/// What stands behind one record of the page.
struct Shown {
    Origin origin;
    std::optional<std::size_t> line;  ///< of those that were mapped; empty: as remembered
    RememberedLine told;              ///< its id is set where there is no line
};

class RestReader final : public SnapshotReader {
public:
    RestReader(LineSource& source, std::string bookmark)
        : source_{source},
          held_{source.session, source.records_max},
          since_{readBookmark(bookmark)},
          newest_{since_},
          alone_{standsAlone(source.mapping())},
          pages_{source.session, request(), call(), names(), alone_} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override;
    Result<OrderLine> decode(std::size_t index) override;
    std::string raw(std::size_t index) override { return rawText(shown_[index].origin); }
    std::string rawOfProblem(std::size_t index) override { return rawText(faulty_[index]); }

private:
    const Mapping& mapping() const { return source_.mapping(); }
    const Request& request() const { return *mapping().request("lines"); }
    CallTexts call() const;
    Texts names() const;
    Page present(std::vector<MappedLine> mapped);
    std::variant<Page, SnapshotEnd, Failure> presentTexts();
    bool takeText(std::string_view text, std::uint64_t hash, Problems& problems);
    void takeRemembered(std::string_view text, const RememberedRecords::Record& record);
    /// False where it has a fault.
    bool take(MappedLine mapped, const Origin& origin, Problems& problems);
    bool isNew(std::string_view id);
    void clearPage();
    Page finishPage(Problems problems);
    /// Empty where it lacks the list that `each` names.
    std::optional<std::vector<MappedLine>> mapText(const nlohmann::json& record);
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
    bool alone_ = false;
    Pages pages_;
    bool begun_ = false;
    Timestamp as_of_{};
    GoodsRead goods_;
    AnswerPage answer_;  ///< what `shown_` and `faulty_` look into
    std::vector<Shown> shown_;
    std::vector<OrderLine> lines_;  ///< apart, because a line is large and most are remembered
    std::vector<Origin> faulty_;
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
    answer_ = std::get<AnswerPage>(std::move(next));
    if (!answer_.texts.empty()) co_return presentTexts();
    auto mapped = co_await mapLines(source_, held_, answer_.rows);
    if (auto* failed = std::get_if<Failure>(&mapped)) co_return std::move(*failed);
    co_return present(std::get<std::vector<MappedLine>>(std::move(mapped)));
}

Page RestReader::present(std::vector<MappedLine> mapped) {
    Problems problems;
    clearPage();
    for (MappedLine& each : mapped) {
        const Origin origin{each.row, {}, 0};
        take(std::move(each), origin, problems);
    }
    return finishPage(std::move(problems));
}

std::variant<Page, SnapshotEnd, Failure> RestReader::presentTexts() {
    Problems problems;
    clearPage();
    for (const std::string_view text : answer_.texts) {
        const auto hash = XXH3_64bits(text.data(), text.size());
        if (const auto* record = source_.remembered.find(hash))
            takeRemembered(text, *record);
        else if (!takeText(text, hash, problems))
            return Failure{Failure::Again::Later,
                           fmt::format("{} answered with a record that is not JSON: '{}'",
                                       source_.session.where(), glimpse(text))};
    }
    return finishPage(std::move(problems));
}

/// False where it is no JSON.
bool RestReader::takeText(std::string_view text, std::uint64_t hash, Problems& problems) {
    const auto record = parseWithinLimits(std::string{text});
    if (record.is_discarded()) return false;
    auto mapped = mapText(record);
    if (!mapped) pages_.noteWithoutEach();
    if (!mapped) return true;
    const std::size_t first = shown_.size();
    bool good = true;
    std::int64_t changed = 0;
    for (std::size_t i = 0; i < mapped->size(); ++i) {
        if (mapping().changes)
            if (const auto at = readMoment((*mapped)[i].changed, mapping().changes->format))
                changed = std::max<std::int64_t>(changed, at->time_since_epoch().count());
        good &= take(std::move((*mapped)[i]), {{}, text, i}, problems);
    }
    // One that was shown before in this read lacks its lines here.
    if (!good || shown_.size() - first != mapped->size()) return true;
    std::vector<RememberedLine> remembered;
    for (std::size_t i = first; i < shown_.size(); ++i) {
        remembered.push_back(shown_[i].told);
        remembered.back().id = lines_[*shown_[i].line].key.id;
    }
    source_.remembered.remember(hash, changed, remembered);
    return true;
}

void RestReader::takeRemembered(std::string_view text, const RememberedRecords::Record& record) {
    if (record.changed != 0) noteChange(Timestamp{std::chrono::seconds{record.changed}});
    std::size_t nth = 0;
    for (const RememberedLine& line : source_.remembered.lines(record)) {
        if (isNew(line.id)) shown_.push_back({{{}, text, nth}, std::nullopt, line});
        ++nth;
    }
}

bool RestReader::take(MappedLine mapped, const Origin& origin, Problems& problems) {
    const std::string id = mapped.line.key.id;
    if (mapping().changes) noteChange(readMoment(mapped.changed, mapping().changes->format));
    if (!mapped.fault.empty()) {
        const std::string text =
            fmt::format("line '{}' of {}: {}", id, source_.session.where(), mapped.fault);
        if (unreadable_++ == 0) first_unreadable_ = text;
        problems.push_back({mapped.faulty, text});
        faulty_.push_back(origin);
        return false;
    }
    if (!isNew(id)) return true;
    const std::string bytes = codec::encodeLine(mapped.line);
    const RememberedLine told{{}, XXH3_64bits(bytes.data(), bytes.size()), !mapped.backorder};
    shown_.push_back({origin, lines_.size(), told});
    lines_.push_back(std::move(mapped.line));
    return true;
}

bool RestReader::isNew(std::string_view id) {
    if (seen_.insert(XXH3_64bits(id.data(), id.size())).second) return true;
    if (first_twice_.empty()) first_twice_ = id;
    return false;
}

void RestReader::clearPage() {
    shown_.clear();
    lines_.clear();
    faulty_.clear();
    records_.clear();
}

Page RestReader::finishPage(Problems problems) {
    for (const Shown& each : shown_) {
        const std::string_view id = each.line ? lines_[*each.line].key.id : each.told.id;
        records_.push_back({id, each.told.fingerprint, each.told.known_only});
    }
    return Page{records_, std::move(problems)};
}

std::optional<std::vector<MappedLine>> RestReader::mapText(const nlohmann::json& record) {
    const auto rows = partsOf(record, request());
    if (!rows) return std::nullopt;
    std::vector<MappedLine> mapped;
    for (const Row& row : *rows)
        if (auto line = mapRow(source_, row, held_)) mapped.push_back(std::move(*line));
    return mapped;
}

void RestReader::noteChange(std::optional<Timestamp> at) {
    if (at && *at <= as_of_ + kChangedAheadMax) newest_ = std::max(newest_.value_or(*at), *at);
}

Result<OrderLine> RestReader::decode(std::size_t index) {
    const Shown& shown = shown_[index];
    if (shown.line) return lines_[*shown.line];
    const auto record = parseWithinLimits(std::string{shown.origin.text});
    return std::move((*mapText(record))[shown.origin.nth].line);
}

std::string RestReader::rawText(const Origin& origin) {
    if (origin.row.record != nullptr) return rest::rawText(origin.row, request());
    const auto record = parseWithinLimits(std::string{origin.text});
    return rest::rawText((*mapText(record))[origin.nth].row, request());
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
    return end;
}

}  // namespace

std::unique_ptr<SnapshotReader> makeReader(LineSource& source, std::string bookmark) {
    return std::make_unique<RestReader>(source, std::move(bookmark));
}

}  // namespace backorderd::connectors::rest
