#include "connectors/sql_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <functional>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "connectors/sql_rows.hpp"

namespace backorderd::connectors::sql {
namespace {

using boost::asio::awaitable;
using files::FileRole;

/// What the two threads hand to one another; the worker's until its work is done.
struct Answer {
    Rows rows;
    std::optional<Failure> failure;
};

awaitable<std::variant<Rows, Failure>> ask(const Reading& reading, std::shared_ptr<Session> session,
                                           std::function<void(Answer&)> work) {
    const auto answer = std::make_shared<Answer>();
    // The driver's own limit comes first, so that its words reach the log.
    const auto limit = reading.settings.access.timeout + std::chrono::seconds{5};
    std::function<void()> task = [answer, session, work = std::move(work)] { work(*answer); };
    const auto outcome = co_await reading.worker->run(std::move(task), limit);
    if (outcome == Worker::Outcome::Refused)
        co_return Failure{Failure::Again::Later,
                          "the driver of the database still hangs in earlier queries; where that "
                          "does not end, restart backorderd"};
    if (outcome == Worker::Outcome::Late) {
        // That, too, may block: it asks the server, by a connection of its own.
        std::function<void()> cancel = [session] { session->cancel(); };
        reading.worker->later(std::move(cancel));
        co_return Failure{Failure::Again::Later,
                          fmt::format("the database did not answer within {} s; make the query "
                                      "faster or 'timeout' longer",
                                      limit.count())};
    }
    if (answer->failure) co_return std::move(*answer->failure);
    co_return std::move(answer->rows);
}

class DatabaseReader final : public SnapshotReader {
public:
    DatabaseReader(const Reading& reading, std::string bookmark)
        : reading_{reading},
          bookmark_{std::move(bookmark)},
          lines_{FileRole::Lines, bookmark_.empty() ? "lines" : "changes", reading.settings} {}

    awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override;
    Result<OrderLine> decode(std::size_t index) override {
        return lines_.line(rows_.rows[index], reading_.source);
    }

private:
    awaitable<std::optional<Failure>> beginLines();
    awaitable<std::optional<Failure>> readBookmark();
    awaitable<std::optional<Failure>> readGoods(FileRole role, std::string name, std::string query);
    awaitable<std::variant<Page, SnapshotEnd, Failure>> end();
    Page pageOfRows();

