#include "store/scratch.hpp"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
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

#include "store/database.hpp"
#include "store/migrations.hpp"

namespace backorderd::store {
namespace {

namespace fs = std::filesystem;
using enum StoreRefused::Why;

/// Files beside a database in which SQLite keeps what is not yet, or no longer, part of it.
constexpr std::array<const char*, 2> kLogs{"-wal", "-journal"};

[[noreturn]] void refuse(StoreRefused::Why why, const fs::path& file, const std::string& text) {
    throw StoreRefused(why, fmt::format("{} cannot be copied: {}", file.string(), text));
}

[[noreturn]] void refuse(const fs::path& file, const SQLite::Exception& error) {
    switch (error.getErrorCode() & 0xff) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            refuse(Damaged, file, fmt::format("it is damaged ({}).", error.what()));
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            refuse(Unusable, file, fmt::format("it cannot be read ({}).", error.what()));
        default:
            throw StoreBroken(fmt::format("copying {}: {}", file.string(), error.what()));
    }
}

/// Keeps a daemon from starting on a file while it is read, and sees whether one runs. Where there
/// is no lock file, none ever ran on it: a backup, a file that was carried here.
class ReadingLock {
public:
    explicit ReadingLock(const fs::path& file) {
        if (file.filename() != kDatabaseFile) return;
        const auto lock = file.parent_path() / kLockFile;
        descriptor_ = open(lock.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor_ < 0 && errno == ENOENT) return;
        if (descriptor_ < 0)
            refuse(Unusable, file,
                   fmt::format("{} cannot be read ({}). Run this as the user that runs backorderd.",
                               lock.string(), std::strerror(errno)));
        if (flock(descriptor_, LOCK_SH | LOCK_NB) == 0) return;
        close(descriptor_);
        refuse(InUse, file,
               "backorderd runs on it. Take a copy with 'backorderd backup FILE', which it writes "
               "while it runs, and name that file here.");
    }
    ~ReadingLock() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    ReadingLock(const ReadingLock&) = delete;
    ReadingLock& operator=(const ReadingLock&) = delete;

private:
    int descriptor_ = -1;
};

/// A folder of one's own, gone with it.
class Workplace {
public:
    Workplace() {
        std::string name = fs::temp_directory_path() / "backorderd-copy-XXXXXX";
        if (mkdtemp(name.data()) == nullptr)
            throw StoreBroken(fmt::format("{} cannot be made: {}", name, std::strerror(errno)));
        path_ = name;
    }
    ~Workplace() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::string withSuffix(const fs::path& file, const char* suffix) { return file.string() + suffix; }

bool hasLog(const fs::path& file) {
    for (const auto* suffix : kLogs) {
        std::error_code missing;
        const auto bytes = fs::file_size(withSuffix(file, suffix), missing);
        if (!missing && bytes > 0) return true;
    }
    return false;
}

/// A path as SQLite reads it in a URI. Immutable: no lock is taken, and no file is made beside it.
std::string immutableUri(const fs::path& file) {
    std::string uri = "file:";
    for (const char c : file.string())
        uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02x}", static_cast<int>(c))
                                                : std::string(1, c);
    return uri + "?immutable=1";
}

void readAll(SQLite::Database& into, SQLite::Database& from) {
    SQLite::Backup copy{into, from};
    copy.executeStep(-1);
}
void readAll(SQLite::Database& into, SQLite::Database&& from) { readAll(into, from); }

/// What a crash left in a log belongs to the database, and only SQLite can put the two together: in
/// a copy, because it writes when it does so.
void readWithLog(SQLite::Database& into, const fs::path& file) {
    const Workplace workplace;
    const auto copy = workplace.path() / kDatabaseFile;
    try {
        fs::copy_file(file, copy);
        for (const auto* suffix : kLogs)
            if (fs::exists(withSuffix(file, suffix)))
                fs::copy_file(withSuffix(file, suffix), withSuffix(copy, suffix));
    } catch (const fs::filesystem_error& error) {
        refuse(Unusable, file, error.what());
    }
    readAll(into, SQLite::Database{copy.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX});
}

/// Tells whether a file is the one that it was.
struct Stamp {
    std::int64_t inode = 0, bytes = 0, seconds = 0, nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
};
Stamp stampOf(const fs::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0)
        refuse(Unusable, file, fmt::format("it cannot be read ({}).", std::strerror(errno)));
    return {static_cast<std::int64_t>(status.st_ino), status.st_size, status.st_mtim.tv_sec,
            status.st_mtim.tv_nsec};
}

/// Nothing has to be durable, but a commit that fails must still leave nothing of itself: the
/// journal stays, in memory.
SQLite::Database inMemory() {
    prepareLibrary();
    SQLite::Database database{":memory:",
                              SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX};
    database.exec(
        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA synchronous = OFF");
    return database;
}

void bringUpToDate(SQLite::Database& database, const std::string& place) {
    claimFile(database, place);
    applyMigrations(database, place, embeddedMigrations());
    database.exec("PRAGMA foreign_keys = ON");
}

/// Nobody asks how the messages of a rehearsal came to be, and no row outlives it: without the
/// steps being written down and each row being checked, it takes a third less time.
void spareChecks(SQLite::Database& database) {
    (void)sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    database.exec("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF");
}

}  // namespace

SQLite::Database newInMemory() {
    // Migrating takes several times as long as copying what came of it.
    static SQLite::Database model = [] {
        auto empty = inMemory();
        bringUpToDate(empty, "memory");
        return empty;
    }();
    auto database = inMemory();
    readAll(database, model);
    spareChecks(database);
    return database;
}

SQLite::Database copyToMemory(const std::string& place) {
    std::error_code ignored;
    const fs::path file =
        fs::is_directory(place, ignored) ? fs::path{place} / kDatabaseFile : fs::path{place};
    if (!fs::exists(file, ignored))
        refuse(Missing, file, "there is no such file. Name a data directory or a backup.");
    try {
        auto copy = inMemory();
        {
            const ReadingLock lock{file};
            const auto before = stampOf(file);
            if (hasLog(file))
                readWithLog(copy, file);
            else
                readAll(copy, SQLite::Database{immutableUri(file), SQLite::OPEN_READONLY |
                                                                       SQLite::OPEN_URI |
                                                                       SQLite::OPEN_NOMUTEX});
            if (stampOf(file) != before)
                refuse(InUse, file, "another program changed it while it was read.");
        }
        bringUpToDate(copy, file.string());
        spareChecks(copy);
        return copy;
    } catch (const SQLite::Exception& error) {
        refuse(file, error);
    }
}

}  // namespace backorderd::store
