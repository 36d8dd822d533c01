#include "store/scratch.hpp"
#include "store/sqlite_store.hpp"

namespace backorderd::store {
namespace {

/// What SQLite says of an opening that nobody foresaw is a broken store.
template <class Open>
std::unique_ptr<Store> opened(const std::string& what, Open open) {
    try {
        return open();
    } catch (const SQLite::Exception& error) {
        throw StoreBroken(fmt::format("opening {}: {}", what, wordsOf(error)));
    }
}

}  // namespace

std::unique_ptr<Store> openStore(const std::string& data_dir, const OpenOptions& options) {
    prepareDirectory(data_dir, options.create);
    return opened("the store in " + data_dir, [&] {
        auto lock = std::make_unique<DirectoryLock>(data_dir);
        return std::make_unique<SqliteStore>(std::move(lock), openDatabase(data_dir, options),
                                             options.make_room);
    });
}

std::unique_ptr<Store> openScratch() {
    return opened("a store in memory",
                  [] { return std::make_unique<SqliteStore>(nullptr, newInMemory()); });
}

std::unique_ptr<Store> openScratchCopy(const std::string& place) {
    return opened("a copy of the store in " + place,
                  [&] { return std::make_unique<SqliteStore>(nullptr, copyToMemory(place)); });
}

}  // namespace backorderd::store
