#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "connectors/contract.hpp"
#include "connectors/sql.hpp"
#include "support/still_clock.hpp"

namespace backorderd::test {

/// A PostgreSQL of the test's own, below a scratch folder and reached by its socket there, started
/// once for all tests of a suite.
class PostgresTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        std::string name = "/tmp/postgres-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder() = name;
        // PostgreSQL refuses to run as root.
        ASSERT_EQ(shell("[ $(id -u) != 0 ] || chown postgres " + name), 0);
        ASSERT_EQ(asServer("$bin/initdb -D " + name + "/data -U reader -A trust -E UTF8"), 0);
        ASSERT_EQ(asServer("$bin/pg_ctl -D " + name + "/data -w -l " + name +
                           "/log -o \"-c listen_addresses= -k " + name + " -F\" start"),
                  0)
            << "is the package 'postgresql' installed?";
    }
    static void TearDownTestSuite() {
        (void)asServer("$bin/pg_ctl -D " + folder() + "/data -m immediate -w stop");
        std::error_code ignored;
        std::filesystem::remove_all(folder(), ignored);
    }

    static std::string& folder() {
        static std::string path;
        return path;
    }
    static int shell(const std::string& command) {
        return std::system(("( " + command + " ) >/dev/null 2>&1").c_str());
    }
    static int asServer(const std::string& command) {
        const std::string with_bin =
            "bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1); cd /; " + command;
        std::ofstream{folder() + "/run.sh"} << with_bin << "\n";
        return shell("if [ $(id -u) = 0 ]; then runuser -u postgres -- sh " + folder() +
                     "/run.sh; else sh " + folder() + "/run.sh; fi");
    }
    static void query(const std::string& text) {
        std::ofstream{folder() + "/query.sql"} << text;
        ASSERT_EQ(shell("psql -q -v ON_ERROR_STOP=1 -h " + folder() + " -U reader -f " + folder() +
                        "/query.sql postgres"),
                  0)
            << text;
    }

    void SetUp() override {
        query(R"(
DROP TABLE IF EXISTS line, stock;
CREATE TABLE line (id integer PRIMARY KEY, number char(10), item varchar(20), ordered numeric(18,6),
    shipped numeric(18,6), promise date, placed timestamp, complete boolean, customer varchar(10),
    note text, version bigint);
CREATE TABLE stock (item varchar(20), free numeric(18,6));
INSERT INTO line SELECT n, 'SO' || n, 'PX-' || n % 7, n + 0.1, NULL, DATE '2026-04-01' + n,
    TIMESTAMP '2026-03-01 10:11:12', n % 2 = 0, 'C1', 'Grüße ' || n, n FROM generate_series(1, 50) n;
INSERT INTO stock VALUES ('PX-1', 3.5), ('PX-2', 0);)");
    }

    static std::string settings(const std::string& more = {}, const std::string& lines = {}) {
        const std::string columns =
            "SELECT id AS line, number AS \"order.number\", placed AS \"order.date\", "
            "item AS \"item.id\", ordered, shipped, promise, complete AS \"order.ship_complete\", "
            "customer AS \"customer.id\", note AS \"attributes.note\" FROM line ";
        return "connection: Driver=PostgreSQL Unicode;Servername=" + folder() +
               ";Database=postgres;UID=reader;UseDeclareFetch=1;Fetch=10\npage_size: 20\n" +
               "lines: '" + (lines.empty() ? columns + "ORDER BY id" : lines) + "'\n" + "find: '" +
               columns + "WHERE id = CAST(:line_id AS integer)'\n" + "changes: '" + columns +
               "WHERE version > CAST(:bookmark AS bigint)'\n" +
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

    StillClock clock_;
    boost::asio::io_context io_;
    net::Net net_{io_.get_executor()};
    connectors::Environment environment_{"erp", net_, clock_};
};

}  // namespace backorderd::test
