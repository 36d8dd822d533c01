#pragma once

#include <memory>
#include <string>

#include "app/disk_watch.hpp"
#include "app/gates.hpp"
#include "app/log.hpp"
#include "config/config.hpp"
#include "store/journal.hpp"

namespace backorderd::app {

/// What ties a store to this machine: the send journal beside it, and who the machine is. A
/// rehearsal has none of it.
struct Footing {
    std::unique_ptr<store::SendJournal> journal;
    bool journal_taken = false;  ///< the journal has been compared with what the store knows
    std::string machine;         ///< a fingerprint of the machine and the place of the data
    DiskWatch* disk = nullptr;   ///< outlives this; null: nobody looks at the room on the disk
};

/// The first word of a file such as /etc/machine-id; empty where there is none, or none for us.
/// Throws where it cannot be read otherwise: to go on without it would mean another machine.
std::string readMachineId(const std::string& file);

/// Throws store::JournalRefused, or StoreBroken where the machine or the place of the data cannot
/// be found out. Whoever calls it holds the store.
Footing findFooting(const config::Settings& settings, Timestamp now,
                    store::JournalOptions options = {});

/// The two compared with what the store knows, before anything else is done with it: raises the
/// gates `restored`, `journal` and `environment`, and takes in what left after this copy of the
/// database was made. The journal is compared once for each time that it was opened: later it is
/// what this process wrote.
void takeFooting(Footing& footing, Store& store, Gates& gates, Log& log,
                 const config::Settings& settings, Timestamp now);

/// The database is this machine's from here on.
void acceptEnvironment(const Footing& footing, Store& store, const config::Settings& settings);

}  // namespace backorderd::app
