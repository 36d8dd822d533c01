#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>

#include "backorderd/dates.hpp"
#include "backorderd/problem.hpp"
#include "config/section.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::files {

struct FilesSettings;

/// What the settings say of the server that files are fetched from.
struct FetchSettings {
    net::RemoteFolder from;
    std::chrono::seconds timeout{};
};
/// Reads and checks the section; `on`: it is there.
FetchSettings readFetch(config::Section section, bool on);

/// Makes the folder what the server's is: what is new there is fetched and put into it, whole; what
/// the server has no longer is removed. Where exports are taken out of the folder, it is compared
/// with the one that was taken last. After a failure, the folder is as it was.
boost::asio::awaitable<std::optional<Failure>> fetchExport(const FilesSettings& settings,
                                                           Timestamp now, net::Net& net);

/// What the server has, for a person, or why it cannot be told.
struct RemoteLook {
    bool ok = false;
    std::string text;
};
boost::asio::awaitable<RemoteLook> lookAtServer(const FilesSettings& settings, net::Net& net);

}  // namespace backorderd::connectors::files
