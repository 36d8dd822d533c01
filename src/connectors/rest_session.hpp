#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "backorderd/clock.hpp"
#include "backorderd/problem.hpp"
#include "backorderd/secret.hpp"
#include "connectors/rest_mapping.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::rest {

/// Where the server is, and as whom to speak to it.
struct Access {
    std::string url;   ///< without a slash at its end
    std::string auth;  ///< one of the kinds of the mapping
    std::string user;
    std::string token_id;
    Secret password, token;
    std::string ca_file;
    std::chrono::seconds timeout{};
    std::size_t answer_bytes_max = 0;
    double requests_per_second = 0;  ///< 0: no limit
};

/// One request, with its names filled in.
struct Call {
    std::string method;
    std::string url;  ///< whole, with its query
    Table headers;
    std::string body;
};

template <class T>
using Asked = std::variant<T, Failure>;

/// Whether the server says that there is no such thing. A proxy that says so, in words that are no
/// JSON, knows nothing of it.
bool isNotFound(const net::HttpResponse& response);

/// Speaks to one server: logs in when the first request needs it and once again where a request is
/// refused as unknown, spaces requests, and obeys a server that wants to be left alone.
class Session {
public:
    /// `mapping` outlives it. `values` are those of the settings.
    Session(Access access, const Mapping& mapping, Texts values, net::Net& net, const Clock& clock);

    /// The call that texts make with `names` beside the values.
    Call makeCall(const CallTexts& texts, const Texts& names) const;
    /// Any answer but 401, 429 and 503.
    boost::asio::awaitable<Asked<net::HttpResponse>> send(Call call);
    /// The document that a good answer holds.
    boost::asio::awaitable<Asked<JsonTree>> ask(Call call);
    /// What the answer holds, or what kept it from coming. Its body is taken over where it is JSON.
    Asked<JsonTree> read(const Call& call, net::HttpResponse& response) const;

    std::size_t requests() const { return requests_; }
    const Mapping& mapping() const { return mapping_; }
    const Texts& values() const { return values_; }
    const Clock& clock() const { return clock_; }
    /// The text with each of our credentials in it made unreadable: a server may echo them.
    std::string withoutSecrets(std::string text) const;
    /// `ERPNext at https://erp.example.com`
    std::string where() const;

private:
    boost::asio::awaitable<std::optional<Failure>> beAllowed();
    boost::asio::awaitable<std::optional<Failure>> logIn();
    boost::asio::awaitable<std::optional<Failure>> beginSession();
    boost::asio::awaitable<std::optional<Failure>> fetchToken();
    std::optional<Failure> refusedLogin(const net::HttpResponse& response);
    void authorize(Call& call) const;
    std::string oauth1Header(const Call& call) const;
    /// How long the server wants to be left alone, where it says so; then nothing is asked before.
    std::optional<std::chrono::seconds> leaveAlone(const net::HttpResponse& response) const;
    boost::asio::awaitable<std::variant<net::HttpResponse, net::TransferError>> transfer(
        const Call& call);
    bool logsIn() const;
    Texts credentials() const;

    Access access_;
    const Mapping& mapping_;
    Texts values_;
    net::Net& net_;
    const Clock& clock_;
    std::size_t requests_ = 0;
    bool logged_in_ = false;
    std::string cookies_;
    Secret session_token_, refresh_token_;
    std::optional<SteadyTime> token_until_, no_login_before_, not_before_, next_request_;
};

}  // namespace backorderd::connectors::rest
