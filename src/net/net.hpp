#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "backorderd/secret.hpp"

/// Transfers: curl's multi interface driven by Asio, and a small HTTP server. One `Net` serves the
/// whole process; it must outlive every transfer.
namespace backorderd::net {

/// One HTTP/1.1 request, to `http` and `https` alone: no redirect is followed and no proxy is taken
/// from the environment.
struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::chrono::seconds timeout{60};          ///< for the whole transfer
    std::size_t answer_bytes_max = 64u << 20;  ///< a longer answer is an error
    bool fresh_connection = false;  ///< never reuse one: for receivers that do not dedupe
    /// Connect to public addresses alone: what a name leads to is looked at when the connection is
    /// made, so that no spelling and no name server can lead elsewhere.
    bool public_only = false;
    std::string ca_file;  ///< empty: the system's
    std::string user;     ///< by Basic authentication; empty: none
    Secret password;
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
    std::string_view header(std::string_view lower_name) const;  ///< empty where missing
};

/// The transfer did not come to an answer.
struct TransferError {
    std::string reason;  ///< for a person, with the host
    bool timed_out = false;
    bool request_sent = false;  ///< in part at least: the receiver may have acted on it
    int status = 0;             ///< of an answer that began and did not end; 0: none
};

/// Why a host that is written as an address, `10.0.0.1` or `[::1]`, is not public; empty: it is, or
/// it is a name, of which only the connection shows where it leads.
std::string whyNotPublicHost(std::string_view host);

/// What a date in a header of an answer means (RFC 9110, 5.6.7); nullopt: it is none.
std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text);

/// How to log in: with a password, by what both sides know or by one mechanism alone, or with an
/// OAuth 2.0 token.
enum class SmtpAuth { Password, Plain, Login, Xoauth2 };

struct SmtpRequest {
    std::string url;           ///< `smtp://host:port` or `smtps://host:port`
    bool require_tls = false;  ///< STARTTLS or give up
    bool try_tls = true;       ///< STARTTLS where offered
    std::string ca_file;       ///< empty: the system's
    bool verify_peer = true;
    std::string user;
    Secret password;
    SmtpAuth auth = SmtpAuth::Password;
    /// The OAuth 2.0 token for SmtpAuth::Xoauth2, asked for with each new connection; nullopt:
    /// there is none now, and nothing is tried.
    std::function<std::optional<Secret>()> token;
    std::string helo;  ///< empty: the machine's name
    std::string mail_from;
    std::string rcpt_to;
    /// Where set and the server offers DSN (RFC 3461): it is asked to report failure and delay with
    /// the headers alone, under this id.
    std::string envelope_id;
    std::size_t bytes_max = 0;  ///< a longer mail is not sent; 0: the server's own limit alone
    std::string_view document;  ///< must outlive the transfer
    /// For the dialogue up to the body, and once more for the body and the answer to it, so that a
    /// slow beginning does not leave too little time to hear what became of the mail.
    std::chrono::seconds timeout{300};
    /// Until the server is ready to take a mail: greeting, TLS and log-in included.
    std::chrono::seconds connect_timeout{30};
    /// Awaited before the first byte of the body, behind DATA's 354. What it throws comes out of
    /// `Net::smtp`, with nothing of the body sent.
    std::function<boost::asio::awaitable<void>()> before_body;
};

/// Where in the dialogue an SMTP attempt ended; `last_reply` belongs to it, where there was one.
enum class SmtpStage {
    Check,    ///< not tried: an address or the document cannot be sent as it is
    Connect,  ///< greeting, EHLO, STARTTLS, AUTH
    Mail,
    Rcpt,
    Data,
    Body,  ///< behind 354
};

/// What the transcript of an SMTP attempt says.
struct SmtpResult {
    SmtpStage stage = SmtpStage::Check;
    int last_reply = 0;  ///< code of the last reply received, or of the first refusal; 0: none
    std::string last_reply_text;
    bool body_asked = false;    ///< 354 was received
    bool body_sent = false;     ///< every byte of the body, and the final dot, were handed over
    bool rcpt_refused = false;  ///< the last reply answered RCPT TO
    std::string error;          ///< for a person: why there was no reply; empty: there was one
};

