#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net.hpp"
#include "support/forbidden_addresses.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"

namespace backorderd::net {
namespace public_address_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;

const Script kAnswers{{{"", "\r\n\r\n"}, {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""}},
                      AtEnd::Close};

class PublicAddress : public testing::Test {
protected:
    std::variant<HttpResponse, TransferError> post(const std::string& host, bool public_only) {
        HttpRequest request;
        request.method = "POST";
        request.url = fmt::format("http://{}:{}/hook", host, server_.port());
        request.body = "{}";
        request.timeout = std::chrono::seconds(5);
        request.public_only = public_only;
        return test::runCoroutine(io_, net_.http(std::move(request)));
    }

    boost::asio::io_context io_{1};
    Net net_{io_.get_executor()};
    ScriptedServer server_{io_, {kAnswers}};
};

/// Whatever a resolver makes of a spelling, the address that it comes to is looked at: nothing
/// arrives, and nothing is even connected to.
TEST_F(PublicAddress, IsAllThatIsConnectedTo) {
    std::size_t count = 0, looked_at_count = 0;
    for (const auto* list : {&test::loopbackSpellings(), &test::privateSpellings()}) {
        for (const std::string& host : *list) {
            const auto answer = post(host, true);
            const auto* const error = std::get_if<TransferError>(&answer);
            ASSERT_NE(error, nullptr) << host;
            EXPECT_FALSE(error->request_sent) << host;
            // It was looked at, or it is no address for anybody.
            const bool looked_at = error->reason.find("no public address") != std::string::npos;
            const bool is_none = error->reason.find("resolve") != std::string::npos ||
                                 error->reason.find("URL") != std::string::npos;
            EXPECT_TRUE(looked_at || is_none) << host << ": " << error->reason;
            looked_at_count += looked_at ? 1u : 0u;
            ++count;
        }
    }
    EXPECT_GE(count, 200u);
    EXPECT_GE(looked_at_count, 190u);
    EXPECT_TRUE(server_.heard().empty());
    EXPECT_TRUE(std::holds_alternative<HttpResponse>(post("127.0.0.1", false)));
    EXPECT_EQ(server_.heard().size(), 1u);
}

TEST_F(PublicAddress, IsNotReachedOverAConnectionThatWasMadeWithoutLooking) {
    ASSERT_TRUE(std::holds_alternative<HttpResponse>(post("127.0.0.1", false)));
    EXPECT_TRUE(std::holds_alternative<TransferError>(post("127.0.0.1", true)));
    EXPECT_EQ(server_.heard().size(), 1u);
}

TEST_F(PublicAddress, SaysWhyOneIsNotConnectedTo) {
    const auto answer = post("localhost", true);
    const std::string reason = std::get<TransferError>(answer).reason;
    EXPECT_NE(reason.find("is no public address (loopback)"), std::string::npos) << reason;
}

struct Literal {
    const char* host;
    const char* why;
};

TEST(AddressLiteral, IsJudged) {
    for (const Literal& literal : {
             Literal{"10.1.2.3", "a private network"},
             Literal{"100.128.0.1", ""},
             Literal{"100.64.0.1", "a carrier's shared network"},
             Literal{"172.15.255.255", ""},
             Literal{"172.32.0.1", ""},
             Literal{"192.0.1.1", ""},
             Literal{"198.17.255.255", ""},
             Literal{"198.20.0.1", ""},
             Literal{"223.255.255.255", ""},
             Literal{"8.8.8.8", ""},
             Literal{"[2606:4700::1111]", ""},
             Literal{"[2a00:1450::1]", ""},
             Literal{"[2001:200::1]", ""},
             Literal{"[2001:db7::1]", ""},
             Literal{"[3ffe::1]", ""},
             Literal{"[::1]", "loopback"},
             Literal{"[::ffff:8.8.8.8]", "an IPv4 address in IPv6"},
             Literal{"[64:ff9b::8.8.8.8]", "an IPv4 address behind NAT64"},
             Literal{"[2002:808:808::1]", "an IPv4 address in 6to4"},
             Literal{"[2001:db8::1]", "for documentation"},
             Literal{"[fd00::1]", "a private network"},
             Literal{"[fe80::1]", "link-local"},
             Literal{"[ff02::1]", "multicast"},
             Literal{"[::]", "an unspecified address"},
             Literal{"[5f00::1]", "reserved"},
             Literal{"example.com", ""},
         })
        EXPECT_EQ(whyNotPublicHost(literal.host), literal.why) << literal.host;
}

TEST(HttpDate, IsRead) {
    const auto at = parseHttpDate("Mon, 02 Mar 2026 09:01:30 GMT");
    ASSERT_TRUE(at);
    EXPECT_EQ(at->time_since_epoch().count(), 1772442090);
    EXPECT_FALSE(parseHttpDate(""));
    EXPECT_FALSE(parseHttpDate("soon"));
}

}  // namespace public_address_test
}  // namespace backorderd::net
