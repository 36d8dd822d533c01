#pragma once

#include <boost/asio/awaitable.hpp>

#include "backorderd/connector.hpp"
#include "connectors/files_settings.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::files {

/// Says what the server has, where files are fetched; what lies in the folder, or is the current
/// export; and which columns of it are read, from the beginning of the first file of each sort.
boost::asio::awaitable<Probe> probeFolder(const FilesSettings& settings, Timestamp now,
                                          net::Net& net);

}  // namespace backorderd::connectors::files
