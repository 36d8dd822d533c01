#pragma once

#include <boost/asio/awaitable.hpp>
#include <variant>

#include "net/curl_multi.hpp"
#include "net/net.hpp"

namespace backorderd::net {

/// One request over a connection of `multi`'s pool; see `Net::http`.
boost::asio::awaitable<std::variant<HttpResponse, TransferError>> transferHttp(CurlMulti& multi,
                                                                               HttpRequest request);

/// `host:port` of an address, for messages; the whole text where it cannot be told.
std::string hostOf(const std::string& url);

}  // namespace backorderd::net
