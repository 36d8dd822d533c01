#include "net/webhook_signature.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

namespace backorderd::net {

namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kWebhookKeyBytesMin = 24;
constexpr std::size_t kWebhookKeyBytesMax = 64;
constexpr std::size_t kWebhookKeysMax = 4;
constexpr int kSignaturesMax = 16;

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string base64(std::basic_string_view<unsigned char> bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

}  // namespace

std::optional<Secret> webhookKey(std::string_view secret) {
    if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
    secret.remove_prefix(kSecretPrefix.size());
    const auto padding = static_cast<std::size_t>(std::count(secret.begin(), secret.end(), '='));
    if (secret.empty() || secret.size() % 4 != 0 || padding > 2 ||
        secret.find_first_not_of('=', secret.find('=')) < secret.size())
        return std::nullopt;
    std::string key(secret.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(key.data()), bytesOf(secret),
                                     static_cast<int>(secret.size()));
    if (size < 0) return std::nullopt;
    key.resize(static_cast<std::size_t>(size) - padding);
    Secret made{std::move(key)};
    if (made.size() < kWebhookKeyBytesMin || made.size() > kWebhookKeyBytesMax) return std::nullopt;
    return made;
}

WebhookKeys webhookKeys(const Secret& text) {
    WebhookKeys found;
    std::istringstream words(text.reveal());
    words.exceptions(std::ios::badbit);  // Without memory for a word, it would end there.
    for (std::string word; words >> word;) {
        if (const auto key = webhookKey(word))
            found.keys.push_back(*key);
        else
            found.fault =
                "holds what is no key of a webhook: write whsec_ and 24 to 64 bytes in base64, as "
                "'openssl rand -base64 32' gives them";
    }
    if (found.keys.size() > kWebhookKeysMax)
        found.fault = fmt::format("holds more than {} keys", kWebhookKeysMax);
    return found;
}

bool webhookSigned(const std::vector<Secret>& keys, std::string_view id, Timestamp at,
                   std::string_view body, std::string_view signatures) {
    bool is_signed = false;
    for (const Secret& key : keys) {
        const std::string right = webhookSignature({key}, id, at, body);
        std::istringstream given{std::string(signatures)};
        given.exceptions(std::ios::badbit);
        int looked_at = 0;
        for (std::string one; looked_at < kSignaturesMax && given >> one; ++looked_at)
            is_signed |= one.size() == right.size() &&
                         CRYPTO_memcmp(one.data(), right.data(), right.size()) == 0;
    }
    return is_signed;
}

std::string webhookSignature(const std::vector<Secret>& keys, std::string_view id, Timestamp at,
                             std::string_view body) {
    const std::string text = fmt::format("{}.{}.{}", id, at.time_since_epoch().count(), body);
    std::string signatures;
    for (const Secret& key : keys) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
        unsigned size = 0;
        if (!HMAC(EVP_sha256(), key.reveal().data(), static_cast<int>(key.size()), bytesOf(text),
                  text.size(), mac.data(), &size))
            throw std::runtime_error("HMAC-SHA-256 is not available");
        signatures +=
            fmt::format("{}v1,{}", signatures.empty() ? "" : " ", base64({mac.data(), size}));
    }
    return signatures;
}

}  // namespace backorderd::net
