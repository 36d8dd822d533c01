#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "connectors/files_folder.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::files {

/// The SHA-256 of each file, as hexadecimal digits in lower case.
using Sums = std::map<std::string, std::string>;

/// Reads a manifest, in the format of sha256sum.
std::variant<Sums, Failure> readManifest(const std::string& path);

/// Files whose sums were found to be right, so that none is added up twice.
using VerifiedFiles = std::vector<std::pair<Stamp, std::string>>;

/// Why a file of the listing is not what the manifest says, if so; where it was fetched, it is then
/// removed, so that it is fetched again. Goes through the files in slices that leave the loop its
/// turns.
boost::asio::awaitable<std::optional<Failure>> verifySums(const Listing& listing, bool fetched,
                                                          VerifiedFiles& verified, net::Net& net);

}  // namespace backorderd::connectors::files
