#include "connectors/files_take.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace backorderd::connectors::files {
namespace {

namespace fs = std::filesystem;

/// Hidden while the export is read, so that no pattern of names takes it for data.
constexpr const char* kHiddenResult = ".result.json";
constexpr const char* kResult = "result.json";

fs::path takingFolder(const FilesSettings& settings) {
    return fs::path{settings.folder} / ".taking";
}
fs::path processedFolder(const FilesSettings& settings) {
    return fs::path{settings.folder} / "processed";
}
const std::string& proofOf(const FilesSettings& settings) {
    return settings.marker.empty() ? settings.manifest : settings.marker;
}

Failure takingFailure(const FilesSettings& settings, const std::error_code& error) {
    return {Failure::Again::Later, fmt::format("an export in '{}' cannot be taken out of it: {}",
                                               settings.folder, error.message())};
}

/// Two programs at once, `run` and `check --online`, must not take one export apart.
class FolderLock {
public:
    explicit FolderLock(const std::string& folder)
        : folder_{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)} {
        held_ = folder_ >= 0 && ::flock(folder_, LOCK_EX | LOCK_NB) == 0;
    }
    ~FolderLock() {
        if (folder_ >= 0) ::close(folder_);
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    bool held() const { return held_; }

private:
    int folder_;
    bool held_;
};

/// `20260302T090000Z`, or with `-2` behind it where that is taken.
fs::path freeName(const fs::path& processed, Timestamp as_of) {
    const std::string name = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(as_of));
    fs::path path = processed / name;
    for (int i = 2; isThere(path); ++i) path = processed / fmt::format("{}-{}", name, i);
    return path;
}

bool isProcessedName(const std::string& name) {
    constexpr std::size_t kLength = 16;
    return name.size() >= kLength && name[8] == 'T' && name[15] == 'Z' &&
           std::all_of(name.begin(), name.begin() + 8, [](char c) { return c >= '0' && c <= '9'; });
}

void removeOldest(const FilesSettings& settings) {
    std::error_code error;
    std::vector<fs::path> kept;
    for (auto& path : entriesOf(processedFolder(settings), error))
        if (isProcessedName(path.filename().string())) kept.push_back(std::move(path));
    std::sort(kept.begin(), kept.end());
    for (std::size_t i = 0; i + settings.keep_processed < kept.size(); ++i)
        fs::remove_all(kept[i], error);
}

/// The moment of which the export in `current` tells.
Timestamp timeOfCurrent(const FilesSettings& settings) {
    FilesSettings of_current = settings;
    of_current.folder = currentFolder(settings);
    const auto listed = listFolder(of_current);
    const auto* listing = std::get_if<Listing>(&listed);
    return listing ? asOf(*listing) : Timestamp{};
}

void putCurrentAside(const FilesSettings& settings, std::error_code& error) {
    const fs::path current = currentFolder(settings);
    if (!isThere(current)) return;
    fs::create_directories(processedFolder(settings), error);
    if (error) return;
    const fs::path aside = freeName(processedFolder(settings), timeOfCurrent(settings));
    fs::rename(current, aside, error);
    std::error_code without_result;
    fs::rename(aside / kHiddenResult, aside / kResult, without_result);
}

/// From here on the export in `.taking` is whole.
std::optional<Failure> finishTaking(const FilesSettings& settings) {
    std::error_code error;
    putCurrentAside(settings, error);
    if (!error) fs::rename(takingFolder(settings), currentFolder(settings), error);
    if (error) return takingFailure(settings, error);
    removeOldest(settings);
    return std::nullopt;
}

}  // namespace

std::string currentFolder(const FilesSettings& settings) { return settings.folder + "/current"; }

std::optional<Failure> resumeTaking(const FilesSettings& settings) {
    const fs::path taking = takingFolder(settings);
    if (!isThere(taking)) return std::nullopt;
    const FolderLock lock{settings.folder};
    if (!lock.held()) return std::nullopt;
    if (isThere(taking / proofOf(settings))) return finishTaking(settings);
    std::error_code error;
    for (const auto& path : entriesOf(taking, error)) {
        const fs::path back = fs::path{settings.folder} / path.filename();
        // A file that has come since belongs to a newer export.
        if (!isThere(back)) fs::rename(path, back, error);
        if (error) return takingFailure(settings, error);
    }
    if (!error) fs::remove_all(taking, error);
    if (error) return takingFailure(settings, error);
    return std::nullopt;
}

std::optional<Failure> takeExport(const FilesSettings& settings, const Listing& listing) {
    const FolderLock lock{settings.folder};
    const fs::path taking = takingFolder(settings);
    if (!lock.held())
        return Failure{Failure::Again::Later,
                       fmt::format("another program takes an export out of '{}' at this moment",
                                   settings.folder)};
    std::error_code error;
    fs::create_directory(taking, error);
    const auto move = [&](const fs::path& path) {
        if (!error) fs::rename(path, taking / path.filename(), error);
    };
    for (const auto& file : allFiles(listing)) move(file.path);
    // The proof goes last: where it is, the export is whole.
    move(fs::path{settings.folder} / proofOf(settings));
    if (error) return takingFailure(settings, error);
    return finishTaking(settings);
}

void keepResult(const FilesSettings& settings, const ReadingResult& result) {
    nlohmann::json told{{"read_at", formatTimestamp(result.read_at)},
                        {"as_of", formatTimestamp(result.as_of)},
                        {"lines", result.lines},
                        {"complete", result.complete},
                        {"why_incomplete", result.why_incomplete},
                        {"problems", nlohmann::json::array()}};
    for (const auto& problem : result.problems) told["problems"].push_back(formatProblem(problem));
    const fs::path path = fs::path{settings.folder} / kHiddenResult;
    const fs::path unfinished = path.string() + ".tmp";
    using nlohmann::json;
    bool written = false;
    {
        std::ofstream file{unfinished, std::ios::binary | std::ios::trunc};
        file << told.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
        file.close();
        written = file.good();
    }
    std::error_code ignored;
    if (written) fs::rename(unfinished, path, ignored);
}

}  // namespace backorderd::connectors::files
