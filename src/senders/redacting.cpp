#include "senders/redacting.hpp"

#include <algorithm>

#include "senders/sms.hpp"

namespace backorderd::senders {
namespace {

constexpr std::string_view kBlank = "…";
/// What is shorter stands in too many words.
constexpr std::size_t kRedactedBytesMin = 4;
/// A reply that is cut off may end within a secret: so many of its first bytes tell it.
constexpr std::size_t kTellingBytes = 8;
/// Paths begin with a word of the service's.
constexpr std::size_t kTellingPathBytes = 16;
constexpr std::string_view kBetweenKeys = " \t\r\n";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The characters that base64 has for `text` wherever it stands `before` bytes behind a multiple of
/// three; those that depend on its neighbours are left out.
std::string withinBase64(std::string_view text, std::size_t before) {
    std::string encoded;
    const std::size_t bits = (before + text.size()) * 8;
    for (std::size_t bit = before == 0 ? 0 : (before * 8 + 5) / 6 * 6; bit + 6 <= bits; bit += 6) {
        unsigned value = 0;
        for (std::size_t i = bit; i < bit + 6; ++i) {
            const auto byte = static_cast<unsigned char>(text[i / 8 - before]);
            value = value << 1 | (byte >> (7 - i % 8) & 1u);
        }
        encoded += kBase64[value];
    }
    return encoded;
}

/// What of a secret is secret: where it is an address, all behind the host.
std::string_view tellingPart(std::string_view secret) {
    const auto scheme = secret.find("://");
    if (scheme == std::string_view::npos) return secret;
    const auto path = secret.find('/', scheme + 3);
    return path == std::string_view::npos ? std::string_view{} : secret.substr(path + 1);
}

void blank(std::string& text, std::string_view form, std::size_t telling) {
    const auto begin = form.substr(0, telling);
    for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
        std::size_t length = begin.size();
        while (length < form.size() && at + length < text.size() &&
               text[at + length] == form[length])
            ++length;
        text.replace(at, length, kBlank);
        at += kBlank.size();
    }
}

class RedactingSender final : public SenderDecorator {
public:
    RedactingSender(std::unique_ptr<Sender> sender, Secrets secrets)
        : SenderDecorator{std::move(sender)}, redactor_{std::move(secrets)} {}

    boost::asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        auto outcome = co_await SenderDecorator::send(message, gate);
        std::visit([this](auto& what) { redact(what); }, outcome);
        co_return outcome;
    }

private:
    void redact(Accepted& accepted) {
        accepted.reply = redactor_.redacted(std::move(accepted.reply));
    }
    template <class Failed>
    void redact(Failed& failed) {
        failed.reason = redactor_.redacted(std::move(failed.reason));
    }

    Redactor redactor_;
};

}  // namespace

std::string Redactor::redacted(std::string text) {
    if (text.empty()) return text;
    if (known_ != *secrets_) prepare();
    for (const auto& form : forms_) {
        const bool path = form.reveal().find('/') != std::string::npos;
        blank(text, form.reveal(), path ? kTellingPathBytes : kTellingBytes);
    }
    return text;
}

void Redactor::prepare() {
    known_ = *secrets_;
    forms_.clear();
    for (const auto& secret : known_) {
        const auto part = tellingPart(secret.reveal());
        if (part.size() < kRedactedBytesMin) continue;
        add(part);
        // Several keys may stand in one.
        for (std::size_t begin = part.find_first_not_of(kBetweenKeys); begin < part.size();) {
            const auto end = std::min(part.find_first_of(kBetweenKeys, begin), part.size());
            const bool whole = end - begin == part.size();
            if (!whole && end - begin >= kTellingBytes) add(part.substr(begin, end - begin));
            begin = part.find_first_not_of(kBetweenKeys, end);
        }
    }
}

void Redactor::add(std::string_view part) {
    forms_.emplace_back(std::string{part});
    if (auto encoded = percentEncoded(part); encoded != part)
        forms_.emplace_back(std::move(encoded));
    for (std::size_t before = 0; before < 3; ++before)
        if (auto within = withinBase64(part, before); within.size() >= kRedactedBytesMin)
            forms_.emplace_back(std::move(within));
}

std::unique_ptr<Sender> withRedaction(std::unique_ptr<Sender> sender, Secrets secrets) {
    return std::make_unique<RedactingSender>(std::move(sender), std::move(secrets));
}

}  // namespace backorderd::senders
