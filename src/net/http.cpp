#include "net/http.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <new>

#include "net/public_address.hpp"

namespace backorderd::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kAnswerHeaderBytesMax = 256u << 10;
constexpr long kConnectTimeoutSeconds = 30;
/// Less than a byte a second for a minute is a dead peer, however long the transfer may take.
constexpr long kLowSpeedBytes = 1;
constexpr long kLowSpeedSeconds = 60;
constexpr std::string_view kControl{"\r\n\0", 3};
/// What arrives at once: more than it is by default, so that a long answer takes few turns of the
/// loop, and little enough to be copied out of the processor's cache.
constexpr long kReceiveBytes = 128L << 10;
/// Behind the body, for who reads it where it is.
constexpr std::size_t kRoomBytes = 64;

/// What arrives, with its limits.
struct Receiver {
    HttpResponse response;
    std::size_t body_bytes_max = 0;
    std::size_t header_bytes = 0;
    std::string over_limit;  ///< which limit ended the transfer
    std::string forbidden;   ///< the address that was not connected to, and why
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::size_t takeBody(char* data, std::size_t, std::size_t size, void* context) {
    auto& receiver = *static_cast<Receiver*>(context);
    if (receiver.response.body.size() + size > receiver.body_bytes_max) {
        receiver.over_limit =
            fmt::format("the answer is longer than {} bytes", receiver.body_bytes_max);
        return CURL_WRITEFUNC_ERROR;
    }
    receiver.response.body.append(data, size);
    return size;
}

/// A long body that grew bit by bit would be copied each time.
void expectBody(Receiver& receiver, std::string_view length) {
    std::size_t bytes = 0;
    std::from_chars(length.data(), length.data() + length.size(), bytes);
    if (bytes <= receiver.body_bytes_max) receiver.response.body.reserve(bytes + kRoomBytes);
}

std::size_t takeHeader(char* data, std::size_t, std::size_t size, void* context) {
    auto& receiver = *static_cast<Receiver*>(context);
    receiver.header_bytes += size;
    if (receiver.header_bytes > kAnswerHeaderBytesMax) {
        receiver.over_limit =
            fmt::format("the headers are longer than {} bytes", kAnswerHeaderBytesMax);
        return CURL_WRITEFUNC_ERROR;
    }
    const std::string_view line(data, size);
    // A status line begins anew: what came before belongs to an interim answer (100, 103).
    if (line.starts_with("HTTP/")) {
        receiver.response.headers.clear();
        return size;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(trimmed(line.substr(0, colon)));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (name == "content-length") expectBody(receiver, value);
    receiver.response.headers.emplace_back(std::move(name), value);
    return size;
}

/// curl asks for a socket once it knows the address that it is about to connect to.
curl_socket_t openPublicSocket(void* context, curlsocktype, curl_sockaddr* address) {
    auto& receiver = *static_cast<Receiver*>(context);
    if (const std::string why = whyNotPublic(address->addr); !why.empty()) {
        receiver.forbidden =
            fmt::format("{} is no public address ({})", addressText(address->addr), why);
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/// A line break in a header or an address would be a second header or request.
std::string whyNotSendable(const HttpRequest& request) {
    const auto unsafe = [](std::string_view text) {
        return text.find_first_of(kControl) != std::string_view::npos;
    };
    if (unsafe(request.url) || unsafe(request.method)) return "the address holds a line break";
    for (const auto& [name, value] : request.headers) {
        if (name.empty() || unsafe(name) || name.find(':') != std::string::npos)
            return "a header's name holds a line break or a colon";
        if (unsafe(value)) return fmt::format("the header {} holds a line break", name);
    }
    return {};
}

CurlList headerList(const HttpRequest& request) {
    CurlList list;
    const auto append = [&](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list.release());
        list.reset(longer);
    };
    append("Expect:");
    for (const auto& [name, value] : request.headers)
        append(value.empty() ? name + ";" : name + ": " + value);
    return list;
}

void configure(CURL* easy, const HttpRequest& request, curl_slist* headers, Receiver& receiver) {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "backorderd");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    if (!request.body.empty() || request.method == "POST") {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (!request.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, request.ca_file.c_str());
    if (!request.user.empty()) {
        curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(easy, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, request.password.reveal().c_str());
    }

    curl_easy_setopt(easy, CURLOPT_TIMEOUT,
                     static_cast<long>(std::max<std::int64_t>(1, request.timeout.count())));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kLowSpeedBytes);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kLowSpeedSeconds);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.fresh_connection ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request.fresh_connection ? 1L : 0L);

    if (request.public_only) {
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &openPublicSocket);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &receiver);
    }
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBytes);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &takeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &receiver);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &takeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &receiver);
}

}  // namespace

std::string hostOf(const std::string& url) {
    std::string_view rest = url;
    if (const auto scheme = rest.find("://"); scheme != std::string_view::npos)
        rest.remove_prefix(scheme + 3);
    rest = rest.substr(0, rest.find_first_of("/?#"));
    // A password in an address must not reach a message.
    if (const auto user = rest.rfind('@'); user != std::string_view::npos)
        rest.remove_prefix(user + 1);
    return std::string(rest.empty() ? std::string_view("the address") : rest);
}

std::string_view HttpResponse::header(std::string_view lower_name) const {
    for (const auto& [name, value] : headers)
        if (name == lower_name) return value;
    return {};
}

std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text) {
    const std::string terminated(text);
    const std::time_t seconds = curl_getdate(terminated.c_str(), nullptr);
    if (seconds < 0) return std::nullopt;
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

asio::awaitable<std::variant<HttpResponse, TransferError>> transferHttp(CurlMulti& multi,
                                                                        HttpRequest request) {
    const std::string host = hostOf(request.url);
    if (const std::string why = whyNotSendable(request); !why.empty())
        co_return TransferError{fmt::format("{}: {}", host, why)};

    Receiver receiver;
    receiver.body_bytes_max = request.answer_bytes_max;
    char error[CURL_ERROR_SIZE];
    const CurlList headers = headerList(request);
    const EasyHandle easy = makeEasy("http,https", error);
    configure(easy.get(), request, headers.get(), receiver);

    const CURLcode result = co_await multi.perform(easy.get());
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    long request_bytes = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_REQUEST_SIZE, &request_bytes);
    const bool sent = request_bytes > 0;
    multi.remove(easy.get());

    if (!receiver.over_limit.empty())
        co_return TransferError{fmt::format("{}: {}", host, receiver.over_limit), false, sent,
                                static_cast<int>(status)};
    if (result != CURLE_OK && !sent && !receiver.forbidden.empty())
        co_return TransferError{fmt::format("{}: {}", host, receiver.forbidden)};
    if (result != CURLE_OK) {
        const bool timed_out = result == CURLE_OPERATION_TIMEDOUT;
        const char* why = error[0] != '\0' ? error : curl_easy_strerror(result);
        co_return TransferError{fmt::format("{}: {}", host, why), timed_out, sent,
                                static_cast<int>(status)};
    }
    receiver.response.status = static_cast<int>(status);
    co_return std::move(receiver.response);
}

}  // namespace backorderd::net
