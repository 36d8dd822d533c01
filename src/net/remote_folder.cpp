#include "net/remote_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>

#include "net/http.hpp"

namespace backorderd::net {
namespace {

using std::chrono::steady_clock;

constexpr long kFetchConnectSeconds = 30;
/// Less than a byte a second for a minute is a dead server, however long the fetch may take.
constexpr long kFetchDeadSeconds = 60;
constexpr std::size_t kListBytesMax = std::size_t{16} << 20;

/// Text of the server's, as far as it is not absurd.
struct List {
    std::string text;
    bool too_long = false;
};

std::size_t takeList(char* data, std::size_t, std::size_t size, void* context) {
    auto& list = *static_cast<List*>(context);
    list.too_long = list.text.size() + size > kListBytesMax;
    if (list.too_long) return CURL_WRITEFUNC_ERROR;
    list.text.append(data, size);
    return size;
}

std::size_t dropBytes(char*, std::size_t, std::size_t size, void*) { return size; }

/// A new file of ours that takes as many bytes as it was announced to have.
struct LocalFile {
    int descriptor = -1;
    std::uint64_t bytes = 0;
    std::uint64_t bytes_max = 0;
    std::string problem;

    ~LocalFile() {
        if (descriptor >= 0) ::close(descriptor);
    }
    void failed(std::string_view what) {
        problem = fmt::format("{}: {}", what, std::strerror(errno));
    }
};

std::size_t takeFile(char* data, std::size_t, std::size_t size, void* context) {
    auto& file = *static_cast<LocalFile*>(context);
    if (file.bytes + size > file.bytes_max) {
        file.problem = "it is longer than it was a moment ago";
        return CURL_WRITEFUNC_ERROR;
    }
    for (std::size_t done = 0; done < size;) {
        const ssize_t written = ::write(file.descriptor, data + done, size - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            file.failed("it cannot be written");
            return CURL_WRITEFUNC_ERROR;
        }
        done += static_cast<std::size_t>(written);
    }
    file.bytes += size;
    return size;
}

int stopped(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(context)->load() ? 1 : 0;
}

const char* orNull(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

}  // namespace

RemoteServer::RemoteServer(const FetchRequest& request, const std::atomic<bool>& stop)
    : request_{request},
      stop_{stop},
      deadline_{steady_clock::now() + request.timeout},
      easy_{makeEasy("sftp,ftps,ftp", error_)} {
    CURL* easy = easy_.get();
    logIn();
    checkServer();
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kFetchConnectSeconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kFetchDeadSeconds);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, &stopped);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &stop_);
    curl_easy_setopt(easy, CURLOPT_FTP_FILEMETHOD, static_cast<long>(CURLFTPMETHOD_SINGLECWD));
}

void RemoteServer::logIn() {
    CURL* easy = easy_.get();
    const RemoteFolder& from = request_.from;
    const bool by_key = !from.private_key_file.empty();
    curl_easy_setopt(easy, CURLOPT_USERNAME, from.user.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, from.password.reveal().c_str());
    curl_easy_setopt(easy, CURLOPT_SSH_AUTH_TYPES,
                     static_cast<long>(by_key ? CURLSSH_AUTH_PUBLICKEY
                                              : CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD));
    curl_easy_setopt(easy, CURLOPT_SSH_PRIVATE_KEYFILE, orNull(from.private_key_file));
    curl_easy_setopt(easy, CURLOPT_KEYPASSWD, from.passphrase.reveal().c_str());
}

/// Where libcurl is told neither, it takes any key: then the fingerprint is one that no key has.
void RemoteServer::checkServer() {
    CURL* easy = easy_.get();
    const RemoteFolder& from = request_.from;
    std::string fingerprint = from.host_key;
    if (fingerprint.starts_with("SHA256:")) fingerprint.erase(0, 7);
    if (from.known_hosts_file.empty() && fingerprint.empty()) fingerprint = "none";
    curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS, orNull(from.known_hosts_file));
    curl_easy_setopt(easy, CURLOPT_SSH_HOST_PUBLIC_KEY_SHA256, orNull(fingerprint));
    curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    if (!from.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, from.ca_file.c_str());
}

