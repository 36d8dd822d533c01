#include "connectors/tryton_rpc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/json_server.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

constexpr std::chrono::seconds kLeaveTimeout{5};
constexpr std::chrono::seconds kLoginTimeout{60};  // the server delays a refusal by up to 31 s
constexpr std::chrono::seconds kLoginPause{300};   // its window for counting failed logins
constexpr std::size_t kAnswerBytesMax = 64u << 20;

Failure failure(Failure::Again again, std::string reason) { return {again, std::move(reason)}; }

std::string where(const Access& access) {
    return fmt::format("Tryton at {} (database '{}')", access.url, access.database);
}

std::string base64(std::string_view bytes) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const unsigned byte =
                at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u;
            group = group << 8 | byte;
        }
        const std::size_t digits = std::min<std::size_t>(4, bytes.size() - at + 1);
        for (std::size_t i = 0; i < 4; ++i)
            text += i < digits ? kDigits[group >> (18 - 6 * i) & 63u] : '=';
    }
    return text;
}

std::string firstText(const json& value) {
    if (value.is_string()) return glimpse(value.get_ref<const std::string&>());
    if (value.is_array() && !value.empty()) return firstText(value.front());
    return {};
}

/// The two-element list that Tryton answers with where a call was refused.
Failure readError(const Access& access, std::string_view method, const json& error) {
    const std::string kind = firstText(error);
    const std::string detail =
        error.is_array() && error.size() > 1 ? firstText(error[1]) : std::string{};
    if (kind == "UserError")
        return failure(Failure::Again::Never,
                       fmt::format("{} refuses {}: {} Give the user '{}' the right that "
                                   "docs/connectors/tryton.md lists.",
                                   where(access), method, detail, access.user));
    if (kind == "UserWarning")
        return failure(
            Failure::Again::Never,
            fmt::format("{} asks a person to confirm {}: {}", where(access), method,
                        error.size() > 1 && error[1].size() > 1 ? firstText(error[1][1]) : detail));
    if (kind == "LoginException")
        return failure(Failure::Again::Never,
                       fmt::format("{} wants more than a password from the user '{}' ({}); give it "
                                   "a user with password login alone.",
                                   where(access), access.user, detail));
    if (kind == "ConcurrencyException")
        return failure(
            Failure::Again::Later,
            fmt::format("somebody else was changing the same record in {}", where(access)));
    if (kind.size() > 2 && kind.front() == '\'' && kind.back() == '\'')
        return failure(Failure::Again::Never,
                       fmt::format("{} does not know {} in {}: a module is missing, or it is not "
                                   "Tryton 6.0; `backorderd check --online` names what is missing.",
                                   where(access), kind, method));
    if (kind.starts_with("Database ") && kind.find("exist") != std::string::npos)
        return failure(Failure::Again::Never,
                       fmt::format("There is no database '{}' at {}; check `database`.",
                                   access.database, access.url));
    return failure(Failure::Again::Later, fmt::format("{} could not answer {}: {}", where(access),
                                                      method, kind.empty() ? "no reason" : kind));
}

/// A status other than 200.
Failure readStatus(const Access& access, std::string_view method, int status) {
    switch (status) {
        case 301:
        case 302:
        case 307:
        case 308:
            return failure(Failure::Again::Never,
                           fmt::format("{} sends {} elsewhere (HTTP {}); set `url` to the address "
                                       "of the server itself.",
                                       where(access), method, status));
        case 403:
            return failure(Failure::Again::Never,
                           fmt::format("{} does not offer {} (HTTP 403); it is perhaps not Tryton "
                                       "6.0, or a proxy stands before it.",
                                       where(access), method));
        case 404:
            return failure(Failure::Again::Never,
                           fmt::format("There is no database '{}' at {} (HTTP 404); check `url` "
                                       "and `database`.",
                                       access.database, access.url));
        default:
            return failure(Failure::Again::Later,
                           fmt::format("{} answered {} with HTTP {}; its own log says why.",
                                       where(access), method, status));
    }
}

