// What became of a mail, by what smtp-sink(1) was told to do, and what it then had. Each of its
// faults at each command; a row that is wrong here loses or doubles mails.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>

#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/smtp_sink.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace smtp_matrix_test {

namespace asio = boost::asio;

enum class Became { Accepted, Later, Down, Refused, Unknown };
enum class Got { Nothing, Mail };  ///< what stands in the sink's dump as taken to its final dot

struct Fault {
    std::string name;
    std::vector<std::string> options;
    Became became;
    Got got;
    std::string timeout = "20s";
    std::string settings{};
};

class Gate final : public WireGate {
public:
    asio::awaitable<void> beforeWire(MessageId) override {
        ++passed;
        co_return;
    }
    int passed = 0;
};

struct Attempted {
    Outcome outcome;
    int passed;
    std::string dump;
};

Attempted attempt(std::vector<std::string> options, const std::string& settings,
                  std::size_t bytes = 0) {
    std::signal(SIGPIPE, SIG_IGN);
    const test::ScratchFolder folder;
    options.insert(options.end(), {"-d", (folder.path() / "mail.").string()});
    const test::SmtpSink sink(options);
    asio::io_context io{1};
    const test::StillClock clock;
    net::Net net{io.get_executor()};
    const auto section =
        config::Section::fromText("url: " + sink.url() + "\n" + settings, "test.yaml");
    const auto sender = makeSender("smtp", section, {net, clock});
    if (!sender) throw std::runtime_error(formatProblems(section.problems()));
    Message message;
    message.id = 7;
    message.stable_id = "0123456789abcdef0123456789abcdef@example.com";
    message.recipient.address = "you@example.net";
    message.envelope_from = "us@example.com";
    message.document = "Subject: x\r\n\r\nThe one line.\r\n";
    while (message.document.size() < bytes) message.document += std::string(70, 'x') + "\r\n";
    Gate gate;
    const Outcome outcome = test::runCoroutine(io, sender->send(message, gate));
    std::string dump;
    for (const auto& text : folder.contents()) dump += text;
    return {outcome, gate.passed, dump};
}

Became becameOf(const Outcome& outcome) {
    if (std::holds_alternative<Accepted>(outcome)) return Became::Accepted;
    if (std::holds_alternative<Refused>(outcome)) return Became::Refused;
    if (std::holds_alternative<Unknown>(outcome)) return Became::Unknown;
    return std::get<TryLater>(outcome).receiver_down ? Became::Down : Became::Later;
}

class SmtpMatrix : public testing::TestWithParam<Fault> {};

TEST_P(SmtpMatrix, OutcomeAndSinkAgree) {
    const Fault& fault = GetParam();
    const auto tried =
        attempt(fault.options, "timeout: " + fault.timeout + "\nconnect_timeout: " + fault.timeout +
                                   "\n" + fault.settings);
    EXPECT_EQ(becameOf(tried.outcome), fault.became);
    const bool has_it = tried.dump.find("The one line.") != std::string::npos;
    EXPECT_EQ(has_it, fault.got == Got::Mail) << tried.dump;
    // Nothing of a mail was there that had not been marked as leaving.
    if (has_it) {
        EXPECT_EQ(tried.passed, 1);
    }
}

