#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "connectors/contract.hpp"
#include "connectors/sql.hpp"
#include "connectors/sql_servers.hpp"
#include "support/still_clock.hpp"

namespace backorderd::test {

/// A connector to a real server, whose tables hold 50 lines anew for each test.
template <class ServerKind>
class SqlTest : public testing::Test {
protected:
    /// One for all tests of the process.
    static ServerKind& server() {
        static ServerKind started;
        return started;
    }
    static void query(const std::string& text) { ASSERT_EQ(server().query(text), 0) << text; }

    void SetUp() override { query(ServerKind::kTables); }

    /// `more` are further settings; `lines` takes the place of the usual query.
    static std::string settings(const std::string& more = {}, const std::string& lines = {}) {
        return settingsAs(server().connection("reader"), more, lines);
    }
    static std::string settingsAs(const std::string& connection, const std::string& more = {},
                                  const std::string& lines = {}) {
        const std::string columns =
            "SELECT id AS line, number AS \"order.number\", placed AS \"order.date\", "
            "item AS \"item.id\", ordered, shipped, promise, complete AS \"order.ship_complete\", "
            "customer AS \"customer.id\", note AS \"attributes.note\" FROM line ";
        return "connection: " + connection + "\npage_size: 20\n" + "lines: '" +
               (lines.empty() ? columns + "ORDER BY id" : lines) + "'\n" + "find: '" + columns +
               "WHERE id = CAST(:line_id AS integer)'\n" + "changes: '" + columns +
               "WHERE version > CAST(:bookmark AS integer)'\n" +
               "bookmark: 'SELECT max(version) FROM line'\n"
               "stock: 'SELECT item AS \"item.id\", free FROM stock'\n" +
               more;
    }
    std::unique_ptr<Connector> make(const std::string& text = settings()) {
        auto section = config::Section::fromText(text, "settings.yaml");
        auto connector = connectors::makeSql(section, environment_);
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector;
    }
    /// Why a read under these settings fails.
    std::string reason(const std::string& text) {
        const auto whole = readWhole(io_, *make(text));
        return whole.failure ? whole.failure->reason : std::string{"it does not fail"};
    }

    StillClock clock_;
    boost::asio::io_context io_;
    net::Net net_{io_.get_executor()};
    connectors::Environment environment_{"erp", net_, clock_};
};

}  // namespace backorderd::test
