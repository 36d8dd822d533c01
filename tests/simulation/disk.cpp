#include "simulation/disk.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>

namespace backorderd::simulation {
namespace {

constexpr const char* kVfsName = "simulated";
Disk* current = nullptr;

/// A file as SQLite sees it; the one of the machine lies behind it in memory.
struct DiskFile {
    sqlite3_file base;
    std::string* path;  ///< null: a temporary file, or one that no crash is tried on

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

DiskFile& fileOf(sqlite3_file* file) { return *reinterpret_cast<DiskFile*>(file); }
sqlite3_vfs* machine(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

std::string bytesAt(sqlite3_file* file, std::int64_t offset, std::int64_t size, std::int64_t end) {
    std::string bytes(static_cast<std::size_t>(std::clamp<std::int64_t>(end - offset, 0, size)),
                      '\0');
    if (!bytes.empty())
        file->pMethods->xRead(file, bytes.data(), static_cast<int>(bytes.size()), offset);
    return bytes;
}

void note(DiskFile& file, std::int64_t offset, std::string after, bool cuts) {
    sqlite3_int64 size = 0;
    file.real()->pMethods->xFileSize(file.real(), &size);
    const auto reach = cuts ? size : static_cast<std::int64_t>(after.size());
    Disk::Change change{offset, size, bytesAt(file.real(), offset, reach, size), std::move(after),
                        cuts};
    current->changed(*file.path, std::move(change));
}

int closeFile(sqlite3_file* handle) {
    auto& file = fileOf(handle);
    delete file.path;
    return file.real()->pMethods->xClose(file.real());
}
int readFile(sqlite3_file* handle, void* to, int size, sqlite3_int64 offset) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xRead(real, to, size, offset);
}
int writeFile(sqlite3_file* handle, const void* from, int size, sqlite3_int64 offset) {
    auto& file = fileOf(handle);
    if (file.path) {
        if (const int failure = current->take(Disk::Step::Write); failure != SQLITE_OK)
            return failure;
        note(file, offset, {static_cast<const char*>(from), static_cast<std::size_t>(size)}, false);
    }
    return file.real()->pMethods->xWrite(file.real(), from, size, offset);
}
int truncateFile(sqlite3_file* handle, sqlite3_int64 size) {
    auto& file = fileOf(handle);
    if (file.path) {
        if (const int failure = current->take(Disk::Step::Write); failure != SQLITE_OK)
            return failure;
        note(file, size, {}, true);
    }
    return file.real()->pMethods->xTruncate(file.real(), size);
}
int syncFile(sqlite3_file* handle, int flags) {
    auto& file = fileOf(handle);
    if (!file.path) return file.real()->pMethods->xSync(file.real(), flags);
    if (const int failure = current->take(Disk::Step::Sync); failure != SQLITE_OK) return failure;
    current->synced(*file.path);
    return SQLITE_OK;
}
int sizeOfFile(sqlite3_file* handle, sqlite3_int64* size) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xFileSize(real, size);
}
int lockFile(sqlite3_file* handle, int level) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xLock(real, level);
}
int unlockFile(sqlite3_file* handle, int level) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xUnlock(real, level);
}
int checkLock(sqlite3_file* handle, int* reserved) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xCheckReservedLock(real, reserved);
}
int controlFile(sqlite3_file* handle, int what, void* argument) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xFileControl(real, what, argument);
}
int sectorSize(sqlite3_file* handle) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xSectorSize(real);
}
int characteristics(sqlite3_file* handle) {
    auto* real = fileOf(handle).real();
    return real->pMethods->xDeviceCharacteristics(real);
}

constexpr sqlite3_io_methods kMethods{
    1,        closeFile,  readFile,  writeFile,   truncateFile, syncFile,        sizeOfFile,
    lockFile, unlockFile, checkLock, controlFile, sectorSize,   characteristics, nullptr,
    nullptr,  nullptr,    nullptr,   nullptr,     nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* handle, int flags, int* opened) {
    auto* file = new (static_cast<void*>(handle)) DiskFile{};
    const int result = machine(vfs)->xOpen(machine(vfs), name, file->real(), flags, opened);
    if (!file->real()->pMethods) return result;
    file->base.pMethods = &kMethods;
    if (name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0)
        file->path = new std::string{name};
    return result;
}
int deleteFile(sqlite3_vfs* vfs, const char* name, int sync) {
    if (const int failure = current->take(Disk::Step::Write); failure != SQLITE_OK) return failure;
    current->synced(name);
    return machine(vfs)->xDelete(machine(vfs), name, sync);
}

