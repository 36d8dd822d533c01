#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "connectors/rest_session.hpp"

namespace backorderd::connectors::rest {
namespace {

std::string percentDecoded(std::string_view text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* digits = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
            made += static_cast<char>(byte);
            i += 2;
        } else {
            made += text[i];
        }
    }
    return made;
}

Table queryOf(std::string_view url) {
    Table pairs;
    const auto begin = url.find('?');
    while (begin != url.npos && !url.empty()) {
        url.remove_prefix(pairs.empty() ? begin + 1 : 0);
        const auto end = std::min(url.find('&'), url.size());
        const std::string_view pair = url.substr(0, end);
        const auto sign = std::min(pair.find('='), pair.size());
        pairs.emplace_back(percentDecoded(pair.substr(0, sign)),
                           percentDecoded(pair.substr(std::min(sign + 1, pair.size()))));
        url.remove_prefix(std::min(end + 1, url.size()));
    }
    return pairs;
}

std::string hmacSha256(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(),
             &size) == nullptr)
        throw std::runtime_error("HMAC-SHA256 failed");
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string nonce() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("there are no random bytes");
    std::string text;
    for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

}  // namespace

bool Session::logsIn() const {
    return access_.auth == "session" || access_.auth == "client_credentials" ||
           access_.auth == "refresh_token";
}

Texts Session::credentials() const {
    return {{"user", access_.user},
            {"password", access_.password.reveal()},
            {"token", access_.token.reveal()}};
}

/// RFC 5849, 3.4 and 3.5.1, with HMAC-SHA256.
std::string Session::oauth1Header(const Call& call) const {
    Table parameters{{"oauth_consumer_key", access_.user},
                     {"oauth_nonce", nonce()},
                     {"oauth_signature_method", "HMAC-SHA256"},
                     {"oauth_timestamp", std::to_string(clock_.now().time_since_epoch().count())},
                     {"oauth_token", access_.token_id},
                     {"oauth_version", "1.0"}};
    Table all;
    for (const auto& [name, value] : parameters)
        all.emplace_back(percentEncoded(name), percentEncoded(value));
    for (const auto& [name, value] : queryOf(call.url))
        all.emplace_back(percentEncoded(name), percentEncoded(value));
    std::ranges::sort(all);
    std::string normal;
    for (const auto& [name, value] : all)
        normal += (normal.empty() ? "" : "&") + name + "=" + value;
    const std::string base = call.method + "&" +
                             percentEncoded(call.url.substr(0, call.url.find('?'))) + "&" +
                             percentEncoded(normal);
    const Secret key{percentEncoded(access_.password.reveal()) + "&" +
                     percentEncoded(access_.token.reveal())};
    parameters.emplace_back("oauth_signature", base64Of(hmacSha256(key.reveal(), base)));
    std::string header = "OAuth ";
    if (!mapping_.auth.realm.empty())
        header += fmt::format("realm=\"{}\", ",
                              fill(mapping_.auth.realm, values_, Within::Plain, Escape::None));
    for (std::size_t i = 0; i < parameters.size(); ++i)
        header += fmt::format("{}{}=\"{}\"", i == 0 ? "" : ", ", parameters[i].first,
                              percentEncoded(parameters[i].second));
    return header;
}

void Session::authorize(Call& call) const {
    const auto& auth = access_.auth;
    const auto add = [&](std::string name, std::string value) {
        call.headers.emplace_back(std::move(name), std::move(value));
    };
    if (auth == "basic")
        add("Authorization", "Basic " + base64Of(access_.user + ":" + access_.password.reveal()));
    if (auth == "bearer") add("Authorization", "Bearer " + access_.token.reveal());
    if (auth == "client_credentials" || auth == "refresh_token")
        add("Authorization", "Bearer " + session_token_.reveal());
    if (auth == "header")
        add(mapping_.auth.header,
            fill(mapping_.auth.text, credentials(), Within::Plain, Escape::None));
    if (auth == "oauth1") add("Authorization", oauth1Header(call));
    if (auth == "session" && !cookies_.empty()) add("Cookie", cookies_);
    if (auth == "session" && !mapping_.auth.token_header.empty())
        add(mapping_.auth.token_header, session_token_.reveal());
    if (auth != "query") return;
    for (const auto& [name, text] : mapping_.auth.parameters)
        call.url += fmt::format(
            "{}{}={}", call.url.find('?') == std::string::npos ? '?' : '&', percentEncoded(name),
            percentEncoded(fill(text, credentials(), Within::Plain, Escape::None)));
}

}  // namespace backorderd::connectors::rest
