#pragma once

#include <SQLiteCpp/Database.h>

namespace backorderd::store {

/// From here on a commit behind which the log has grown long writes it into the database. Where the
/// disk fails under that, the commit reports it, though it is done; a disk that is full lets the
/// log grow.
void watchLog(SQLite::Database& database);

/// Writes what a crash left in the log into the database, and empties the log.
void emptyLog(SQLite::Database& database);

/// After a failure of the disk: closing the database neither writes nor syncs anything more. False:
/// it does again.
void leaveLogAlone(SQLite::Database& database, bool alone = true);

}  // namespace backorderd::store
