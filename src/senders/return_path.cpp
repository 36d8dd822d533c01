#include "senders/return_path.hpp"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace backorderd::senders {

namespace {

constexpr std::size_t kIdBytesMax = 32;
constexpr std::size_t kMacBytes = 10;
constexpr std::size_t kMacLetters = kMacBytes * 8 / 5;
/// What else the same key may be used for some day must not give the same signature.
constexpr std::string_view kPurpose = "backorderd return path 1\n";

std::string macOf(std::string_view id, std::string_view key) {
    const std::string text = std::string{kPurpose}.append(id);
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned size = 0;
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
              reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size))
        throw std::runtime_error("HMAC-SHA-256 is not available");
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string letters;
    unsigned bits = 0, held = 0;
    for (std::size_t i = 0; i < kMacBytes; ++i) {
        bits = (bits << 8) | mac[i];
        for (held += 8; held >= 5; held -= 5) letters += kLetters[(bits >> (held - 5)) & 31u];
    }
    return letters;
}

bool isId(std::string_view id) {
    return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
    });
}

}  // namespace

std::string signedReturnPath(std::string_view address, std::string_view message_id,
                             std::string_view key) {
    const auto id = message_id.substr(0, message_id.find('@'));
    const auto at = address.rfind('@');
    if (!isId(id) || at == std::string_view::npos) return std::string{address};
    return fmt::format("{}+{}-{}{}", address.substr(0, at), id, macOf(id, key), address.substr(at));
}

std::optional<std::string> messageOfReturnPath(std::string_view address, std::string_view key) {
    std::string local{address.substr(0, address.rfind('@'))};
    std::transform(local.begin(), local.end(), local.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto dash = local.rfind('-');
    const auto plus = local.rfind('+', dash);
    if (dash == std::string::npos || plus == std::string::npos) return std::nullopt;
    const std::string id = local.substr(plus + 1, dash - plus - 1);
    const std::string mac = local.substr(dash + 1);
    if (!isId(id) || mac.size() != kMacLetters) return std::nullopt;
    const std::string right = macOf(id, key);
    if (CRYPTO_memcmp(mac.data(), right.data(), kMacLetters) != 0) return std::nullopt;
    return id;
}

}  // namespace backorderd::senders
