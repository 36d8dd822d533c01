// What every sender that posts promises, run by every kind over what can become of an attempt.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "senders/web_fixture.hpp"

namespace backorderd::senders {
namespace web_contract_test {

using test::AtEnd;
using test::Script;
using test::ScriptedServer;
using test::Turn;
using testing::HasSubstr;

/// A kind, what its receiver says where it accepts, and what differs in what answers mean. The
/// answers are written after what the vendors publish.
struct Kind {
    std::string name;
    Channel channel;
    OnUnknown on_unknown;
    bool reuses;  ///< keeps connections, because the receiver knows repeats
    std::string accepted;
    Meant a_page;         ///< a 200 with something else in it
    Meant not_there;      ///< 404
    Meant broken_answer;  ///< a 2xx that breaks off
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"webhook", Channel::Webhook, OnUnknown::SendAgain, true,
         httpAnswer(200, "whatever it likes"), Meant::Accepted, Meant::Refused, Meant::Accepted},
        {"slack", Channel::Chat, OnUnknown::SendAgainOnce, false, httpAnswer(200, "ok"),
         Meant::Unknown, Meant::TryLater, Meant::Unknown},
        {"mattermost", Channel::Chat, OnUnknown::SendAgainOnce, false, httpAnswer(200, "ok"),
         Meant::Unknown, Meant::TryLater, Meant::Unknown},
        {"teams", Channel::Chat, OnUnknown::SendAgainOnce, false, httpAnswer(200, "1"),
         Meant::Unknown, Meant::TryLater, Meant::Unknown},
        {"pagerduty", Channel::Chat, OnUnknown::SendAgain, true,
         httpAnswer(202, R"({"status":"success","message":"Event processed","dedup_key":"k"})"),
         Meant::Unknown, Meant::TryLater, Meant::Unknown},
    };
    return all;
}

struct WebCase {
    const Kind* kind;
    std::string situation;
    std::vector<Turn> turns;  ///< behind the request
    AtEnd at_end;
    Meant outcome;
    std::string timeout = "20s";
};

