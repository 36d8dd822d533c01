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

#include "connectors/files_manifest.hpp"

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

/// Where a file of that name belongs in the listing, and how it is written.
struct Belongs {
    std::vector<DataFile> Listing::*files = nullptr;  ///< null: nowhere
    FileFormat format = FileFormat::Csv;
};

Belongs belongs(const FilesSettings& settings, const std::string& name) {
    const auto format = formatOf(name, settings.format);
    if (!format || isUnfinished(name)) return {};
    // The narrow names go first, so that `lines: "*"` means all that is left.
    using Kind = std::pair<const std::string*, std::vector<DataFile> Listing::*>;
    const std::array<Kind, 5> kinds{{{&settings.stock, &Listing::stock},
                                     {&settings.supply, &Listing::supply},
                                     {&settings.items, &Listing::items},
                                     {&settings.alternates, &Listing::alternates},
                                     {&settings.lines, &Listing::lines}}};
    for (const auto& [glob, files] : kinds)
        if (matches(*glob, name)) return {files, *format};
    return {};
}

}  // namespace

std::variant<Listing, Failure> listFolder(const FilesSettings& settings) {
    const auto found = readFolder(settings.folder);
    if (const auto* failure = std::get_if<Failure>(&found)) return *failure;
    const auto& entries = std::get<std::vector<Entry>>(found);
    Listing listing;
    for (const auto& entry : entries)
        if (isProof(settings, entry.name)) listing.marker = entry.stamp;
    if (!settings.manifest.empty() && listing.marker) {
        auto sums = readManifest(settings.folder + '/' + settings.manifest);
        if (const auto* failure = std::get_if<Failure>(&sums)) return *failure;
        listing.sums = std::get<Sums>(std::move(sums));
    }
    auto unseen = listing.sums;
    for (const auto& entry : entries) {
        const auto [files, format] = belongs(settings, entry.name);
        const bool named = settings.manifest.empty() || unseen.erase(entry.name) > 0;
        if (files == nullptr || !named || isProof(settings, entry.name)) continue;
        (listing.*files).push_back({entry.path, format, entry.stamp});
    }
    for (const auto& [name, sum] : unseen) listing.missing.push_back(name);
    return listing;
}

bool isThere(const std::filesystem::path& path) {
    std::error_code unseen;
    return std::filesystem::exists(path, unseen);
}

std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder,
                                             std::error_code& error) {
    std::vector<std::filesystem::path> entries;
    const std::filesystem::directory_iterator end;
    for (std::filesystem::directory_iterator at{folder, error}; !error && at != end;
         at.increment(error))
        entries.push_back(at->path());
    return entries;
}

bool isProof(const FilesSettings& settings, const std::string& name) {
    return !name.empty() && (name == settings.marker || name == settings.manifest);
}

bool isOfExport(const FilesSettings& settings, const std::string& name) {
    return isProof(settings, name) || belongs(settings, name).files != nullptr;
}

std::vector<DataFile> allFiles(const Listing& listing) {
    std::vector<DataFile> all;
    for (const auto* files :
         {&listing.lines, &listing.stock, &listing.supply, &listing.items, &listing.alternates})
        all.insert(all.end(), files->begin(), files->end());
    return all;
}

namespace {

std::optional<Failure> whyMarkerForbids(const Listing& listing, const FilesSettings& settings) {
    const auto& name = settings.marker.empty() ? settings.manifest : settings.marker;
    if (!listing.marker)
        return later(fmt::format("'{}/{}' is not there, so the export has not finished",
                                 settings.folder, name));
    if (!listing.missing.empty())
        return later(fmt::format("'{}/{}' names '{}', which is not there", settings.folder, name,
                                 listing.missing.front()));
    if (settings.marker.empty()) return std::nullopt;
    for (const auto& file : allFiles(listing))
        if (file.stamp.changed_ns > listing.marker->changed_ns)
            return later(fmt::format("'{}' is newer than '{}', so the next export has begun",
                                     file.path, settings.marker));
    return std::nullopt;
}

std::optional<Failure> whyTooYoung(const Listing& listing, const FilesSettings& settings,
                                   Timestamp now) {
    if (settings.settle.count() == 0) return std::nullopt;
    // In seconds: there are days that nanoseconds do not reach.
    for (const auto& file : allFiles(listing)) {
        const std::chrono::nanoseconds changed{file.stamp.changed_ns};
        if (std::chrono::ceil<std::chrono::seconds>(changed) <=
            (now - settings.settle).time_since_epoch())
            continue;
        const bool future =
            std::chrono::floor<std::chrono::seconds>(changed) > now.time_since_epoch();
        return later(fmt::format(
            "'{}' {}, so it may still be being written", file.path,
            future ? std::string{"carries a time that is yet to come"}
                   : fmt::format("was changed less than {} s ago", settings.settle.count())));
    }
    return std::nullopt;
}

}  // namespace

std::optional<Failure> whyNotReady(const Listing& listing, const FilesSettings& settings,
                                   Timestamp now) {
    const bool proof = !settings.marker.empty() || !settings.manifest.empty();
    if (proof)
        if (auto failure = whyMarkerForbids(listing, settings)) return failure;
    if (listing.lines.empty())
        return later(
            fmt::format("no file in '{}' is named '{}'{}: without one it is not known which "
                        "lines there are; an export without lines still writes its header "
                        "or []",
                        settings.folder, settings.lines,
                        settings.manifest.empty() ? "" : " and stands in the manifest"));
    if (proof) return std::nullopt;
    return whyTooYoung(listing, settings, now);
}

Timestamp asOf(const Listing& listing) {
    std::int64_t newest_ns = 0;
    for (const auto& file : listing.lines) newest_ns = std::max(newest_ns, file.stamp.changed_ns);
    return Timestamp{std::chrono::seconds{newest_ns / kNsPerSecond}};
}

}  // namespace backorderd::connectors::files
