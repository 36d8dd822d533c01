#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "senders/kinds.hpp"
#include "senders/return_path.hpp"
#include "senders/smtp_outcome.hpp"
#include "senders/web.hpp"

namespace backorderd::senders {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// What the envelope says beyond sender and recipient.
struct SmtpEnvelope {
    std::string return_path;  ///< empty: the message's own
    Secret key;               ///< signs the return path; empty: it is the same for all mails
    bool reports = false;     ///< ask for reports of failure and delay
};

class SmtpSender final : public Sender {
public:
    SmtpSender(net::Net& net, net::SmtpRequest request, SmtpEnvelope envelope, int connections)
        : net_(net),
          request_(std::move(request)),
          envelope_(std::move(envelope)),
          connections_(connections) {}

    Channel channel() const override { return Channel::Email; }
    OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }
    int parallel() const override { return connections_; }
    std::string host() const override { return hostOfUrl(request_.url); }

    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        net::SmtpRequest request = request_;
        request.mail_from = returnPathOf(message);
        if (envelope_.reports) request.envelope_id = message.stable_id;
        request.rcpt_to = message.recipient.address;
        request.document = message.document;
        request.before_body = [&gate, id = message.id] { return gate.beforeWire(id); };
        const net::SmtpResult result = co_await net_.smtp(std::move(request));
        co_return outcomeOf(result);
    }

private:
    std::string returnPathOf(const Message& message) const {
        if (envelope_.return_path.empty()) return message.envelope_from;
        if (envelope_.key.empty()) return envelope_.return_path;
        return signedReturnPath(envelope_.return_path, message.stable_id, envelope_.key.reveal());
    }

    net::Net& net_;
    net::SmtpRequest request_;  ///< all but the mail
    SmtpEnvelope envelope_;
    int connections_;
};

bool isPort(std::string_view text) {
    unsigned port = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
    return failed == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535;
}

/// Why an address is not `smtp://host[:port]` or `smtps://host[:port]`; empty: it is.
std::string whyNotServer(std::string_view url) {
    std::string_view rest = url;
    if (rest.starts_with("smtp://")) {
        rest.remove_prefix(7);
    } else if (rest.starts_with("smtps://")) {
        rest.remove_prefix(8);
    } else {
        return "it must begin with smtp:// or smtps://";
    }
    if (rest.find('@') != std::string_view::npos)
        return "user and password stand in keys of their own";
    std::string_view host = rest;
    if (const auto bracket = rest.find(']'); bracket != std::string_view::npos)
        rest.remove_prefix(bracket + 1);  // an IPv6 address
    if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
        if (!isPort(rest.substr(colon + 1))) return "its port is not a number from 1 to 65535";
        host.remove_suffix(rest.size() - colon);
    }
    const bool is_host = !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view(".-_:[]").find(c) != std::string_view::npos;
    });
    return is_host ? "" : "it must name a host, and nothing behind host and port";
}

void readServer(config::Section& section, net::SmtpRequest& request) {
    request.url = section.required(
        "url",
        "The mail server: smtp://HOST:PORT, or smtps://HOST:PORT for TLS from the first byte.");
    if (request.url.ends_with('/') && !request.url.ends_with("://")) request.url.pop_back();
    const std::string why = request.url.empty() ? "" : whyNotServer(request.url);
    if (!why.empty())
        section.problem("url",
                        fmt::format("'url' is no mail server: {}; write smtp://HOST:PORT", why));
    request.helo =
        section.text("helo", "", "The name given in EHLO; empty: the machine's own host name.");
    const bool is_name = std::all_of(request.helo.begin(), request.helo.end(), [](char c) {
        return c > 0x20 && c != 0x7f && c != '/' && c != '?' && c != '#';
    });
    if (!is_name) section.problem("helo", "'helo' is no host name");
    request.timeout = section.duration(
        "timeout", {.fallback = 5min, .min = 1s, .max = 1h},
        "How long the server may take for the dialogue up to the body, and again for the body and "
        "its answer. A short time makes more attempts unknown.");
    request.connect_timeout =
        section.duration("connect_timeout", {.fallback = 30s, .min = 1s, .max = 10min},
                         "How long it may take until the server is ready for a mail: greeting, TLS "
                         "and log-in included.");
}

