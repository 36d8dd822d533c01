#include "connectors/odoo_rpc.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "connectors/json_server.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

constexpr std::chrono::seconds kLoginPause{300};
constexpr std::size_t kAnswerBytesMax = 64u << 20;

Failure later(std::string reason) { return {Failure::Again::Later, std::move(reason)}; }
Failure never(std::string reason) { return {Failure::Again::Never, std::move(reason)}; }

std::string where(const Access& access) {
    return fmt::format("Odoo at {} (database '{}')", access.url, access.database);
}

std::string textOf(const json& object, const char* name) {
    const auto value = object.find(name);
    return value != object.end() && value->is_string()
               ? glimpse(value->get_ref<const std::string&>())
               : std::string{};
}

Failure refusedLogin(const Access& access) {
    return later(
        fmt::format("{} refuses the credentials{}: wrong, or the API key was revoked or "
                    "has expired. They are tried again in {} s.",
                    where(access), access.user.empty() ? "" : fmt::format(" of '{}'", access.user),
                    kLoginPause.count()));
}

/// An exception of the server's, by its name. Its traceback, and what a database driver says of
/// hosts, stay where they are.
Failure readException(const Access& access, std::string_view call, const json& exception,
                      bool& refused) {
    const std::string name = textOf(exception, "name");
    const std::string message = textOf(exception, "message");
    if (name == "odoo.exceptions.AccessDenied") {
        refused = true;
        return refusedLogin(access);
    }
    if (name == "odoo.exceptions.AccessError")
        return never(
            fmt::format("{} refuses {}: {} Give the user the rights that "
                        "docs/connectors/odoo.md lists.",
                        where(access), call, message));
    if (name.starts_with("builtins.") || message.find("doesn't exist") != std::string::npos)
        return never(
            fmt::format("{} does not know what {} asks for: {} A module is missing, or it "
                        "is another version of Odoo; `backorderd check --online` says "
                        "more.",
                        where(access), call, message));
    if (name == "odoo.exceptions.UserError" || name == "odoo.exceptions.ValidationError")
        return never(fmt::format("{} refuses {}: {}", where(access), call, message));
    if (name == "psycopg2.OperationalError")
        return later(fmt::format("{} cannot use its database; does it exist?", where(access)));
    return later(fmt::format("{} could not answer {}: {}; its own log says more.", where(access),
                             call, name.empty() ? "no reason" : name));
}

Failure readStatus(const Access& access, std::string_view call, const net::HttpResponse& response,
                   bool& refused) {
    if (response.status == 401) {
        refused = true;
        return refusedLogin(access);
    }
    if (const json body = parseWithinLimits(response.body); body.is_object())
        return readException(access, call, body, refused);
    if (response.status >= 300 && response.status < 400)
        return never(
            fmt::format("{} sends {} elsewhere (HTTP {}): set `url` to the address of the "
                        "server itself; `api: json2` needs Odoo 19.",
                        where(access), call, response.status));
    if (response.status == 404)
        return never(
            fmt::format("{} has no such address or database (HTTP 404); check `url`, "
                        "`database` and `api`.",
                        where(access)));
    return later(fmt::format("{} answered {} with HTTP {}; its own log says why.", where(access),
                             call, response.status));
}

net::HttpRequest requestOf(const Access& access, const std::string& path, const json& body) {
    net::HttpRequest request;
    request.method = "POST";
    request.url = access.url + path;
    request.headers.emplace_back("Content-Type", "application/json");
    // Text that is not UTF-8 cannot come from our own settings; replacing beats throwing.
    request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
    request.timeout = access.timeout;
    request.answer_bytes_max = kAnswerBytesMax;
    return request;
}

net::HttpRequest rpcRequest(const Access& access, const char* service, const char* method,
                            json arguments) {
    json params{{"service", service}, {"method", method}, {"args", std::move(arguments)}};
    const json body{
        {"jsonrpc", "2.0"}, {"method", "call"}, {"id", 1}, {"params", std::move(params)}};
    return requestOf(access, "jsonrpc", body);
}

net::HttpRequest json2Request(const Access& access, const std::string& model,
                              const std::string& method, const json& arguments) {
    net::HttpRequest request =
        requestOf(access, fmt::format("json/2/{}/{}", model, method), arguments);
    request.headers.emplace_back("Authorization", "bearer " + std::string{access.secret.reveal()});
    if (!access.database.empty()) request.headers.emplace_back("X-Odoo-Database", access.database);
    return request;
}

