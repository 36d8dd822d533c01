#include "connectors/sql.hpp"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "connectors/sql_reader.hpp"
#include "connectors/sql_rows.hpp"

namespace backorderd::connectors {
namespace {

class SqlConnector final : public Connector {
public:
    SqlConnector(sql::SqlSettings settings, const Environment& environment)
        : settings_{std::move(settings)}, source_{environment.source}, clock_{environment.clock} {}

    Capabilities capabilities() const override {
        return {.find = !settings_.find.empty(), .changes = !settings_.changes.empty()};
    }

    std::unique_ptr<SnapshotReader> read() override {
        return sql::readDatabase(reading(), std::string{});
    }
    std::unique_ptr<SnapshotReader> readChanges(const std::string& bookmark) override {
        return sql::readDatabase(reading(), bookmark);
    }

    boost::asio::awaitable<Found> find(std::string_view line_id) override;

    boost::asio::awaitable<std::optional<Failure>> annotate(const Note&) override {
        std::optional<Failure> answer =
            Failure{Failure::Again::Never, "nothing is written to the database"};
        co_return answer;
    }

    boost::asio::awaitable<Probe> probe() override;

private:
    sql::Reading reading() { return {settings_, source_, clock_, worker_}; }

    sql::SqlSettings settings_;
    std::string source_;
    const Clock& clock_;
    std::shared_ptr<sql::Worker> worker_ = std::make_shared<sql::Worker>();
};

boost::asio::awaitable<Found> SqlConnector::find(std::string_view line_id) {
    const auto with = reading();
    const sql::OwnSession session{with};
    auto statement = sql::bindParameter(settings_.find, "line_id", std::string{line_id});
    auto failed = co_await sql::begin(with, session.get(), true, std::move(statement));
    if (failed) co_return std::move(*failed);
    auto got = co_await sql::fetchRows(with, session.get());
    if (auto* wrong = std::get_if<Failure>(&got)) co_return std::move(*wrong);
    const auto& rows = std::get<sql::Rows>(got);
    sql::QueryRows meaning{files::FileRole::Lines, "find", settings_};
    if (auto wrong = meaning.setColumns(rows.columns)) co_return std::move(*wrong);
    if (rows.rows.empty()) co_return LineGone{};
    auto line = meaning.line(rows.rows.front(), source_);
    if (!line) co_return Failure{Failure::Again::Never, formatProblems(line.error())};
    co_return std::move(*line);
}

boost::asio::awaitable<std::variant<sql::Rows, Failure>> firstRows(
    const sql::Reading& with, std::shared_ptr<sql::Session> session, bool open,
    sql::Statement statement) {
    auto failed = co_await sql::begin(with, session, open, std::move(statement));
    if (failed) co_return std::move(*failed);
    co_return co_await sql::fetchRows(with, session);
}

/// The queries whose columns are known, with what the database is asked with.
struct AskedQuery {
    files::FileRole role;
    std::string name;
    sql::Statement statement;
};

/// Every query is begun and its columns are looked at, so that a right that is missing shows here.
boost::asio::awaitable<Probe> SqlConnector::probe() {
    const auto with = reading();
    const sql::OwnSession session{with};
    using Role = files::FileRole;
    std::vector<AskedQuery> queries{{Role::Lines, "lines", {settings_.lines, {}}},
                                    {Role::Stock, "stock", {settings_.stock, {}}},
                                    {Role::Supply, "supply", {settings_.supply, {}}},
                                    {Role::Items, "items", {settings_.items, {}}},
                                    {Role::Alternates, "alternates", {settings_.alternates, {}}}};
    // No line has this id; it can be compared with a number and with a text.
    queries.push_back({Role::Lines, "find", sql::bindParameter(settings_.find, "line_id", "0")});
    bool open = true;
    if (!settings_.bookmark.empty()) {
        sql::Statement statement{settings_.bookmark, {}};
        auto got = co_await firstRows(with, session.get(), open, std::move(statement));
        open = false;
        const auto bookmark = sql::bookmarkOf(got);
        if (const auto* wrong = std::get_if<Failure>(&bookmark))
            co_return Probe{false, fmt::format("'bookmark': {}", wrong->reason)};
        queries.push_back(
            {Role::Lines, "changes",
             sql::bindParameter(settings_.changes, "bookmark", std::get<std::string>(bookmark))});
    }
    for (auto& [role, name, statement] : queries) {
        if (statement.text.empty()) continue;
        auto got = co_await firstRows(with, session.get(), std::exchange(open, false),
                                      std::move(statement));
        sql::QueryRows meaning{role, name, settings_};
        auto* wrong = std::get_if<Failure>(&got);
        const auto failed = wrong != nullptr ? std::optional{*wrong}
                                             : meaning.setColumns(std::get<sql::Rows>(got).columns);
        if (failed) co_return Probe{false, fmt::format("'{}': {}", name, failed->reason)};
    }
    std::string text = session.get()->server() + ".";
    const std::string& why_not = session.get()->whyNotIsolated();
    if (!why_not.empty()) text += fmt::format(" No line is taken for gone: {}.", why_not);
    co_return Probe{true, std::move(text)};
}

}  // namespace

std::unique_ptr<Connector> makeSql(config::Section section, const Environment& environment) {
    const auto before = section.problems().size();
    auto settings = sql::readSqlSettings(section);
    section.finish();
    const auto& problems = section.problems();
    const Problems found{problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end()};
    if (hasErrors(found)) return nullptr;
    return std::make_unique<SqlConnector>(std::move(settings), environment);
}

}  // namespace backorderd::connectors
