#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "backorderd/store.hpp"

/// The state of everything, in SQLite: the only SQL.
namespace backorderd::store {

/// Why a store cannot be opened, and what to do about it: it is in use, was written by a newer
/// version, is damaged, or its directory cannot be used. Nothing in it was changed. `what()` says
/// both, for a person.
class StoreRefused : public std::runtime_error {
public:
    enum class Why {
        InUse,     ///< another process has it open
        Newer,     ///< written by a newer version of backorderd
        Altered,   ///< a migration that it has differs from ours
        Foreign,   ///< a database, but not one of backorderd
        Damaged,   ///< not readable as a database
        Unusable,  ///< the directory or the file cannot be read or written
        Missing,   ///< there is none, and none was to be made
    };
    StoreRefused(Why why, const std::string& text) : std::runtime_error{text}, why_{why} {}
    Why why() const { return why_; }

private:
    Why why_;
};

struct OpenOptions {
    /// Makes the directory (mode 0750) and the database (mode 0640) where they do not exist.
    bool create = true;
    /// Bound of the page cache.
    int cache_mib = 48;
    /// Called where the disk is full; true: there is room now, and the write is done once more.
    std::function<bool()> make_room{};
};

/// The file of the database within its directory.
inline constexpr const char* kDatabaseFile = "backorderd.db";

/// Opens `data_dir/backorderd.db` for this process alone, until the store is destroyed, and applies
/// the migrations that it lacks. Throws StoreRefused, or StoreBroken where the disk fails.
std::unique_ptr<Store> openStore(const std::string& data_dir, const OpenOptions& options = {});

/// A new store that lives in memory only, for trying things out: as any other store, but gone with
/// the object, and made in a fraction of the time.
std::unique_ptr<Store> openScratch();

/// A copy in memory of a store: of a data directory on which no backorderd runs, or of a file that
/// `Store::backup` wrote. The migrations that it lacks are applied to the copy. Nothing at `place`
/// is changed; a daemon cannot start on it while it is read, and can as soon as this returns. Takes
/// as much memory as the file has bytes; where a crash left a log beside it, as much room for
/// temporary files as well. Throws StoreRefused (InUse where a backorderd runs on it) or
/// StoreBroken.
std::unique_ptr<Store> openScratchCopy(const std::string& place);

}  // namespace backorderd::store
