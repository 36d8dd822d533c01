// What every sender promises, run by every kind over what can become of an attempt.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>

#include "senders/attempt.hpp"
#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/smtp_sink.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace contract_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
namespace asio = boost::asio;

/// The receiving end of one case, as long as the case lasts.
class Receiver {
public:
    virtual ~Receiver() = default;
    virtual std::string settings() const = 0;
    /// Everything that has arrived, in one text.
    virtual std::string arrived() = 0;
};

class SinkReceiver final : public Receiver {
public:
    explicit SinkReceiver(std::vector<std::string> options, std::string timeout)
        : timeout_(std::move(timeout)), sink_([&] {
              options.insert(options.end(), {"-d", (folder_.path() / "mail.").string()});
              return options;
          }()) {}
    std::string settings() const override {
        return "url: " + sink_.url() + "\ntimeout: " + timeout_ + "\n";
    }
    std::string arrived() override {
        std::string all;
        for (const std::string& mail : folder_.contents()) all += mail;
        return all;
    }

private:
    test::ScratchFolder folder_;
    std::string timeout_;
    test::SmtpSink sink_;
};

class ScriptReceiver final : public Receiver {
public:
    ScriptReceiver(asio::io_context& io, Script script, std::string timeout)
        : server_(io, {std::move(script)}), timeout_(std::move(timeout)) {}
    std::string settings() const override {
        return "url: smtp://127.0.0.1:" + std::to_string(server_.port()) +
               "\ntimeout: " + timeout_ + "\nconnect_timeout: " + timeout_ + "\n";
    }
    std::string arrived() override {
        std::string all;
        for (const std::string& heard : server_.heard())
            if (const auto data = heard.find("DATA\r\n"); data != std::string::npos)
                all += heard.substr(data + 6);
        return all;
    }

private:
    ScriptedServer server_;
    std::string timeout_;
};

class FolderReceiver final : public Receiver {
public:
    explicit FolderReceiver(std::string more, std::string below = "")
        : more_(std::move(more)), below_(std::move(below)) {}
    std::string settings() const override {
        return "folder: " + (folder_.path() / "mail" / below_).string() + "\n" + more_;
    }
    std::string arrived() override {
        std::string all;
        const auto mail = folder_.path() / "mail";
        if (!std::filesystem::exists(mail)) return all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(mail)) {
            const std::string path = std::filesystem::relative(entry.path(), mail).string();
            if (!entry.is_regular_file() || path.ends_with(".tmp") || path.starts_with("tmp/"))
                continue;
            std::ifstream in(entry.path(), std::ios::binary);
            all.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        }
        return all;
    }

private:
    test::ScratchFolder folder_;
    std::string more_, below_;
};

/// A folder that cannot be made, because a file stands in its way.
class NoFolderReceiver final : public Receiver {
public:
    NoFolderReceiver() { std::ofstream(folder_.path() / "a_file"); }
    std::string settings() const override {
        return "folder: " + (folder_.path() / "a_file" / "mail").string() + "\n";
    }
    std::string arrived() override { return {}; }

private:
    test::ScratchFolder folder_;
};

/// Standard output, replaced for the time of the case.
class StdoutReceiver final : public Receiver {
public:
    explicit StdoutReceiver(const char* device = nullptr) : saved_(::dup(STDOUT_FILENO)) {
        std::fflush(stdout);
        const std::string path = device != nullptr ? device : file();
        const int replacement = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
        ::dup2(replacement, STDOUT_FILENO);
        ::close(replacement);
    }
    ~StdoutReceiver() override {
        ::dup2(saved_, STDOUT_FILENO);
        ::close(saved_);
    }
    std::string settings() const override { return "channel: email\n"; }
    std::string arrived() override {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

private:
    std::string file() const { return (folder_.path() / "out").string(); }
    test::ScratchFolder folder_;
    int saved_;
};

Message mail() {
    Message message;
    message.id = 7;
    message.stable_id = "k1.abc@example.com";
    message.recipient.address = "you@example.net";
    message.envelope_from = "us@example.com";
    message.document = "Subject: x\r\n\r\nThe one line.\r\n";
    return message;
}

struct ContractCase {
    std::string kind, situation;
    std::function<std::unique_ptr<Receiver>(asio::io_context&)> receiver;
    Meant outcome;
    bool left;  ///< the gate was passed
};

class SenderContract : public testing::TestWithParam<ContractCase> {
protected:
    SenderContract() { std::signal(SIGPIPE, SIG_IGN); }

