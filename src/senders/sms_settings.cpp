#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "backorderd/phone.hpp"
#include "senders/sms.hpp"

namespace backorderd::senders {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t kAlphanumericMax = 11;
constexpr std::size_t kPrefixDigitsMax = 7;

bool isAllDigits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A number, a short code, or a name of at most 11 signs with a letter in it (3GPP TS 23.040,
/// 9.1.2.5).
bool isSenderId(std::string_view id) {
    if (isPhoneNumber(id)) return true;
    if (isAllDigits(id)) return id.size() >= 3 && id.size() <= 15;
    const auto isLetter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    const auto isSign = [&](char c) {
        return isLetter(c) || (c >= '0' && c <= '9') ||
               std::string_view{" &._-+"}.find(c) != std::string_view::npos;
    };
    return id.size() <= kAlphanumericMax && std::any_of(id.begin(), id.end(), isLetter) &&
           std::all_of(id.begin(), id.end(), isSign);
}

void checkSenderId(config::Section& section, std::string_view key, std::string_view id) {
    if (!id.empty() && !isSenderId(id))
        section.problem(key, fmt::format("'{}' is no sender of an SMS; write a number as "
                                         "+4930123456, a short code, or a name of at most {} "
                                         "letters and digits",
                                         id, kAlphanumericMax));
}

SenderIds readSenderIds(config::Section& section) {
    std::string fallback = section.text(
        "from", "",
        "Whom an SMS comes from: a number, a short code, or a name of at most 11 letters and "
        "digits; empty: the gateway chooses.");
    checkSenderId(section, "from", fallback);
    std::vector<std::pair<std::string, std::string>> by_prefix;
    for (auto& [written, id] : section.table(
             "from_by_country",
             "The same for numbers that begin with a dialling prefix (`\"+43\": Example`); the "
             "longest that fits counts before `from`.")) {
        const std::string_view digits =
            std::string_view{written}.substr(written.starts_with('+') ? 1 : 0);
        if (!isAllDigits(digits) || digits.size() > kPrefixDigitsMax || digits.front() == '0')
            section.problem(
                "from_by_country",
                fmt::format("'{}' is no dialling prefix; write one as \"+43\"", written));
        if (id.empty())
            section.problem("from_by_country", fmt::format("'{}' names no sender", written));
        checkSenderId(section, "from_by_country", id);
        by_prefix.emplace_back(fmt::format("+{}", digits), std::move(id));
    }
    return {std::move(fallback), std::move(by_prefix)};
}

std::string_view hostOfAddress(std::string_view url) {
    url.remove_prefix(std::min(url.find("://"), url.size() - 3) + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

bool isLoopback(std::string_view host) {
    return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

}  // namespace

SenderIds::SenderIds(std::string fallback,
                     std::vector<std::pair<std::string, std::string>> by_prefix)
    : fallback_(std::move(fallback)), by_prefix_(std::move(by_prefix)) {
    std::stable_sort(by_prefix_.begin(), by_prefix_.end(),
                     [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

const std::string& SenderIds::forNumber(std::string_view number) const {
    for (const auto& [prefix, id] : by_prefix_)
        if (number.starts_with(prefix)) return id;
    return fallback_;
}

SmsSettings readSms(config::Section& section, std::string_view url) {
    SmsSettings settings;
    settings.host = hostOfUrl(url);
    settings.from = readSenderIds(section);
    settings.segments_max = static_cast<int>(section.number(
        "segments_max", {.fallback = 4, .min = 1, .max = 10},
        "The most segments that a text may take; a longer one is not sent, and the notice waits "
        "until its template is shortened."));
    settings.parallel = static_cast<int>(
        section.number("parallel", {.fallback = 4, .min = 1, .max = 100},
                       "How many SMS may be under way at once, each over its own connection."));
    settings.timeout = section.duration(
        "timeout", {.fallback = 30s, .min = 1s, .max = 5min},
        "How long the gateway may take to answer. A short time makes more outcomes unknown.");
    settings.ca_file = section.path(
        "ca_file", "", "Certificates (PEM) that prove the gateway; empty: those of the system.");
    if (!settings.ca_file.empty() && ::access(settings.ca_file.c_str(), R_OK) != 0)
        section.problem("ca_file", fmt::format("'{}' cannot be read", settings.ca_file));
    return settings;
}

std::string whyNotWebAddress(std::string_view url) {
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return "it must begin with https:// or http://";
    const auto isForbidden = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    if (std::any_of(url.begin(), url.end(), isForbidden)) return "it holds a space";
    const std::string_view host = hostOfAddress(url);
    if (host.find('@') != std::string_view::npos)
        return "user and password stand in keys of their own";
    if (host.empty() || host.find_first_of("{}\"'<>\\") != std::string_view::npos)
        return "it must name a host";
    return {};
}

std::string readGatewayUrl(config::Section& section, std::string_view key,
                           std::string_view fallback, std::string_view meaning) {
    std::string url =
        fallback.empty() ? section.required(key, meaning) : section.text(key, fallback, meaning);
    if (url.empty()) return url;
    if (const std::string why = whyNotWebAddress(url); !why.empty())
        section.problem(key, fmt::format("'{}' is no address of a gateway: {}", key, why));
    else if (url.starts_with("http://") && !isLoopback(hostOfAddress(url)))
        section.problem(key, "texts, numbers and credentials go over the network in the clear",
                        Severity::Warning);
    return url;
}

}  // namespace backorderd::senders
