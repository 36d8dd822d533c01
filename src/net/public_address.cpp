#include "net/public_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "net/net.hpp"

namespace backorderd::net {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

struct Network {
    Bytes prefix;
    int bits;
    std::string_view what;
};

/// IANA's registry of special-purpose IPv4 addresses, and what RFC 5771 and RFC 1112 say of the
/// classes D and E.
constexpr std::array kIpv4{
    Network{{0}, 8, "an unspecified address"},
    Network{{10}, 8, "a private network"},
    Network{{100, 64}, 10, "a carrier's shared network"},
    Network{{127}, 8, "loopback"},
    Network{{169, 254}, 16, "link-local"},
    Network{{172, 16}, 12, "a private network"},
    Network{{192, 0, 0}, 24, "reserved for protocols"},
    Network{{192, 0, 2}, 24, "for documentation"},
    Network{{192, 31, 196}, 24, "reserved for protocols"},
    Network{{192, 52, 193}, 24, "reserved for protocols"},
    Network{{192, 88, 99}, 24, "reserved for protocols"},
    Network{{192, 168}, 16, "a private network"},
    Network{{192, 175, 48}, 24, "reserved for protocols"},
    Network{{198, 18}, 15, "for benchmarks"},
    Network{{198, 51, 100}, 24, "for documentation"},
    Network{{203, 0, 113}, 24, "for documentation"},
    Network{{224}, 4, "multicast"},
    Network{{240}, 4, "reserved"},
};

/// Of IPv6 only 2000::/3 is given out for the public net; these parts of it are not.
constexpr std::array kIpv6{
    Network{{0x20, 0x01, 0x00}, 23, "reserved for protocols"},  // Teredo and ORCHID among them
    Network{{0x20, 0x01, 0x0d, 0xb8}, 32, "for documentation"},
    Network{{0x20, 0x02}, 16, "an IPv4 address in 6to4"},
    Network{{0x26, 0x20, 0x00, 0x4f, 0x80}, 48, "reserved for protocols"},
    Network{{0x3f, 0xff}, 20, "for documentation"},
};
/// Names for the better known of the rest, for the message alone.
constexpr std::array kIpv6Named{
    Network{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 128, "an unspecified address"},
    Network{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
    Network{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "an IPv4 address in IPv6"},
    Network{{0, 0x64, 0xff, 0x9b}, 32, "an IPv4 address behind NAT64"},
    Network{{0xfc}, 7, "a private network"},
    Network{{0xfe, 0x80}, 10, "link-local"},
    Network{{0xff}, 8, "multicast"},
};

bool holds(const Network& network, const Bytes& address) {
    for (int bit = 0; bit < network.bits; bit += 8) {
        const auto at = static_cast<std::size_t>(bit / 8);
        const int left = std::min(8, network.bits - bit);
        const auto mask = static_cast<std::uint8_t>(0xff << (8 - left));
        if (((network.prefix[at] ^ address[at]) & mask) != 0) return false;
    }
    return true;
}

template <std::size_t N>
std::string whatHolds(const std::array<Network, N>& networks, const Bytes& address) {
    const auto found = std::find_if(networks.begin(), networks.end(), [&](const Network& network) {
        return holds(network, address);
    });
    return found == networks.end() ? std::string{} : std::string{found->what};
}

}  // namespace

std::string whyNotPublic(const sockaddr& address) {
    Bytes bytes{};
    if (address.sa_family == AF_INET) {
        const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
        const auto* const first = reinterpret_cast<const std::uint8_t*>(&ipv4.sin_addr);
        std::copy_n(first, 4, bytes.begin());
        return whatHolds(kIpv4, bytes);
    }
    if (address.sa_family != AF_INET6) return "no address of the internet";
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::copy_n(ipv6.sin6_addr.s6_addr, bytes.size(), bytes.begin());
    if ((bytes[0] & 0xe0) == 0x20) return whatHolds(kIpv6, bytes);
    const std::string what = whatHolds(kIpv6Named, bytes);
    return what.empty() ? "reserved" : what;
}

std::string whyNotPublicHost(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const std::string literal(host);
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    if (::inet_pton(AF_INET, literal.c_str(), &ipv4.sin_addr) == 1)
        return whyNotPublic(reinterpret_cast<const sockaddr&>(ipv4));
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    if (::inet_pton(AF_INET6, literal.c_str(), &ipv6.sin6_addr) == 1)
        return whyNotPublic(reinterpret_cast<const sockaddr&>(ipv6));
    return {};
}

std::string addressText(const sockaddr& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* const bytes =
        address.sa_family == AF_INET
            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
            : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
    if (address.sa_family != AF_INET && address.sa_family != AF_INET6) return "its address";
    ::inet_ntop(address.sa_family, bytes, text.data(), text.size());
    return text.data();
}

}  // namespace backorderd::net
