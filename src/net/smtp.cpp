#include "net/smtp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/http.hpp"
#include "net/smtp_text.hpp"

namespace backorderd::net {

namespace asio = boost::asio;

namespace {

/// Servers close what is idle after minutes, or after 10 s under load; we do it before.
constexpr std::chrono::seconds kKeepIdle{8};
constexpr std::size_t kFinalDotBytes = 3;

SmtpPoolKey poolKey(const SmtpRequest& request) {
    return {fmt::format("{}\n{}\n{}\n{}\n{}\n{}{}{}", request.url, request.helo, request.user,
                        request.ca_file, static_cast<int>(request.auth), request.require_tls,
                        request.try_tls, request.verify_peer),
            request.password};
}

/// What keeps a request from being tried at all. True: it can be tried.
bool check(const SmtpRequest& request, SmtpResult& result) {
    const auto fail = [&](std::string why) {
        result.error = std::move(why);
        return false;
    };
    if (const std::string why = whyNotMailbox(request.rcpt_to); !why.empty()) {
        result.rcpt_refused = true;
        return fail("the recipient's address cannot be used: " + why);
    }
    // An empty return path is allowed: nobody hears of a bounce.
    const std::string why = request.mail_from.empty() ? "" : whyNotMailbox(request.mail_from);
    if (!why.empty()) return fail("the return path cannot be used: " + why);
    if (!request.helo.empty() && !isHeloName(request.helo))
        return fail("the name for EHLO is not a host name");
    if (request.document.find('\0') != std::string_view::npos)
        return fail("the mail holds a NUL byte");
    return true;
}

struct Step {
    SmtpStage stage;
    std::string command;
};

std::vector<Step> envelope(const SmtpRequest& request, const SmtpAbilities& can,
                           std::size_t wire_bytes) {
    std::string mail = fmt::format("MAIL FROM:<{}>", request.mail_from);
    if (can.size) mail += fmt::format(" SIZE={}", wire_bytes);
    if (can.eight_bit && hasNonAscii(request.document)) mail += " BODY=8BITMIME";
    if (can.utf8 && (hasNonAscii(request.rcpt_to) || hasNonAscii(request.mail_from)))
        mail += " SMTPUTF8";
    std::string rcpt = fmt::format("RCPT TO:<{}>", request.rcpt_to);
    if (can.dsn && !request.envelope_id.empty()) {
        mail += fmt::format(" RET=HDRS ENVID={}", xtext(request.envelope_id));
        rcpt += " NOTIFY=FAILURE,DELAY";
    }
    return {{SmtpStage::Mail, mail + "\r\n"},
            {SmtpStage::Rcpt, rcpt + "\r\n"},
            {SmtpStage::Data, "DATA\r\n"}};
}

/// One mail over one connection. `usable()` says whether the connection may carry another.
class Attempt {
public:
    Attempt(SmtpConnection& connection, const SmtpRequest& request)
        : connection_(connection), request_(request) {}

    asio::awaitable<SmtpResult> run() {
        const std::string body = wireBody(request_.document);
        if (tooLarge(body.size())) co_return std::move(result_);
        connection_.startDeadline(request_.timeout);
        const bool asked = co_await askForBody(body.size());
        connection_.stopDeadline();
        if (asked) {
            if (request_.before_body) co_await request_.before_body();
            connection_.startDeadline(request_.timeout);
            co_await sendBody(body);
            connection_.stopDeadline();
        }
        co_return std::move(result_);
    }

    bool usable() const { return usable_; }
    /// Nothing was said about this mail: another connection may be tried at once.
    bool worthFreshConnection() const { return !usable_ && not_heard_; }

private:
    /// RFC 1870 counts the mail as it goes over the wire, without the final dot.
    bool tooLarge(std::size_t wire_bytes);
    /// Up to 354. False: `result_` says what came instead.
    asio::awaitable<bool> askForBody(std::size_t wire_bytes);
    asio::awaitable<void> sendBody(const std::string& body);
    asio::awaitable<bool> clearOldMail();
    void broken(SmtpStage stage);
    void answered(SmtpStage stage, SmtpReply reply);