/// The machine's own VFS, with other files and another way to delete.
sqlite3_vfs& simulatedVfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
        sqlite3_vfs made = *real;
        made.szOsFile = static_cast<int>(sizeof(DiskFile)) + real->szOsFile;
        made.pNext = nullptr;
        made.zName = kVfsName;
        made.pAppData = real;
        made.xOpen = openFile;
        made.xDelete = deleteFile;
        return made;
    }();
    return vfs;
}

void writeAll(int descriptor, const std::string& bytes, std::int64_t offset) {
    if (!bytes.empty() && pwrite(descriptor, bytes.data(), bytes.size(), offset) < 0)
        throw std::runtime_error("the simulated disk cannot be written");
}

}  // namespace

Disk::Disk() {
    if (current) throw std::logic_error("there is one disk at a time");
    current = this;
    sqlite3_vfs_register(&simulatedVfs(), 1);
}

Disk::~Disk() {
    sqlite3_vfs_unregister(&simulatedVfs());
    current = nullptr;
}

void Disk::failAfter(int operations, Fault fault, std::uint64_t salt) {
    operations_left_ = operations;
    fault_ = fault;
    salt_ = salt;
}

int Disk::take(Step step) {
    const int failure = step == Step::Write ? SQLITE_IOERR_WRITE : SQLITE_IOERR_FSYNC;
    if (stopped_) return failure;
    if (full_ && step == Step::Write) return SQLITE_FULL;
    if (operations_left_ == 0 || --operations_left_ > 0) return SQLITE_OK;
    failed_ = true;
    stopped_ = power_cut_ = fault_ == Fault::PowerCut;
    full_ = fault_ == Fault::Full;
    return full_ && step == Step::Write ? SQLITE_FULL : failure;
}

int Disk::syncJournal(int descriptor, const std::string& file) {
    if (const int failure = take(Step::Sync); failure != SQLITE_OK) {
        errno = full_ ? ENOSPC : EIO;
        return -1;
    }
    struct stat status {};
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))
        journals_[file] = status.st_size;
    return 0;
}

void Disk::restart() {
    if (power_cut_) {
        for (const auto& [path, changes] : unsynced_) lose(path, changes);
        for (const auto& [path, size] : journals_) {
            struct stat status {};
            if (stat(path.c_str(), &status) != 0 || status.st_size <= size) continue;
            const auto torn =
                size + (status.st_size - size) * static_cast<std::int64_t>(salt_ % 3) / 3;
            if (truncate(path.c_str(), torn) != 0)
                throw std::runtime_error("the simulated disk cannot be cut");
        }
        unsynced_.clear();
    }
    operations_left_ = 0;
    failed_ = full_ = stopped_ = power_cut_ = false;
}

/// Nothing, the first writes, or any of them: a disk keeps no order that nobody asked for.
bool Disk::survives(std::size_t index, std::size_t of) const {
    switch (salt_ % 3) {
        case 0:
            return false;
        case 1:
            return index < (salt_ / 3) % (of + 1);
        default:
            return (salt_ >> (index % 48 + 2) & 1u) != 0;
    }
}

void Disk::lose(const std::string& path, const std::vector<Change>& changes) const {
    const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return;
    for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
        writeAll(descriptor, change->before, change->offset);
        if (ftruncate(descriptor, change->size_before) != 0)
            throw std::runtime_error("the simulated disk cannot be cut");
    }
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto& change = changes[i];
        if (!survives(i, changes.size())) continue;
        // The last one that survives is torn.
        const bool torn = i + 1 == changes.size() && salt_ % 2 == 1;
        if (change.cuts && ftruncate(descriptor, change.offset) != 0)
            throw std::runtime_error("the simulated disk cannot be cut");
        if (!change.cuts)
            writeAll(descriptor, change.after.substr(0, change.after.size() / (torn ? 2 : 1)),
                     change.offset);
    }
    close(descriptor);
}

}  // namespace backorderd::simulation
