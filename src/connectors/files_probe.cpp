#include "connectors/files_probe.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "connectors/files_fetch.hpp"
#include "connectors/files_open.hpp"
#include "connectors/files_take.hpp"

namespace backorderd::connectors::files {
namespace {

constexpr std::size_t kProbeBytes = std::size_t{4} << 20;
constexpr std::size_t kProblemsShown = 5;

struct Look {
    bool ok = true;
    std::string text;
};

/// Our columns that the first records of a file fill, or that its header names.
std::set<std::string> columnsRead(RecordFile& file, const Batch& batch, const Columns& columns) {
    std::set<std::string> read;
    std::vector<Cell> cells;
    constexpr std::size_t kRecordsLookedAt = 100;
    for (std::size_t i = 0; i < std::min(batch.records.size(), kRecordsLookedAt); ++i) {
        if (file.cells(batch.records[i], cells)) continue;
        for (const auto& cell : cells)
            for (int column = cell.column; column >= 0;
                 column = columns[static_cast<std::size_t>(column)].twin)
                read.insert(columns[static_cast<std::size_t>(column)].target.name);
    }
    return read;
}

std::string describe(const DataFile& file, const Batch& batch, const std::set<std::string>& read,
                     const Columns& columns) {
    std::vector<std::string_view> missing;
    for (const auto name : columnNamesOf(columns.role()))
        if (!read.contains(std::string{name})) missing.push_back(name);
    auto text = fmt::format("{}:", file.path);
    if (batch.records.empty())
        text += " no records";
    else
        text += fmt::format(" read are {}", fmt::join(read, ", "));
    if (!columns.unknown().empty())
        text += fmt::format("; not known and not read: {}", fmt::join(columns.unknown(), ", "));
    if (!batch.records.empty() && !missing.empty())
        text += fmt::format("; not there: {}", fmt::join(missing, ", "));
    return text + '\n';
}

Look lookAt(const DataFile& file, FileRole role, const ColumnNames& names,
            const FilesSettings& settings) {
    Columns columns{role, names, settings.limits.columns_max};
    WindowMemory memory{kProbeBytes};
    Problems problems;
    const Keys keys{role == FileRole::Lines, false};
    auto opened = openRecords(file, columns, keys, settings, memory, problems);
    if (const auto* failure = std::get_if<Failure>(&opened)) return {false, failure->reason + '\n'};
    const auto& records = std::get<std::unique_ptr<RecordFile>>(opened);
    Look look;
    if (records) {
        Batch batch;
        (void)records->next(batch);
        problems.insert(problems.end(), batch.problems.begin(), batch.problems.end());
        look.text = describe(file, batch, columnsRead(*records, batch, columns), columns);
    }
    look.ok = problems.empty();
    for (std::size_t i = 0; i < std::min(problems.size(), kProblemsShown); ++i)
        look.text += formatProblem(problems[i]) + '\n';
    return look;
}

std::string count(const std::vector<DataFile>& files, std::string_view of_what) {
    std::uint64_t bytes = 0;
    for (const auto& file : files) bytes += file.stamp.bytes;
    return fmt::format("{} {} of {} ({} bytes)", files.size(), files.size() == 1 ? "file" : "files",
                       of_what, bytes);
}

Probe lookAtFolder(const FilesSettings& settings, Timestamp now) {
    const auto listed = listFolder(settings);
    if (const auto* failure = std::get_if<Failure>(&listed)) return {false, failure->reason};
    const auto& listing = std::get<Listing>(listed);
    Probe probe{true, fmt::format("{}: {}, {}, {}, {}, {}\n", settings.folder,
                                  count(listing.lines, "lines"), count(listing.stock, "stock"),
                                  count(listing.supply, "supply"), count(listing.items, "items"),
                                  count(listing.alternates, "alternates"))};
    if (const auto failure = whyNotReady(listing, settings, now)) {
        probe.ok = !listing.lines.empty();
        probe.text += failure->reason + '\n';
    }
    const auto look = [&](const std::vector<DataFile>& files, FileRole role,
                          const ColumnNames& names) {
        if (files.empty()) return;
        const auto seen = lookAt(files.front(), role, names, settings);
        probe.ok = probe.ok && seen.ok;
        probe.text += seen.text;
    };
    look(listing.lines, FileRole::Lines, settings.columns);
    look(listing.stock, FileRole::Stock, settings.stock_columns);
    look(listing.supply, FileRole::Supply, settings.supply_columns);
    look(listing.items, FileRole::Items, settings.items_columns);
    look(listing.alternates, FileRole::Alternates, settings.alternates_columns);
    probe.text.pop_back();
    return probe;
}

/// Where exports are taken, and none waits, the one that was taken last.
FilesSettings whatIsRead(const FilesSettings& settings) {
    FilesSettings read = settings;
    const auto listed = listFolder(settings);
    const auto* listing = std::get_if<Listing>(&listed);
    const bool waits = listing != nullptr && !listing->lines.empty();
    if (settings.keep_processed > 0 && !waits && isThere(currentFolder(settings)))
        read.folder = currentFolder(settings);
    return read;
}

}  // namespace

boost::asio::awaitable<Probe> probeFolder(const FilesSettings& settings, Timestamp now,
                                          net::Net& net) {
    Probe probe = lookAtFolder(whatIsRead(settings), now);
    if (!settings.remote) co_return probe;
    const auto look = co_await lookAtServer(settings, net);
    // Before the first poll nothing lies in the folder yet.
    const auto listed = listFolder(whatIsRead(settings));
    const auto* listing = std::get_if<Listing>(&listed);
    const bool fetched = listing != nullptr && !listing->lines.empty();
    probe.ok = look.ok && listing != nullptr && (probe.ok || !fetched);
    probe.text = look.text + '\n' + probe.text;
    co_return probe;
}

}  // namespace backorderd::connectors::files
