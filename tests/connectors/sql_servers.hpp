#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

/// Database servers of a test's own, each in a scratch folder and reached by its socket there. The
/// user `reader` may all, `poor` has the password `right` and may nothing.
namespace backorderd::test {

/// A scratch folder whose commands run in a shell, as a user that is not root: such servers refuse
/// to be its.
class ServerFolder {
public:
    explicit ServerFolder(std::string user) : user_{std::move(user)} {
        std::string name = "/tmp/database-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path = name;
        (void)shell("[ $(id -u) != 0 ] || chown " + user_ + " " + path);
    }
    ~ServerFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    ServerFolder(const ServerFolder&) = delete;
    ServerFolder& operator=(const ServerFolder&) = delete;

    std::string path;

    static int shell(const std::string& command) {
        return std::system(("( " + command + " ) >/dev/null 2>&1").c_str());
    }
    int asServer(const std::string& command) const {
        std::ofstream{path + "/run.sh"} << "cd " << path << "\n" << command << "\n";
        return shell("if [ $(id -u) = 0 ]; then runuser -u " + user_ + " -- sh " + path +
                     "/run.sh; else sh " + path + "/run.sh; fi");
    }
    void mustDo(const std::string& command, const std::string& package) const {
        if (asServer(command) != 0)
            throw std::runtime_error(command + ": is the package '" + package + "' installed?");
    }

private:
    std::string user_;
};

class Postgres {
public:
    static constexpr const char* kTables = R"(
DROP TABLE IF EXISTS line, stock;
CREATE TABLE line (id integer PRIMARY KEY, number char(10), item varchar(20), ordered numeric(18,6),
    shipped numeric(18,6), promise date, placed timestamp, complete boolean, customer varchar(10),
    note text, version bigint);
CREATE TABLE stock (item varchar(20), free numeric(18,6));
INSERT INTO line SELECT n, 'SO' || n, 'PX-' || n % 7, n + 0.1, NULL, DATE '2026-04-01' + n,
    TIMESTAMP '2026-03-01 10:11:12', n % 2 = 0, 'C1', 'Grüße ' || n, n FROM generate_series(1, 50) n;
INSERT INTO stock VALUES ('PX-1', 3.5), ('PX-2', 0);)";
    static constexpr const char* kSleeps = "SELECT pg_sleep(20) AS line";

    Postgres() {
        folder_.mustDo(kBin +
                           "$bin/initdb -D data -U reader -A trust -E UTF8 && "
                           "sed -i '1i local all poor scram-sha-256' data/pg_hba.conf && "
                           "$bin/pg_ctl -D data -w -l log -o '-c listen_addresses= -F -k " +
                           folder_.path + "' start",
                       "postgresql");
        if (query("CREATE ROLE poor LOGIN PASSWORD 'right'") != 0)
            throw std::runtime_error("PostgreSQL makes no user");
    }
    ~Postgres() {
        resume();
        (void)folder_.asServer(kBin + "$bin/pg_ctl -D data -m immediate -w stop");
    }
    Postgres(const Postgres&) = delete;
    Postgres& operator=(const Postgres&) = delete;

    int query(const std::string& text) const {
        std::ofstream{folder_.path + "/query.sql"} << text;
        return ServerFolder::shell("psql -q -v ON_ERROR_STOP=1 -h " + folder_.path +
                                   " -U reader -f " + folder_.path + "/query.sql postgres");
    }
    std::string connection(const std::string& user) const {
        return "Driver=PostgreSQL Unicode;Servername=" + folder_.path +
               ";Database=postgres;UseDeclareFetch=1;Fetch=10;UID=" + user;
    }
    /// Every process of the server stands still, as behind a network that swallows all.
    void freeze() const { signalAll("STOP"); }
    void resume() const { signalAll("CONT"); }

private:
    void signalAll(const std::string& name) const {
        (void)folder_.asServer("main=$(head -1 data/postmaster.pid); kill -" + name +
                               " $main $(ps -o pid= --ppid $main)");
    }

    inline static const std::string kBin = "bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)\n";
    ServerFolder folder_{"postgres"};
};

class MariaDb {
public:
    static constexpr const char* kTables = R"(
DROP TABLE IF EXISTS line, stock;
CREATE TABLE line (id integer PRIMARY KEY, number char(10), item varchar(20),
    ordered decimal(18,6), shipped decimal(18,6), promise date, placed datetime, complete boolean,
    customer varchar(10), note text, version bigint);
CREATE TABLE stock (item varchar(20), free decimal(18,6));
INSERT INTO line SELECT seq, CONCAT('SO', seq), CONCAT('PX-', seq % 7), seq + 0.1, NULL,
    DATE_ADD('2026-04-01', INTERVAL seq DAY), '2026-03-01 10:11:12', seq % 2 = 0, 'C1',
    CONCAT('Grüße ', seq), seq FROM seq_1_to_50;
INSERT INTO stock VALUES ('PX-1', 3.5), ('PX-2', 0);)";
    static constexpr const char* kSleeps = "SELECT SLEEP(20) AS line";

    MariaDb() {
        folder_.mustDo("mariadb-install-db --no-defaults --datadir=" + folder_.path +
                           "/data --auth-root-authentication-method=normal --skip-test-db",
                       "mariadb-server");
        folder_.mustDo("/usr/sbin/mariadbd --no-defaults --datadir=" + folder_.path + "/data " +
                           "--socket=" + folder_.path + "/socket --skip-networking " +
                           "--character-set-server=utf8mb4 --pid-file=" + folder_.path +
                           "/pid >log 2>&1 &\n" + client("mariadb-admin") + " --wait=60 ping",
                       "mariadb-server");
        if (query("CREATE DATABASE erp; CREATE USER reader@localhost, poor@localhost IDENTIFIED BY "
                  "'right'; GRANT ALL ON *.* TO reader@localhost") != 0)
            throw std::runtime_error("MariaDB makes no user");
        database_ = " erp";
        if (query("CREATE TABLE open (id integer); GRANT SELECT ON erp.open TO poor@localhost") !=
            0)
            throw std::runtime_error("MariaDB grants nothing");
    }
    ~MariaDb() { (void)folder_.asServer(client("mariadb-admin") + " shutdown"); }
    MariaDb(const MariaDb&) = delete;
    MariaDb& operator=(const MariaDb&) = delete;

    int query(const std::string& text) const {
        std::ofstream{folder_.path + "/query.sql"} << text;
        return ServerFolder::shell(client("mariadb") + " --default-character-set=utf8mb4" +
                                   database_ + " <" + folder_.path + "/query.sql");
    }
    std::string connection(const std::string& user) const {
        return "Driver=MariaDB Unicode;Server=localhost;Socket=" + folder_.path +
               "/socket;Database=erp;charset=utf8mb4;UID=" + user;
    }

private:
    std::string client(const std::string& program) const {
        return program + " --no-defaults --user=root --socket=" + folder_.path + "/socket";
    }

    ServerFolder folder_{"mysql"};
    std::string database_;
};

}  // namespace backorderd::test
