#include "net/smtp_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "net/http.hpp"

namespace backorderd::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// curl would also try GSSAPI and NTLM where a server offers them, and wait for a key server.
constexpr const char* kLogIns = "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5;AUTH=DIGEST-MD5";

const char* logInsOf(SmtpAuth auth) {
    switch (auth) {
        case SmtpAuth::Password:
            return kLogIns;
        case SmtpAuth::Plain:
            return "AUTH=PLAIN";
        case SmtpAuth::Login:
            return "AUTH=LOGIN";
        case SmtpAuth::Xoauth2:
            return "AUTH=XOAUTH2";
    }
    return kLogIns;
}
constexpr std::size_t kReceivedMax = 128u << 10;

long seconds(std::chrono::seconds span) {
    return static_cast<long>(std::max<std::int64_t>(1, span.count()));
}

bool startsWithWord(std::string_view line, std::string_view word) {
    if (line.size() < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (std::toupper(static_cast<unsigned char>(line[i])) != word[i]) return false;
    return line.size() == word.size() || line[word.size()] == ' ';
}

}  // namespace

SmtpConnection::SmtpConnection(asio::any_io_executor executor)
    : multi_(executor),
      easy_(makeEasy("smtp,smtps", error_)),
      socket_(executor),
      timer_(executor) {}

SmtpConnection::~SmtpConnection() {
    if (socket_.is_open()) socket_.release();
    multi_.remove(easy_.get());
}

void SmtpConnection::configure(const SmtpRequest& request) {
    CURL* easy = easy_.get();
    const std::string url = request.helo.empty() ? request.url : request.url + "/" + request.helo;
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     static_cast<long>(request.require_tls ? CURLUSESSL_ALL
                                       : request.try_tls   ? CURLUSESSL_TRY
                                                           : CURLUSESSL_NONE));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, request.verify_peer ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, request.verify_peer ? 2L : 0L);
    if (!request.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, seconds(request.connect_timeout));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, seconds(request.connect_timeout));
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &SmtpConnection::takeLine);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
}

bool SmtpConnection::logIn(const SmtpRequest& request) {
    if (request.user.empty()) return true;
    CURL* easy = easy_.get();
    curl_easy_setopt(easy, CURLOPT_USERNAME, request.user.c_str());
    curl_easy_setopt(easy, CURLOPT_LOGIN_OPTIONS, logInsOf(request.auth));
    if (request.auth != SmtpAuth::Xoauth2) {
        curl_easy_setopt(easy, CURLOPT_PASSWORD, request.password.reveal().c_str());
        return true;
    }
    const auto token = request.token ? request.token() : std::nullopt;
    if (!token || token->empty()) return false;
    curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token->reveal().c_str());
    return true;
}

std::size_t SmtpConnection::takeLine(char* data, std::size_t, std::size_t size, void* context) {
    auto& self = *static_cast<SmtpConnection*>(context);
    std::string_view line(data, size);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    // One line at a time, so a line that others follow is read as if it were the last.
    std::string alone(line.substr(0, std::min<std::size_t>(3, line.size())));
    alone += ' ';
    if (line.size() > 4) alone += line.substr(4);
    const ReplyRead read = net::readReply(alone + "\n");
    if (read.kind != ReplyRead::Kind::Complete) return size;
    self.last_code_ = read.reply.code;
    self.last_text_ = read.reply.text;
    if (read.reply.code == 220) self.abilities_ = {};  // a greeting, or STARTTLS: EHLO comes anew
    if (read.reply.code == 250) self.noteAbility(read.reply.text);
    return size;
}

void SmtpConnection::noteAbility(std::string_view line) {
    if (startsWithWord(line, "PIPELINING")) abilities_.pipelining = true;
    if (startsWithWord(line, "SIZE")) {
        abilities_.size = true;
        // RFC 1870: the number may be missing, and 0 is no limit.
        if (line.size() > 5)
            std::from_chars(line.data() + 5, line.data() + line.size(), abilities_.bytes_max);
    }
    if (startsWithWord(line, "DSN")) abilities_.dsn = true;
    if (startsWithWord(line, "8BITMIME")) abilities_.eight_bit = true;
    if (startsWithWord(line, "SMTPUTF8")) abilities_.utf8 = true;
}

