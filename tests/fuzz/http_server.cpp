#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "fuzz.hpp"
#include "net/net.hpp"
#include "net/webhook_signature.hpp"

// What anybody may send to a listener: the server reads it from a socket, as it does in the daemon.

namespace {

using namespace backorderd;
namespace asio = boost::asio;
using asio::local::stream_protocol;

asio::awaitable<net::ServedResponse> check(const net::ServedRequest& request) {
    static const std::vector<Secret> keys{Secret{std::string(32, 'k')}};
    fuzz::require(request.body.size() <= net::ServerLimits{}.request_bytes_max,
                  "a body is within its limit");
    for (const auto& [name, value] : request.headers)
        fuzz::require(value.find('\n') == std::string::npos, "a header is one line");
    const bool is_signed = net::webhookSigned(keys, request.header("webhook-id"), Timestamp{},
                                              request.body, request.header("webhook-signature"));
    fuzz::require(!is_signed, "nobody guesses a signature");
    net::ServedResponse response;
    response.body = request.method + request.target;
    co_return response;
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const fuzz::ScratchFolder folder;
    static const std::string path = folder.path() + "/socket";
    static asio::io_context io{1};
    static net::UnixHttpServer server{io.get_executor(), path, check};
    stream_protocol::socket socket{io};
    boost::system::error_code failed;
    socket.connect(stream_protocol::endpoint{path}, failed);
    fuzz::require(!failed, "the server lives on");
    // More than the socket takes at once would block: the server runs on this thread as well.
    const std::size_t taken = std::min<std::size_t>(size, 64u << 10);
    asio::write(socket, asio::buffer(bytes, taken), failed);
    socket.shutdown(stream_protocol::socket::shutdown_send, failed);
    std::string answer;
    bool ended = false;
    asio::async_read(socket, asio::dynamic_buffer(answer),
                     [&](const boost::system::error_code&, std::size_t) { ended = true; });
    io.restart();
    while (!ended) io.run_one();
    fuzz::require(answer.empty() || answer.starts_with("HTTP/1.1 "), "an answer is one of HTTP");
    return 0;
}
