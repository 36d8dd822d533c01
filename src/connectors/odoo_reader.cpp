#include "connectors/odoo_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <nlohmann/json.hpp>

#include "codec/codec.hpp"
#include "connectors/line_reader.hpp"
#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

namespace {

/// The ids are listed first and read in groups: a line that is gone when its turn comes shows.
class PagedReader final : public SnapshotReader {
public:
    explicit PagedReader(LineSource& source) : source_{source} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (!begun_)
            if (auto failed = co_await begin()) co_return std::move(*failed);
        if (at_ == groups_.size()) co_return co_await endOfSnapshot();
        auto read = co_await source_.records(groups_[at_]);
        if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
        const auto& records = std::get<Records>(read);
        missing_ += groups_[at_].size() - records.ids.size();
        ++at_;
        co_return pageOf(records);
    }

    Result<OrderLine> decode(std::size_t index) override { return lines_[index]; }

private:
    boost::asio::awaitable<std::optional<Failure>> begin() {
        begun_ = true;
        as_of_ = source_.clock().now();
        auto learnt = co_await source_.schema();
        if (auto* failed = std::get_if<Failure>(&learnt)) co_return std::move(*failed);
        schema_ = std::get<Schema>(std::move(learnt));
        auto listed = co_await listOpen(source_.session(), schema_);
        if (auto* failed = std::get_if<Failure>(&listed)) co_return std::move(*failed);
        groups_ = inGroups(std::get<std::set<Id>>(listed), source_.reading().page_size);
        co_return std::nullopt;
    }

    Page pageOf(const Records& records) {
        lines_.clear();
        records_.clear();
        Page page;
        std::vector<bool> backorder;
        for (const Id id : records.ids) {
            auto judged = judge(source_.reading(), records, id);
            std::string fault;
            if (auto* readable = std::get_if<Judged>(&judged))
                fault = lineFault(readable->line);
            else
                fault = std::get<std::string>(judged);
            if (!fault.empty()) {
                page.problems.push_back({{place(id), 0, 0}, std::move(fault)});
                continue;
            }
            auto& line = std::get<Judged>(judged);
            backorder.push_back(line.backorder);
            lines_.push_back(std::move(line.line));
            if (const auto product = records.lines.find(id); product != records.lines.end())
                products_.insert(Row{product->second}.id("product_id"));
        }
        unreadable_ += page.problems.size();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const std::string bytes = codec::encodeLine(lines_[i]);
            records_.push_back(
                {lines_[i].key.id, XXH3_64bits(bytes.data(), bytes.size()), !backorder[i]});
        }
        page.records = records_;
        return page;
    }

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> endOfSnapshot() {
        products_.erase(0);
        auto goods = co_await readGoods(source_.session(), schema_, products_);
        if (auto* failed = std::get_if<Failure>(&goods)) co_return std::move(*failed);
        SnapshotEnd end;
        end.goods = std::get<Goods>(std::move(goods));
        end.goods_read = true;
        end.as_of = as_of_;
        end.read_through = missing_ == 0;
        if (unreadable_ > 0)
            end.why_incomplete = fmt::format("{} line(s) could not be read", unreadable_);
        else if (missing_ > 0)
            end.why_incomplete = fmt::format(
                "{} line(s) went while orders were read; the next poll reads them anew", missing_);
        end.complete = end.why_incomplete.empty();
        co_return end;
    }

    std::string place(Id id) const {
        const Access& access = source_.session().access();
        return fmt::format("{}{}/sale.order.line,{}", access.url, access.database, id);
    }

    LineSource& source_;
    Schema schema_;
    bool begun_ = false;
    Timestamp as_of_{};
    std::vector<std::vector<Id>> groups_;
    std::size_t at_ = 0;
    std::size_t missing_ = 0;
    std::size_t unreadable_ = 0;
    std::set<Id> products_;
    std::vector<OrderLine> lines_;
    std::vector<LineRecord> records_;
};

}  // namespace

Asked<Schema> LineSource::schema() {
    if (!schema_) {
        auto learnt = co_await learnSchema(session_, reading_);
        if (auto* failed = std::get_if<Failure>(&learnt)) co_return std::move(*failed);
        schema_ = std::get<Schema>(std::move(learnt));
    }
    co_return *schema_;
}

Asked<Records> LineSource::records(std::vector<Id> ids) {
    auto known = co_await schema();
    if (auto* failed = std::get_if<Failure>(&known)) co_return std::move(*failed);
    auto read = co_await readRecords(session_, *schema_, std::move(ids));
    if (auto* records = std::get_if<Records>(&read)) records->now = clock_.now();
    co_return read;
}

boost::asio::awaitable<Found> LineSource::find(Id id) {
    std::vector<Id> ids{id};
    auto read = co_await records(std::move(ids));
    if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
    const auto& found = std::get<Records>(read);
    if (found.ids.empty()) co_return LineGone{};
    auto judged = judge(reading_, found, id);
    if (const auto* fault = std::get_if<std::string>(&judged))
        co_return Failure{Failure::Again::Later,
                          fmt::format("the order line {} cannot be read: {}", id, *fault)};
    auto& line = std::get<Judged>(judged);
    if (!line.ordered) co_return LineGone{};
    if (const std::string fault = lineFault(line.line); !fault.empty())
        co_return Failure{Failure::Again::Later,
                          fmt::format("the order line {} cannot be used: {}", id, fault)};
    co_return std::move(line.line);
}

std::unique_ptr<SnapshotReader> makeReader(LineSource& source) {
    return std::make_unique<PagedReader>(source);
}

}  // namespace backorderd::connectors::odoo
