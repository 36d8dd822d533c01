#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Who may include whom: docs/architecture.md as a function. Reads the text of one file and names
/// each `#include` that its folder may not have.
namespace backorderd::architecture {

using Words = std::vector<std::string_view>;

/// What a folder of src/ may include besides the standard library, `include/` and its own files.
struct Folder {
    std::string_view name;
    Words headers;    ///< of other folders, as they are written
    Words libraries;  ///< names from `kLibraries`
};

/// A library, known by how its headers begin.
struct Library {
    std::string_view name;
    Words prefixes;
};

// clang-format off
inline const std::vector<Library> kLibraries{
    {"fmt", {"fmt/"}},
    {"result", {"boost/system/result.hpp"}},
    {"awaitable", {"boost/asio/awaitable.hpp"}},
    {"asio", {"boost/asio.hpp", "boost/asio/", "boost/system/"}},
    {"beast", {"boost/beast.hpp", "boost/beast/"}},
    {"unordered", {"boost/unordered/"}},
    {"curl", {"curl/"}},
    {"openssl", {"openssl/"}},
    {"odbc", {"sql.h", "sqlext.h"}},
    {"date", {"date/"}},
    {"gmime", {"gmime/"}},
    {"mustache", {"kainjow/"}},
    {"ical", {"libical/"}},
    {"cli11", {"CLI/"}},
    {"json", {"nlohmann/"}},
    {"openssl", {"openssl/"}},
    {"simdjson", {"simdjson.h"}},
    {"prometheus", {"prometheus/"}},
    {"spdlog", {"spdlog/"}},
    {"sqlite", {"SQLiteCpp/", "sqlite3.h"}},
    {"systemd", {"systemd/"}},
    {"xxhash", {"xxhash.h"}},
    {"yaml", {"yaml-cpp/"}},
};

inline const Words kFrontHeaders{
    "lines/lines.hpp", "rules/rules.hpp", "outbox/outbox.hpp", "codec/codec.hpp",
    "codec/csv.hpp",
    "config/config.hpp", "config/section.hpp", "config/scripts.hpp", "render/render.hpp",
    "store/store.hpp", "store/journal.hpp",
    "net/net.hpp", "net/webhook_signature.hpp", "connectors/connectors.hpp", "senders/senders.hpp",
};

inline const std::vector<Folder> kFolders{
    {"vocabulary", {}, {}},
    {"lines", {}, {"xxhash"}},
    {"rules", {}, {"date", "fmt"}},
    {"outbox", {}, {"xxhash"}},
    {"codec", {}, {"json", "simdjson", "fmt"}},
    {"config", {}, {"yaml", "ical", "xxhash", "fmt"}},
    {"render", {}, {"gmime", "mustache", "json", "date", "fmt"}},
    {"store", {"codec/codec.hpp"}, {"sqlite", "openssl", "xxhash", "fmt"}},
    {"net", {}, {"curl", "asio", "beast", "openssl", "awaitable", "fmt"}},
    {"connectors", {"config/section.hpp", "net/net.hpp", "codec/codec.hpp", "codec/csv.hpp"},
     {"awaitable", "json", "simdjson", "odbc", "xxhash", "unordered", "date", "openssl", "fmt"}},
    {"senders", {"config/section.hpp", "config/secrets.hpp", "net/net.hpp", "net/webhook_signature.hpp"}, {"awaitable", "json", "openssl", "fmt"}},
    {"app", kFrontHeaders, {"asio", "awaitable", "spdlog", "systemd", "prometheus", "json", "xxhash", "fmt"}},
    {"rehearsal", kFrontHeaders, {"asio", "awaitable", "json", "fmt"}},
    {"demo", kFrontHeaders, {"asio", "awaitable", "json", "fmt"}},
    {"cli", kFrontHeaders, {"asio", "awaitable", "spdlog", "cli11", "json", "fmt"}},
};

/// The shell has no front header: the parts of app/ are what rehearsal/, demo/ and cli/ are made
/// of.
inline bool isOfTheShell(std::string_view folder, std::string_view header) {
    const bool of_app = header.starts_with("app/");
    const bool of_rehearsal = header == "rehearsal/rehearsal.hpp";
    return (folder == "rehearsal" && of_app) || (folder == "demo" && (of_app || of_rehearsal)) ||
           (folder == "cli" && (of_app || of_rehearsal || header == "demo/demo.hpp"));
}

/// Heavy ones: each costs seconds in every file that meets them.
inline const Words kNeverInHeaders{"boost/asio.hpp", "nlohmann/json.hpp", "spdlog/spdlog.h"};
/// One thread, everywhere.
inline const Words kThreads{"thread", "mutex", "shared_mutex", "condition_variable", "future",
                            "semaphore", "latch", "barrier", "pthread.h"};
/// But for calls that block, which have an Asio pool of one thread in these files alone.
inline constexpr std::string_view kThreadPool = "boost/asio/thread_pool.hpp";
inline const Words kBlockingCalls{"src/net/fetching.cpp", "src/connectors/sql_worker.cpp"};
/// Folders that are values in, values out, and what would let them reach the world.
inline const Words kPure{"include", "vocabulary", "lines", "rules", "outbox", "codec"};
inline const Words kWorld{"iostream", "fstream", "filesystem", "random", "unistd.h", "fcntl.h", "time.h", "ctime", "csignal"};
// clang-format on

inline bool has(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// `rules` of `src/rules/evaluate.cpp`; `include` of `include/backorderd/line.hpp`.
inline std::string folderOf(std::string_view path) {
    if (path.starts_with("include/")) return "include";
    path.remove_prefix(std::string_view{"src/"}.size());
    return std::string{path.substr(0, path.find('/'))};
}

inline const Library* libraryOf(std::string_view header) {
    const auto found = std::find_if(kLibraries.begin(), kLibraries.end(), [&](const Library& l) {
        return std::any_of(l.prefixes.begin(), l.prefixes.end(),
                           [&](std::string_view prefix) { return header.starts_with(prefix); });
    });
    return found == kLibraries.end() ? nullptr : &*found;
}

/// Headers of C++ are one word; those of C and POSIX end in `.h` and belong to no library that we
/// know.
inline bool isStandard(std::string_view header) {
    if (libraryOf(header) != nullptr) return false;
    constexpr std::string_view kWord = "abcdefghijklmnopqrstuvwxyz_0123456789";
    if (header.find_first_not_of(kWord) == header.npos) return true;
    return header.ends_with(".h") &&
           (header.find('/') == header.npos || header.starts_with("sys/") ||
            header.starts_with("netinet/") || header.starts_with("arpa/"));
}

/// Why a file of `folder` may not include `header`; empty: it may.
inline std::string whyForbidden(std::string_view path, std::string_view header) {
    const std::string folder = folderOf(path);
    const bool thread_pool = header == kThreadPool && !has(kBlockingCalls, path);
    if (has(kThreads, header) || thread_pool) return "there is one thread";
    if (path.ends_with(".hpp") && has(kNeverInHeaders, header))
        return "it is too heavy for a header";
    if (has(kPure, folder) && has(kWorld, header)) return folder + " is pure";
    if (header.starts_with("sys/") && has(kPure, folder)) return folder + " is pure";
    if (isStandard(header) || header.starts_with("backorderd/")) return "";

    if (folder == "include") {
        if (header == "boost/system/result.hpp") return "";
        const bool io_seam = path.ends_with("/connector.hpp") || path.ends_with("/sender.hpp");
        if (io_seam && header == "boost/asio/awaitable.hpp") return "";
        return "include/ has the standard library, boost/system/result.hpp and, in the two I/O "
               "seams, boost/asio/awaitable.hpp";
    }

    const auto rules = std::find_if(kFolders.begin(), kFolders.end(),
                                    [&](const Folder& f) { return f.name == folder; });
    if (rules == kFolders.end()) return "the folder " + folder + " is not in the table";
    // A header without a folder lies beside the file that includes it.
    const bool beside = header.find('/') == header.npos && header.ends_with(".hpp");
    if (beside || header.starts_with(folder + "/")) return "";
    if (const Library* library = libraryOf(header)) {
        if (library->name == "asio" && has(kBlockingCalls, path)) return "";
        if (library->name == "result" || has(rules->libraries, library->name)) return "";
        return fmt::format("{} does not own {}", folder, library->name);
    }
    if (has(rules->headers, header) || isOfTheShell(folder, header)) return "";
    return fmt::format("{} may not know it, or it is no library that we know", folder);
}

/// What stands between the brackets or quotes of an `#include`; empty for any other line. A
/// computed include is returned as it stands, and is then forbidden, because nobody can check it.
inline std::string includedBy(std::string_view line) {
    const auto skip = [&] {
        line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    };
    skip();
    if (!line.starts_with('#')) return "";
    line.remove_prefix(1);
    skip();
    if (!line.starts_with("include")) return "";
    line.remove_prefix(std::string_view{"include"}.size());
    skip();
    if (line.empty()) return "";
    const char closing = line.front() == '<' ? '>' : '"';
    if (line.front() != '<' && line.front() != '"') return std::string{line};
    line.remove_prefix(1);
    return std::string{line.substr(0, line.find(closing))};
}

/// Each forbidden include of a file, as `path:line: …`. `path` counts from the project's folder.
inline std::vector<std::string> forbiddenIncludes(std::string_view path, const std::string& text) {
    std::vector<std::string> problems;
    std::istringstream lines{text};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        const std::string header = includedBy(line);
        if (header.empty()) continue;
        const std::string why = whyForbidden(path, header);
        if (!why.empty())
            problems.push_back(
                fmt::format("{}:{}: must not include '{}': {}", path, number, header, why));
    }
    return problems;
}

/// Files have one subject: at most 400 lines.
inline constexpr std::ptrdiff_t kLinesMax = 400;

inline std::vector<std::string> overlong(std::string_view path, const std::string& text) {
    const std::ptrdiff_t lines = std::count(text.begin(), text.end(), '\n');
    if (lines <= kLinesMax) return {};
    return {fmt::format("{}: {} lines; a file of more than {} has two subjects", path, lines,
                        kLinesMax)};
}

}  // namespace backorderd::architecture