void readLogIn(config::Section& section, net::SmtpRequest& request) {
    request.user = section.text("user", "", "The name to log in with; empty: no log-in.");
    const std::string auth = section.choice(
        "auth", {"password", "plain", "login", "xoauth2"}, "password",
        "How to log in: with the password, by what the server prefers, or by PLAIN or LOGIN alone; "
        "or with an OAuth 2.0 token.");
    const auto password = section.secret("password", "The password to log in with.");
    request.password = password.value_or(Secret{});
    request.token = section.renewedSecret(
        "token",
        "The OAuth 2.0 access token for `auth: xoauth2`; read anew for each connection, so that "
        "another program can renew it.");
    const bool by_token = auth == "xoauth2";
    if (by_token) request.auth = net::SmtpAuth::Xoauth2;
    if (auth == "plain") request.auth = net::SmtpAuth::Plain;
    if (auth == "login") request.auth = net::SmtpAuth::Login;

    const std::string needed = by_token ? "token" : "password";
    const std::string other = by_token ? "password" : "token";
    if (section.has(other))
        section.problem(other, fmt::format("'{}' is of no use with 'auth: {}'", other, auth));
    if (request.user.empty() && section.has(needed))
        section.problem(needed,
                        fmt::format("'{}' without 'user' is of no use; add 'user'", needed));
    if (!request.user.empty() && !section.has(needed))
        section.problem(
            "user", fmt::format("'user' needs a '{}', as {{ file: PATH }}, for example", needed));
}

void readSecurity(config::Section& section, net::SmtpRequest& request) {
    const std::string tls = section.choice(
        "tls", {"required", "opportunistic", "never"}, "opportunistic",
        "STARTTLS: required; where the server offers it, without proof of who it is; or never. "
        "smtps:// is always required.");
    const bool required = tls == "required" || request.url.starts_with("smtps://");
    request.require_tls = required;
    request.try_tls = tls != "never";
    request.ca_file = section.path(
        "ca_file", "", "Certificates (PEM) that prove the server; empty: those of the system.");
    if (!request.ca_file.empty() && ::access(request.ca_file.c_str(), R_OK) != 0)
        section.problem("ca_file", fmt::format("'{}' cannot be read", request.ca_file));
    const bool verify = section.flag(
        "verify", true, "Whether the server must prove who it is, where TLS is required.");
    request.verify_peer = verify && required;

    readLogIn(section, request);
    if (request.user.empty()) return;
    if (required) return;
    if (tls == "never") {
        section.problem("tls", "the password goes over the network in the clear",
                        Severity::Warning);
    } else {
        section.problem(
            "user",
            "a password needs 'tls: required': with 'opportunistic', anybody on the way "
            "can have it sent in the clear");
    }
}

SmtpEnvelope readEnvelope(config::Section& section) {
    SmtpEnvelope envelope;
    envelope.return_path = section.text(
        "return_path", "",
        "The address to which mail that cannot be delivered is returned; empty: the address that "
        "mails come from.");
    const auto key = section.secret(
        "return_path_key",
        "At least 32 bytes that sign the return path: each mail then has its own, "
        "LOCAL+MESSAGE-SIGNATURE@DOMAIN of `return_path`, so that a returned one is known.");
    envelope.key = key.value_or(Secret{});
    envelope.reports = section.flag(
        "reports", false,
        "Ask for a short report of failure and delay (DSN), where the server offers it.");
    const auto at = envelope.return_path.find('@');
    if (!envelope.return_path.empty() && (at == std::string::npos || at == 0))
        section.problem("return_path", "'return_path' is no mail address");
    if (!section.has("return_path_key")) return envelope;
    if (envelope.return_path.empty())
        section.problem("return_path_key", "'return_path_key' signs a 'return_path'; add it");
    else if (at > kReturnPathLocalBytesMax)
        section.problem("return_path",
                        fmt::format("what stands before @ may have at most {} characters where "
                                    "the return path is signed",
                                    kReturnPathLocalBytesMax));
    if (key && key->size() < kReturnPathKeyBytesMin)
        section.problem("return_path_key",
                        fmt::format("the key has fewer than {} bytes", kReturnPathKeyBytesMin));
    return envelope;
}

}  // namespace

std::unique_ptr<Sender> makeSmtpSender(config::Section& section, const Environment& environment) {
    net::SmtpRequest request;
    readServer(section, request);
    readSecurity(section, request);
    SmtpEnvelope envelope = readEnvelope(section);
    request.bytes_max = static_cast<std::size_t>(section.number(
        "size_max", {.fallback = 10 << 20, .min = 16 << 10, .max = 1 << 30},
        "A mail of more bytes is refused; also one that is larger than the server says it takes."));
    const auto connections =
        section.number("connections", {.fallback = 4, .min = 1, .max = 100},
                       "How many mails may be under way at once, each over its own connection.");
    return std::make_unique<SmtpSender>(environment.net, std::move(request), std::move(envelope),
                                        static_cast<int>(connections));
}

}  // namespace backorderd::senders
