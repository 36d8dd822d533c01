#include "connectors/rest_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "connectors/json_server.hpp"

namespace backorderd::connectors::rest {

namespace {

constexpr std::chrono::seconds kLoginAgainAfter{300};
constexpr std::chrono::seconds kLeaveAlone{60};
constexpr std::chrono::seconds kLeaveAloneMax{3600};
/// Between two requests, in seconds, however few of them the settings allow.
constexpr double kRequestGapMax = 3600;
/// A longer pause in the middle of reading is a poll that is begun anew later.
constexpr std::chrono::seconds kWaitMax{10};

/// A shorter one would be found in what is none.
constexpr std::size_t kSecretBytesMin = 4;

bool isHere(const Node* value) {
    if (value == nullptr || value->kind == Node::Kind::Null) return false;
    if (value->holds()) return value->size > 1;
    return !value->text.empty() && !(value->kind == Node::Kind::Word && value->text == "false");
}

std::string pathOf(const Call& call) {
    const std::string origin = originOf(call.url);
    // What stands behind the question mark may hold a key.
    const auto end = std::min(call.url.find('?'), call.url.size());
    return fmt::format("{} {}", call.method, call.url.substr(origin.size(), end - origin.size()));
}

Failure::Again againAfter(int status) {
    const bool lasting = status == 400 || (status >= 403 && status <= 405) || status == 410 ||
                         status == 422 || (status >= 300 && status < 400);
    return lasting ? Failure::Again::Never : Failure::Again::Later;
}

std::string_view adviceFor(int status) {
    if (status == 403) return "; the user lacks a right, see the mapping's page";
    if (status == 404) return "; check `url`, and that the module is active";
    if (status >= 300 && status < 400) return "; set `url` to the address that it sends us to";
    return "";
}

bool isAddress(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://");
}

/// What an answer for a token says of its life, a minute less than that; empty: nothing.
std::optional<std::chrono::seconds> lifeOf(const JsonTree& token) {
    constexpr double kShortest = 30, kLongest = 86'400, kEarlier = 60;
    const Node* said = follow(token.root(), pointerParts("/expires_in"));
    double number = 0;
    if (said == nullptr || said->kind != Node::Kind::Word ||
        std::from_chars(said->text.data(), said->text.data() + said->text.size(), number).ec !=
            std::errc{})
        return std::nullopt;
    const double seconds = std::clamp(number - kEarlier, kShortest, kLongest);
    return std::chrono::seconds{static_cast<std::int64_t>(seconds)};
}

bool hasHeader(const Table& headers, std::string_view name) {
    return std::ranges::any_of(headers, [&](const auto& h) { return h.first == name; });
}

}  // namespace

bool isNotFound(const net::HttpResponse& response) {
    return (response.status == 404 || response.status == 410) && !response.body.empty() &&
           isJson(response.body);
}

Session::Session(Access access, const Mapping& mapping, Texts values, net::Net& net,
                 const Clock& clock)
    : access_{std::move(access)},
      mapping_{mapping},
      values_{std::move(values)},
      net_{net},
      clock_{clock},
      refresh_token_{access_.token} {}

std::string Session::where() const {
    return fmt::format("{} at {}", mapping_.title, originOf(access_.url));
}

std::string Session::withoutSecrets(std::string text) const {
    for (const Secret* secret :
         {&access_.password, &access_.token, &session_token_, &refresh_token_}) {
        const std::string& known = secret->reveal();
        if (known.size() < kSecretBytesMin) continue;
        for (auto at = text.find(known); at != text.npos; at = text.find(known, at + 3))
            text.replace(at, known.size(), "***");
    }
    return text;
}

Call Session::makeCall(const CallTexts& texts, const Texts& names) const {
    Texts all = names;
    all.insert(values_.begin(), values_.end());
    Call call;
    call.method = texts.method;
    const std::string path = fill(texts.path, all, Within::Path, mapping_.escape);
    call.url = isAddress(texts.path)   ? path
               : path.starts_with('/') ? access_.url + path
                                       : access_.url + "/" + path;
    char sign = call.url.find('?') == std::string::npos ? '?' : '&';
    for (const auto& [name, text] : texts.query) {
        const std::string value = fill(text, all, Within::Query, mapping_.escape);
        if (value.empty()) continue;
        std::string key = percentEncoded(name);
        if (name.starts_with('$')) key.replace(0, 3, "$");
        call.url += sign + key + "=" + percentEncoded(value);
        sign = '&';
    }
    for (const auto* headers : {&mapping_.headers, &texts.headers})
        for (const auto& [name, text] : *headers)
            call.headers.emplace_back(name, fill(text, all, Within::Plain, mapping_.escape));
    if (!hasHeader(call.headers, "Accept")) call.headers.emplace_back("Accept", "application/json");
    call.body = fill(texts.body, all, Within::Body, mapping_.escape);
    if (!call.body.empty() && !hasHeader(call.headers, "Content-Type"))
        call.headers.emplace_back("Content-Type", "application/json");
    return call;
}

boost::asio::awaitable<std::variant<net::HttpResponse, net::TransferError>> Session::transfer(
    const Call& call) {
    ++requests_;
    net::HttpRequest request;
    request.method = call.method;
    request.url = call.url;
    request.headers = call.headers;
    request.body = call.body;
    request.timeout = access_.timeout;
    request.answer_bytes_max = access_.answer_bytes_max;
    request.ca_file = access_.ca_file;
    co_return co_await net_.http(std::move(request));
}

boost::asio::awaitable<std::optional<Failure>> Session::beAllowed() {
    const SteadyTime now = clock_.steady();
    if (not_before_ && now < *not_before_) {
        const auto left = std::chrono::ceil<std::chrono::seconds>(*not_before_ - now);
        co_return Failure{Failure::Again::Later,
                          fmt::format("{} wants to be left alone; it is asked again in {} s",
                                      where(), left.count())};
    }
    if (access_.requests_per_second <= 0) co_return std::nullopt;
    const auto begin = std::max(next_request_.value_or(now), now);
    const std::chrono::duration<double> gap{
        std::min(1 / access_.requests_per_second, kRequestGapMax)};
    next_request_ = begin + std::chrono::ceil<std::chrono::milliseconds>(gap);
    if (begin > now) {
        const auto wait = std::chrono::ceil<std::chrono::milliseconds>(begin - now);
        co_await net_.pause(wait);
    }
    co_return std::nullopt;
}

std::optional<std::chrono::seconds> Session::leaveAlone(const net::HttpResponse& response) const {
    if (response.status != 429 && response.status != 503) return std::nullopt;
    const std::string_view text = response.header("retry-after");
    std::int64_t seconds = kLeaveAlone.count();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} && !text.empty())
        if (const auto at = net::parseHttpDate(text)) seconds = (*at - clock_.now()).count();
    seconds = std::clamp<std::int64_t>(seconds, 0, kLeaveAloneMax.count());
    return std::chrono::seconds{seconds};
}

