#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "senders/web.hpp"

namespace backorderd::senders {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kUrlBytesMax = 2048;
constexpr int kFirstFreePort = 1024;
constexpr int kLastPort = 65535;

struct Authority {
    std::string_view host;  ///< an IPv6 address with its brackets
    std::string_view port;
    bool has_port = false;
};

Authority authorityOf(std::string_view url) {
    std::string_view rest = url.substr(url.find("://") + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    const auto bracket = rest.rfind(']');
    const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos) return {rest, {}, false};
    return {rest.substr(0, colon), rest.substr(colon + 1), true};
}

bool isEndpointPort(std::string_view text) {
    int port = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failed != std::errc{} || end != text.data() + text.size() || text.front() == '0')
        return false;
    return port == 80 || port == 443 || (port >= kFirstFreePort && port <= kLastPort);
}

/// What a resolver takes for an IPv4 address: its last part is a number, also in octal or
/// hexadecimal.
bool looksLikeIpv4(std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string_view last = host.substr(host.rfind('.') + 1);
    if (last.starts_with("0x") || last.starts_with("0X")) return true;
    return !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string whyNotHost(std::string_view host) {
    if (host.empty()) return "it must name a host";
    if (host.starts_with('[')) {
        const std::string inner(
            host.substr(1, host.size() - std::min<std::size_t>(2, host.size())));
        in6_addr bytes;
        const bool whole = host.ends_with(']') && host.size() > 2;
        return whole && ::inet_pton(AF_INET6, inner.c_str(), &bytes) == 1
                   ? ""
                   : "between [ and ] stands an IPv6 address, without a zone";
    }
    const auto isOfAName = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    };
    if (!std::all_of(host.begin(), host.end(), isOfAName))
        return "its host holds a sign that no host name has; write names in other scripts as "
               "xn--…";
    in_addr bytes;
    if (looksLikeIpv4(host) && ::inet_pton(AF_INET, std::string(host).c_str(), &bytes) != 1)
        return "an IPv4 address is written as four numbers with dots";
    return {};
}

std::string readUrl(config::Section& section, const WebAddress& address) {
    if (!address.fallback.empty()) return section.text("url", address.fallback, address.meaning);
    if (!address.is_secret) return section.required("url", address.meaning);
    if (!section.has("url"))
        section.problem("url", "'url' is missing, as { file: PATH }, for example");
    return section.secret("url", address.meaning).value_or(Secret{}).reveal();
}

void checkUrl(config::Section& section, const WebSettings& settings, bool allow_http,
              const std::vector<std::string>& allowed) {
    if (settings.url.empty()) return;
    if (const std::string why = whyNotEndpoint(settings.url, allow_http); !why.empty())
        return section.problem("url", fmt::format("'url' is no address to post to: {}", why));
    const std::string host = hostOfUrl(settings.url);
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), host) == allowed.end())
        section.problem("url", fmt::format("the host '{}' is not among 'allow_hosts'", host));
    const std::string why = net::whyNotPublicHost(host);
    if (settings.public_only && !why.empty())
        section.problem("url", fmt::format("'{}' is no public address ({}); for a receiver in your "
                                           "own network set 'allow_private: true'",
                                           host, why));
}

}  // namespace

std::string hostOfUrl(std::string_view url) {
    if (url.find("://") == std::string_view::npos) return {};
    std::string_view named = authorityOf(url).host;
    named.remove_prefix(named.rfind('@') + 1);
    std::string host(named);
    std::transform(host.begin(), host.end(), host.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return host;
}

std::string whyNotEndpoint(std::string_view url, bool allow_http) {
    const bool plain = url.starts_with("http://");
    if (!url.starts_with("https://") && !(plain && allow_http))
        return plain ? "it must begin with https://, unless 'allow_http: true' is set"
                     : "it must begin with https://";
    if (url.size() > kUrlBytesMax) return fmt::format("it is longer than {} bytes", kUrlBytesMax);
    const auto isForbidden = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte <= ' ' || byte >= 0x7f ||
               std::string_view{"\"<>\\^`{}|"}.find(c) != std::string_view::npos;
    };
    if (std::any_of(url.begin(), url.end(), isForbidden))
        return "it holds a sign that must be written as %XX";
    if (url.find('#') != std::string_view::npos) return "it has a fragment, which is never sent";
    const Authority authority = authorityOf(url);
    if (authority.host.find('@') != std::string_view::npos ||
        authority.port.find('@') != std::string_view::npos)
        return "it holds a user; nothing before the host is allowed";
    if (std::string why = whyNotHost(authority.host); !why.empty()) return why;
    if (authority.has_port && (authority.port.empty() || !isEndpointPort(authority.port)))
        return "its port is none of 80, 443 and 1024 to 65535";
    return {};
}

WebSettings readWeb(config::Section& section, const WebAddress& address, int parallel) {
    WebSettings settings;
    settings.url = readUrl(section, address);
    const bool allow_http = section.flag(
        "allow_http", false, "Whether the address may be http://, which anybody on the way reads.");
    settings.public_only = !section.flag(
        "allow_private", false,
        "Whether the receiver may be in a private network or on this machine; without it, an "
        "address that leads there is not connected to.");
    std::vector<std::string> allowed =
        section.texts("allow_hosts", "Hosts of which the address must name one; empty: any.");
    for (std::string& host : allowed) host = hostOfUrl("https://" + host);
    checkUrl(section, settings, allow_http, allowed);
    settings.parallel =
        static_cast<int>(section.number("parallel", {.fallback = parallel, .min = 1, .max = 100},
                                        "How many messages may be under way at once."));
    settings.timeout =
        section.duration("timeout", {.fallback = 30s, .min = 1s, .max = 5min},
                         "How long the receiver may take to answer. A short time makes more "
                         "outcomes unknown.");
    settings.ca_file = section.path(
        "ca_file", "", "Certificates (PEM) that prove the receiver; empty: those of the system.");
    if (!settings.ca_file.empty() && ::access(settings.ca_file.c_str(), R_OK) != 0)
        section.problem("ca_file", fmt::format("'{}' cannot be read", settings.ca_file));
    return settings;
}

}  // namespace backorderd::senders
