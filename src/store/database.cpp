#include "store/database.hpp"

#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "store/checkpoints.hpp"
#include "store/migrations.hpp"

namespace backorderd::store {
namespace {

using enum StoreRefused::Why;

/// 'BkOd' in the file header: this database is ours. A persisted format: do not change.
constexpr int kApplicationId = 0x426b4f64;
constexpr mode_t kDirectoryMode = 0750, kFileMode = 0640;

[[noreturn]] void refuse(StoreRefused::Why why, const std::string& directory,
                         const std::string& text) {
    throw StoreRefused(why, fmt::format("the store in {} cannot be used: {}", directory, text));
}

std::string pathIn(const std::string& directory, const char* file) {
    return (std::filesystem::path{directory} / file).string();
}

/// Opens a file, or makes an empty one. Never called for the database once SQLite has it open:
/// closing it would drop SQLite's locks.
int openFile(const std::string& directory, const char* file) {
    const int descriptor =
        open(pathIn(directory, file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode);
    if (descriptor < 0)
        refuse(Unusable, directory,
               fmt::format("{} cannot be opened for writing ({}). The user that runs backorderd "
                           "must own it.",
                           file, std::strerror(errno)));
    return descriptor;
}

[[noreturn]] void refuse(const std::string& directory, const SQLite::Exception& error) {
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            refuse(
                InUse, directory,
                "backorderd.db cannot be locked: another program has it open, or the file system "
                "grants no lock. Close that program, and start again.");
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            refuse(Damaged, directory,
                   fmt::format("backorderd.db is damaged, or the disk fails to read it ({}). Where "
                               "the system's log knows nothing of the disk, restore a backup of "
                               "the directory; keep the damaged files for an inquiry.",
                               error.what()));
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY:
            refuse(Unusable, directory,
                   fmt::format("backorderd.db cannot be opened for writing ({}). The user that "
                               "runs backorderd must own the directory and its files.",
                               error.what()));
        default:
            throw StoreBroken(
                fmt::format("opening the store in {}: {}", directory, wordsOf(error)));
    }
}

/// The answer of a statement that is done behind it, and may fail there.
std::string lastAnswerTo(SQLite::Database& database, const char* sql) {
    SQLite::Statement statement{database, sql};
    std::string answer;
    while (statement.executeStep()) answer = statement.getColumn(0).getString();
    return answer;
}

/// The settings of the connection. The lock is taken by the first reading and kept: another process
/// is told so at once, and no shared memory is needed.
void setUp(SQLite::Database& database, const std::string& directory, const OpenOptions& options) {
    database.setBusyTimeout(0);
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("PRAGMA trusted_schema = OFF");
    database.exec("PRAGMA cell_size_check = ON");
    database.exec("PRAGMA temp_store = MEMORY");
    database.exec(fmt::format("PRAGMA cache_size = {}", -1024 * options.cache_mib));
    claimFile(database, directory);
    if (lastAnswerTo(database, "PRAGMA journal_mode = WAL") != "wal")
        refuse(Unusable, directory, "its file system cannot hold a write-ahead log.");
    syncCommits(database, true);
    database.exec("PRAGMA foreign_keys = ON");
    // What is deleted is overwritten.
    database.exec("PRAGMA secure_delete = ON");
    emptyLog(database);
    watchLog(database);
    database.exec("PRAGMA journal_size_limit = 67108864");
}

}  // namespace

std::string wordsOf(const SQLite::Exception& error) {
    const bool corrupt = (error.getErrorCode() & 0xff) == SQLITE_CORRUPT;
    return std::string{error.what()} + (corrupt ? ", or the disk fails to read it" : "");
}

void claimFile(SQLite::Database& database, const std::string& place) {
    const int application = database.execAndGet("PRAGMA application_id").getInt();
    if (application == kApplicationId) return;
    const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
    if (application != 0 || tables != 0)
        refuse(Foreign, place,
               "it is a database of another program. Give backorderd a data_dir of its own.");
    database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
}

void syncCommits(SQLite::Database& database, bool synced) {
    database.exec(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

DirectoryLock::DirectoryLock(const std::string& directory)
    : descriptor_{openFile(directory, kLockFile)} {
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
        const std::string owner = fmt::format("{}\n", getpid());
        // The number only serves the message below; a disk that is full must not matter here.
        if (ftruncate(descriptor_, 0) == 0)
            (void)!pwrite(descriptor_, owner.data(), owner.size(), 0);
        return;
    }
    if (errno != EWOULDBLOCK) {
        const int why = errno;
        close(descriptor_);
        refuse(Unusable, directory,
               fmt::format("{} cannot be locked ({}).", kLockFile, std::strerror(why)));
    }
    std::array<char, 16> owner{};
    const ssize_t length = pread(descriptor_, owner.data(), owner.size() - 1, 0);
    std::string process{owner.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
    process.erase(process.find_last_not_of('\n') + 1);
    close(descriptor_);
    refuse(InUse, directory,
           fmt::format("backorderd runs on it already{}. Stop that one, or give this one another "
                       "data_dir.",
                       process.empty() ? "" : " as process " + process));
}

DirectoryLock::~DirectoryLock() { close(descriptor_); }

void prepareDirectory(const std::string& directory, bool create) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto status = fs::status(directory, error);
    if (fs::is_directory(status)) {
        if (!create && !fs::exists(pathIn(directory, kDatabaseFile), error))
            refuse(Missing, directory, "there is none yet. Start 'backorderd run' once.");
        return;
    }
    if (fs::exists(status)) refuse(Unusable, directory, "it is not a directory.");
    if (!create) refuse(Missing, directory, "there is none yet. Start 'backorderd run' once.");
    fs::create_directories(fs::path{directory}.parent_path(), error);
    if (mkdir(directory.c_str(), kDirectoryMode) != 0)
        refuse(Unusable, directory,
               fmt::format("the directory cannot be made ({}). Make it, and give it to the user "
                           "that runs backorderd.",
                           std::strerror(errno)));
}

// SQLite otherwise counts every allocation of the process under a lock. It heeds this only before
// its first use, and says so; either way is right.
void prepareLibrary() { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

SQLite::Database openDatabase(const std::string& directory, const OpenOptions& options) {
    prepareLibrary();
    try {
        close(openFile(directory, kDatabaseFile));
        SQLite::Database database{pathIn(directory, kDatabaseFile),
                                  SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX};
        leaveLogAlone(database);  // Until it is known to be sound.
        setUp(database, directory, options);
        applyMigrations(database, pathIn(directory, kDatabaseFile), embeddedMigrations());
        leaveLogAlone(database, false);
        return database;
    } catch (const SQLite::Exception& error) {
        refuse(directory, error);
    }
}

}  // namespace backorderd::store