/// A folder on a server of files, by SFTP (`sftp://`) or FTP within TLS (`ftps://` from the first
/// byte on, `ftp://` once the server has been told AUTH TLS). Who the server is, is always checked:
/// nothing is said to one that is not known.
struct RemoteFolder {
    std::string url;  ///< with a slash at its end
    std::string user;
    Secret password;
    std::string private_key_file;  ///< SSH: to log in with, instead of the password
    Secret passphrase;             ///< of the private key
    std::string known_hosts_file;  ///< SSH: the keys of servers, as OpenSSH keeps them
    std::string host_key;          ///< SSH: instead, `SHA256:…` as `ssh-keygen -l` shows it
    std::string ca_file;           ///< TLS; empty: the system's
};

struct RemoteFile {
    std::string name;
    std::uint64_t bytes = 0;
    std::chrono::sys_seconds changed;  ///< by the server's clock

    bool operator==(const RemoteFile&) const = default;
};

struct FetchRequest {
    RemoteFolder from;
    /// Which files, by their names. Called on another thread.
    std::function<bool(const std::string& name)> wanted;
    std::vector<RemoteFile> have;       ///< is not fetched again where it is as it was
    bool all_or_none = false;           ///< where one file is new, all are fetched
    std::string into;                   ///< a folder of ours, with nothing in it
    std::chrono::seconds timeout{600};  ///< for everything together
    std::size_t files_max = 1000;
    std::uint64_t file_bytes_max = std::uint64_t{4} << 30;
};

struct Fetched {
    std::vector<RemoteFile> files;   ///< all that the server has and that are wanted, by name
    std::vector<std::string> names;  ///< the new ones, which now lie in the folder
};

class Net {
public:
    explicit Net(boost::asio::any_io_executor executor);
    ~Net();
    Net(const Net&) = delete;
    Net& operator=(const Net&) = delete;

    boost::asio::awaitable<std::variant<HttpResponse, TransferError>> http(HttpRequest request);
    boost::asio::awaitable<SmtpResult> smtp(SmtpRequest request);
    /// Copies files of a server's folder. They are whole, on the disk, as old as they are there,
    /// and of one moment: the server's list was the same before and after. After an error, `into`
    /// holds nothing to rely on.
    boost::asio::awaitable<std::variant<Fetched, TransferError>> fetch(FetchRequest request);
    /// What `fetch` would have to do with, without fetching: the files that are wanted.
    boost::asio::awaitable<std::variant<Fetched, TransferError>> list(FetchRequest request);
    /// Lets that time pass: between two requests, for a server that asks for it.
    boost::asio::awaitable<void> pause(std::chrono::milliseconds length);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// One request to our own server, and its answer.
struct ServedRequest {
    std::string method;
    std::string target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers{};  ///< names in lower case
    std::string_view header(std::string_view lower_name) const;  ///< empty where missing
};
struct ServedResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
};

using ServeRequest =
    std::function<boost::asio::awaitable<ServedResponse>(const ServedRequest& request)>;

/// What a server takes. Longer requests are answered 413 or 431; a connection that is slower, or
/// one too many, is closed.
struct ServerLimits {
    std::size_t request_bytes_max = 1u << 20;
    std::uint32_t header_bytes_max = 16u << 10;
    std::chrono::seconds request_time{30};  ///< for the request, and again for the answer
    int connections_max = 64;
};

/// An HTTP server on a Unix socket, one request a connection. The socket file is made with mode
/// 0660 and removed by the destructor. What the handler throws comes out of the executor's `run`.
class UnixHttpServer {
public:
    using Handler = ServeRequest;
    /// Throws std::runtime_error with the reason where the socket cannot be made. A stale socket
    /// file that nobody listens on is replaced.
    UnixHttpServer(boost::asio::any_io_executor executor, const std::string& path, Handler handler);
    ~UnixHttpServer();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the connections under way
};

/// The same on a TCP port, `127.0.0.1:8480` or `[::1]:8480`, without TLS.
class TcpHttpServer {
public:
    /// Throws std::runtime_error with the reason where nothing can listen there.
    TcpHttpServer(boost::asio::any_io_executor executor, const std::string& listen,
                  const ServerLimits& limits, ServeRequest handler);
    ~TcpHttpServer();
    std::uint16_t port() const;  ///< the one that the system gave, where 0 was asked for

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;  // shared with the connections under way
};

/// Why a TCP server cannot be told to listen at this text; empty: it can.
std::string whyNotListenable(std::string_view listen);

/// One request to a server on a Unix socket, blocking; for the command line. nullopt: nobody
/// listens there. Throws std::runtime_error with the reason where somebody does and gives no
/// answer, or where we may not ask.
std::optional<ServedResponse> askUnixSocket(const std::string& path, const ServedRequest& request,
                                            std::chrono::seconds timeout);

}  // namespace backorderd::net
