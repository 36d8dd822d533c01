#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"

namespace backorderd::store {

[[noreturn]] void throwUnknownName(std::string_view name);

/// The rows of a running query; resets the statement when it goes out of scope. Columns count
/// from 0. A view lives until the next row. Both references must outlive it.
class Rows {
public:
    Rows(SQLite::Statement& statement, std::vector<SQLite::Column>& columns)
        : statement_{statement}, columns_{columns} {}
    ~Rows() { statement_.tryReset(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    bool next();
    bool isNull(int column) const { return at(column).isNull(); }
    std::int64_t integer(int column) const { return at(column).getInt64(); }
    bool flag(int column) const { return integer(column) != 0; }
    std::string_view view(int column) const;
    std::string text(int column) const { return std::string{view(column)}; }
    Timestamp time(int column) const { return Timestamp{std::chrono::seconds{integer(column)}}; }
    std::optional<Timestamp> maybeTime(int column) const;
    /// Text that the store wrote itself; anything else is a damaged database.
    std::optional<Date> maybeDate(int column) const;
    Decimal decimal(int column) const;

private:
    const SQLite::Column& at(int column) const {
        return columns_[static_cast<std::size_t>(column)];
    }

    SQLite::Statement& statement_;
    /// Made at the first row that ever came: each counts a reference to the statement.
    std::vector<SQLite::Column>& columns_;
};

/// The first column of all rows.
std::vector<std::int64_t> readIds(Rows rows);

/// What the store wrote by its name; a name that is none is a damaged database, `StoreBroken`.
template <class Value>
Value known(const std::optional<Value>& value, std::string_view name) {
    if (!value) throwUnknownName(name);
    return *value;
}

/// A statement, prepared when it is first used and kept for the life of the connection: a store
/// that lives for one test pays for what it uses. Arguments are bound from ?1 on.
class Query {
public:
    Query(SQLite::Database& database, std::string sql)
        : database_{database}, sql_{std::move(sql)} {}

    /// Executes a statement that returns no rows; the number of rows that it changed.
    template <class... Args>
    int run(const Args&... args) {
        prepare<kBorrow>(args...);
        return statement_->exec();
    }
    /// Begins a query. One at a time: the rows before must be gone.
    template <class... Args>
    Rows rows(const Args&... args) {
        prepare<kCopy>(args...);
        return {*statement_, columns_};
    }

private:
    static constexpr bool kBorrow = true, kCopy = false;

    template <bool borrow, class... Args>
    void prepare(const Args&... args) {
        if (statement_)
            statement_->reset();
        else
            statement_.emplace(database_, sql_);
        int index = 0;
        (bind<borrow>(++index, args), ...);
    }
    template <bool borrow>
    void bind(int index, const std::string& text) {
        if constexpr (borrow)
            statement_->bindNoCopy(index, text);
        else
            statement_->bind(index, text);
    }
    template <bool borrow>
    void bind(int index, std::string_view text) {
        statement_->bind(index, std::string{text});
    }
    template <bool borrow>
    void bind(int index, std::int64_t value) {
        statement_->bind(index, value);
    }
    template <bool borrow>
    void bind(int index, int value) {
        statement_->bind(index, value);
    }
    template <bool borrow>
    void bind(int index, bool value) {
        statement_->bind(index, value ? 1 : 0);
    }
    template <bool borrow>
    void bind(int index, Timestamp at) {
        statement_->bind(index, static_cast<std::int64_t>(at.time_since_epoch().count()));
    }
    template <bool borrow>
    void bind(int index, Date date) {
        statement_->bind(index, formatDate(date));
    }
    template <bool borrow>
    void bind(int index, Decimal number) {
        statement_->bind(index, number.toString());
    }
    template <bool borrow, class T>
    void bind(int index, const std::optional<T>& value) {
        if (value)
            bind<borrow>(index, *value);
        else
            statement_->bind(index);
    }

    SQLite::Database& database_;
    std::string sql_;
    std::optional<SQLite::Statement> statement_;
    std::vector<SQLite::Column> columns_;
};

}  // namespace backorderd::store
