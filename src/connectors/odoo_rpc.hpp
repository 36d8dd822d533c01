#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "backorderd/clock.hpp"
#include "backorderd/problem.hpp"
#include "backorderd/secret.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::odoo {

using Id = std::int64_t;

/// Odoo's two external interfaces: JSON-RPC (up to 19), and JSON-2 (from 19 on).
enum class Api { JsonRpc, Json2 };

/// Where the server is, and as whom to speak to it.
struct Access {
    std::string url;  ///< of the server, with a slash at its end
    std::string database;
    std::string user;  ///< JSON-RPC alone
    Secret secret;     ///< an API key; with JSON-RPC also a password
    Api api = Api::JsonRpc;
    std::chrono::seconds timeout{};
};

/// The result of a call, or what kept it from coming.
using Answer = std::variant<nlohmann::json, Failure>;

/// What an answer to a call means: the result, or a failure with what to do about it. Sets
/// `refused` where the credentials were not accepted. Pure.
Answer readAnswer(const Access& access, std::string_view call, const net::HttpResponse& response,
                  bool& refused);

/// A user's calls to one database. There is no session to expire: every call carries the
/// credentials. Refused ones are not shown again for a while.
class Session {
public:
    Session(Access access, net::Net& net, const Clock& clock);

    /// Calls a method of a model with named arguments; among them `ids`, for a method of records,
    /// and `context`.
    boost::asio::awaitable<Answer> call(std::string model, std::string method,
                                        nlohmann::json arguments);
    /// The server's version; needs no login.
    boost::asio::awaitable<Answer> version();

    const Access& access() const { return access_; }
    /// From now on nothing but this company is seen.
    void setCompany(Id company) { company_ = company; }

    std::size_t requests() const { return requests_; }

private:
    boost::asio::awaitable<std::variant<net::HttpResponse, Failure>> post(net::HttpRequest request);
    boost::asio::awaitable<Answer> ask(std::string call, net::HttpRequest request);
    boost::asio::awaitable<std::optional<Failure>> logIn();
    std::optional<Failure> stillRefused() const;

    Access access_;
    net::Net& net_;
    const Clock& clock_;
    std::size_t requests_ = 0;
    std::optional<Id> user_id_;  ///< JSON-RPC; empty: not logged in
    Id company_ = 0;             ///< 0: not learnt yet
    std::optional<SteadyTime> no_login_before_;
};

}  // namespace backorderd::connectors::odoo
