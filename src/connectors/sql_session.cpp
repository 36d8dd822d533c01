#include "connectors/sql_session.hpp"

#include <fmt/format.h>
#include <sql.h>
#include <sqlext.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <utility>

namespace backorderd::connectors::sql {
namespace {

constexpr std::size_t kValueBytesMax = std::size_t{1} << 20;
constexpr SQLSMALLINT kQueryColumnsMax = 512;

SQLCHAR* chars(const std::string& text) {
    // The interface has no const; it does not write.
    return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text.c_str()));
}

SQLPOINTER number(std::uintptr_t value) { return reinterpret_cast<SQLPOINTER>(value); }

/// Some databases have one state for a missing right and for wrong SQL, and tell them apart by
/// numbers of their own: MariaDB and MySQL, SQL Server, Oracle.
bool isMissingRight(std::string_view state, SQLINTEGER native) {
    if (state == "42501") return true;
    return state == "42000" && (native == 1142 || native == 1143 || native == 1044 ||
                                native == 229 || native == 230 || native == 1031);
}

std::string adviceFor(std::string_view state, SQLINTEGER native) {
    if (state == "IM002" || state == "IM003" || state == "01000")
        return "; is the driver installed (odbc-postgresql, odbc-mariadb, tdsodbc, libsqliteodbc "
               "or the vendor's), and does /etc/odbcinst.ini name it?";
    if (state == "28000") return "; check the user and the password";
    if (state == "HYT00" || state == "HYT01" || state == "HY008" || state == "57014" ||
        state == "70100")
        return "; make the query faster or 'timeout' longer";
    if (isMissingRight(state, native)) return "; grant the user SELECT on it";
    // PostgreSQL's driver says so of a wrong password too.
    if (state.starts_with("08"))
        return "; is the server up and reachable from here? If so, check the user and the password";
    return {};
}

/// What does not heal by waiting: a missing driver, a wrong password, a query that is wrong.
Failure::Again againAfter(std::string_view state) {
    const bool never = state.starts_with("IM") || state.starts_with("28") ||
                       state.starts_with("42") || state.starts_with("07");
    return never ? Failure::Again::Never : Failure::Again::Later;
}

Failure failureOf(SQLSMALLINT type, SQLHANDLE handle, std::string_view doing) {
    std::array<SQLCHAR, 6> state{};
    std::array<SQLCHAR, 400> text{};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    if (!SQL_SUCCEEDED(SQLGetDiagRec(type, handle, 1, state.data(), &native, text.data(),
                                     static_cast<SQLSMALLINT>(text.size()), &length)))
        return {Failure::Again::Later,
                fmt::format("{} failed, and the driver says not why", doing)};
    const std::string code{reinterpret_cast<const char*>(state.data())};
    return {againAfter(code),
            fmt::format("{}: {} ({}){}", doing, reinterpret_cast<const char*>(text.data()), code,
                        adviceFor(code, native))};
}

bool isTyped(SQLSMALLINT type) {
    switch (type) {
        case SQL_DECIMAL:
        case SQL_NUMERIC:
        case SQL_TINYINT:
        case SQL_SMALLINT:
        case SQL_INTEGER:
        case SQL_BIGINT:
        case SQL_REAL:
        case SQL_FLOAT:
        case SQL_DOUBLE:
        case SQL_BIT:
        case SQL_DATETIME:
        case SQL_TYPE_DATE:
        case SQL_TYPE_TIMESTAMP:
            return true;
        default:
            return false;
    }
}

/// Where the quoted text, the comment or the single sign at `at` ends.
std::size_t endOfToken(std::string_view query, std::size_t at) {
    const char first = query[at];
    std::size_t end = at + 1;
    if (first == '\'' || first == '"' || first == '`')
        end = query.find(first, at + 1);
    else if (query.substr(at).starts_with("--"))
        end = query.find('\n', at);
    else if (query.substr(at).starts_with("/*"))
        end = query.find("*/", at + 2);
    else
        return end;
    if (end == query.npos) return query.size();
    return end + (first == '/' ? 2 : 1);
}

