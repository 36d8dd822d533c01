#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backorderd::senders {

/// Shorter keys are refused by the settings.
constexpr std::size_t kReturnPathKeyBytesMin = 32;
/// So that the whole local part stays within the 64 octets of RFC 5321.
constexpr std::size_t kReturnPathLocalBytesMax = 14;

/// A return path that names the message it belongs to: `bounces+ID-MAC@example.com` of
/// `bounces@example.com` and a Message-ID. MAC is the first 80 bits of HMAC-SHA-256 over ID, in
/// base 32, so that nobody else can make one for a mail that we did send. All of it survives
/// servers that change the case of local parts. Where the message's id has no such form, the
/// address as it is. Addresses made here come back for as long as mail is under way: do not change
/// the form.
std::string signedReturnPath(std::string_view address, std::string_view message_id,
                             std::string_view key);

/// The id (the Message-ID's left side) in an address that `signedReturnPath` made with this key;
/// nullopt for any other.
std::optional<std::string> messageOfReturnPath(std::string_view address, std::string_view key);

}  // namespace backorderd::senders