boost::asio::awaitable<Asked<net::HttpResponse>> Session::send(Call call) {
    bool renewed = false, waited = false;
    while (true) {
        if (auto held = co_await beAllowed()) co_return std::move(*held);
        if (logsIn() && (!logged_in_ || (token_until_ && clock_.steady() >= *token_until_)))
            if (auto failed = co_await logIn()) co_return std::move(*failed);
        Call signed_call = call;
        authorize(signed_call);
        auto answer = co_await transfer(signed_call);
        if (const auto* error = std::get_if<net::TransferError>(&answer))
            co_return Failure{Failure::Again::Later,
                              fmt::format("{}: {} did not come to an answer: {}", where(),
                                          pathOf(call), error->reason)};
        auto& response = std::get<net::HttpResponse>(answer);
        if (const auto pause = leaveAlone(response)) {
            if (!waited && *pause <= kWaitMax) {
                waited = true;
                const std::chrono::milliseconds wait = *pause;
                co_await net_.pause(wait);
                continue;
            }
            not_before_ = clock_.steady() + *pause;
            co_return Failure{Failure::Again::Later,
                              fmt::format("{} answered {} with HTTP {} and wants to be left alone "
                                          "for {} s",
                                          where(), pathOf(call), response.status, pause->count())};
        }
        if (response.status != 401) co_return std::move(response);
        logged_in_ = false;
        if (!logsIn() || renewed)
            co_return Failure{Failure::Again::Later,
                              fmt::format("{} refuses {} (HTTP 401): check the credentials of kind "
                                          "`{}`",
                                          where(), pathOf(call), access_.auth)};
        renewed = true;
    }
}

Asked<JsonTree> Session::read(const Call& call, net::HttpResponse& response) const {
    JsonTree document;
    const bool is_json = response.body.empty() || document.take(response.body);
    std::string error;
    if (is_json && !mapping_.error_at.empty()) {
        const Node* said = follow(document.root(), mapping_.error_at);
        if (isHere(said)) error = glimpse(said->text);
    }
    if (response.status < 200 || response.status > 299)
        return Failure{
            againAfter(response.status),
            fmt::format("{} answered {} with HTTP {}{}{}{}", where(), pathOf(call), response.status,
                        error.empty() ? "" : ": ", error, adviceFor(response.status))};
    if (!is_json)
        return Failure{Failure::Again::Later,
                       fmt::format("{} answered {} with something that is not JSON, or was cut "
                                   "off: '{}'",
                                   where(), pathOf(call), glimpse(response.body))};
    if (!error.empty())
        return Failure{Failure::Again::Later, fmt::format("{} answered {} with an error: {}",
                                                          where(), pathOf(call), error)};
    return document;
}

