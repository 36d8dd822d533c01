#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/sqlite_store.hpp"

namespace backorderd::store {
namespace {

/// SQLite leaves the file that it vacuums into to the system's caches.
void makeDurable(const std::string& file) {
    const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool done = descriptor >= 0 && fsync(descriptor) == 0;
    const int why = errno;
    if (descriptor >= 0) close(descriptor);
    if (!done) throw std::runtime_error(std::strerror(why));
}

}  // namespace

void SqliteStore::tidy() {
    reading("emptying the log", [&] { database_.exec("PRAGMA wal_checkpoint(TRUNCATE)"); });
}

// Freed space is overwritten (secure_delete), but a page that was once reordered may keep a copy of
// a row in its gaps: only pages written anew are proof. The copy goes to a file, not to memory.
void SqliteStore::compact() {
    try {
        database_.exec("PRAGMA temp_store = FILE");
        database_.exec("VACUUM");
        database_.exec("PRAGMA temp_store = MEMORY");
    } catch (const SQLite::Exception& error) {
        database_.exec("PRAGMA temp_store = MEMORY");
        throw std::runtime_error(fmt::format("the store cannot be written anew: {}", error.what()));
    }
    tidy();
}

// VACUUM INTO reads one consistent state and works under the exclusive lock. It wants a file that
// is empty: made here, so that nobody else can read it at any time.
void SqliteStore::backup(const std::string& file) {
    const int made = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made < 0)
        throw std::runtime_error(
            errno == EEXIST ? file + " exists already; name a file that does not"
                            : fmt::format("cannot write {}: {}", file, std::strerror(errno)));
    close(made);
    try {
        SQLite::Statement copy{database_, "VACUUM INTO ?1"};
        copy.bind(1, file);
        copy.exec();
        makeDurable(file);
    } catch (const std::exception& error) {
        unlink(file.c_str());
        throw std::runtime_error(fmt::format("cannot write {}: {}", file, error.what()));
    }
}

}  // namespace backorderd::store
