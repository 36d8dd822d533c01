#include "connectors/rest_text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace backorderd::connectors::rest {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

std::string encoded(std::string_view text, std::string_view also_plain) {
    std::string made;
    for (const char c : text)
        if (kUnreserved.find(c) != kUnreserved.npos || also_plain.find(c) != also_plain.npos)
            made += c;
        else
            made += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return made;
}

std::string escaped(std::string_view value, Escape escape) {
    std::string made;
    for (const char c : value) {
        if (c == '\'' && escape == Escape::Doubled) made += '\'';
        if ((c == '\'' || c == '"' || c == '\\') && escape == Escape::Backslash) made += '\\';
        made += c;
    }
    return made;
}

std::string written(std::string_view value, Within within, Escape escape) {
    if (within == Within::Plain) return std::string{value};
    std::string text = escaped(value, escape);
    if (within == Within::Path) return encoded(text, "',$:@");
    if (within == Within::Query) return text;
    const std::string quoted =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

/// The name that begins at `at` with its brace; empty where none does.
std::string_view nameAt(std::string_view text, std::size_t at) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", at + 1);
    if (text[at] != '{' || end == text.npos || text[end] != '}') return {};
    return text.substr(at + 1, end - at - 1);
}

}  // namespace

std::string fill(std::string_view text, const Texts& values, Within within, Escape escape) {
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view name = nameAt(text, at);
        const auto found = name.empty() ? values.end() : values.find(name);
        if (found != values.end()) {
            // The keys of a list have been written each on its own.
            made += written(found->second, within, name == "keys" ? Escape::None : escape);
            at += name.size() + 1;
        } else if (within == Within::Path) {
            made += encoded(text.substr(at, 1), "/:?&=$'(),;@!*+%");
        } else {
            made += text[at];
        }
    }
    return made;
}

std::vector<std::string> namesIn(std::string_view text) {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (const auto name = nameAt(text, at); !name.empty()) names.emplace_back(name);
    return names;
}

std::string percentEncoded(std::string_view text) { return encoded(text, {}); }

std::string base64Of(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string originOf(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == url.npos) return std::string{url};
    return std::string{url.substr(0, std::min(url.find_first_of("/?#", scheme + 3), url.size()))};
}

std::string resolveLink(std::string_view base, std::string_view link) {
    if (link.starts_with("http://") || link.starts_with("https://")) return std::string{link};
    const std::string origin = originOf(base);
    if (link.starts_with('/')) return origin + std::string{link};
    std::string_view path = base.substr(0, std::min(base.find('?'), base.size()));
    if (link.starts_with('?')) return std::string{path} + std::string{link};
    if (path.size() > origin.size()) path = path.substr(0, path.rfind('/') + 1);
    return std::string{path} + std::string{link};
}

}  // namespace backorderd::connectors::rest