bool isWordSign(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Statement bindParameter(std::string_view query, std::string_view name, const std::string& value) {
    Statement statement;
    const std::string parameter = fmt::format(":{}", name);
    for (std::size_t at = 0; at < query.size();) {
        const std::string_view rest = query.substr(at);
        const bool cast = at > 0 && query[at - 1] == ':';
        const bool whole = rest.size() == parameter.size() ||
                           (rest.size() > parameter.size() && !isWordSign(rest[parameter.size()]));
        if (rest.starts_with(parameter) && whole && !cast) {
            statement.text += '?';
            statement.values.push_back(value);
            at += parameter.size();
            continue;
        }
        const std::size_t end = endOfToken(query, at);
        statement.text += query.substr(at, end - at);
        at = end;
    }
    return statement;
}

struct Session::Impl {
    Access access;
    SQLHENV environment = SQL_NULL_HENV;
    SQLHDBC connection = SQL_NULL_HDBC;
    /// The one statement, from the log-in to the session's end: a `cancel` finds none, or one that
    /// outlives it.
    std::atomic<SQLHSTMT> statement{SQL_NULL_HSTMT};
    bool connected = false;
    std::string server;
    std::string why_not_isolated;
    std::vector<Column> columns;
    std::vector<std::string> values;  ///< of parameters; bound by their address
    std::vector<SQLLEN> lengths;

    std::optional<Failure> connect();
    std::optional<Failure> makeStatement();
    std::string askServer();
    std::optional<Failure> isolate();
    std::optional<Failure> describe();
    std::optional<Failure> readValue(SQLUSMALLINT column, std::string& value);
    void endStatement();
};

Session::Session(Access access) : impl_{std::make_unique<Impl>()} {
    impl_->access = std::move(access);
}

Session::~Session() {
    const SQLHSTMT statement = impl_->statement;
    if (statement != SQL_NULL_HSTMT) SQLFreeHandle(SQL_HANDLE_STMT, statement);
    if (impl_->connected) {
        SQLEndTran(SQL_HANDLE_DBC, impl_->connection, SQL_ROLLBACK);
        SQLDisconnect(impl_->connection);
    }
    if (impl_->connection != SQL_NULL_HDBC) SQLFreeHandle(SQL_HANDLE_DBC, impl_->connection);
    if (impl_->environment != SQL_NULL_HENV) SQLFreeHandle(SQL_HANDLE_ENV, impl_->environment);
}

const std::string& Session::server() const { return impl_->server; }

const std::string& Session::whyNotIsolated() const { return impl_->why_not_isolated; }

std::optional<Failure> Session::open() {
    if (auto failed = impl_->connect()) return failed;
    if (auto failed = impl_->makeStatement()) return failed;
    impl_->server = impl_->askServer();
    // Before the transaction: SQL Server takes no level for one that has begun, and FreeTDS begins
    // it at once.
    for (const std::string& text : impl_->access.prepare) {
        const Statement statement{text, {}};
        if (auto failed = execute(statement)) return failed;
    }
    impl_->endStatement();
    return impl_->isolate();
}

std::optional<Failure> Session::Impl::connect() {
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
    SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection)))
        return Failure{Failure::Again::Later, "ODBC gives no connection: out of memory"};
    const auto seconds = static_cast<std::uintptr_t>(access.timeout.count());
    SQLSetConnectAttr(connection, SQL_ATTR_LOGIN_TIMEOUT, number(seconds), 0);
    SQLSetConnectAttr(connection, SQL_ATTR_ACCESS_MODE, number(SQL_MODE_READ_ONLY), 0);
    std::string all = access.connection;
    if (!access.password.empty()) {
        all += ";PWD={";
        for (const char c : access.password.reveal()) all += c == '}' ? "}}" : std::string{c};
        all += '}';
    }
    SQLSMALLINT length = 0;
    const SQLRETURN done = SQLDriverConnect(connection, nullptr, chars(all), SQL_NTS, nullptr, 0,
                                            &length, SQL_DRIVER_NOPROMPT);
    wipe(all);
    if (!SQL_SUCCEEDED(done)) return failureOf(SQL_HANDLE_DBC, connection, "connecting");
    connected = true;
    return std::nullopt;
}

/// The weakest level at which all statements of a transaction see one moment, as far as the driver
/// offers one.
std::optional<Failure> Session::Impl::isolate() {
    SQLUINTEGER offered = 0;
    SQLGetInfo(connection, SQL_TXN_ISOLATION_OPTION, &offered, sizeof offered, nullptr);
    if (!access.isolated_by_prepare) {
        const SQLUINTEGER level = (offered & SQL_TXN_REPEATABLE_READ) != 0 ? SQL_TXN_REPEATABLE_READ
                                                                           : SQL_TXN_SERIALIZABLE;
        const bool set =
            (offered & level) != 0 &&
            SQL_SUCCEEDED(SQLSetConnectAttr(connection, SQL_ATTR_TXN_ISOLATION, number(level), 0));
        if (!set)
            why_not_isolated =
                "the driver offers no transaction that sees one moment; let 'prepare' begin one";
    }
    if (!SQL_SUCCEEDED(
            SQLSetConnectAttr(connection, SQL_ATTR_AUTOCOMMIT, number(SQL_AUTOCOMMIT_OFF), 0)))
        return failureOf(SQL_HANDLE_DBC, connection, "beginning a transaction");
    return std::nullopt;
}

std::optional<Failure> Session::Impl::makeStatement() {
    SQLHSTMT handle = SQL_NULL_HSTMT;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, connection, &handle)))
        return failureOf(SQL_HANDLE_DBC, connection, "beginning a query");
    // Not every driver knows it; the caller's own limit holds for all of them.
    SQLSetStmtAttr(handle, SQL_ATTR_QUERY_TIMEOUT,
                   number(static_cast<std::uintptr_t>(access.timeout.count())), 0);
    statement = handle;
    return std::nullopt;
}

