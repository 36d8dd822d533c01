// What every sender of SMS promises, run by every kind over what can become of an attempt.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <csignal>

#include "senders/attempt.hpp"
#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/scripted_server.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace sms_contract_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;

/// A kind of gateway: what it is told, and what its answers look like. The answers are written
/// after what the vendors publish: Twilio's pages of the Messages resource and of its error codes,
/// and the texts of Kannel's smsbox.
struct Gateway {
    std::string kind;
    std::string settings;  ///< before `timeout`; `PORT` stands for the receiver's
    std::string request_end;
    std::string accepted, later, refused, bad_number, log_in;
};

std::string answer(int status, const std::string& body, const std::string& more = "") {
    return fmt::format("HTTP/1.1 {} X\r\n{}Content-Length: {}\r\n\r\n{}", status, more, body.size(),
                       body);
}

const std::vector<Gateway>& gateways() {
    static const std::vector<Gateway> all{
        {"twilio",
         "account_sid: AC0123456789abcdef0123456789abcdef\n"
         "auth_token: { env: BACKORDERD_TEST_PASSWORD }\n"
         "base_url: http://127.0.0.1:PORT\nfrom: Example\n",
         "From=Example", answer(201, R"({"sid": "SM01", "status": "queued", "error_code": null})"),
         answer(429, R"({"code": 20429, "message": "Too Many Requests", "status": 429})",
                "Retry-After: 7\r\n"),
         answer(400, R"({"code": 21617, "message": "The message body exceeds", "status": 400})"),
         answer(400, R"({"code": 21211, "message": "The 'To' number +436641234567 is not valid"})"),
         answer(401, R"({"code": 20003, "message": "Authenticate", "status": 401})")},
        {"kannel",
         "url: http://127.0.0.1:PORT/cgi-bin/sendsms\nuser: me\n"
         "password: { env: BACKORDERD_TEST_PASSWORD }\nfrom: Example\n",
         "\r\n\r\n", answer(202, "0: Accepted for delivery"),
         answer(503, "Temporal failure, try again later.", "Retry-After: 7\r\n"),
         answer(403, "Not routable. Do not try again."), "",
         answer(403, "Authorization failed for sendsms")},
        {"http",
         "url: http://127.0.0.1:PORT/send\nbody_format: json\nfrom: Example\n"
         "body: '{\"to\": \"{{to}}\", \"text\": \"{{text}}\", \"from\": \"{{from}}\"}'\n"
         "success: { json: { /status: \"ok, queued\" } }\n"
         "suppress: { json: { /status: bad number } }\n",
         "}", answer(200, R"({"status": "queued"})"), answer(503, "", "Retry-After: 7\r\n"),
         answer(400, R"({"status": "no text"})"),
         answer(200, R"({"status": "bad number", "number": "436641234567"})"), answer(401, "")},
    };
    return all;
}

struct SmsCase {
    const Gateway* gateway;
    std::string situation;
    std::vector<Turn> turns;  ///< behind the request
    AtEnd at_end;
    Meant outcome;
    std::string timeout = "20s";
};

