#include "connectors/files_fetch.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "connectors/files_folder.hpp"
#include "connectors/files_take.hpp"

namespace backorderd::connectors::files {
namespace {

namespace fs = std::filesystem;
using config::Section;

constexpr std::string_view kFetchFolder = ".fetch-";
/// What a fetch left behind that was killed is not touched before its time is over for certain.
constexpr std::chrono::hours kLeftBehind{24};

Failure fetchFailure(std::string reason) { return {Failure::Again::Later, std::move(reason)}; }

/// A folder within the drop folder, so that what is fetched can be renamed into it.
class FetchFolder {
public:
    FetchFolder(const std::string& folder, Timestamp now) {
        removeLeftBehind(folder, now);
        path_ = fmt::format("{}/{}XXXXXX", folder, kFetchFolder);
        if (::mkdtemp(path_.data()) == nullptr) path_.clear();
    }
    ~FetchFolder() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }
    FetchFolder(const FetchFolder&) = delete;
    FetchFolder& operator=(const FetchFolder&) = delete;
    /// Empty: it could not be made.
    const std::string& path() const { return path_; }

private:
    static void removeLeftBehind(const std::string& folder, Timestamp now) {
        std::error_code error;
        for (const auto& path : entriesOf(folder, error)) {
            if (!path.filename().string().starts_with(kFetchFolder)) continue;
            struct stat status {};
            if (::stat(path.c_str(), &status) != 0) continue;
            const Timestamp changed{std::chrono::seconds{status.st_mtim.tv_sec}};
            if (now - changed > kLeftBehind) fs::remove_all(path, error);
        }
    }

    std::string path_;
};

/// The files of an export that lie in a folder of ours, as a server would list them.
std::vector<net::RemoteFile> filesIn(const std::string& folder, const FilesSettings& settings) {
    std::vector<net::RemoteFile> files;
    std::error_code error;
    for (const auto& path : entriesOf(folder, error)) {
        const std::string name = path.filename().string();
        struct stat status {};
        if (!isOfExport(settings, name) || ::stat(path.c_str(), &status) != 0) continue;
        if (!S_ISREG(status.st_mode)) continue;
        files.push_back({name, static_cast<std::uint64_t>(status.st_size),
                         std::chrono::sys_seconds{std::chrono::seconds{status.st_mtim.tv_sec}}});
    }
    return files;
}

net::FetchRequest requestOf(const FilesSettings& settings) {
    net::FetchRequest request;
    request.from = *settings.remote;
    request.wanted = [settings](const std::string& name) { return isOfExport(settings, name); };
    request.timeout = settings.fetch_timeout;
    request.file_bytes_max = settings.limits.file_bytes_max;
    return request;
}

/// The proof goes last, so that nobody sees it without what it proves.
std::optional<Failure> putInto(const FilesSettings& settings, const std::string& from,
                               std::vector<std::string> names) {
    std::stable_partition(names.begin(), names.end(),
                          [&](const std::string& name) { return !isProof(settings, name); });
    for (const std::string& name : names) {
        std::error_code error;
        fs::rename(fs::path{from} / name, fs::path{settings.folder} / name, error);
        if (error)
            return fetchFailure(fmt::format("'{}' cannot be put into '{}': {}", name,
                                            settings.folder, error.message()));
    }
    return std::nullopt;
}

std::optional<Failure> removeGone(const FilesSettings& settings,
                                  const std::vector<net::RemoteFile>& there) {
    for (const auto& file : filesIn(settings.folder, settings)) {
        std::error_code error;
        const bool gone =
            std::ranges::find(there, file.name, &net::RemoteFile::name) == there.end();
        if (gone) fs::remove(fs::path{settings.folder} / file.name, error);
        if (error)
            return fetchFailure(
                fmt::format("'{}' is not on the server any more, and cannot be "
                            "removed from '{}': {}",
                            file.name, settings.folder, error.message()));
    }
    return std::nullopt;
}

void checkLogin(Section& section, const net::RemoteFolder& from) {
    const bool ssh = from.url.starts_with("sftp://");
    if (from.user.empty()) section.problem("user", "'user' is missing");
    if (from.password.empty() && from.private_key_file.empty())
        section.problem("password",
                        ssh ? "set 'password', as { file: PATH }, for example, or 'private_key'"
                            : "'password' is missing, as { file: PATH }, for example");
    if (ssh && from.known_hosts_file.empty() == from.host_key.empty())
        section.problem("host_key",
                        "say how the server is known: either 'known_hosts', a file made with "
                        "ssh-keyscan and compared, or 'host_key', its fingerprint");
    if (!from.host_key.empty() && !from.host_key.starts_with("SHA256:"))
        section.problem("host_key", "write the fingerprint as `ssh-keygen -l` does: SHA256:…");
    const bool has_ssh =
        !from.private_key_file.empty() || !from.known_hosts_file.empty() || !from.host_key.empty();
    if (!ssh && has_ssh)
        section.problem("url", "'private_key', 'known_hosts' and 'host_key' are for sftp:// alone");
    if (ssh && !from.ca_file.empty())
        section.problem("ca_file", "'ca_file' is for ftps:// and ftp:// alone");
}

void checkUrl(Section& section, std::string& url) {
    const bool known =
        url.starts_with("sftp://") || url.starts_with("ftps://") || url.starts_with("ftp://");
    if (!known)
        section.problem("url",
                        "write sftp://HOST/FOLDER/, ftps://HOST/FOLDER/, or ftp://HOST/"
                        "FOLDER/ where TLS begins with AUTH TLS");
    if (url.find('@') != std::string::npos)
        section.problem("url", "leave user and password out of 'url': they have keys of their own");
    if (url.find_first_of("?#;\r\n ") != std::string::npos)
        section.problem("url", "a sign in 'url' does not belong there: write it as %20, say");
    if (!url.ends_with('/')) url += '/';
}

}  // namespace

