#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

namespace backorderd::net {

struct EasyCleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, EasyCleanup>;

struct ListCleanup {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, ListCleanup>;

/// A handle with what every transfer of ours has in common: no signals, no proxy, no redirects, the
/// given protocols alone (`http,https`), and no waiting for a name server that does not answer.
/// `error` (CURL_ERROR_SIZE bytes) must live as long as the handle.
EasyHandle makeEasy(const char* protocols, char* error);

/// curl's multi interface driven by Asio: curl says which sockets and which time it waits for, and
/// is called when they come.
class CurlMulti {
public:
    explicit CurlMulti(boost::asio::any_io_executor executor);
    ~CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;

    /// Runs one transfer to its end. The handle stays added, and with it a connection that
    /// CURLOPT_CONNECT_ONLY keeps, until `remove`. It is removed where the coroutine is destroyed
    /// or cancelled before the end.
    boost::asio::awaitable<CURLcode> perform(CURL* easy);
    void remove(CURL* easy) noexcept;

    struct State;

private:
    // Shared with the handlers and coroutines under way, which may be destroyed after us.
    std::shared_ptr<State> state_;
};

}  // namespace backorderd::net
