#include "app/footing.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <utility>

namespace backorderd::app {
namespace {

using What = store::JournalRecord::What;

/// Names in the store's meta. Persisted: do not change.
constexpr std::string_view kEnvironmentMeta = "environment";
constexpr std::string_view kMachineMeta = "machine";
constexpr std::string_view kJournalMeta = "journal_id";

/// What the records of one message come to.
struct Trace {
    int open = 0;  ///< times on the wire without the answer that it was not accepted
    bool sent = false;
    Timestamp at{};
    std::vector<std::string> notices;

    bool left() const { return sent || open > 0; }
    MessageState state() const { return sent ? MessageState::Sent : MessageState::Unknown; }
};
using Traces = std::map<std::string, Trace, std::less<>>;

Traces traceAll(const std::vector<store::JournalRecord>& records) {
    Traces traces;
    for (const auto& record : records) {
        auto& trace = traces[record.message];
        trace.at = record.at;
        switch (record.what) {
            case What::Wire:
                ++trace.open;
                trace.notices = record.notices;
                break;
            case What::NotSent:
                --trace.open;
                break;
            case What::Sent:
                trace.sent = true;
                break;
            case What::Unknown:
                break;
        }
    }
    return traces;
}

std::vector<Departure> departuresOf(const Traces& traces) {
    std::vector<Departure> known;
    for (const auto& [message, trace] : traces) {
        if (!trace.left()) continue;
        known.push_back({message, trace.state(), trace.at});
        for (const auto& notice : trace.notices) known.push_back({notice, trace.state(), trace.at});
    }
    return known;
}

std::vector<MessageId> unfinished(Store& store) {
    std::vector<MessageId> ids;
    for (const auto state : {MessageState::Ready, MessageState::Deferred, MessageState::Held,
                             MessageState::Claimed, MessageState::OnWire, MessageState::Unknown}) {
        MessageFilter filter;
        filter.state = state;
        filter.limit = std::numeric_limits<int>::max();
        const auto found = store.listMessages(filter);
        ids.insert(ids.end(), found.begin(), found.end());
    }
    return ids;
}

std::string leftReason(Timestamp at) {
    return "the send journal says that it left on " + formatTimestamp(at) +
           ", after this copy of the database was made";
}

/// Takes in what the journal has above the store's number.
void importRecords(store::SendJournal& journal, Store& store, Log& log, Timestamp now) {
    const auto traces = traceAll(journal.after(store.journalSeq()));
    const auto known = departuresOf(traces);
    std::map<std::string_view, const Departure*> by_hash;
    for (const auto& departure : known) by_hash.emplace(departure.hash, &departure);
    std::vector<Departed> departed;
    std::vector<MessageId> regroup;
    const auto ids = unfinished(store);
    const auto identities = store.messageIdentities(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto trace = traces.find(journal.hash(identities[i].stable_id));
        if (trace != traces.end() && trace->second.left()) {
            departed.push_back(
                {ids[i], trace->second.state(), trace->second.at, leftReason(trace->second.at)});
            continue;
        }
        // Its notices left in another message: what else it carries has to be put together anew.
        const auto& notices = identities[i].notices;
        if (std::any_of(notices.begin(), notices.end(), [&](const NoticeIdentity& notice) {
                return by_hash.contains(journal.hash(store::identityText(notice)));
            }))
            regroup.push_back(ids[i]);
    }
    // In this order: a crash in between has all of it done once more.
    store.supersede(regroup,
                    "a part of it left in another message before the database was restored", now);
    store.importDepartures(known, departed, journal.lastSeq(), now);
    log.warning("journal.imported", {{"messages", std::to_string(departed.size())},
                                     {"departures", std::to_string(known.size())}});
}

void takeJournal(store::SendJournal& journal, Store& store, Gates& gates, Log& log, Timestamp now) {
    if (const auto cut_off = journal.cutOff(); !cut_off.empty())
        log.warning("journal.cut_off", {{"what", cut_off}});
    const auto known_id = store.meta(kJournalMeta);
    const auto seq = store.journalSeq();
    if (seq > 0 && journal.isNew()) {
        gates.raise({GateName::Journal,
                     "the send journal is gone, and a new one has been begun: what left after an "
                     "older copy of the database was made cannot be known",
                     now,
                     {}});
    } else if (!known_id.empty() && known_id != journal.id()) {
        gates.raise({GateName::Journal,
                     "the send journal is not the one that belongs to this database",
                     now,
                     {}});
        store.importDepartures({}, {}, journal.lastSeq(), now);
    } else if (journal.lastSeq() > seq) {
        // The gate is up before anything is taken in: a crash in between sends nothing.
        gates.raise({GateName::Restored,
                     "the send journal is ahead of the database (" +
                         std::to_string(journal.lastSeq()) + " against " + std::to_string(seq) +
                         "): an older copy of the database has been restored",
                     now,
                     {}});
        importRecords(journal, store, log, now);
    }
    if (known_id != journal.id()) store.setMeta(kJournalMeta, journal.id());
}

void takeEnvironment(const Footing& footing, Store& store, Gates& gates,
                     const config::Settings& settings, Timestamp now) {
    const auto environment = store.meta(kEnvironmentMeta);
    const auto machine = store.meta(kMachineMeta);
    if (environment.empty()) {
        acceptEnvironment(footing, store, settings);
    } else if (environment != settings.environment) {
        gates.raise({GateName::Environment,
                     "the database belongs to the environment '" + environment +
                         "', and the settings say '" + settings.environment + "'",
                     now,
                     {}});
    } else if (machine != footing.machine) {
        gates.raise({GateName::Environment,
                     "the database comes from another machine or another folder (environment '" +
                         environment + "'): the one that it comes from may still be sending",
                     now,
                     {}});
    }
}

}  // namespace

std::string readMachineId(const std::string& file) {
    std::ifstream in{file};
    if (!in.is_open()) {
        if (errno == ENOENT || errno == EACCES) return {};
        throw StoreBroken(fmt::format("reading {}: {}", file, std::strerror(errno)));
    }
    in.exceptions(std::ios::badbit);  // Or a stream would keep to itself what went wrong.
    std::string id;
    in >> id;
    return id;
}

Footing findFooting(const config::Settings& settings, Timestamp now,
                    store::JournalOptions options) {
    Footing footing;
    options.keep = settings.journal_keep;
    footing.journal = store::openJournal(settings.journal, now, options);
    const auto machine_id = readMachineId("/etc/machine-id");
    std::error_code failed;
    const auto place = std::filesystem::weakly_canonical(settings.data_dir, failed);
    if (failed)
        throw StoreBroken(fmt::format("finding {}: {}", settings.data_dir, failed.message()));
    const auto text = machine_id + '|' + place.string();
    footing.machine = fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
    return footing;
}

void takeFooting(Footing& footing, Store& store, Gates& gates, Log& log,
                 const config::Settings& settings, Timestamp now) {
    // A reload finds the journal that it wrote itself.
    if (!std::exchange(footing.journal_taken, true))
        takeJournal(*footing.journal, store, gates, log, now);
    takeEnvironment(footing, store, gates, settings, now);
}

void acceptEnvironment(const Footing& footing, Store& store, const config::Settings& settings) {
    store.setMeta(kMachineMeta, footing.machine);
    store.setMeta(kEnvironmentMeta, settings.environment);
}

}  // namespace backorderd::app