    Reading reading_;
    std::string bookmark_;
    std::optional<OwnSession> session_;
    QueryRows lines_;
    Rows rows_;
    std::vector<std::string> ids_;
    std::vector<LineRecord> records_;
    std::unordered_set<std::uint64_t> seen_;
    SnapshotEnd end_;
    Problems problems_;
    std::size_t problem_count_ = 0;
    bool goods_fault_ = false;
};

awaitable<std::variant<Page, SnapshotEnd, Failure>> DatabaseReader::next() {
    if (!session_) {
        auto failed = co_await beginLines();
        if (failed) co_return std::move(*failed);
    }
    if (rows_.at_end) co_return co_await end();
    auto got = co_await fetchRows(reading_, session_->get());
    if (auto* failed = std::get_if<Failure>(&got)) co_return std::move(*failed);
    const bool first = rows_.columns.empty();
    rows_ = std::get<Rows>(std::move(got));
    if (first)
        if (auto failed = lines_.setColumns(rows_.columns)) co_return std::move(*failed);
    co_return pageOfRows();
}

awaitable<std::optional<Failure>> DatabaseReader::beginLines() {
    const auto& settings = reading_.settings;
    session_.emplace(reading_);
    end_.as_of = reading_.clock.now();
    // Before the lines: what changes in between is then read twice rather than never, also where
    // the transaction does not see one moment.
    auto failed = co_await readBookmark();
    if (failed) co_return failed;
    Statement statement{settings.lines, {}};
    if (!bookmark_.empty()) statement = bindParameter(settings.changes, "bookmark", bookmark_);
    co_return co_await begin(reading_, session_->get(), settings.bookmark.empty(),
                             std::move(statement));
}

awaitable<std::optional<Failure>> DatabaseReader::readBookmark() {
    if (reading_.settings.bookmark.empty()) co_return std::nullopt;
    Statement statement{reading_.settings.bookmark, {}};
    auto failed = co_await begin(reading_, session_->get(), true, std::move(statement));
    if (failed) co_return failed;
    auto got = co_await fetchRows(reading_, session_->get());
    auto bookmark = bookmarkOf(got);
    if (auto* wrong = std::get_if<Failure>(&bookmark)) co_return std::move(*wrong);
    end_.bookmark = std::get<std::string>(std::move(bookmark));
    co_return std::nullopt;
}

Page DatabaseReader::pageOfRows() {
    ids_.clear();
    records_.clear();
    Page page;
    for (const auto& row : rows_.rows) ids_.push_back(lines_.id(row));
    for (std::size_t i = 0; i < ids_.size(); ++i) {
        records_.push_back({ids_[i], lines_.fingerprint(rows_.rows[i])});
        if (seen_.insert(XXH3_64bits(ids_[i].data(), ids_[i].size())).second) continue;
        ++problem_count_;
        page.problems.push_back(
            {{reading_.source, 0, 0},
             fmt::format("the query returns the line '{}' twice: a join that finds several rows",
                         ids_[i]),
             Severity::Error});
    }
    page.records = records_;
    return page;
}

awaitable<std::variant<Page, SnapshotEnd, Failure>> DatabaseReader::end() {
    const auto& settings = reading_.settings;
    if (!std::exchange(end_.goods_read, true)) {
        const std::array<std::tuple<FileRole, const char*, std::string>, 4> queries{
            {{FileRole::Stock, "stock", settings.stock},
             {FileRole::Supply, "supply", settings.supply},
             {FileRole::Items, "items", settings.items},
             {FileRole::Alternates, "alternates", settings.alternates}}};
        for (const auto& [role, name, query] : queries) {
            if (query.empty()) continue;
            auto failed = co_await readGoods(role, name, query);
            if (failed) co_return std::move(*failed);
        }
        if (!problems_.empty()) co_return Page{{}, std::move(problems_)};
    }
    end_.goods_read = !goods_fault_;
    end_.why_incomplete = session_->get()->whyNotIsolated();
    end_.read_through = end_.why_incomplete.empty();
    if (!bookmark_.empty())
        end_.why_incomplete = "only what changed was read";
    else if (problem_count_ > 0)
        end_.why_incomplete = fmt::format("{} rows could not be used", problem_count_);
    end_.complete = end_.why_incomplete.empty();
    co_return std::move(end_);
}

awaitable<std::optional<Failure>> DatabaseReader::readGoods(FileRole role, std::string name,
                                                            std::string query) {
    QueryRows meaning{role, name, reading_.settings};
    Statement statement{std::move(query), {}};
    auto failed = co_await begin(reading_, session_->get(), false, std::move(statement));
    if (failed) co_return failed;
    std::size_t count = 0;
    for (bool at_end = false; !at_end;) {
        auto got = co_await fetchRows(reading_, session_->get());
        if (auto* wrong = std::get_if<Failure>(&got)) co_return std::move(*wrong);
        const auto& rows = std::get<Rows>(got);
        if (count == 0)
            if (auto wrong = meaning.setColumns(rows.columns)) co_return std::move(*wrong);
        count += rows.rows.size();
        if (count > reading_.settings.goods_rows_max)
            co_return Failure{
                Failure::Again::Never,
                fmt::format("the query '{}' returns more than 'goods_rows_max' rows", name)};
        for (const auto& row : rows.rows) {
            auto fault = meaning.addTo(end_.goods, row);
            if (fault.empty()) continue;
            ++problem_count_;
            goods_fault_ = true;
            if (problems_.size() < 100)
                problems_.push_back({{fmt::format("{}, query '{}'", reading_.source, name), 0, 0},
                                     std::move(fault),
                                     Severity::Error});
        }
        at_end = rows.at_end;
    }
    co_return std::nullopt;
}

}  // namespace

OwnSession::OwnSession(const Reading& reading)
    : worker_{reading.worker}, session_{std::make_shared<Session>(reading.settings.access)} {}

OwnSession::~OwnSession() {
    worker_->later([session = std::move(session_)] {});
}

awaitable<std::optional<Failure>> begin(const Reading& reading, std::shared_ptr<Session> session,
                                        bool open, Statement statement) {
    std::function<void(Answer&)> work = [session, open, statement](Answer& answer) {
        if (open) answer.failure = session->open();
        if (!answer.failure) answer.failure = session->execute(statement);
    };
    auto done = co_await ask(reading, session, std::move(work));
    if (auto* failed = std::get_if<Failure>(&done)) co_return std::move(*failed);
    co_return std::nullopt;
}

awaitable<std::variant<Rows, Failure>> fetchRows(const Reading& reading,
                                                 std::shared_ptr<Session> session) {
    const std::size_t rows_max = reading.settings.page_size;
    std::function<void(Answer&)> work = [session, rows_max](Answer& answer) {
        answer.failure = session->fetch(answer.rows, rows_max);
    };
    co_return co_await ask(reading, session, std::move(work));
}

std::variant<std::string, Failure> bookmarkOf(const std::variant<Rows, Failure>& got) {
    if (const auto* failed = std::get_if<Failure>(&got)) return *failed;
    const auto& rows = std::get<Rows>(got).rows;
    if (rows.size() != 1 || rows[0].size() != 1)
        return Failure{Failure::Again::Never, "the query 'bookmark' must return one value"};
    return rows[0][0];
}

std::unique_ptr<SnapshotReader> readDatabase(const Reading& reading, const std::string& bookmark) {
    return std::make_unique<DatabaseReader>(reading, bookmark);
}

}  // namespace backorderd::connectors::sql