asio::awaitable<std::shared_ptr<SmtpConnection>> SmtpConnection::open(
    asio::any_io_executor executor, const SmtpRequest& request, SmtpResult& result) {
    const std::shared_ptr<SmtpConnection> made(new SmtpConnection(executor));
    made->configure(request);
    if (!made->logIn(request)) {
        result.stage = SmtpStage::Connect;
        result.error =
            fmt::format("{}: the token to log in with cannot be read", hostOf(request.url));
        co_return nullptr;
    }
    const CURLcode ended = co_await made->multi_.perform(made->easy_.get());
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (ended == CURLE_OK) curl_easy_getinfo(made->easy_.get(), CURLINFO_ACTIVESOCKET, &socket);
    if (socket == CURL_SOCKET_BAD) {
        const char* why = made->error_[0] != '\0' ? made->error_ : curl_easy_strerror(ended);
        result.stage = SmtpStage::Connect;
        result.last_reply = made->last_code_;
        result.last_reply_text = made->last_text_;
        result.error = fmt::format("{}: {}", hostOf(request.url), why);
        co_return nullptr;
    }
    made->socket_.assign(socket);
    co_return made;
}

// Nearly every deadline is met. So the timer is left running when one is moved or lifted, and looks
// where it is when it wakes.
void SmtpConnection::startDeadline(std::chrono::seconds limit) {
    deadline_passed_ = false;
    deadline_at_ = std::chrono::steady_clock::now() + limit;
    if (!timer_runs_ || timer_.expiry() > deadline_at_) runTimer();
}

void SmtpConnection::stopDeadline() {
    deadline_at_ = std::chrono::steady_clock::time_point::max();
    deadline_passed_ = false;
}

void SmtpConnection::runTimer() {
    timer_runs_ = true;
    timer_.expires_at(deadline_at_);
    timer_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self) self->timerWoke();
    });
}

void SmtpConnection::timerWoke() {
    timer_runs_ = false;
    if (deadline_at_ == std::chrono::steady_clock::time_point::max()) return;
    if (deadline_at_ > std::chrono::steady_clock::now()) return runTimer();
    deadline_passed_ = true;
    socket_.cancel();
}

asio::awaitable<bool> SmtpConnection::wait(asio::posix::descriptor_base::wait_type side) {
    error_code failed;
    if (!deadline_passed_)
        co_await socket_.async_wait(side, asio::redirect_error(asio::use_awaitable, failed));
    if (deadline_passed_) failure_ = "no answer in time";
    co_return !deadline_passed_ && !failed;
}

asio::awaitable<bool> SmtpConnection::write(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t sent = 0;
        const CURLcode code = curl_easy_send(easy_.get(), bytes.data(), bytes.size(), &sent);
        if (code == CURLE_OK) {
            bytes.remove_prefix(sent);
            continue;
        }
        if (code != CURLE_AGAIN) {
            failure_ = "the connection broke";
            co_return false;
        }
        const bool writable = co_await wait(asio::posix::descriptor_base::wait_write);
        if (!writable) co_return false;
    }
    co_return true;
}

SmtpConnection::Received SmtpConnection::receive() {
    std::array<char, 16u << 10> buffer;
    std::size_t size = 0;
    const CURLcode code = curl_easy_recv(easy_.get(), buffer.data(), buffer.size(), &size);
    if (code == CURLE_AGAIN) return Received::NothingYet;
    if (code != CURLE_OK || size == 0 || received_.size() + size > kReceivedMax) {
        failure_ = "the server closed the connection";
        return Received::Failed;
    }
    received_.append(buffer.data(), size);
    return Received::Some;
}

std::optional<SmtpReply> SmtpConnection::takeReply() {
    ReplyRead read = net::readReply(received_);
    if (read.kind == ReplyRead::Kind::Unfinished && receive() == Received::Some)
        read = net::readReply(received_);
    if (read.kind != ReplyRead::Kind::Complete) return std::nullopt;
    received_.erase(0, read.bytes);
    return std::move(read.reply);
}

asio::awaitable<std::optional<SmtpReply>> SmtpConnection::readReply() {
    // The first look at the socket comes after a wait: an answer is hardly ever there already.
    // After some bytes came, the next look comes at once: TLS may hold more than the socket shows.
    bool wait_first = true;
    while (true) {
        ReplyRead read = net::readReply(received_);
        if (read.kind == ReplyRead::Kind::Garbage) {
            failure_ = "the server's answer is not SMTP";
            co_return std::nullopt;
        }
        if (read.kind == ReplyRead::Kind::Complete) {
            received_.erase(0, read.bytes);
            co_return std::move(read.reply);
        }
        if (wait_first) {
            const bool readable = co_await wait(asio::posix::descriptor_base::wait_read);
            if (!readable) co_return std::nullopt;
        }
        const Received received = receive();
        if (received == Received::Failed) co_return std::nullopt;
        wait_first = received == Received::NothingYet;
    }
}

bool SmtpConnection::isQuiet() {
    failure_ = "the server spoke out of turn";
    return received_.empty() && receive() == Received::NothingYet;
}

void SmtpConnection::quit() {
    std::size_t sent = 0;
    curl_easy_send(easy_.get(), "QUIT\r\n", 6, &sent);
}

}  // namespace backorderd::net