std::variant<std::vector<std::string>, TransferError> RemoteServer::names() {
    List list;
    curl_easy_setopt(easy_.get(), CURLOPT_NOBODY, 0L);
    curl_easy_setopt(easy_.get(), CURLOPT_DIRLISTONLY, 1L);
    if (auto failed = perform(request_.from.url, &takeList, &list)) {
        return error(list.too_long ? "the list of the folder is too long" : *failed);
    }
    std::vector<std::string> names;
    for (std::size_t begin = 0; begin < list.text.size();) {
        const std::size_t end = std::min(list.text.find('\n', begin), list.text.size());
        std::string name = list.text.substr(begin, end - begin);
        if (name.ends_with('\r')) name.pop_back();
        // Some servers answer with paths.
        name.erase(0, name.rfind('/') + 1);
        if (!name.empty()) names.push_back(std::move(name));
        begin = end + 1;
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

std::variant<RemoteFile, TransferError> RemoteServer::look(const std::string& name) {
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
    auto failed = perform(urlOf(name), &dropBytes, nullptr);
    curl_off_t bytes = -1;
    curl_off_t changed = -1;
    curl_easy_getinfo(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &bytes);
    curl_easy_getinfo(easy, CURLINFO_FILETIME_T, &changed);
    if (failed) return error(fmt::format("'{}': {}", name, *failed));
    // libcurl does not tell an empty file of SFTP from one of unknown length.
    if (bytes < 0 && request_.from.url.starts_with("sftp://")) bytes = 0;
    if (bytes < 0 || changed <= 0)
        return error(
            fmt::format("'{}': the server does not say how long it is and when it was "
                        "changed (SIZE and MDTM of FTP)",
                        name));
    return RemoteFile{name, static_cast<std::uint64_t>(bytes),
                      std::chrono::sys_seconds{std::chrono::seconds{changed}}};
}

std::optional<TransferError> RemoteServer::fetch(const RemoteFile& file, const std::string& path) {
    if (file.bytes > request_.file_bytes_max)
        return error(fmt::format("'{}' has {} bytes, and limits.file_bytes_max is {}", file.name,
                                 file.bytes, request_.file_bytes_max));
    LocalFile local;
    local.bytes_max = file.bytes;
    local.descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (local.descriptor < 0) {
        local.failed(fmt::format("'{}' cannot be made", path));
        return error(local.problem);
    }
    curl_easy_setopt(easy_.get(), CURLOPT_NOBODY, 0L);
    curl_easy_setopt(easy_.get(), CURLOPT_DIRLISTONLY, 0L);
    auto failed = perform(urlOf(file.name), &takeFile, &local);
    if (local.problem.empty() && failed) local.problem = *failed;
    if (local.problem.empty() && local.bytes != file.bytes)
        local.problem = fmt::format("{} of {} bytes came", local.bytes, file.bytes);
    const timespec changed{file.changed.time_since_epoch().count(), 0};
    const timespec times[2]{changed, changed};
    if (local.problem.empty() &&
        (::futimens(local.descriptor, times) != 0 || ::fsync(local.descriptor) != 0))
        local.failed(fmt::format("'{}' cannot be kept", path));
    if (local.problem.empty()) return std::nullopt;
    return error(fmt::format("'{}': {}", file.name, local.problem));
}

TransferError RemoteServer::error(std::string_view reason) const {
    return {fmt::format("{}: {}", hostOf(request_.from.url), reason)};
}

std::optional<std::string> RemoteServer::perform(const std::string& url, TakeBytes take,
                                                 void* context) {
    CURL* easy = easy_.get();
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - steady_clock::now());
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(std::max<std::int64_t>(1, left.count())));
    error_[0] = '\0';
    const CURLcode result = curl_easy_perform(easy);
    if (result == CURLE_OK) return std::nullopt;
    if (error_[0] != '\0') return error_;
    // libcurl says no more where the server's key is not among those that are known.
    if (result == CURLE_PEER_FAILED_VERIFICATION)
        return "the server's key is not one that is known for it";
    return curl_easy_strerror(result);
}

std::string RemoteServer::urlOf(const std::string& name) const {
    struct Free {
        void operator()(char* text) const { curl_free(text); }
    };
    const std::unique_ptr<char, Free> escaped{
        curl_easy_escape(easy_.get(), name.c_str(), static_cast<int>(name.size()))};
    if (!escaped) throw std::bad_alloc();
    return request_.from.url + escaped.get();
}

}  // namespace backorderd::net
