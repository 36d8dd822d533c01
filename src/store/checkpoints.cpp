#include "store/checkpoints.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

namespace backorderd::store {
namespace {

/// 16 MiB between two checkpoints: bulk loads write most pages once, and no checkpoint takes long.
constexpr int kLogPagesMax = 4096;

// SQLite's own hook drops every error, also that of a sync.
int checkpointLongLog(void*, sqlite3* database, const char* name, int pages) {
    if (pages < kLogPagesMax) return SQLITE_OK;
    const int result =
        sqlite3_wal_checkpoint_v2(database, name, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return (result & 0xff) == SQLITE_IOERR ? result : SQLITE_OK;
}

}  // namespace

void watchLog(SQLite::Database& database) {
    sqlite3_wal_hook(database.getHandle(), checkpointLongLog, nullptr);
}

// After a sync that failed the log may be readable and yet on no disk. Pages that are written anew
// are.
void emptyLog(SQLite::Database& database) {
    try {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const SQLite::Exception& error) {
        // A full disk leaves it for later, as ever.
        if ((error.getErrorCode() & 0xff) != SQLITE_FULL) throw;
    }
}

void leaveLogAlone(SQLite::Database& database, bool alone) {
    (void)sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, alone ? 1 : 0,
                            nullptr);
}

}  // namespace backorderd::store