FetchSettings readFetch(Section section, bool on) {
    FetchSettings fetch;
    net::RemoteFolder& from = fetch.from;
    from.url = section.text("url", "",
                            "The folder on the server: `sftp://`, `ftps://`, or `ftp://` for TLS "
                            "that begins with AUTH TLS; nothing is ever sent without encryption.");
    from.user = section.text("user", "", "Whom to log in as.");
    from.password = section.secret("password", "The user's password.").value_or(Secret{});
    from.private_key_file =
        section.path("private_key", "", "The SSH key to log in with, instead of a password.");
    from.passphrase =
        section.secret("passphrase", "What the SSH key is encrypted with.").value_or(Secret{});
    from.known_hosts_file =
        section.path("known_hosts", "", "The keys of SSH servers, as OpenSSH keeps them.");
    from.host_key = section.text("host_key", "",
                                 "The fingerprint of the server's SSH key, `SHA256:…`, instead of "
                                 "a file of known hosts.");
    from.ca_file = section.path("ca_file", "",
                                "The authorities that the server's certificate may come from; "
                                "empty: the system's.");
    fetch.timeout = section.duration("timeout",
                                     {.fallback = std::chrono::minutes{10},
                                      .min = std::chrono::seconds{1},
                                      .max = std::chrono::hours{4}},
                                     "The time that one poll may take to fetch.");
    if (!on) return fetch;
    if (!section.has("url"))
        section.problem("url", "'url' is missing");
    else
        checkUrl(section, from.url);
    checkLogin(section, from);
    return fetch;
}

boost::asio::awaitable<std::optional<Failure>> fetchExport(const FilesSettings& settings,
                                                           Timestamp now, net::Net& net) {
    std::optional<Failure> failure;
    const FetchFolder folder{settings.folder, now};
    if (folder.path().empty()) {
        failure = fetchFailure(fmt::format("no folder can be made in '{}', to fetch files into: {}",
                                           settings.folder, std::strerror(errno)));
        co_return failure;
    }
    auto request = requestOf(settings);
    request.into = folder.path();
    request.have = filesIn(settings.folder, settings);
    if (settings.keep_processed > 0) {
        request.all_or_none = true;
        if (request.have.empty()) request.have = filesIn(currentFolder(settings), settings);
    }
    auto answer = co_await net.fetch(std::move(request));
    if (const auto* error = std::get_if<net::TransferError>(&answer)) {
        failure = fetchFailure(error->reason);
        co_return failure;
    }
    const auto& fetched = std::get<net::Fetched>(answer);
    failure = putInto(settings, folder.path(), fetched.names);
    if (!failure) failure = removeGone(settings, fetched.files);
    co_return failure;
}

boost::asio::awaitable<RemoteLook> lookAtServer(const FilesSettings& settings, net::Net& net) {
    auto request = requestOf(settings);
    auto answer = co_await net.list(std::move(request));
    RemoteLook look;
    if (const auto* error = std::get_if<net::TransferError>(&answer)) {
        look.text = error->reason;
        co_return look;
    }
    look.ok = true;
    look.text = fmt::format("{}: {} files of exports", settings.remote->url,
                            std::get<net::Fetched>(answer).files.size());
    for (const auto& file : std::get<net::Fetched>(answer).files)
        look.text += fmt::format("\n  {} ({} bytes, {})", file.name, file.bytes,
                                 formatTimestamp(file.changed));
    co_return look;
}

}  // namespace backorderd::connectors::files
