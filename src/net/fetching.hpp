#pragma once

#include <boost/asio/awaitable.hpp>
#include <variant>

#include "net/net.hpp"

namespace backorderd::net {

enum class FetchWhat { List, Files };

/// See `Net::fetch` and `Net::list`.
boost::asio::awaitable<std::variant<Fetched, TransferError>> fetchFiles(FetchRequest request,
                                                                        FetchWhat what);

}  // namespace backorderd::net
