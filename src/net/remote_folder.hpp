#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "net/curl_multi.hpp"
#include "net/net.hpp"

namespace backorderd::net {

/// A connection to a server of files, kept from one question to the next. Every call blocks: for
/// one that hangs, until the request's time is over or `stop` is set. Both outlive it.
class RemoteServer {
public:
    RemoteServer(const FetchRequest& request, const std::atomic<bool>& stop);

    /// What lies in the folder, folders and all, in the order of the names.
    std::variant<std::vector<std::string>, TransferError> names();
    /// Size and time of a file.
    std::variant<RemoteFile, TransferError> look(const std::string& name);
    /// Makes the file `path` of it, which must not be there yet: of exactly as many bytes, as old,
    /// and on the disk.
    std::optional<TransferError> fetch(const RemoteFile& file, const std::string& path);

    TransferError error(std::string_view reason) const;

private:
    using TakeBytes = std::size_t (*)(char* data, std::size_t, std::size_t size, void* context);
    void logIn();
    void checkServer();
    /// Why it did not work; nothing: it did.
    std::optional<std::string> perform(const std::string& url, TakeBytes take, void* context);
    std::string urlOf(const std::string& name) const;

    const FetchRequest& request_;
    const std::atomic<bool>& stop_;
    std::chrono::steady_clock::time_point deadline_;
    char error_[CURL_ERROR_SIZE];
    EasyHandle easy_;
};

}  // namespace backorderd::net