    SmtpConnection& connection_;
    const SmtpRequest& request_;
    SmtpResult result_;
    bool usable_ = true;
    bool not_heard_ = false;
};

bool Attempt::tooLarge(std::size_t wire_bytes) {
    const std::size_t bytes = wire_bytes - kFinalDotBytes;
    const std::size_t theirs = connection_.abilities().bytes_max;
    const bool too_long_for_us = request_.bytes_max > 0 && bytes > request_.bytes_max;
    if (!too_long_for_us && (theirs == 0 || bytes <= theirs)) return false;
    result_.error = too_long_for_us ? fmt::format("the mail has {} bytes; the settings allow {}",
                                                  bytes, request_.bytes_max)
                                    : fmt::format("the mail has {} bytes; {} takes {}", bytes,
                                                  hostOf(request_.url), theirs);
    return true;
}

void Attempt::broken(SmtpStage stage) {
    usable_ = false;
    result_.stage = stage;
    result_.error = fmt::format("{}: {}", hostOf(request_.url), connection_.failure());
}

void Attempt::answered(SmtpStage stage, SmtpReply reply) {
    if (reply.code == 421) usable_ = false;  // the server says that it closes the connection
    result_.stage = stage;
    result_.last_reply = reply.code;
    result_.last_reply_text = std::move(reply.text);
    result_.rcpt_refused = stage == SmtpStage::Rcpt && reply.code >= 400;
}

asio::awaitable<bool> Attempt::clearOldMail() {
    if (!connection_.reset_due) co_return true;
    connection_.reset_due = false;
    co_await connection_.write("RSET\r\n");
    const auto reply = co_await connection_.readReply();
    if (reply && reply->code / 100 == 2) co_return true;
    not_heard_ = true;
    broken(SmtpStage::Mail);
    co_return false;
}

asio::awaitable<bool> Attempt::askForBody(std::size_t wire_bytes) {
    const bool cleared = co_await clearOldMail();
    if (!cleared) co_return false;

    const std::vector<Step> steps = envelope(request_, connection_.abilities(), wire_bytes);
    const bool pipelining = connection_.abilities().pipelining;
    if (pipelining) {
        std::string together;
        for (const Step& step : steps) together += step.command;
        // Where this fails, reading tells more: the server's last words, or the end.
        co_await connection_.write(together);
    }
    bool refused = false;
    for (const Step& step : steps) {
        if (!pipelining) co_await connection_.write(step.command);
        auto reply = co_await connection_.readReply();
        if (!reply) {
            if (refused) {
                usable_ = false;  // the refusal stands
                co_return false;
            }
            not_heard_ = step.stage == SmtpStage::Mail && !connection_.timedOut();
            broken(step.stage);
            co_return false;
        }
        const bool go_on =
            step.stage == SmtpStage::Data ? reply->code == 354 : reply->code / 100 == 2;
        if (refused) {
            // Behind a refusal the rest is read to stay in step. A server that wants the body all
            // the same gets none.
            if (reply->code == 354 || reply->code == 421) usable_ = false;
            continue;
        }
        not_heard_ = step.stage == SmtpStage::Mail && reply->code == 421;
        answered(step.stage, *reply);
        refused = !go_on;
        if (refused && (!pipelining || !usable_)) break;
    }
    if (refused) {
        connection_.reset_due = true;
        co_return false;
    }
    result_.body_asked = true;
    co_return true;
}

asio::awaitable<void> Attempt::sendBody(const std::string& body) {
    // What came behind 354, unasked, would be taken for the answer to the body; and into a
    // connection that is gone the body would vanish, for nobody to know.
    const bool ready = connection_.isQuiet();
    if (ready) result_.body_sent = co_await connection_.write(body);
    std::optional<SmtpReply> reply;
    if (result_.body_sent) {
        reply = co_await connection_.readReply();
    } else {
        usable_ = false;
        reply = connection_.takeReply();  // a server that hangs up may have said why
    }
    // Neither 'more to do' (3xx) nor an 'accepted' of what it has not got is an answer.
    const int kind = reply ? reply->code / 100 : 0;
    if (kind == 4 || kind == 5 || (kind == 2 && result_.body_sent)) {
        answered(SmtpStage::Body, std::move(*reply));
        co_return;
    }
    broken(SmtpStage::Body);
    if (reply)
        result_.error = fmt::format("{}: the server answered {} where that is no answer",
                                    hostOf(request_.url), reply->code);
}

}  // namespace

SmtpPool::SmtpPool(asio::any_io_executor executor) : executor_(executor), closing_(executor) {}

SmtpPool::~SmtpPool() { closeIdle(std::chrono::steady_clock::time_point::max()); }

asio::awaitable<SmtpResult> SmtpPool::send(SmtpRequest request) {
    SmtpResult result;
    if (!check(request, result)) co_return result;

    const SmtpPoolKey key = poolKey(request);
    while (true) {
        Connection connection = takeIdle(key);
        const bool used_before = connection != nullptr;
        if (!connection) connection = co_await SmtpConnection::open(executor_, request, result);
        if (!connection) co_return result;

        const bool needs_utf8 = hasNonAscii(request.rcpt_to) || hasNonAscii(request.mail_from);
        if (needs_utf8 && !connection->abilities().utf8) {
            keep(key, std::move(connection));
            result.error = "the address needs SMTPUTF8, which the server does not offer";
            co_return result;
        }
        Attempt attempt(*connection, request);
        result = co_await attempt.run();
        if (attempt.usable()) {
            keep(key, std::move(connection));
        } else if (used_before && attempt.worthFreshConnection()) {
            // The server had enough of this connection, not of the mail. The others that were kept
            // beside it are likely no better.
            idle_.erase(key);
            continue;
        }
        co_return result;
    }
}

SmtpPool::Connection SmtpPool::takeIdle(const SmtpPoolKey& key) {
    auto& kept = idle_[key];
    while (!kept.empty()) {
        Connection connection = std::move(kept.back());
        kept.pop_back();
        if (connection->isQuiet()) return connection;
    }
    return nullptr;
}

void SmtpPool::keep(const SmtpPoolKey& key, Connection connection) {
    connection->idle_since = std::chrono::steady_clock::now();
    idle_[key].push_back(std::move(connection));
    scheduleClosing();
}

void SmtpPool::closeIdle(std::chrono::steady_clock::time_point older_than) {
    for (auto& [key, kept] : idle_) {
        const auto first_young = std::find_if(kept.begin(), kept.end(), [&](const Connection& one) {
            return one->idle_since >= older_than;
        });
        std::for_each(kept.begin(), first_young, [](const Connection& one) { one->quit(); });
        kept.erase(kept.begin(), first_young);
    }
    std::erase_if(idle_, [](const auto& entry) { return entry.second.empty(); });
}

void SmtpPool::scheduleClosing() {
    if (closing_scheduled_) return;
    closing_scheduled_ = true;
    closing_.expires_after(kKeepIdle);
    closing_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
        const auto self = weak.lock();
        if (cancelled || !self) return;
        self->closing_scheduled_ = false;
        self->closeIdle(std::chrono::steady_clock::now() - kKeepIdle);
        if (!self->idle_.empty()) self->scheduleClosing();
    });
}

}  // namespace backorderd::net