/// An answer that comes to an end in `say`, one that does not, and none.
std::vector<SmsCase> casesOf(const Gateway& gateway) {
    std::vector<SmsCase> cases;
    const auto add = [&](std::string situation, std::vector<Turn> turns, AtEnd at_end,
                         Meant outcome, std::string timeout = "20s") {
        cases.push_back({&gateway, std::move(situation), std::move(turns), at_end, outcome,
                         std::move(timeout)});
    };
    const std::string& good = gateway.accepted;
    const auto all_but = [&](std::size_t bytes) { return good.substr(0, good.size() - bytes); };
    const std::string long_page(100'000, 'x');
    add("Accepts", {{good, ""}}, AtEnd::Hang, Meant::Accepted);
    add("AcceptsAndCloses", {{good, ""}}, AtEnd::Close, Meant::Accepted);
    add("AcceptsInPieces", {{all_but(9), ""}, {good.substr(good.size() - 9), ""}}, AtEnd::Hang,
        Meant::Accepted);
    add("RefusesForNow", {{gateway.later, ""}}, AtEnd::Hang, Meant::TryLater);
    add("Refuses", {{gateway.refused, ""}}, AtEnd::Hang, Meant::Refused);
    if (!gateway.bad_number.empty())
        add("RefusesTheNumber", {{gateway.bad_number, ""}}, AtEnd::Hang, Meant::BadAddress);
    add("WantsLogIn", {{gateway.log_in, ""}}, AtEnd::Hang, Meant::TryLater);
    add("IsElsewhere", {{answer(302, "", "Location: /other\r\n"), ""}}, AtEnd::Hang,
        Meant::TryLater);
    add("IsNotThere", {{answer(404, "not here"), ""}}, AtEnd::Hang, Meant::TryLater);
    add("IsOverloaded", {{answer(503, "later"), ""}}, AtEnd::Hang, Meant::TryLater);
    add("Breaks", {{answer(500, "oops"), ""}}, AtEnd::Hang, Meant::Unknown);
    add("IsBehindABrokenProxy", {{answer(502, "<html>"), ""}}, AtEnd::Hang, Meant::Unknown);
    add("AnswersAPage", {{answer(200, "<html>hello"), ""}}, AtEnd::Hang, Meant::Unknown);
    add("AnswersALongPage", {{answer(200, long_page), ""}}, AtEnd::Hang, Meant::Unknown);
    add("AnswersGarbage", {{"\x16\x03\x01 what?\r\n\r\n", ""}}, AtEnd::Close, Meant::Unknown);
    add("ClosesAfterTheRequest", {}, AtEnd::Close, Meant::Unknown);
    add("ResetsAfterTheRequest", {}, AtEnd::Reset, Meant::Unknown);
    add("ClosesInTheStatus", {{"HTTP/1.1 2", ""}}, AtEnd::Close, Meant::Unknown);
    add("ClosesInTheHeaders", {{"HTTP/1.1 201 Created\r\nContent-", ""}}, AtEnd::Close,
        Meant::Unknown);
    add("ClosesInTheBody", {{all_but(9), ""}}, AtEnd::Close, Meant::Unknown);
    add("AnswersTooLate", {}, AtEnd::Hang, Meant::Unknown, "1s");
    add("StopsInTheAnswer", {{all_but(9), ""}}, AtEnd::Stall, Meant::Unknown, "1s");
    return cases;
}

std::vector<SmsCase> allCases() {
    std::vector<SmsCase> all;
    for (const Gateway& gateway : gateways())
        for (SmsCase& one : casesOf(gateway)) all.push_back(std::move(one));
    return all;
}

Message sms() {
    Message message;
    message.id = 7;
    message.stable_id = "k1.abc@example.com";
    message.recipient = {Channel::Sms, "+436641234567", "", "", "", ""};
    message.document = "The one line.";
    return message;
}

class SmsFixture : public testing::Test {
protected:
    SmsFixture() {
        std::signal(SIGPIPE, SIG_IGN);
        ::setenv("BACKORDERD_TEST_PASSWORD", "canary", 1);
    }

    std::unique_ptr<Sender> make(const Gateway& gateway, unsigned port, const std::string& more) {
        std::string yaml = gateway.settings + more;
        yaml.replace(yaml.find("PORT"), 4, std::to_string(port));
        const auto section = config::Section::fromText(yaml, "test.yaml");
        auto sender = makeSender(gateway.kind, section, {net_, clock_});
        EXPECT_EQ(formatProblems(section.problems()), "");
        return sender;
    }

    boost::asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
};

class SmsContract : public SmsFixture, public testing::WithParamInterface<SmsCase> {};

TEST_P(SmsContract, SaysWhatBecameOfTheMessage) {
    const SmsCase& expected = GetParam();
    std::vector<Turn> turns{{"", expected.gateway->request_end}};
    turns.insert(turns.end(), expected.turns.begin(), expected.turns.end());
    ScriptedServer server(io_, {Script{turns, expected.at_end}});
    const auto sender =
        make(*expected.gateway, server.port(), "timeout: " + expected.timeout + "\n");
    ASSERT_NE(sender, nullptr);
    EXPECT_EQ(sender->channel(), Channel::Sms);
    EXPECT_EQ(sender->onUnknown(), OnUnknown::Hold);
    const Message message = sms();
    CountingGate gate;
    const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
    EXPECT_EQ(meant(outcome), expected.outcome) << reasonOf(outcome);
    EXPECT_THAT(reasonOf(outcome),
                testing::Not(testing::AnyOf("", HasSubstr("436641234567"), HasSubstr("canary"))));
    EXPECT_EQ(gate.calls, std::vector{message.id});
    // Whatever became of it: once, and never once more by itself.
    ASSERT_EQ(server.heard().size(), 1u);
    EXPECT_THAT(server.heard()[0], HasSubstr("436641234567"));
    if (expected.situation == "RefusesForNow") {
        EXPECT_EQ(std::get<TryLater>(outcome).retry_after, std::chrono::seconds(7));
    }
}

TEST_P(SmsContract, SendsNothingWhereTheGateFails) {
    ScriptedServer server(io_, {Script{{}, GetParam().at_end}});
    const auto sender = make(*GetParam().gateway, server.port(), "");
    const Message message = sms();
    CountingGate gate(/*fails=*/true);
    EXPECT_THROW(test::runCoroutine(io_, sender->send(message, gate)), std::runtime_error);
    EXPECT_TRUE(server.heard().empty());
}

INSTANTIATE_TEST_SUITE_P(All, SmsContract, testing::ValuesIn(allCases()), [](const auto& one) {
    return one.param.gateway->kind + one.param.situation;
});

class EveryGateway : public SmsFixture, public testing::WithParamInterface<Gateway> {
protected:
    Outcome attempt(const Message& message, unsigned port, CountingGate& gate,
                    const std::string& more = "") {
        const auto sender = make(GetParam(), port, more);
        return test::runCoroutine(io_, sender->send(message, gate));
    }
};

TEST_P(EveryGateway, ThatIsNotThereIsTriedLater) {
    unsigned port = 0;
    {
        const ScriptedServer gone(io_, {Script{}});
        port = gone.port();
    }
    CountingGate gate;
    const Outcome outcome = attempt(sms(), port, gate);
    EXPECT_EQ(meant(outcome), Meant::TryLater) << reasonOf(outcome);
}

TEST_P(EveryGateway, IsNotAskedToReachWhatIsNoNumber) {
    ScriptedServer server(io_, {Script{}});
    for (const auto* number : {"", "0664 1234567", "+43 664 1234567", "you@example.net",
                               "+436641234567&from=them", "+436641234567\r\nX: y"}) {
        Message message = sms();
        message.recipient.address = number;
        CountingGate gate;
        EXPECT_EQ(meant(attempt(message, server.port(), gate)), Meant::BadAddress) << number;
        EXPECT_TRUE(gate.calls.empty());
    }
    EXPECT_TRUE(server.heard().empty());
}

TEST_P(EveryGateway, IsNotGivenATextThatIsTooLong) {
    ScriptedServer server(io_, {Script{}});
    Message message = sms();
    message.document = std::string(307, 'a');  // three segments
    CountingGate gate;
    const Outcome outcome = attempt(message, server.port(), gate, "segments_max: 2\n");
    EXPECT_EQ(meant(outcome), Meant::Refused);
    EXPECT_THAT(reasonOf(outcome), HasSubstr("takes 3 segments"));
    EXPECT_TRUE(gate.calls.empty());
    EXPECT_TRUE(server.heard().empty());
    const auto sender = make(GetParam(), server.port(), "segments_max: 3\n");
    EXPECT_EQ(sender->whyUnsendable(message), "");
    EXPECT_EQ(sender->parallel(), 4);
}

TEST_P(EveryGateway, HearsWhoTheSenderIsForTheCountry) {
    const std::string by_country = "from_by_country: { \"+43\": Austria, \"+43664\": Mobile }\n";
    struct Row {
        const char* number;
        const char* from;
    };
    for (const Row& row : {Row{"+436641234567", "Mobile"}, Row{"+4312345678", "Austria"},
                           Row{"+12025550123", "Example"}}) {
        ScriptedServer server(io_, {Script{{{"", row.from}}}});
        Message message = sms();
        message.recipient.address = row.number;
        CountingGate gate;
        attempt(message, server.port(), gate, by_country);
        EXPECT_THAT(server.heard().at(0), HasSubstr(row.from)) << row.number;
    }
}

INSTANTIATE_TEST_SUITE_P(All, EveryGateway, testing::ValuesIn(gateways()),
                         [](const auto& one) { return one.param.kind; });

}  // namespace sms_contract_test
}  // namespace backorderd::senders
