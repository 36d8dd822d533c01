#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/curl_multi.hpp"
#include "net/net.hpp"
#include "net/smtp_text.hpp"

namespace backorderd::net {

/// What the server said it can do, in its last answer to EHLO.
struct SmtpAbilities {
    bool pipelining = false;
    bool size = false;
    std::size_t bytes_max = 0;  ///< of a mail, behind SIZE; 0: not said
    bool dsn = false;
    bool eight_bit = false;
    bool utf8 = false;
};

/// A connection to a mail server that is ready for MAIL. curl makes it (names, TCP, TLS, STARTTLS,
/// AUTH); the dialogue over it is ours: libcurl 7.88.1 blocks the thread while it waits for the
/// answer to the final dot, and for the answer to QUIT.
class SmtpConnection : public std::enable_shared_from_this<SmtpConnection> {
public:
    /// Null where there is no such connection; `result` then says what came of it.
    static boost::asio::awaitable<std::shared_ptr<SmtpConnection>> open(
        boost::asio::any_io_executor executor, const SmtpRequest& request, SmtpResult& result);
    ~SmtpConnection();

    const SmtpAbilities& abilities() const { return abilities_; }

    /// From now on, everything together may take this long; then each call fails.
    void startDeadline(std::chrono::seconds limit);
    void stopDeadline();

    /// Hands all bytes to the system; false: `failure` says why not.
    boost::asio::awaitable<bool> write(std::string_view bytes);
    /// The next reply; nullopt: `failure` says why there is none.
    boost::asio::awaitable<std::optional<SmtpReply>> readReply();
    /// A reply that has arrived already.
    std::optional<SmtpReply> takeReply();
    /// Whether the server is connected and has said nothing that it was not asked for.
    bool isQuiet();
    /// Says goodbye, without waiting for the answer. The connection is of no use afterwards.
    void quit();

    const std::string& failure() const { return failure_; }
    bool timedOut() const { return deadline_passed_; }

    bool reset_due = false;  ///< a refused mail is still open in the dialogue: RSET comes first
    std::chrono::steady_clock::time_point idle_since{};

private:
    enum class Received { Some, NothingYet, Failed };

    explicit SmtpConnection(boost::asio::any_io_executor executor);
    void configure(const SmtpRequest& request);
    /// False: a token is needed, and there is none.
    bool logIn(const SmtpRequest& request);
    static std::size_t takeLine(char* data, std::size_t, std::size_t size, void* context);
    void noteAbility(std::string_view line);
    void runTimer();
    void timerWoke();
    Received receive();
    boost::asio::awaitable<bool> wait(boost::asio::posix::descriptor_base::wait_type side);

    // A multi handle of its own for each connection: in a shared one, curl would find our kept
    // connection idle and close it under us while it makes another.
    CurlMulti multi_;
    char error_[CURL_ERROR_SIZE];
    EasyHandle easy_;
    boost::asio::posix::stream_descriptor socket_;  ///< curl's own: released, never closed
    boost::asio::steady_timer timer_;               ///< wakes at the deadline, or before
    bool timer_runs_ = false;
    std::chrono::steady_clock::time_point deadline_at_ =
        std::chrono::steady_clock::time_point::max();
    bool deadline_passed_ = false;
    SmtpAbilities abilities_;
    std::string received_;
    int last_code_ = 0;  ///< while curl speaks: the last reply
    std::string last_text_;
    std::string failure_;
};

}  // namespace backorderd::net
