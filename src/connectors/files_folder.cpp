#include "connectors/files_folder.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace backorderd::connectors::files {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

bool matches(const std::string& glob, const std::string& name) {
    return !glob.empty() && fnmatch(glob.c_str(), name.c_str(), FNM_PERIOD) == 0;
}

/// Names that programs give to files that they are still writing.
bool isUnfinished(const std::string& name) {
    static constexpr std::array<std::string_view, 5> kEndings{".tmp", ".part", ".partial",
                                                              ".filepart", "~"};
    return std::any_of(kEndings.begin(), kEndings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

std::optional<FileFormat> formatOf(const std::string& name, FileFormat set) {
    if (set != FileFormat::Auto) return set;
    std::string ending = name.substr(std::min(name.size(), name.rfind('.')));
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".csv" || ending == ".txt" || ending == ".tsv") return FileFormat::Csv;
    if (ending == ".json" || ending == ".jsonl" || ending == ".ndjson") return FileFormat::Json;
    return std::nullopt;
}

Failure later(std::string reason) { return {Failure::Again::Later, std::move(reason)}; }

struct Entry {
    std::string name;
    std::string path;
    Stamp stamp;
};

std::variant<std::vector<Entry>, Failure> readFolder(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(folder.c_str()), ::closedir};
    if (!directory)
        return later(fmt::format("the folder '{}' cannot be opened: {}; see the source's 'folder'",
                                 folder, std::strerror(errno)));
    std::vector<Entry> entries;
    for (;;) {
        errno = 0;
        const dirent* entry = ::readdir(directory.get());
        if (entry == nullptr) break;
        Entry found{entry->d_name, folder + '/' + entry->d_name, {}};
        struct stat status {};
        // A file that is gone by now is not part of the snapshot.
        if (::stat(found.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        found.stamp = Stamp::of(status);
        entries.push_back(std::move(found));
    }
    if (errno != 0)
        return later(
            fmt::format("the folder '{}' cannot be read: {}", folder, std::strerror(errno)));
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
}

template <class Visit>
void forEachFile(const Listing& listing, Visit visit) {
    for (const auto* files :
         {&listing.lines, &listing.stock, &listing.supply, &listing.items, &listing.alternates})
        for (const auto& file : *files) visit(file);
}

}  // namespace

std::variant<Listing, Failure> listFolder(const FilesSettings& settings) {
    const auto found = readFolder(settings.folder);
    if (const auto* failure = std::get_if<Failure>(&found)) return *failure;
    Listing listing;
    // The narrow names go first, so that `lines: "*"` means all that is left.
    using Kind = std::pair<const std::string*, std::vector<DataFile>*>;
    const std::array<Kind, 5> kinds{{{&settings.stock, &listing.stock},
                                     {&settings.supply, &listing.supply},
                                     {&settings.items, &listing.items},
                                     {&settings.alternates, &listing.alternates},
                                     {&settings.lines, &listing.lines}}};
    for (const auto& entry : std::get<std::vector<Entry>>(found)) {
        if (!settings.marker.empty() && entry.name == settings.marker) {
            listing.marker = entry.stamp;
            continue;
        }
        const auto format = formatOf(entry.name, settings.format);
        if (!format || isUnfinished(entry.name)) continue;
        const DataFile file{entry.path, *format, entry.stamp};
        for (const auto& [glob, files] : kinds) {
            if (!matches(*glob, entry.name)) continue;
            files->push_back(file);
            break;
        }
    }
    return listing;
}

std::optional<Failure> whyNotReady(const Listing& listing, const FilesSettings& settings,
                                   Timestamp now) {
    if (listing.lines.empty())
        return later(
            fmt::format("no file in '{}' is named '{}': without one it is not known which "
                        "lines there are; an export without lines still writes its header "
                        "or []",
                        settings.folder, settings.lines));
    if (!settings.marker.empty()) {
        if (!listing.marker)
            return later(fmt::format("'{}/{}' is not there, so the export has not finished",
                                     settings.folder, settings.marker));
        std::optional<Failure> newer;
        forEachFile(listing, [&](const DataFile& file) {
            if (file.stamp.changed_ns <= listing.marker->changed_ns || newer) return;
            newer = later(fmt::format("'{}' is newer than '{}', so the next export has begun",
                                      file.path, settings.marker));
        });
        return newer;
    }
    std::optional<Failure> young;
    const auto settled_ns = (now - settings.settle).time_since_epoch().count() * kNsPerSecond;
    forEachFile(listing, [&](const DataFile& file) {
        if (settings.settle.count() == 0 || young) return;
        if (file.stamp.changed_ns <= settled_ns) return;
        const bool future = file.stamp.changed_ns / kNsPerSecond > now.time_since_epoch().count();
        young = later(fmt::format(
            "'{}' {}, so it may still be being written", file.path,
            future ? std::string{"carries a time that is yet to come"}
                   : fmt::format("was changed less than {} s ago", settings.settle.count())));
    });
    return young;
}

Timestamp asOf(const Listing& listing) {
    std::int64_t newest_ns = 0;
    for (const auto& file : listing.lines) newest_ns = std::max(newest_ns, file.stamp.changed_ns);
    return Timestamp{std::chrono::seconds{newest_ns / kNsPerSecond}};
}

}  // namespace backorderd::connectors::files