std::string Session::Impl::askServer() {
    const auto ask = [this](SQLUSMALLINT what) {
        std::array<char, 200> text{};
        SQLSMALLINT length = 0;
        SQLGetInfo(connection, what, text.data(), static_cast<SQLSMALLINT>(text.size()), &length);
        return std::string{text.data()};
    };
    return fmt::format("{} {} through {} {}", ask(SQL_DBMS_NAME), ask(SQL_DBMS_VER),
                       ask(SQL_DRIVER_NAME), ask(SQL_DRIVER_VER));
}

std::optional<Failure> Session::execute(const Statement& query) {
    impl_->endStatement();
    const SQLHSTMT handle = impl_->statement;
    impl_->values = query.values;
    impl_->lengths.assign(impl_->values.size(), SQL_NTS);
    for (std::size_t i = 0; i < impl_->values.size(); ++i) {
        std::string& value = impl_->values[i];
        const auto room = static_cast<SQLLEN>(value.size() + 1);
        if (!SQL_SUCCEEDED(SQLBindParameter(
                handle, static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR,
                static_cast<SQLULEN>(room), 0, value.data(), room, &impl_->lengths[i])))
            return failureOf(SQL_HANDLE_STMT, handle, "handing a parameter over");
    }
    const SQLRETURN done = SQLExecDirect(handle, chars(query.text), SQL_NTS);
    if (!SQL_SUCCEEDED(done) && done != SQL_NO_DATA)
        return failureOf(SQL_HANDLE_STMT, handle, "the query");
    return impl_->describe();
}

std::optional<Failure> Session::Impl::describe() {
    columns.clear();
    SQLSMALLINT count = 0;
    SQLNumResultCols(statement, &count);
    if (count > kQueryColumnsMax)
        return Failure{Failure::Again::Never,
                       fmt::format("the query has more than {} columns", kQueryColumnsMax)};
    for (SQLSMALLINT i = 1; i <= count; ++i) {
        std::array<SQLCHAR, 256> name{};
        SQLSMALLINT length = 0, type = 0, digits = 0, nullable = 0;
        SQLULEN size = 0;
        if (!SQL_SUCCEEDED(SQLDescribeCol(statement, static_cast<SQLUSMALLINT>(i), name.data(),
                                          static_cast<SQLSMALLINT>(name.size()), &length, &type,
                                          &size, &digits, &nullable)))
            return failureOf(SQL_HANDLE_STMT, statement, "reading the names of the columns");
        columns.push_back({reinterpret_cast<const char*>(name.data()), isTyped(type)});
    }
    return std::nullopt;
}

std::optional<Failure> Session::fetch(Rows& rows, std::size_t rows_max) {
    rows.columns = impl_->columns;
    rows.rows.clear();
    rows.at_end = impl_->columns.empty();
    while (!rows.at_end && rows.rows.size() < rows_max) {
        const SQLRETURN got = SQLFetch(impl_->statement);
        if (got == SQL_NO_DATA) {
            rows.at_end = true;
            break;
        }
        if (!SQL_SUCCEEDED(got))
            return failureOf(SQL_HANDLE_STMT, impl_->statement, "reading a row");
        auto& row = rows.rows.emplace_back(impl_->columns.size());
        for (std::size_t i = 0; i < row.size(); ++i)
            if (auto failed = impl_->readValue(static_cast<SQLUSMALLINT>(i + 1), row[i]))
                return failed;
    }
    return std::nullopt;
}

/// As text whatever its type, so that no number goes through floating point; piece by piece, so
/// that nothing is cut off.
std::optional<Failure> Session::Impl::readValue(SQLUSMALLINT column, std::string& value) {
    std::array<char, 4096> piece;
    for (;;) {
        SQLLEN length = 0;
        const SQLRETURN got = SQLGetData(statement, column, SQL_C_CHAR, piece.data(),
                                         static_cast<SQLLEN>(piece.size()), &length);
        if (got == SQL_NO_DATA) break;
        if (!SQL_SUCCEEDED(got)) return failureOf(SQL_HANDLE_STMT, statement, "reading a value");
        if (length == SQL_NULL_DATA) return std::nullopt;
        const bool more = length == SQL_NO_TOTAL || length >= static_cast<SQLLEN>(piece.size());
        value.append(piece.data(), more ? piece.size() - 1 : static_cast<std::size_t>(length));
        if (value.size() > kValueBytesMax)
            return Failure{Failure::Again::Never,
                           fmt::format("a value of the column '{}' is longer than {} bytes",
                                       columns[column - 1u].name, kValueBytesMax)};
        if (!more) break;
    }
    // Columns of a fixed width come filled up with blanks.
    while (value.ends_with(' ')) value.pop_back();
    return std::nullopt;
}

void Session::Impl::endStatement() {
    SQLFreeStmt(statement, SQL_CLOSE);
    SQLFreeStmt(statement, SQL_RESET_PARAMS);
}

void Session::cancel() {
    const SQLHSTMT handle = impl_->statement;
    if (handle != SQL_NULL_HSTMT) SQLCancel(handle);
}

}  // namespace backorderd::connectors::sql