    std::unique_ptr<Sender> make(const Receiver& receiver) {
        const auto section = config::Section::fromText(receiver.settings(), "test.yaml");
        auto sender = makeSender(GetParam().kind, section, {net_, clock_});
        EXPECT_EQ(formatProblems(section.problems()), "");
        return sender;
    }

    asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
};

TEST_P(SenderContract, SaysWhatBecameOfTheMessage) {
    const ContractCase& expected = GetParam();
    const auto receiver = expected.receiver(io_);
    const auto sender = make(*receiver);
    ASSERT_NE(sender, nullptr);
    EXPECT_EQ(sender->channel(), Channel::Email);
    EXPECT_GE(sender->parallel(), 1);
    const Message message = mail();
    CountingGate gate;
    const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
    EXPECT_EQ(meant(outcome), expected.outcome) << reasonOf(outcome);
    EXPECT_FALSE(reasonOf(outcome).empty());
    EXPECT_EQ(gate.calls, expected.left ? std::vector{message.id} : std::vector<MessageId>{});
    if (expected.outcome == Meant::Accepted) {
        EXPECT_THAT(receiver->arrived(), testing::HasSubstr("The one line."));
    }
    if (!expected.left) {
        EXPECT_EQ(receiver->arrived(), "");
    }
}

TEST_P(SenderContract, SendsNothingWhereTheGateFails) {
    const auto receiver = GetParam().receiver(io_);
    const auto sender = make(*receiver);
    ASSERT_NE(sender, nullptr);
    const Message message = mail();
    CountingGate gate(/*fails=*/true);
    if (GetParam().left) {
        EXPECT_THROW(test::runCoroutine(io_, sender->send(message, gate)), std::runtime_error);
    } else {
        test::runCoroutine(io_, sender->send(message, gate));
    }
    EXPECT_THAT(receiver->arrived(), testing::Not(testing::HasSubstr("The one line.")));
}

auto sink(std::vector<std::string> options, std::string timeout = "20s") {
    return [=](asio::io_context&) { return std::make_unique<SinkReceiver>(options, timeout); };
}
auto script(std::vector<Turn> turns, std::string timeout = "20s") {
    const Script made{std::move(turns), AtEnd::Hang};
    return
        [=](asio::io_context& io) { return std::make_unique<ScriptReceiver>(io, made, timeout); };
}
template <class Made, class... Arguments>
auto receiver(Arguments... arguments) {
    return [=](asio::io_context&) { return std::make_unique<Made>(arguments...); };
}

const Turn kGreeting{"220 test\r\n", "\r\n"};
const Turn kOk{"250 ok\r\n", "\r\n"};
const Turn kBody{"354 go\r\n", "\r\n.\r\n"};

std::vector<Turn> rcptAnswer(std::string answer) {
    return {kGreeting, kOk, kOk, {std::move(answer), ""}};
}

INSTANTIATE_TEST_SUITE_P(
    All, SenderContract,
    testing::Values(
        ContractCase{"smtp", "Accepts", sink({}), Meant::Accepted, true},
        ContractCase{"smtp", "AcceptsSlowly", sink({"-p", "-W", "RCPT:1", "-W", ".:1"}),
                     Meant::Accepted, true},
        ContractCase{"smtp", "DropsAtQuit", sink({"-q", "QUIT"}), Meant::Accepted, true},
        ContractCase{"smtp", "RefusesConnection", sink({"-f", "CONNECT"}), Meant::TryLater, false},
        ContractCase{"smtp", "DropsConnection", sink({"-q", "CONNECT"}), Meant::TryLater, false},
        ContractCase{"smtp", "RefusesReturnPath", sink({"-f", "MAIL"}), Meant::Refused, false},
        ContractCase{"smtp", "RefusesRecipientForNow", sink({"-r", "RCPT"}), Meant::TryLater,
                     false},
        ContractCase{"smtp", "RefusesRecipient", sink({"-f", "RCPT"}), Meant::Refused, false},
        ContractCase{"smtp", "DropsAtRecipient", sink({"-q", "RCPT"}), Meant::TryLater, false},
        ContractCase{"smtp", "RefusesData", sink({"-f", "DATA"}), Meant::Refused, false},
        ContractCase{"smtp", "DropsAtData", sink({"-q", "DATA"}), Meant::TryLater, false},
        ContractCase{"smtp", "RefusesMail", sink({"-f", "."}), Meant::Refused, true},
        ContractCase{"smtp", "RefusesMailForNow", sink({"-r", "."}), Meant::TryLater, true},
        ContractCase{"smtp", "ClosesAtMail", sink({"-Q", "."}), Meant::TryLater, true},
        ContractCase{"smtp", "DropsAtMail", sink({"-q", "."}), Meant::Unknown, true},
        ContractCase{"smtp", "HangsAtMail", sink({"-W", ".:30"}, "1s"), Meant::Unknown, true},
        ContractCase{"smtp", "HangsAtGreeting", script({}, "1s"), Meant::TryLater, false},
        ContractCase{"smtp", "HangsAtRecipient", script({kGreeting, kOk, kOk}, "1s"),
                     Meant::TryLater, false},
        ContractCase{"smtp", "Garbage", script({{"\x16\x03\x01garbage\r\n", ""}}), Meant::TryLater,
                     false},
        ContractCase{"smtp", "GarbageAtMail",
                     script({kGreeting, kOk, kOk, kOk, kBody, {"????\r\n", ""}}), Meant::Unknown,
                     true},
        ContractCase{"smtp", "NoSuchMailbox", script(rcptAnswer("550 5.1.1 no such user\r\n")),
                     Meant::BadAddress, false},
        ContractCase{"smtp", "NoSuchMailboxPlain", script(rcptAnswer("550 no such user\r\n")),
                     Meant::BadAddress, false},
        ContractCase{"smtp", "PolicyRefusal", script(rcptAnswer("550 5.7.1 blocked\r\n")),
                     Meant::Refused, false},
        ContractCase{"smtp", "RelayDenied", script(rcptAnswer("554 5.7.1 relay denied\r\n")),
                     Meant::Refused, false},
        ContractCase{"smtp", "WantsLogIn",
                     script({kGreeting, kOk, {"530 5.7.0 authenticate first\r\n", ""}}),
                     Meant::TryLater, false},
        ContractCase{"file", "AcceptsEml", receiver<FolderReceiver>("format: eml"), Meant::Accepted,
                     true},
        ContractCase{"file", "AcceptsMaildir", receiver<FolderReceiver>("format: maildir"),
                     Meant::Accepted, true},
        ContractCase{"file", "MakesTheFolder", receiver<FolderReceiver>("", "a/b"), Meant::Accepted,
                     true},
        ContractCase{"file", "NoFolder", receiver<NoFolderReceiver>(), Meant::TryLater, false},
        ContractCase{"stdout", "Accepts", receiver<StdoutReceiver>(), Meant::Accepted, true},
        ContractCase{"stdout", "Full", receiver<StdoutReceiver>("/dev/full"), Meant::TryLater,
                     true}),
    [](const auto& one) { return one.param.kind + one.param.situation; });

}  // namespace contract_test
}  // namespace backorderd::senders
