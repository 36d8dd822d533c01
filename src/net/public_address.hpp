#pragma once

#include <sys/socket.h>

#include <string>

namespace backorderd::net {

/// What makes an address one that must not be reached from settings which others may write:
/// `loopback`, `a private network` …; empty: it is public. An IPv6 address that carries an IPv4 one
/// (mapped, NAT64, 6to4 …) is not public, whatever it carries.
std::string whyNotPublic(const sockaddr& address);

/// The address without its port, as people write it.
std::string addressText(const sockaddr& address);

}  // namespace backorderd::net