std::string request(std::string_view method, json params) {
    const json body{{"id", 1}, {"method", method}, {"params", std::move(params)}};
    // Text that is not UTF-8 cannot come from our own settings; replacing beats throwing.
    return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

Answer readAnswer(const Access& access, std::string_view method,
                  const net::HttpResponse& response) {
    if (response.status != 200) return readStatus(access, method, response.status);
    json answer = parseWithinLimits(response.body);
    if (answer.is_discarded() || !answer.is_object())
        return failure(Failure::Again::Later,
                       fmt::format("{} answered {} with something that is not JSON-RPC ('{}'); is "
                                   "`url` the address of a Tryton server?",
                                   where(access), method, glimpse(response.body)));
    if (const auto error = answer.find("error"); error != answer.end())
        return readError(access, method, *error);
    const auto result = answer.find("result");
    if (result == answer.end())
        return failure(Failure::Again::Later,
                       fmt::format("{} answered {} with neither a result nor an error",
                                   where(access), method));
    return std::move(*result);
}

Session::Session(Access access, net::Net& net, const Clock& clock)
    : access_{std::move(access)}, net_{net}, clock_{clock} {}

boost::asio::awaitable<std::variant<net::HttpResponse, Failure>> Session::post(std::string path,
                                                                               std::string body,
                                                                               bool as_user) {
    net::HttpRequest call;
    call.method = "POST";
    call.url = access_.url + path;
    call.headers.emplace_back("Content-Type", "application/json");
    if (as_user) call.headers.emplace_back("Authorization", authorization_);
    call.body = std::move(body);
    call.timeout = as_user ? access_.timeout : std::max(access_.timeout, kLoginTimeout);
    call.answer_bytes_max = kAnswerBytesMax;
    ++requests_;
    auto answer = co_await net_.http(std::move(call));
    if (const auto* error = std::get_if<net::TransferError>(&answer))
        co_return failure(Failure::Again::Later,
                          fmt::format("{} cannot be reached: {}", where(access_), error->reason));
    co_return std::get<net::HttpResponse>(std::move(answer));
}

boost::asio::awaitable<std::optional<Failure>> Session::logIn() {
    const SteadyTime now = clock_.steady();
    if (no_login_before_ && now < *no_login_before_) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(*no_login_before_ - now);
        co_return failure(Failure::Again::Later,
                          fmt::format("{} refused the last login of '{}'; the next is tried in {} "
                                      "s, because each try prolongs the server's block.",
                                      where(access_), access_.user, left.count()));
    }
    authorization_.clear();
    context_.clear();
    const json secret{{"password", access_.password.reveal()}};
    const json params = json::array({access_.user, secret, "en"});
    const std::string path = access_.database + "/";
    const std::string body = request("common.db.login", params);
    auto answer = co_await post(path, body, false);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& response = std::get<net::HttpResponse>(answer);
    if (response.status == 401 || response.status == 429)
        no_login_before_ = clock_.steady() + kLoginPause;
    if (response.status == 401)
        co_return failure(Failure::Again::Later,
                          fmt::format("{} refuses the user '{}': check `user` and `password`. The "
                                      "next login is tried in {} s.",
                                      where(access_), access_.user, kLoginPause.count()));
    if (response.status == 429)
        co_return failure(Failure::Again::Later,
                          fmt::format("{} has had too many failed logins of '{}' and refuses all "
                                      "for now; the next is tried in {} s.",
                                      where(access_), access_.user, kLoginPause.count()));
    auto result = readAnswer(access_, "common.db.login", response);
    if (auto* failed = std::get_if<Failure>(&result)) co_return std::move(*failed);
    const auto& key = std::get<json>(result);
    if (!key.is_array() || key.size() < 2 || !key[0].is_number_integer() || !key[1].is_string())
        co_return failure(Failure::Again::Later,
                          fmt::format("{} answered the login of '{}' without a session",
                                      where(access_), access_.user));
    no_login_before_.reset();
    authorization_ =
        "Session " + base64(fmt::format("{}:{}:{}", access_.user, key[0].get<std::int64_t>(),
                                        key[1].get_ref<const std::string&>()));
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> Session::learnContext() {
    const std::string method = "model.res.user.get_preferences";
    const json params = json::array({true, json::object()});
    const std::string body = request(method, params);
    auto answer = co_await callWith(method, body);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    auto& preferences = std::get<json>(answer);
    const auto company = preferences.find("company");
    if (!preferences.is_object() || company == preferences.end() || !company->is_number_integer())
        co_return failure(
            Failure::Again::Never,
            fmt::format("The user '{}' has no company in {}, so it would see no sales and no "
                        "error. Set its company under Administration > Users.",
                        access_.user, where(access_)));
    company_id_ = company->get<std::int64_t>();
    const auto name = preferences.find("company.rec_name");
    company_ =
        name != preferences.end() && name->is_string() ? name->get<std::string>() : company->dump();
    if (!access_.company.empty() && access_.company != company_)
        if (auto failed = co_await chooseCompany(preferences)) co_return failed;
    context_ = preferences.dump(-1, ' ', false, json::error_handler_t::replace);
    co_return std::nullopt;
}

/// Tryton takes a company of the context for the user's own where the user belongs to it.
boost::asio::awaitable<std::optional<Failure>> Session::chooseCompany(json& preferences) {
    const std::string method = "model.company.company.search_read";
    json domain = json::array();
    domain.push_back(json::array({"party.name", "=", access_.company}));
    json params = json::array();
    params.push_back(std::move(domain));
    params.push_back(0);
    params.push_back(2);
    params.push_back(nullptr);
    params.push_back(json::array({"id"}));
    params.push_back(preferences);
    const std::string body = request(method, std::move(params));
    auto answer = co_await callWith(method, body);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& found = std::get<json>(answer);
    const bool one = found.is_array() && found.size() == 1 && found[0].is_object() &&
                     found[0].contains("id") && found[0]["id"].is_number_integer();
    if (!one)
        co_return failure(
            Failure::Again::Never,
            fmt::format("The user '{}' sees {} company of the name '{}' in {}: check `company`.",
                        access_.user, found.is_array() && found.size() > 1 ? "more than one" : "no",
                        access_.company, where(access_)));
    company_id_ = found[0]["id"].get<std::int64_t>();
    company_ = access_.company;
    preferences["company"] = company_id_;
    co_return std::nullopt;
}

boost::asio::awaitable<void> Session::leave() {
    if (authorization_.empty()) co_return;
    net::HttpRequest call;
    call.method = "POST";
    call.url = access_.url + access_.database + "/";
    call.headers.emplace_back("Content-Type", "application/json");
    call.headers.emplace_back("Authorization", std::exchange(authorization_, ""));
    call.body = request("common.db.logout", json::array());
    call.timeout = kLeaveTimeout;
    (void)co_await net_.http(std::move(call));
}

boost::asio::awaitable<std::optional<Failure>> Session::ready() {
    if (authorization_.empty())
        if (auto failed = co_await logIn()) co_return failed;
    if (context_.empty())
        if (auto failed = co_await learnContext()) co_return failed;
    co_return std::nullopt;
}

boost::asio::awaitable<Answer> Session::callWith(std::string method, std::string body) {
    for (int attempt = 1;; ++attempt) {
        const std::string path = access_.database + "/";
        auto answer = co_await post(path, body, true);
        if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
        const auto& response = std::get<net::HttpResponse>(answer);
        if (response.status != 401 && response.status != 429)
            co_return readAnswer(access_, method, response);
        if (response.status == 429 || attempt == 2) {
            authorization_.clear();
            co_return failure(Failure::Again::Later,
                              fmt::format("{} does not accept the session of '{}' (HTTP {})",
                                          where(access_), access_.user, response.status));
        }
        // Expired, logged out or unknown cannot be told apart: log in anew, once. The context that
        // the body carries stays valid.
        std::string context = std::move(context_);
        if (auto failed = co_await logIn()) co_return std::move(*failed);
        context_ = std::move(context);
    }
}

boost::asio::awaitable<Answer> Session::call(std::string method, json params, json context) {
    if (auto failed = co_await ready()) co_return std::move(*failed);
    json whole = json::parse(context_);
    whole.update(context);
    params.push_back(std::move(whole));
    method.insert(0, "model.");
    std::string body = request(method, std::move(params));
    co_return co_await callWith(std::move(method), std::move(body));
}

boost::asio::awaitable<Answer> Session::call(std::string method, json params) {
    return call(std::move(method), std::move(params), json::object());
}

boost::asio::awaitable<Answer> Session::version() {
    const std::string method = "common.server.version";
    const std::string body = request(method, json::array());
    const std::string path;
    auto answer = co_await post(path, body, false);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    co_return readAnswer(access_, method, std::get<net::HttpResponse>(answer));
}

}  // namespace backorderd::connectors::tryton
