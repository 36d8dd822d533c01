#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"
#include "backorderd/secret.hpp"

namespace backorderd::connectors::sql {

/// How a database is reached.
struct Access {
    std::string connection;  ///< of ODBC, without the password
    Secret password;
    std::chrono::seconds timeout{60};  ///< for the log-in, and again for each statement
    std::vector<std::string> prepare;  ///< statements that begin a session, before the transaction
    bool isolated_by_prepare = false;  ///< these see to it that a session sees one moment
};

/// A query with its named parameters replaced by `?`.
struct Statement {
    std::string text;
    std::vector<std::string> values;
};

/// A query, with `value` at each `:name` that stands outside of quotes and comments.
Statement bindParameter(std::string_view query, std::string_view name, const std::string& value);

struct Column {
    std::string name;
    /// A number or a date of the database's own: its driver writes it, always as `1.5` and
    /// `2026-04-01`. What is not typed is written as the ERP pleases.
    bool typed = false;

    bool operator==(const Column&) const = default;
};

/// Rows as text, each with as many values as there are columns. NULL is empty.
struct Rows {
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;
    bool at_end = false;
};

/// One connection with one transaction, which only reads: it is rolled back at its end. Its calls
/// block, `cancel` too; none but that one is made while another is under way. Who calls it holds
/// the session, so that what it cancels is still there.
class Session {
public:
    explicit Session(Access access);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    std::optional<Failure> open();
    /// What answered, for a person; known once it is open.
    const std::string& server() const;
    /// Empty: all statements of the transaction see one moment. Else why they may not.
    const std::string& whyNotIsolated() const;
    /// Begins a query; the one before it is ended.
    std::optional<Failure> execute(const Statement& statement);
    /// Replaces the rows by at most `rows_max` next ones.
    std::optional<Failure> fetch(Rows& rows, std::size_t rows_max);
    /// Asks the driver to break off the statement under way; from any thread.
    void cancel();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace backorderd::connectors::sql
