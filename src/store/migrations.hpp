#pragma once

#include <SQLiteCpp/Database.h>

#include <span>
#include <string>

namespace backorderd::store {

/// One numbered file of migrations/, as it was when the program was built.
struct Migration {
    int version;
    const char* name;
    const char* sha256;
    const char* sql;
};

/// In the order of their versions, which count from 1 without a gap.
std::span<const Migration> embeddedMigrations();

/// Applies what the database lacks, each in a transaction of its own. Throws StoreRefused, having
/// changed nothing, where the database has a migration that is not ours. `place` names the database
/// in the message.
void applyMigrations(SQLite::Database& database, const std::string& place,
                     std::span<const Migration> migrations);

}  // namespace backorderd::store