/// `execute_kw` takes the ids of a record method as the one positional argument.
net::HttpRequest executeRequest(const Access& access, Id user, const std::string& model,
                                const std::string& method, json arguments) {
    json positional = json::array();
    if (const auto ids = arguments.find("ids"); ids != arguments.end()) {
        positional.push_back(*ids);
        arguments.erase("ids");
    }
    json all = json::array();
    all.push_back(access.database);
    all.push_back(user);
    all.push_back(std::string{access.secret.reveal()});
    all.push_back(model);
    all.push_back(method);
    all.push_back(std::move(positional));
    all.push_back(std::move(arguments));
    return rpcRequest(access, "object", "execute_kw", std::move(all));
}

}  // namespace

Answer readAnswer(const Access& access, std::string_view call, const net::HttpResponse& response,
                  bool& refused) {
    if (response.status != 200) return readStatus(access, call, response, refused);
    json answer = parseWithinLimits(response.body);
    if (answer.is_discarded())
        return later(
            fmt::format("{} answered {} with something that is not JSON ('{}'): is `url` "
                        "the address of an Odoo server, and no login page before it?",
                        where(access), call, glimpse(response.body)));
    if (access.api == Api::Json2) return answer;
    if (!answer.is_object())
        return later(fmt::format("{} did not answer {} in JSON-RPC", where(access), call));
    if (const auto error = answer.find("error"); error != answer.end()) {
        if (!error->is_object())
            return later(fmt::format("{} could not answer {}", where(access), call));
        const auto data = error->find("data");
        return readException(access, call, data != error->end() ? *data : *error, refused);
    }
    // A method that returns nothing has no result, and no error.
    const auto result = answer.find("result");
    return result == answer.end() ? json{} : std::move(*result);
}

Session::Session(Access access, net::Net& net, const Clock& clock)
    : access_{std::move(access)}, net_{net}, clock_{clock} {}

std::optional<Failure> Session::stillRefused() const {
    const SteadyTime now = clock_.steady();
    if (!no_login_before_ || now >= *no_login_before_) return std::nullopt;
    const auto left = std::chrono::ceil<std::chrono::seconds>(*no_login_before_ - now);
    return later(
        fmt::format("{} refused the credentials; they are shown again in {} s, because "
                    "each try counts against this address.",
                    where(access_), left.count()));
}

boost::asio::awaitable<std::variant<net::HttpResponse, Failure>> Session::post(
    net::HttpRequest request) {
    ++requests_;
    auto answer = co_await net_.http(std::move(request));
    if (const auto* error = std::get_if<net::TransferError>(&answer))
        co_return later(fmt::format("{} cannot be reached: {}", where(access_), error->reason));
    co_return std::get<net::HttpResponse>(std::move(answer));
}

boost::asio::awaitable<Answer> Session::ask(std::string call, net::HttpRequest request) {
    auto answer = co_await post(std::move(request));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    bool refused = false;
    auto result = readAnswer(access_, call, std::get<net::HttpResponse>(answer), refused);
    if (refused) {
        user_id_.reset();
        no_login_before_ = clock_.steady() + kLoginPause;
    }
    co_return result;
}

boost::asio::awaitable<std::optional<Failure>> Session::logIn() {
    if (auto failed = stillRefused()) co_return failed;
    if (access_.api == Api::Json2 || user_id_) co_return std::nullopt;
    json arguments = json::array();
    arguments.push_back(access_.database);
    arguments.push_back(access_.user);
    arguments.push_back(std::string{access_.secret.reveal()});
    arguments.push_back(json::object());
    auto request = rpcRequest(access_, "common", "authenticate", std::move(arguments));
    const std::string call = "the login";
    auto answer = co_await ask(call, std::move(request));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& user = std::get<json>(answer);
    if (!user.is_number_integer()) {
        no_login_before_ = clock_.steady() + kLoginPause;
        co_return refusedLogin(access_);
    }
    user_id_ = user.get<Id>();
    co_return std::nullopt;
}

boost::asio::awaitable<Answer> Session::call(std::string model, std::string method,
                                             json arguments) {
    if (auto failed = co_await logIn()) co_return std::move(*failed);
    json& context = arguments["context"];
    if (context.is_null()) context = json::object();
    if (company_ != 0) context["allowed_company_ids"] = json::array({company_});
    auto request = access_.api == Api::Json2
                       ? json2Request(access_, model, method, arguments)
                       : executeRequest(access_, *user_id_, model, method, std::move(arguments));
    std::string call = model + "." + method;
    co_return co_await ask(std::move(call), std::move(request));
}

boost::asio::awaitable<Answer> Session::version() {
    net::HttpRequest request;
    if (access_.api == Api::Json2) {
        request = requestOf(access_, "web/version", json::object());
        request.method = "GET";
        request.body.clear();
    } else {
        const json none = json::array();
        request = rpcRequest(access_, "common", "version", none);
    }
    std::string call = "the question for its version";
    co_return co_await ask(std::move(call), std::move(request));
}

}  // namespace backorderd::connectors::odoo