boost::asio::awaitable<Asked<JsonTree>> Session::ask(Call call) {
    auto answer = co_await send(call);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    co_return read(call, std::get<net::HttpResponse>(answer));
}

std::optional<Failure> Session::refusedLogin(const net::HttpResponse& response) {
    const int status = response.status;
    if (status >= 200 && status < 300) return std::nullopt;
    if (const auto pause = leaveAlone(response)) {
        not_before_ = clock_.steady() + *pause;
        return Failure{Failure::Again::Later,
                       fmt::format("{} answered the login with HTTP {} and wants to be left alone "
                                   "for {} s",
                                   where(), status, pause->count())};
    }
    if (status >= 500)
        return Failure{Failure::Again::Later,
                       fmt::format("{} answered the login with HTTP {}", where(), status)};
    no_login_before_ = clock_.steady() + kLoginAgainAfter;
    return Failure{
        Failure::Again::Later,
        fmt::format("{} refuses the login (HTTP {}): check the credentials of kind `{}`. "
                    "The next is tried in {} s.",
                    where(), status, access_.auth, kLoginAgainAfter.count())};
}

boost::asio::awaitable<std::optional<Failure>> Session::logIn() {
    if (no_login_before_ && clock_.steady() < *no_login_before_)
        co_return Failure{Failure::Again::Later,
                          fmt::format("{} refused the last login; it is not tried again yet, "
                                      "because each try may prolong a block",
                                      where())};
    std::optional<Failure> failed;
    if (access_.auth == "session")
        failed = co_await beginSession();
    else
        failed = co_await fetchToken();
    logged_in_ = !failed;
    co_return failed;
}

boost::asio::awaitable<std::optional<Failure>> Session::beginSession() {
    const Texts names = credentials();
    const Call call = makeCall(mapping_.auth.login, names);
    cookies_.clear();
    auto answer = co_await transfer(call);
    if (const auto* error = std::get_if<net::TransferError>(&answer))
        co_return Failure{Failure::Again::Later,
                          fmt::format("{}: the login failed: {}", where(), error->reason)};
    auto& response = std::get<net::HttpResponse>(answer);
    if (auto refused = refusedLogin(response)) co_return refused;
    for (const auto& [name, value] : response.headers)
        if (name == "set-cookie")
            cookies_ += (cookies_.empty() ? "" : "; ") + value.substr(0, value.find(';'));
    if (mapping_.auth.token_at.empty()) co_return std::nullopt;
    JsonTree document;
    document.take(response.body);
    const std::string token{textOf(follow(document.root(), mapping_.auth.token_at))};
    if (token.empty())
        co_return Failure{Failure::Again::Later,
                          fmt::format("{} answered the login without a token", where())};
    session_token_ = Secret{token};
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> Session::fetchToken() {
    CallTexts texts;
    texts.method = "POST";
    texts.path = mapping_.auth.token_url;
    texts.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    const Texts none;
    Call call = makeCall(texts, none);
    call.body = "grant_type=" + access_.auth + "&client_id=" + percentEncoded(access_.user) +
                "&client_secret=" + percentEncoded(access_.password.reveal());
    if (access_.auth == "refresh_token")
        call.body += "&refresh_token=" + percentEncoded(refresh_token_.reveal());
    if (const auto scope = fill(mapping_.auth.scope, values_, Within::Plain, Escape::None);
        !scope.empty())
        call.body += "&scope=" + percentEncoded(scope);
    auto answer = co_await transfer(call);
    if (const auto* error = std::get_if<net::TransferError>(&answer))
        co_return Failure{Failure::Again::Later,
                          fmt::format("{}: no token: {}", where(), error->reason)};
    auto& response = std::get<net::HttpResponse>(answer);
    if (auto refused = refusedLogin(response)) co_return refused;
    JsonTree document;
    document.take(response.body);
    const auto member = [&](std::string_view pointer) {
        const Node* said = follow(document.root(), pointerParts(pointer));
        return said != nullptr && said->kind == Node::Kind::Text ? said : nullptr;
    };
    const Node* token = member("/access_token");
    if (token == nullptr)
        co_return Failure{Failure::Again::Later,
                          fmt::format("{}: the answer for a token holds none", where())};
    session_token_ = Secret{std::string{token->text}};
    // Some servers take the old one back with each new one.
    if (const Node* newer = member("/refresh_token"))
        refresh_token_ = Secret{std::string{newer->text}};
    token_until_.reset();
    if (const auto life = lifeOf(document)) token_until_ = clock_.steady() + *life;
    co_return std::nullopt;
}

}  // namespace backorderd::connectors::rest
