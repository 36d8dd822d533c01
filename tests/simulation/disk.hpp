#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace backorderd::simulation {

/// The disk of a simulated machine, below SQLite (as its default VFS) and the send journal (as its
/// `sync`). It knows what was written and not synced, and loses it where the power fails. One at a
/// time.
class Disk {
public:
    enum class Fault {
        PowerCut,  ///< everything stops; what was not synced is lost, whole, in part or torn
        Full,      ///< no write succeeds until the daemon starts anew
        Broken,    ///< one write or sync fails
    };

    Disk();
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// The fault comes at so many writes or syncs from now.
    void failAfter(int operations, Fault fault, std::uint64_t salt);
    /// A fault that has not come does not come any more.
    void forgetFault() { operations_left_ = 0; }
    /// Whether a fault came since the last `restart`.
    bool failed() const { return failed_; }
    /// As after kill -9: of what the process still does, nothing reaches the disk.
    void stop() { stopped_ = true; }
    /// Files were replaced: nothing of them can be lost.
    void forgetUnsynced() { unsynced_.clear(); }
    /// The machine is there again, with what is on the disk. Nobody has a file open.
    void restart();

    /// What makes the send journal durable: 0, or -1 with errno.
    int syncJournal(int descriptor, const std::string& file);

    // -- For the VFS -------------------------------------------------------------------------
    enum class Step { Write, Sync };
    /// What SQLite is told of the next write or sync; SQLITE_OK: it may be done.
    int take(Step step);
    struct Change {
        std::int64_t offset = 0;
        std::int64_t size_before = 0;
        std::string before;
        std::string after;
        bool cuts = false;  ///< a truncation to `offset`
    };
    void changed(const std::string& path, Change change) {
        unsynced_[path].push_back(std::move(change));
    }
    void synced(const std::string& path) { unsynced_.erase(path); }

private:
    bool survives(std::size_t index, std::size_t of) const;
    void lose(const std::string& path, const std::vector<Change>& changes) const;

    std::map<std::string, std::vector<Change>> unsynced_;  ///< by path, in the order of writing
    std::map<std::string, std::int64_t> journals_;         ///< durable size by path
    int operations_left_ = 0;
    Fault fault_ = Fault::PowerCut;
    std::uint64_t salt_ = 0;
    bool failed_ = false;
    bool full_ = false;
    bool stopped_ = false;
    bool power_cut_ = false;
};

}  // namespace backorderd::simulation