using enum Became;
INSTANTIATE_TEST_SUITE_P(
    All, SmtpMatrix,
    testing::Values(
        Fault{"Takes", {}, Accepted, Got::Mail}, Fault{"NoEsmtp", {"-e"}, Accepted, Got::Mail},
        Fault{"NoPipelining", {"-p"}, Accepted, Got::Mail},
        Fault{"NothingOffered", {"-8", "-a", "-E", "-N", "-p"}, Accepted, Got::Mail},
        // Where MAIL or RCPT waits, the sink reads on and answers what came behind
        // first (503), so it must not offer PIPELINING.
        Fault{"SlowEverywhere",
              {"-p", "-W", "EHLO:1", "-W", "MAIL:1", "-W", "RCPT:1", "-w", "1", "-W", ".:1"},
              Accepted,
              Got::Mail},
        Fault{"SlowReader", {"-H", "1"}, Accepted, Got::Mail},
        Fault{"DropsAtConnect", {"-q", "CONNECT"}, Down, Got::Nothing},
        Fault{"DropsAtEhlo", {"-q", "EHLO,HELO"}, Down, Got::Nothing},
        Fault{"DropsAtMail", {"-q", "MAIL"}, Down, Got::Nothing},
        Fault{"DropsAtRcpt", {"-q", "RCPT"}, Down, Got::Nothing},
        Fault{"DropsAtData", {"-q", "DATA"}, Down, Got::Nothing},
        Fault{"DropsAtDot", {"-q", "."}, Unknown, Got::Mail},
        Fault{"DropsAtQuit", {"-q", "QUIT"}, Accepted, Got::Mail},
        Fault{"ClosesAtConnect", {"-Q", "CONNECT"}, Down, Got::Nothing},
        Fault{"ClosesAtEhlo", {"-Q", "EHLO,HELO"}, Down, Got::Nothing},
        Fault{"ClosesAtMail", {"-Q", "MAIL"}, Down, Got::Nothing},
        Fault{"ClosesAtRcpt", {"-Q", "RCPT"}, Down, Got::Nothing},
        Fault{"ClosesAtData", {"-Q", "DATA"}, Down, Got::Nothing},
        Fault{"ClosesAtDot", {"-Q", "."}, Down, Got::Mail},
        Fault{"SoftAtConnect", {"-r", "CONNECT"}, Down, Got::Nothing},
        Fault{"SoftAtEhlo", {"-r", "EHLO,HELO"}, Down, Got::Nothing},
        Fault{"SoftAtMail", {"-r", "MAIL"}, Later, Got::Nothing},
        Fault{"SoftAtRcpt", {"-r", "RCPT"}, Later, Got::Nothing},
        Fault{"SoftAtData", {"-r", "DATA"}, Later, Got::Nothing},
        Fault{"SoftAtDot", {"-r", "."}, Later, Got::Mail},
        Fault{"HardAtConnect", {"-f", "CONNECT"}, Down, Got::Nothing},
        Fault{"HardAtEhlo", {"-f", "EHLO,HELO"}, Down, Got::Nothing},
        Fault{"HardAtMail", {"-f", "MAIL"}, Refused, Got::Nothing},
        Fault{"HardAtRcpt", {"-f", "RCPT"}, Refused, Got::Nothing},
        Fault{"HardAtData", {"-f", "DATA"}, Refused, Got::Nothing},
        Fault{"HardAtDot", {"-f", "."}, Refused, Got::Mail},
        Fault{"HangsAtEhlo", {"-W", "EHLO:30"}, Down, Got::Nothing, "1s"},
        Fault{"HangsAtRcpt", {"-p", "-W", "RCPT:30"}, Down, Got::Nothing, "1s"},
        Fault{"HangsAtData", {"-w", "30"}, Down, Got::Nothing, "1s"},
        Fault{"HangsAtDot", {"-W", ".:30"}, Unknown, Got::Mail, "1s"}),
    [](const auto& one) { return one.param.name; });

TEST(SmtpEnvelopeOptions, TheSinkIsAskedForReportsWhereItOffersThem) {
    const auto asked = attempt({}, "reports: true\n");
    EXPECT_THAT(asked.dump,
                testing::HasSubstr("RET=HDRS ENVID=0123456789abcdef0123456789abcdef@example.com"));
    EXPECT_THAT(asked.dump, testing::HasSubstr("<you@example.net> NOTIFY=FAILURE,DELAY"));
    const auto not_offered = attempt({"-N"}, "reports: true\n");
    EXPECT_THAT(not_offered.dump, testing::Not(testing::HasSubstr("NOTIFY")));
    EXPECT_TRUE(std::holds_alternative<backorderd::Accepted>(not_offered.outcome));
}

TEST(SmtpEnvelopeOptions, TheReturnPathNamesTheMessage) {
    const test::ScratchFolder folder;
    std::ofstream(folder.path() / "key") << std::string(32, 'k');
    const auto tried = attempt(
        {}, fmt::format("return_path: bounces@example.com\nreturn_path_key: {{ file: {} }}\n",
                        (folder.path() / "key").string()));
    EXPECT_THAT(tried.dump, testing::HasSubstr("<bounces+0123456789abcdef0123456789abcdef-"));
}

TEST(SmtpEnvelopeOptions, AMailThatIsTooLargeIsRefusedWithTheReason) {
    const auto tried = attempt({}, "size_max: 16384\n", 20'000);
    ASSERT_TRUE(std::holds_alternative<backorderd::Refused>(tried.outcome));
    EXPECT_THAT(std::get<backorderd::Refused>(tried.outcome).reason,
                testing::HasSubstr("the settings allow 16384"));
    EXPECT_FALSE(std::get<backorderd::Refused>(tried.outcome).address_invalid);
    EXPECT_EQ(tried.passed, 0);
}

}  // namespace smtp_matrix_test
}  // namespace backorderd::senders
