#include "store/migrations.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include "store/store.hpp"

namespace backorderd::store {
namespace {

// A persisted format: do not change.
constexpr const char* kHistory =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    " version INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " sha256 TEXT NOT NULL) STRICT";

/// How many migrations the database has. Throws where they are not the first of ours.
int appliedTo(SQLite::Database& database, const std::string& place,
              std::span<const Migration> migrations) {
    if (!database.tableExists("schema_migration")) return 0;
    SQLite::Statement rows{database,
                           "SELECT version, name, sha256 FROM schema_migration ORDER BY version"};
    int applied = 0;
    while (rows.executeStep()) {
        const int version = rows.getColumn(0).getInt();
        if (version > static_cast<int>(migrations.size()))
            throw StoreRefused(
                StoreRefused::Why::Newer,
                fmt::format("{} has schema version {} ('{}'), and this backorderd knows versions "
                            "up to {}: it was written by a newer backorderd. Start that version, "
                            "or restore a backup made before the upgrade.",
                            place, version, rows.getColumn(1).getString(), migrations.size()));
        if (version != applied + 1)
            throw StoreRefused(StoreRefused::Why::Damaged,
                               fmt::format("{} has no record of migration {}, but of {}. Restore a "
                                           "backup.",
                                           place, applied + 1, version));
        const auto& ours = migrations[static_cast<std::size_t>(version - 1)];
        if (rows.getColumn(2).getString() != ours.sha256)
            throw StoreRefused(
                StoreRefused::Why::Altered,
                fmt::format("{} has a migration {} ('{}') that differs from the one of this "
                            "backorderd ('{}'). Start the version that wrote it; a released "
                            "migration must never be edited.",
                            place, version, rows.getColumn(1).getString(), ours.name));
        applied = version;
    }
    return applied;
}

void apply(SQLite::Database& database, const Migration& migration) {
    SQLite::Transaction transaction{database, SQLite::TransactionBehavior::IMMEDIATE};
    database.exec(kHistory);
    database.exec(migration.sql);
    SQLite::Statement record{
        database, "INSERT INTO schema_migration (version, name, sha256) VALUES (?, ?, ?)"};
    record.bind(1, migration.version);
    record.bind(2, migration.name);
    record.bind(3, migration.sha256);
    record.exec();
    database.exec(fmt::format("PRAGMA user_version = {}", migration.version));
    transaction.commit();
}

}  // namespace

void applyMigrations(SQLite::Database& database, const std::string& place,
                     std::span<const Migration> migrations) {
    const int applied = appliedTo(database, place, migrations);
    for (const auto& migration : migrations.subspan(static_cast<std::size_t>(applied)))
        apply(database, migration);
}

}  // namespace backorderd::store
