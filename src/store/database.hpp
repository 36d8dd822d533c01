#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <string>

#include "store/store.hpp"

namespace backorderd::store {

/// Held by the process that has the directory's store open. A persisted format: do not change.
inline constexpr const char* kLockFile = "backorderd.lock";

/// Holds a directory's lock file, so that exactly one of several processes that start at once wins,
/// and can be named to the others. The system releases it when the process ends, however it ends.
class DirectoryLock {
public:
    /// Throws StoreRefused where another process holds it.
    explicit DirectoryLock(const std::string& directory);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

private:
    int descriptor_ = -1;
};

/// What SQLite says of a failure, for a person. A disk that fails to read looks to it like damage.
std::string wordsOf(const SQLite::Exception& error);

/// To be called before the first use of SQLite.
void prepareLibrary();

/// Makes the directory and the empty database file where they are missing and may be made.
void prepareDirectory(const std::string& directory, bool create);

/// Makes an empty database ours. Refuses that of another program before anything in it is changed;
/// `place` names it in the message.
void claimFile(SQLite::Database& database, const std::string& place);

/// Whether a commit is on the disk when it returns. False: it is with the next one that is synced;
/// a crash of the process alone loses nothing.
void syncCommits(SQLite::Database& database, bool synced);

/// Opens the database for this process alone, sets it up and brings its schema up to date.
SQLite::Database openDatabase(const std::string& directory, const OpenOptions& options);

}  // namespace backorderd::store
