#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/tryton_fixture.hpp"

namespace backorderd::test {
namespace tryton_rpc_test {

using json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using Reply = FakeTryton::Reply;

using TrytonRpc = TrytonTest;

TEST_F(TrytonRpc, SpeaksInThreeMembersWithTheUsersContext) {
    (void)readWhole(io_, *make());
    ASSERT_GT(server_.calls.size(), 3u);
    EXPECT_EQ(server_.calls[0].method, "common.db.login");
    for (const auto& call : server_.calls) {
        EXPECT_EQ(call.whole.size(), 3u) << call.method;
        EXPECT_EQ(call.path, "/erp/");
    }
    const auto& last = server_.calls.back();
    EXPECT_EQ(last.params.back().at("company"), 1);
    EXPECT_EQ(last.authorization, "Session " + server_.session);
    EXPECT_EQ(server_.logins, 1);
}

TEST_F(TrytonRpc, LogsInAnewWhereTheSessionIsNoLongerKnown) {
    const auto connector = make();
    const auto first = readWhole(io_, *connector);
    server_.session = "gone";
    const auto second = readWhole(io_, *connector);
    EXPECT_EQ(server_.logins, 2);
    EXPECT_EQ(second.fingerprints, first.fingerprints);
}

TEST_F(TrytonRpc, GivesUpWhereANewSessionIsNotAcceptedEither) {
    server_.overlays["model.ir.date.today"] = [](const FakeTryton::Call&) {
        return std::optional{Reply{401, "", "text/plain"}};
    };
    EXPECT_THAT(failureOf(*make(), Failure::Again::Later),
                HasSubstr("does not accept the session"));
    EXPECT_EQ(server_.logins, 2);
}

TEST_F(TrytonRpc, DoesNotRepeatARefusedLogin) {
    server_.password = "another";
    const auto connector = make();
    EXPECT_THAT(failureOf(*connector, Failure::Again::Later),
                AllOf(HasSubstr("refuses the user 'backorderd'"), HasSubstr("`password`")));
    clock_.at += std::chrono::seconds{100};
    EXPECT_THAT(failureOf(*connector, Failure::Again::Later), HasSubstr("tried in 200 s"));
    EXPECT_EQ(server_.logins, 1);

    server_.password = "secret";
    clock_.at += std::chrono::seconds{200};
    EXPECT_TRUE(readWhole(io_, *connector).end);
    EXPECT_EQ(server_.logins, 2);
}

TEST_F(TrytonRpc, StaysAwayWhereTheServerBlocksLogins) {
    server_.overlays["common.db.login"] = [](const FakeTryton::Call&) {
        return std::optional{Reply{429, "<html>", "text/html"}};
    };
    const auto connector = make();
    EXPECT_THAT(failureOf(*connector, Failure::Again::Later), HasSubstr("too many failed logins"));
    EXPECT_THAT(failureOf(*connector, Failure::Again::Later), HasSubstr("prolongs"));
    EXPECT_EQ(server_.calls.size(), 1u);
}

TEST_F(TrytonRpc, RefusesAUserWithoutACompany) {
    server_.results["model.res.user.get_preferences"] = {{"language", "en"}};
    EXPECT_THAT(failureOf(*make(), Failure::Again::Never), HasSubstr("has no company"));
}

TEST_F(TrytonRpc, NamesTheFieldThatAnotherVersionLacks) {
    server_.results["model.stock.move.fields_get"] = {{"unit", {}}, {"planned_date", {}}};
    EXPECT_THAT(failureOf(*make(), Failure::Again::Never),
                AllOf(HasSubstr("no field 'uom'"), HasSubstr("Tryton 6.0")));
}

TEST_F(TrytonRpc, SaysWhatAnAnswerMeansAndWhatToDo) {
    struct Case {
        Reply reply;
        Failure::Again again;
        std::string words;
    };
    const auto html = [](int status) { return Reply{status, "<!doctype html>", "text/html"}; };
    const auto later = Failure::Again::Later;
    const auto never = Failure::Again::Never;
    const std::string deep(1000, '[');
    const std::vector<Case> cases{
        {html(200), later, "not JSON-RPC ('<!doctype html>')"},
        {html(301), never, "set `url`"},
        {html(403), never, "does not offer"},
        {html(404), never, "check `url` and `database`"},
        {html(500), later, "HTTP 500"},
        {html(502), later, "HTTP 502"},
        {{200, "", "application/json"}, later, "not JSON-RPC"},
        {{200, "[1, 2]", "application/json"}, later, "not JSON-RPC"},
        {{200, "{\"id\": 1, \"resu", "application/json"}, later, "not JSON-RPC"},
        {{200, "{\"id\": 1}", "application/json"}, later, "neither a result nor an error"},
        {{200, deep, "application/json"}, later, "not JSON-RPC"},
        {{200, "\xff\xfe{}", "application/json"}, later, "not JSON-RPC"},
        {FakeTryton::error({"UserError", {"You are not allowed to access \"Sale\".", "", nullptr}}),
         never, "You are not allowed to access \"Sale\". Give the user 'backorderd'"},
        {FakeTryton::error({"UserWarning", {"name", "Really?", ""}}), never, "Really?"},
        {FakeTryton::error({"LoginException", {"sms", "Code", "char"}}), never, "password login"},
        {FakeTryton::error({"ConcurrencyException", "sale.sale,1"}), later, "the same record"},
        {FakeTryton::error({"'sale.line'", ""}), never, "does not know 'sale.line'"},
        {FakeTryton::error({"database is locked", ""}), later, "database is locked"},
        {FakeTryton::error({"Database 'erp' doesn't exist!", ""}), never, "no database 'erp'"},
        {FakeTryton::error(json::array()), later, "no reason"},
        {FakeTryton::error(17), later, "no reason"},
        {FakeTryton::result("rows"), later, "do not follow each other by id"},
        {FakeTryton::result(json::array({{{"id", 2}}, {{"id", 1}}})), later, "by id"},
        {FakeTryton::result(json::array({{{"name", "x"}}})), later, "by id"},
    };
    for (const Case& one : cases) {
        server_.overlays["model.sale.line.search_read"] = [&](const FakeTryton::Call&) {
            return std::optional{one.reply};
        };
        EXPECT_THAT(failureOf(*make(), one.again), HasSubstr(one.words));
    }
}

TEST_F(TrytonRpc, AnswersThatAreNoRecordsDoNotEndTheProcess) {
    for (const char* method : {"model.res.user.get_preferences", "model.sale.line.fields_get",
                               "model.ir.date.today", "model.stock.location.search_read",
                               "model.product.product.search_read", "model.stock.move.search_read",
                               "model.party.contact_mechanism.search_read", "common.db.login"})
        for (const json& nonsense :
             {json(nullptr), json(7), json("x"), json::array({nullptr}), json::array({7}),
              json::object(), json{{"__class__", "date"}}}) {
            server_.overlays[method] = [&](const FakeTryton::Call&) {
                return std::optional{FakeTryton::result(nonsense)};
            };
            (void)readWhole(io_, *make());
            server_.overlays.erase(method);
        }
}

TEST_F(TrytonRpc, ANoteThatIsRefusedIsNotTriedForever) {
    server_.overlays["model.ir.note.create"] = [](const FakeTryton::Call&) {
        return std::optional{FakeTryton::error(
            {"UserError", {"You are not allowed to access \"Sale\".", "", nullptr}})};
    };
    const Connector::Note note{"8", "text", "marker"};
    const auto failure = runCoroutine(io_, make()->annotate(note));
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->again, Failure::Again::Never);
}

TEST_F(TrytonRpc, AServerThatIsDownIsSaidToBe) {
    auto section = config::Section::fromText(
        "url: http://127.0.0.1:1\ndatabase: erp\nuser: u\npassword: { env: "
        "BACKORDERD_TEST_PASSWORD }\n",
        "test.yaml");
    const connectors::Environment environment{"erp", net_, clock_};
    const auto connector = connectors::makeTryton(section, environment);
    EXPECT_THAT(failureOf(*connector, Failure::Again::Later),
                AllOf(HasSubstr("http://127.0.0.1:1/"), HasSubstr("cannot be reached")));
    const auto probe = runCoroutine(io_, connector->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("cannot be reached"));
}

TEST_F(TrytonRpc, SettingsAreCheckedWithTheirPlaces) {
    struct Case {
        std::string yaml;
        std::string problem;
    };
    const std::string good =
        "url: https://erp.example/\ndatabase: erp\nuser: u\n"
        "password: { env: BACKORDERD_TEST_PASSWORD }\n";
    const std::vector<Case> cases{
        {good, ""},
        {"database: erp\nuser: u\npassword: { env: BACKORDERD_TEST_PASSWORD }\n", "url"},
        {good + "catalogue: perhaps\n", "catalogue"},
        {good + "catalogue_max: 0\n", "catalogue_max"},
        {good + "catalogue_max: 200001\n", "catalogue_max"},
        {good + "page_size: 49\n", "page_size"},
        {good + "page_size: 2001\n", "page_size"},
        {good + "timeout: 1s\n", "timeout"},
        {good + "backorder: always\n", "backorder"},
        {good + "pagesize: 100\n", "pagesize"},
        {"url: ftp://erp\ndatabase: erp\nuser: u\npassword: { env: BACKORDERD_TEST_PASSWORD }\n",
         "must begin with http:// or https://"},
        {"url: http://u:p@127.0.0.1\ndatabase: erp\nuser: u\npassword: { env: "
         "BACKORDERD_TEST_PASSWORD }\n",
         "bare address"},
        {"url: https://erp\ndatabase: a/b\nuser: u\npassword: { env: BACKORDERD_TEST_PASSWORD }\n",
         "a name, not an address"},
        {"url: https://erp\ndatabase: erp\nuser: u\n", "the key 'password' is missing"},
    };
    for (const Case& one : cases) {
        auto section = config::Section::fromText(one.yaml, "test.yaml");
        const connectors::Environment environment{"erp", net_, clock_};
        const auto connector = connectors::makeTryton(section, environment);
        EXPECT_EQ(connector != nullptr, one.problem.empty()) << one.yaml;
        EXPECT_THAT(formatProblems(section.problems()), HasSubstr(one.problem));
    }
    auto section = config::Section::fromText(
        "url: http://erp.example\ndatabase: erp\nuser: u\npassword: { env: "
        "BACKORDERD_TEST_PASSWORD }\n",
        "test.yaml");
    const connectors::Environment environment{"erp", net_, clock_};
    EXPECT_NE(connectors::makeTryton(section, environment), nullptr);
    EXPECT_THAT(formatProblems(section.problems()),
                HasSubstr("test.yaml:1:1: warning: the password crosses"));
}

}  // namespace tryton_rpc_test
}  // namespace backorderd::test
