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

namespace backorderd::connectors::tryton {

/// Where the server is, and as whom to speak to it.
struct Access {
    std::string url;  ///< of the server, with a slash at its end
    std::string database;
    std::string user;
    Secret password;
    std::string company;  ///< the one to read, by its name; empty: all that the user sees
    std::chrono::seconds timeout{};
};

/// The result of a call, or what kept it from coming.
using Answer = std::variant<nlohmann::json, Failure>;

/// What an answer to a call means: the result, or a failure with what to do about it. Pure.
/// 401 and 429 are the session's own business and do not come here.
Answer readAnswer(const Access& access, std::string_view method, const net::HttpResponse& response);

/// A user's session with one database. Logs in when the first call needs it, and once again where
/// the server no longer knows the session. A refused login is not repeated for a while, because
/// Tryton counts every try and locks the user out.
class Session {
public:
    Session(Access access, net::Net& net, const Clock& clock);

    /// Calls a method of a model, `sale.line.search_read`, with the user's context, changed by
    /// `context`, as the last parameter.
    boost::asio::awaitable<Answer> call(std::string method, nlohmann::json params,
                                        nlohmann::json context);
    boost::asio::awaitable<Answer> call(std::string method, nlohmann::json params);
    /// The server's version; needs no login.
    boost::asio::awaitable<Answer> version();
    /// Ends the session on the server, where there is one; the next call logs in anew.
    boost::asio::awaitable<void> leave();
    /// Logs in, where that has not been done, and learns the user's company.
    boost::asio::awaitable<std::optional<Failure>> ready();

    const Access& access() const { return access_; }
    /// Only what belongs to `companyId` is read.
    bool readsOneCompany() const { return !access_.company.empty(); }
    /// Id of the company that the settings name, else of the user's own; 0 before `ready`.
    std::int64_t companyId() const { return company_id_; }
    /// Its name; empty before `ready`.
    const std::string& company() const { return company_; }
    std::size_t requests() const { return requests_; }

private:
    boost::asio::awaitable<std::variant<net::HttpResponse, Failure>> post(std::string path,
                                                                          std::string body,
                                                                          bool as_user);
    boost::asio::awaitable<std::optional<Failure>> logIn();
    boost::asio::awaitable<std::optional<Failure>> learnContext();
    boost::asio::awaitable<std::optional<Failure>> chooseCompany(nlohmann::json& preferences);
    boost::asio::awaitable<Answer> callWith(std::string method, std::string body);

    Access access_;
    net::Net& net_;
    const Clock& clock_;
    std::size_t requests_ = 0;
    std::string authorization_;  ///< empty: not logged in
    std::string context_;        ///< the user's preferences as JSON text; empty: not learnt
    std::string company_;
    std::int64_t company_id_ = 0;
    std::optional<SteadyTime> no_login_before_;
};

}  // namespace backorderd::connectors::tryton
