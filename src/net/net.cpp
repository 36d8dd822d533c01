#include "net/net.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/curl_multi.hpp"
#include "net/fetching.hpp"
#include "net/http.hpp"
#include "net/smtp.hpp"

namespace backorderd::net {

struct Net::Impl {
    explicit Impl(const boost::asio::any_io_executor& executor)
        : http(executor), public_http(executor), smtp(std::make_shared<SmtpPool>(executor)) {}

    CurlMulti http;
    /// Has connections of its own: one that was made without looking at the address is not used
    /// again by a request that wants it looked at.
    CurlMulti public_http;
    std::shared_ptr<SmtpPool> smtp;
};

Net::Net(boost::asio::any_io_executor executor) : impl_(std::make_unique<Impl>(executor)) {}

Net::~Net() = default;

boost::asio::awaitable<std::variant<HttpResponse, TransferError>> Net::http(HttpRequest request) {
    CurlMulti& multi = request.public_only ? impl_->public_http : impl_->http;
    return transferHttp(multi, std::move(request));
}

boost::asio::awaitable<SmtpResult> Net::smtp(SmtpRequest request) {
    return impl_->smtp->send(std::move(request));
}

boost::asio::awaitable<std::variant<Fetched, TransferError>> Net::fetch(FetchRequest request) {
    return fetchFiles(std::move(request), FetchWhat::Files);
}

boost::asio::awaitable<std::variant<Fetched, TransferError>> Net::list(FetchRequest request) {
    return fetchFiles(std::move(request), FetchWhat::List);
}

boost::asio::awaitable<void> Net::pause(std::chrono::milliseconds length) {
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor, length};
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace backorderd::net
