#include "connectors/json_server.hpp"

#include <nlohmann/json.hpp>

namespace backorderd::connectors {

using nlohmann::json;

namespace {

constexpr int kDepthMax = 32;
constexpr std::size_t kGlimpseBytesMax = 200;

/// Whether brackets nest deeper than an honest answer's. nlohmann::json would follow them.
bool nestsTooDeep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > kDepthMax) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

/// Of an address that begins with `http://`; a name may begin as an address does.
bool isLoopback(std::string_view url) {
    url.remove_prefix(std::string_view{"http://"}.size());
    const auto host =
        url.substr(0, url.find_first_of(":/", url.starts_with('[') ? url.find(']') : 0));
    return host == "localhost" || host == "[::1]" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

}  // namespace

json parseWithinLimits(const std::string& body) {
    if (nestsTooDeep(body)) return json::value_t::discarded;
    return json::parse(body, nullptr, false);
}

std::string glimpse(std::string_view text) {
    std::string words;
    for (const char c : text.substr(0, kGlimpseBytesMax))
        words += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    // A character cut in two would not be UTF-8 any more.
    while (text.size() > kGlimpseBytesMax && !words.empty() &&
           (static_cast<unsigned char>(words.back()) & 0x80) != 0)
        words.pop_back();
    return words;
}

std::string readServerUrl(config::Section& section, const std::string& meaning) {
    std::string url = section.required("url", meaning);
    if (url.empty()) return url;
    if (!url.starts_with("http://") && !url.starts_with("https://"))
        section.problem("url", "must begin with http:// or https://");
    if (url.find('@') != std::string::npos || url.find('?') != std::string::npos)
        section.problem("url",
                        "is the bare address of the server: user and password have keys of "
                        "their own");
    if (url.starts_with("http://") && !isLoopback(url))
        section.problem("url", "the password crosses the network unencrypted; use https://",
                        Severity::Warning);
    if (!url.ends_with('/')) url += '/';
    return url;
}

}  // namespace backorderd::connectors
