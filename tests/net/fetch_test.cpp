#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>

#include "net/net.hpp"
#include "support/file_servers.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"

namespace backorderd::net {
namespace fetch_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::ServerRoom;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

namespace asio = boost::asio;
namespace fs = std::filesystem;

class Fetching : public testing::Test {
protected:
    Fetching() { fs::create_directory(room_.path("into")); }

    FetchRequest request(const std::string& scheme, unsigned short port) {
        FetchRequest made;
        made.from.url = scheme + "://127.0.0.1:" + std::to_string(port) +
                        (scheme == "sftp" ? room_.exported() : "") + "/";
        made.wanted = [](const std::string& name) { return name.ends_with(".csv"); };
        made.into = room_.path("into");
        made.timeout = std::chrono::seconds{20};
        return made;
    }
    FetchRequest sftp(unsigned short port) {
        auto made = request("sftp", port);
        made.from.user = test::userName();
        made.from.private_key_file = room_.path("user_key");
        made.from.host_key = test::fingerprintOf(room_, "host_key");
        return made;
    }
    FetchRequest ftp(const std::string& scheme, unsigned short port) {
        auto made = request(scheme, port);
        made.from.user = "erp";
        made.from.password = Secret{"kept-secret"};
        made.from.ca_file = room_.path("tls.pem");
        return made;
    }
    Fetched fetch(const FetchRequest& request) {
        auto answer = test::runCoroutine(io_, net_.fetch(request));
        const auto* error = std::get_if<TransferError>(&answer);
        EXPECT_EQ(error, nullptr) << error->reason;
        return error == nullptr ? std::get<Fetched>(std::move(answer)) : Fetched{};
    }
    std::string whyNot(const FetchRequest& request) {
        auto answer = test::runCoroutine(io_, net_.fetch(request));
        const auto* error = std::get_if<TransferError>(&answer);
        EXPECT_NE(error, nullptr) << "files were fetched";
        return error == nullptr ? "" : error->reason;
    }
    /// Two files that are wanted and one that is not, fetched twice.
    void expectFetching(FetchRequest request) {
        const std::string long_text(300'000, 'x');
        room_.serve("lines.csv", long_text, 1'772'441'001);
        room_.serve("stock of today.csv", "", 1'772'441'002);
        room_.serve("notes.txt", "not wanted");
        const auto first = fetch(request);
        EXPECT_THAT(first.names, ElementsAre("lines.csv", "stock of today.csv"));
        EXPECT_EQ(room_.read("into/lines.csv"), long_text);
        struct stat status {};
        ASSERT_EQ(::stat(room_.path("into/lines.csv").c_str(), &status), 0);
        EXPECT_EQ(status.st_mtim.tv_sec, 1'772'441'001);
        EXPECT_EQ(status.st_mode & 0007, 0u);

        request.have = first.files;
        EXPECT_THAT(fetch(request).names, IsEmpty());
        room_.serve("lines.csv", "new", 1'772'441'003);
        fs::remove(room_.path("into/lines.csv"));
        EXPECT_THAT(fetch(request).names, ElementsAre("lines.csv"));
        EXPECT_EQ(room_.read("into/lines.csv"), "new");
    }

    asio::io_context io_{1};
    Net net_{io_.get_executor()};
    ServerRoom room_;
};

TEST_F(Fetching, BySftpBringsWhatIsNewWithItsTime) {
    const auto server = test::startSshd(io_, room_);
    expectFetching(sftp(server->port()));
}

TEST_F(Fetching, ByFtpWithinTlsBringsWhatIsNewWithItsTime) {
    const auto server = test::startProftpd(io_, room_, /*implicit=*/true);
    expectFetching(ftp("ftps", server->port()));
}

TEST_F(Fetching, ByFtpWithAuthTlsBringsWhatIsNewWithItsTime) {
    const auto server = test::startProftpd(io_, room_, /*implicit=*/false);
    expectFetching(ftp("ftp", server->port()));
}

TEST_F(Fetching, ListsWithoutFetching) {
    const auto server = test::startSshd(io_, room_);
    room_.serve("lines.csv", "abc", 1'772'441'001);
    auto answer = test::runCoroutine(io_, net_.list(sftp(server->port())));
    const auto& files = std::get<Fetched>(answer).files;
    const RemoteFile lines{"lines.csv", 3,
                           std::chrono::sys_seconds{std::chrono::seconds{1'772'441'001}}};
    EXPECT_THAT(files, ElementsAre(lines));
    EXPECT_TRUE(fs::is_empty(room_.path("into")));
}

TEST_F(Fetching, AllComeTogetherWhereTheyAreOneExport) {
    const auto server = test::startSshd(io_, room_);
    room_.serve("lines.csv", "1");
    room_.serve("stock.csv", "1");
    auto request = sftp(server->port());
    request.all_or_none = true;
    request.have = fetch(request).files;
    for (const auto* name : {"into/lines.csv", "into/stock.csv"}) fs::remove(room_.path(name));
    EXPECT_THAT(fetch(request).names, IsEmpty());
    room_.serve("stock.csv", "22");
    EXPECT_THAT(fetch(request).names, ElementsAre("lines.csv", "stock.csv"));
}

TEST_F(Fetching, AHostKeyThatIsNotKnownIsRefused) {
    const auto server = test::startSshd(io_, room_);
    room_.serve("lines.csv", "abc");
    const std::string other = test::fingerprintOf(room_, "other_key");
    const std::string entry = "[127.0.0.1]:" + std::to_string(server->port()) + " ";
    room_.write("empty_hosts", "");
    room_.write("wrong_hosts", entry + room_.read("other_key.pub"));
    room_.write("right_hosts", entry + room_.read("host_key.pub"));
    auto request = sftp(server->port());
    request.from.host_key = other;
    EXPECT_THAT(whyNot(request), HasSubstr("127.0.0.1"));
    request.from.host_key = "";
    EXPECT_NE(whyNot(request), "");
    for (const auto* hosts : {"empty_hosts", "wrong_hosts", "no_such_file"}) {
        request.from.known_hosts_file = room_.path(hosts);
        EXPECT_NE(whyNot(request), "") << hosts;
    }
    EXPECT_THAT(room_.read("sshd.log"), Not(HasSubstr("Accepted")));
    request.from.known_hosts_file = room_.path("right_hosts");
    EXPECT_THAT(fetch(request).names, ElementsAre("lines.csv"));
}

TEST_F(Fetching, AKeyThatIsNotAllowedIsRefusedWithoutItsSecret) {
    const auto server = test::startSshd(io_, room_);
    auto request = sftp(server->port());
    request.from.private_key_file = room_.path("other_key");
    request.from.passphrase = Secret{"kept-secret"};
    const std::string why = whyNot(request);
    EXPECT_THAT(why, HasSubstr("127.0.0.1"));
    EXPECT_THAT(why, Not(HasSubstr("kept-secret")));
}

TEST_F(Fetching, ACertificateOfAnUnknownAuthorityIsRefused) {
    const auto server = test::startProftpd(io_, room_, /*implicit=*/true);
    room_.serve("lines.csv", "abc");
    auto request = ftp("ftps", server->port());
    request.from.ca_file = "";
    EXPECT_THAT(whyNot(request), HasSubstr("certificate"));
}

TEST_F(Fetching, AServerOfFtpWithoutTlsHearsNoPassword) {
    ScriptedServer server(io_, {Script{{{"220 ready\r\n", "\r\n"},
                                        {"502 no TLS here\r\n", "\r\n"},
                                        {"502 no TLS here\r\n", "\r\n"}},
                                       AtEnd::Close}});
    auto request = this->request("ftp", server.port());
    request.from.user = "erp";
    request.from.password = Secret{"kept-secret"};
    EXPECT_NE(whyNot(request), "");
    EXPECT_THAT(server.heard().at(0), HasSubstr("AUTH"));
    EXPECT_THAT(server.heard().at(0), Not(HasSubstr("kept-secret")));
}

TEST_F(Fetching, AFileThatIsTooLongIsNotFetched) {
    const auto server = test::startSshd(io_, room_);
    room_.serve("lines.csv", "abcd");
    auto request = sftp(server->port());
    request.file_bytes_max = 3;
    EXPECT_THAT(whyNot(request), HasSubstr("'lines.csv' has 4 bytes"));
    request.files_max = 0;
    EXPECT_THAT(whyNot(request), HasSubstr("more than 0 files"));
}

TEST_F(Fetching, AServerThatHangsDoesNotKeepTheLoopFromItsWork) {
    ScriptedServer server(io_, {Script{{}, AtEnd::Stall}});
    auto request = this->request("sftp", server.port());
    request.from.user = "erp";
    request.timeout = std::chrono::seconds{2};
    int ticks = 0;
    asio::steady_timer timer{io_};
    const std::function<void()> tick = [&] {
        timer.expires_after(std::chrono::milliseconds{20});
        timer.async_wait([&](boost::system::error_code failed) {
            if (failed) return;
            ++ticks;
            tick();
        });
    };
    tick();
    EXPECT_NE(whyNot(request), "");
    EXPECT_GT(ticks, 20) << "the loop stood still for most of two seconds";
}

TEST_F(Fetching, AFetchThatIsGivenUpEndsSoon) {
    const auto begun = std::chrono::steady_clock::now();
    {
        asio::io_context io{1};
        Net net{io.get_executor()};
        ScriptedServer server(io, {Script{{}, AtEnd::Stall}});
        auto request = this->request("sftp", server.port());
        request.timeout = std::chrono::minutes{10};
        asio::co_spawn(io, net.fetch(request), [](std::exception_ptr, auto) {});
        test::runUntil(io, [&] { return server.heard().size() == 1; });
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
}

}  // namespace fetch_test
}  // namespace backorderd::net