void addAnswers(const Kind& kind, std::vector<WebCase>& cases) {
    const auto add = [&](std::string situation, std::string say, Meant outcome,
                         AtEnd at_end = AtEnd::Hang) {
        cases.push_back(
            {&kind, std::move(situation), {{std::move(say), ""}}, at_end, outcome, "20s"});
    };
    add("Accepts", kind.accepted, Meant::Accepted);
    add("AcceptsAndCloses", kind.accepted, Meant::Accepted, AtEnd::Close);
    add("RefusesForNow", httpAnswer(429, "slowly", "Retry-After: 7\r\n"), Meant::TryLater);
    add("IsOverloadedUntil",
        httpAnswer(503, "later", "Retry-After: Mon, 02 Mar 2026 09:00:07 GMT\r\n"),
        Meant::TryLater);
    add("TimesOutItself", httpAnswer(408, ""), Meant::TryLater);
    add("Breaks", httpAnswer(500, "oops"), Meant::TryLater);
    add("IsBehindABrokenProxy", httpAnswer(502, "<html>"), Meant::TryLater);
    add("Refuses", httpAnswer(400, "POST /hooks/canary: no"), Meant::Refused);
    add("RefusesTheBody", httpAnswer(422, "no"), Meant::Refused);
    add("IsNotThere", httpAnswer(404, "no such hook: hooks/canary"), kind.not_there);
    add("IsGone", httpAnswer(410, "gone"), Meant::Refused);
    add("IsElsewhere", httpAnswer(302, "", "Location: http://127.0.0.1:1/other\r\n"),
        Meant::TryLater);
    add("AnswersAPage", httpAnswer(200, "<html>hello"), kind.a_page);
    add("AnswersALongPage", httpAnswer(200, std::string(100'000, 'x')), kind.broken_answer);
    add("AnswersGarbage", "\x16\x03\x01 what?\r\n\r\n", Meant::Unknown, AtEnd::Close);
    add("ClosesInTheStatus", "HTTP/1.1 2", Meant::Unknown, AtEnd::Close);
}

std::vector<WebCase> casesOf(const Kind& kind) {
    std::vector<WebCase> cases;
    addAnswers(kind, cases);
    const auto add = [&](std::string situation, std::vector<Turn> turns, AtEnd at_end,
                         Meant outcome, std::string timeout = "20s") {
        cases.push_back(
            {&kind, std::move(situation), std::move(turns), at_end, outcome, std::move(timeout)});
    };
    const std::string& good = kind.accepted;
    const std::string begun = good.substr(0, good.size() - 1), rest = good.substr(begun.size());
    add("AcceptsInPieces", {{begun, ""}, {rest, ""}}, AtEnd::Hang, Meant::Accepted);
    add("ClosesInTheBody", {{begun, ""}}, AtEnd::Close, kind.broken_answer);
    add("StopsInTheAnswer", {{begun, ""}}, AtEnd::Stall, kind.broken_answer, "1s");
    add("ClosesAfterTheRequest", {}, AtEnd::Close, Meant::Unknown);
    add("ResetsAfterTheRequest", {}, AtEnd::Reset, Meant::Unknown);
    add("AnswersTooLate", {}, AtEnd::Hang, Meant::Unknown, "1s");
    return cases;
}

std::vector<WebCase> allCases() {
    std::vector<WebCase> all;
    for (const Kind& kind : kinds())
        for (WebCase& one : casesOf(kind)) all.push_back(std::move(one));
    return all;
}

class WebContract : public WebFixture, public testing::WithParamInterface<WebCase> {};

TEST_P(WebContract, SaysWhatBecameOfTheMessage) {
    const WebCase& expected = GetParam();
    std::vector<Turn> turns{{"", "}"}};
    turns.insert(turns.end(), expected.turns.begin(), expected.turns.end());
    ScriptedServer server(io_, {Script{turns, expected.at_end}});
    const auto sender =
        make(expected.kind->name, server.port(), "timeout: " + expected.timeout + "\n");
    ASSERT_NE(sender, nullptr);
    EXPECT_EQ(sender->channel(), expected.kind->channel);
    EXPECT_EQ(sender->onUnknown(), expected.kind->on_unknown);
    const Message message = messageFor(expected.kind->name);
    CountingGate gate;
    const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
    EXPECT_EQ(meant(outcome), expected.outcome) << reasonOf(outcome);
    // The address of a chat, and the key of a pager, are secrets.
    const bool has_secret = expected.kind->channel == Channel::Chat;
    if (has_secret && expected.kind->name != "pagerduty") {
        EXPECT_THAT(reasonOf(outcome), testing::Not(HasSubstr("canary")));
    }
    EXPECT_FALSE(reasonOf(outcome).empty());
    EXPECT_EQ(gate.calls, std::vector{message.id});
    ASSERT_EQ(server.heard().size(), 1u);
    EXPECT_THAT(server.heard()[0], HasSubstr("The one line."));
    const auto* const later = std::get_if<TryLater>(&outcome);
    if (expected.situation == "RefusesForNow" || expected.situation == "IsOverloadedUntil") {
        EXPECT_EQ(later->retry_after, std::chrono::seconds(7));
    }
    if (later != nullptr) {
        EXPECT_FALSE(later->receiver_down);
    }
    const auto* const refused = std::get_if<Refused>(&outcome);
    EXPECT_EQ(refused != nullptr && refused->endpoint_gone, expected.situation == "IsGone");
}

TEST_P(WebContract, SendsNothingWhereTheGateFails) {
    ScriptedServer server(io_, {Script{{}, GetParam().at_end}});
    const auto sender = make(GetParam().kind->name, server.port());
    const Message message = messageFor(GetParam().kind->name);
    CountingGate gate(/*fails=*/true);
    EXPECT_THROW(test::runCoroutine(io_, sender->send(message, gate)), std::runtime_error);
    EXPECT_TRUE(server.heard().empty());
}

INSTANTIATE_TEST_SUITE_P(All, WebContract, testing::ValuesIn(allCases()), [](const auto& one) {
    return one.param.kind->name + one.param.situation;
});

class EveryWebKind : public WebFixture, public testing::WithParamInterface<Kind> {};

TEST_P(EveryWebKind, ThatIsNotThereIsTriedLater) {
    unsigned port = 0;
    {
        const ScriptedServer gone(io_, {Script{}});
        port = gone.port();
    }
    const auto sender = make(GetParam().name, port);
    CountingGate gate;
    const Message message = messageFor(GetParam().name);
    const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
    EXPECT_EQ(meant(outcome), Meant::TryLater) << reasonOf(outcome);
    EXPECT_TRUE(std::get<TryLater>(outcome).receiver_down);
}

/// A kept connection that dies makes curl repeat the request by itself.
TEST_P(EveryWebKind, KeepsAConnectionOnlyWhereRepeatsAreKnown) {
    const std::string& good = GetParam().accepted;
    const std::string end_of_headers = "\r\n\r\n";
    ScriptedServer server(
        io_, {Script{{{"", end_of_headers}, {good, end_of_headers}, {good, ""}}, AtEnd::Hang}});
    const auto sender = make(GetParam().name, server.port());
    const Message message = messageFor(GetParam().name);
    for (int i = 0; i < 2; ++i) {
        CountingGate gate;
        const Outcome outcome = test::runCoroutine(io_, sender->send(message, gate));
        EXPECT_EQ(meant(outcome), Meant::Accepted) << reasonOf(outcome);
    }
    EXPECT_EQ(server.heard().size(), GetParam().reuses ? 1u : 2u);
}

/// A receiver on this machine is reached only where the settings say so.
TEST_P(EveryWebKind, ReachesNoPrivateAddressUnlessToldTo) {
    ScriptedServer server(io_, {Script{}});
    std::string yaml = settingsFor(GetParam().name, server.port());
    yaml.replace(yaml.find("allow_private: true"), 19, "allow_private: false");
    const auto section = config::Section::fromText(yaml, "test.yaml");
    EXPECT_EQ(makeSender(GetParam().name, section, {net_, clock_}), nullptr);
    EXPECT_THAT(formatProblems(section.problems()), HasSubstr("is no public address (loopback)"));
}

INSTANTIATE_TEST_SUITE_P(All, EveryWebKind, testing::ValuesIn(kinds()),
                         [](const auto& one) { return one.param.name; });

}  // namespace web_contract_test
}  // namespace backorderd::senders
