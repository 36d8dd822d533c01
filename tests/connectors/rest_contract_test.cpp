#include <gmock/gmock.h>

#include "connectors/rest_fixture.hpp"

namespace backorderd::test {
namespace rest_contract_test {

using json = nlohmann::json;
using testing::HasSubstr;

using RestContract = RestTest;

constexpr std::string_view kAllParts = R"(
  one: { path: '/line/{id}' }
  stock: { path: /stock }
  notes: { path: '/notes?order={order}' }
  add_note: { path: /notes, method: POST, body: '{"order":"{order}","text":"{text}"}' }
find: { request: one }
note: { look: notes, text: /text, write: add_note }
goods:
  stock: { request: stock, item: /sku, warehouse: /wh, free: /free }
)";

TEST_F(RestContract, IsKept) {
    const auto connector = byOffset(std::string{kAllParts});
    exerciseConnector(io_, *connector, "erp");
    ASSERT_EQ(notes_.size(), 1);
    EXPECT_THAT(notes_[0]["text"], HasSubstr("contract-1"));
}

TEST_F(RestContract, MapsJoinsAndAddsUp) {
    const auto connector = byOffset(std::string{kAllParts});
    const auto whole = readWhole(io_, *connector);
    ASSERT_EQ(whole.lines.size(), 5) << (whole.failure ? whole.failure->reason : "");
    const OrderLine& line = whole.lines[1];
    EXPECT_EQ(line.order.number, "SO-102");
    EXPECT_EQ(line.open(), Decimal{8});
    EXPECT_EQ(line.promise, Promise::on(*parseDate("2026-12-03")));
    EXPECT_EQ(line.customer.name, "Customer C2");
    EXPECT_EQ(line.contact.email, "C2@example.com");
    ASSERT_EQ(whole.end->goods.stock.size(), 1);
    EXPECT_EQ(whole.end->goods.stock[0].free.toString(), "4.5");
}

TEST_F(RestContract, LinesThatAreNoBackOrderAreMarked) {
    const auto connector = byOffset();
    const auto reader = connector->read();
    std::string known_only;
    for (int i = 0; i < 3; ++i) {
        const auto step = runCoroutine(io_, reader->next());
        for (const LineRecord& record : std::get<Page>(step).records)
            if (record.known_only) known_only += record.id;
    }
    EXPECT_EQ(known_only, "5");
}

using RestPaging = RestTest;

TEST_F(RestPaging, ByKeysetAndByLink) {
    const auto keyset = make(
        "    query: { after: '{after}' }\n"
        "    paging: { kind: keyset, size: 2, after: /id, start: '0' }\n",
        "complete: keyset\n");
    ASSERT_NE(keyset, nullptr) << problems_;
    expectSoundSnapshot(readWhole(io_, *keyset), "erp");
    const auto link = make("    paging: { kind: next_link, next: /next }\n", "complete: end\n");
    ASSERT_NE(link, nullptr) << problems_;
    const auto whole = readWhole(io_, *link);
    expectSoundSnapshot(whole, "erp");
    EXPECT_EQ(whole.lines.size(), 5);
}

TEST_F(RestPaging, AnOverlapAndAGapAreNoticed) {
    int pages = 0;
    before_ = [&](const HttpAsked& asked) {
        if (asked.target.starts_with("/lines") && ++pages == 2)
            lines_.insert(lines_.begin(), lines_[4]);
        return HttpAnswer{0};
    };
    const auto connector = byOffset();
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("came twice"));
    lines_.erase(0);
    pages = 0;
    before_ = [&](const HttpAsked& asked) {
        if (asked.target.starts_with("/lines") && ++pages == 2) lines_.erase(0);
        return HttpAnswer{0};
    };
    const auto gap = readWhole(io_, *connector);
    ASSERT_TRUE(gap.end);
    EXPECT_THAT(gap.end->why_incomplete, HasSubstr("5 records at the beginning"));
}

TEST_F(RestPaging, AServerThatIgnoresTheOffsetIsNoEndlessPage) {
    const auto connector = make("    paging: { kind: offset, size: 2 }\n", "complete: never\n");
    ASSERT_NE(connector, nullptr) << problems_;
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("same records"));
}

TEST_F(RestPaging, ChangesAreReadFromTheBookmarkWithAnOverlap) {
    const auto connector = byOffset(
        "changes: { query: { since: '{since}' }, bookmark: /modified, "
        "format: '%Y-%m-%d %H:%M:%S', overlap: 10m }\n");
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.end);
    ASSERT_NE(whole.end->bookmark, "");
    const auto reader = connector->readChanges(whole.end->bookmark);
    (void)runCoroutine(io_, reader->next());
    EXPECT_THAT(server_.asked().back().target + server_.asked()[server_.asked().size() - 2].target +
                    server_.asked()[server_.asked().size() - 3].target,
                HasSubstr("since=2026-03-01%2009%3A55%3A00"));
}

struct Trap {
    std::string_view name;
    HttpAnswer answer;
    std::string_view says;
};

using RestTraps = RestTest;

TEST_F(RestTraps, AreFailuresWithClearWords) {
    const std::vector<Trap> traps{
        {"Html", {200, "<html><title>Log in</title>"}, "something that is not JSON"},
        {"CutOff", {200, R"({"data":[{"id":)"}, "cut off"},
        {"ErrorIn200", {200, R"({"error":{"message":"no right"},"data":[]})"}, "no right"},
        {"OtherShape", {200, R"({"value":[]})"}, "without the list"},
        {"Rights", {403, R"({"error":{"message":"denied"}})"}, "denied; the user lacks a right"},
        {"Moved", {302, ""}, "set `url`"},
        {"TooMany", {429, "", {{"Retry-After", "900"}}}, "left alone for 900 s"},
        {"Maintenance", {503, "<html>"}, "left alone for 60 s"}};
    for (const Trap& trap : traps) {
        before_ = [&](const HttpAsked&) { return trap.answer; };
        const auto connector = byOffset("error_at: /error/message\n");
        const auto whole = readWhole(io_, *connector);
        ASSERT_TRUE(whole.failure) << trap.name;
        EXPECT_THAT(whole.failure->reason, HasSubstr(std::string{trap.says})) << trap.name;
    }
}

TEST_F(RestTraps, AShortWaitIsWaitedOutAndALongOneKept) {
    int refused = 0;
    before_ = [&](const HttpAsked&) {
        return ++refused == 2 ? HttpAnswer{429, "", {{"Retry-After", "0"}}} : HttpAnswer{0};
    };
    const auto connector = byOffset();
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
    before_ = [](const HttpAsked&) { return HttpAnswer{429, "", {{"Retry-After", "900"}}}; };
    (void)readWhole(io_, *connector);
    const auto asked = server_.asked().size();
    EXPECT_TRUE(readWhole(io_, *connector).failure);
    EXPECT_EQ(server_.asked().size(), asked) << "it was asked although it wanted to be left alone";
}

using RestAuth = RestTest;

TEST_F(RestAuth, ASessionThatExpiresInTheMiddleOfPagingIsBegunAnew) {
    int logins = 0;
    before_ = [&](const HttpAsked& asked) {
        if (asked.target == "/login") {
            ++logins;
            EXPECT_EQ(asked.body, R"({"u":"me","p":"t0ken"})");
            return HttpAnswer{200,
                              "{}",
                              {{"Set-Cookie", "sid=" + std::to_string(logins) + "; Path=/"},
                               {"Set-Cookie", "node=a"}}};
        }
        const auto cookie = asked.headers.find("cookie");
        const std::string sent = cookie == asked.headers.end() ? "" : cookie->second;
        const bool expired = asked.target.find("offset=2") != std::string::npos && logins == 1;
        const bool good = sent == "sid=" + std::to_string(logins) + "; node=a";
        return HttpAnswer{good && !expired ? 0 : 401};
    };
    const auto connector = byOffset(
        "auth: { kinds: [session], login: { path: /login, "
        "body: '{\"u\":\"{user}\",\"p\":\"{password}\"}' } }\n",
        "user: me\npassword: { env: BACKORDERD_TEST_TOKEN }\n");
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
    EXPECT_EQ(logins, 2);
}

TEST_F(RestAuth, ATokenIsFetchedAndARefusedLoginIsNotRepeated) {
    int tokens = 0;
    bool refuse = false;
    before_ = [&](const HttpAsked& asked) {
        if (asked.target == "/token") {
            ++tokens;
            EXPECT_THAT(asked.body, HasSubstr("grant_type=client_credentials&client_id=me"));
            EXPECT_THAT(asked.body, HasSubstr("scope=all%20of%20it"));
            return refuse ? HttpAnswer{401, "{}"}
                          : HttpAnswer{200, R"({"access_token":"abc","expires_in":3600})"};
        }
        return HttpAnswer{asked.headers.at("authorization") == "Bearer abc" ? 0 : 401};
    };
    const std::string auth =
        "auth: { kinds: [client_credentials], token_url: /token, scope: all of it }\n";
    const std::string settings = "user: me\npassword: { env: BACKORDERD_TEST_TOKEN }\n";
    const auto connector = byOffset(auth, settings);
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
    EXPECT_EQ(tokens, 1);
    refuse = true;
    const auto refused = byOffset(auth, settings);
    EXPECT_TRUE(readWhole(io_, *refused).failure);
    EXPECT_TRUE(readWhole(io_, *refused).failure);
    EXPECT_EQ(tokens, 2);
}

TEST_F(RestAuth, EachWayPutsItsCredentialsWhereTheyBelong) {
    const std::string secret = "{ env: BACKORDERD_TEST_TOKEN }";
    const std::vector<std::pair<std::string, std::string>> ways{
        {"kinds: [basic]", "Basic bWU6dDBrZW4="},
        {"kinds: [bearer]", "Bearer t0ken"},
        {"kinds: [header], text: 'token {user}:{password}'", "token me:t0ken"},
        {"kinds: [oauth1], realm: R", "OAuth realm=\"R\", oauth_consumer_key=\"me\""}};
    for (const auto& [auth, header] : ways) {
        const auto connector =
            byOffset("auth: { " + auth + " }\n",
                     "user: me\npassword: " + secret + "\ntoken: " + secret + "\ntoken_id: id\n");
        ASSERT_NE(connector, nullptr);
        (void)readWhole(io_, *connector);
        EXPECT_THAT(server_.asked().back().headers.at("authorization"), HasSubstr(header));
    }
    const auto query = byOffset("auth: { kinds: [query], parameters: { key: '{token}' } }\n",
                                "token: " + secret + "\n");
    (void)readWhole(io_, *query);
    EXPECT_THAT(server_.asked().back().target, HasSubstr("key=t0ken"));
}

using RestMapping = RestTest;

TEST_F(RestMapping, TheOneOfTheDocumentationIsSound) {
    auto section = config::Section::fromText(
        "url: https://erp.example.com\nmapping: example\nvalues: { company: E }\n"
        "token: { env: BACKORDERD_TEST_TOKEN }\n",
        "test.yaml");
    EXPECT_NE(connectors::makeRest(section, {"erp", net_, clock_}), nullptr);
    EXPECT_EQ(formatProblems(section.problems()), "");
}

TEST_F(RestMapping, EveryMistakeIsNamedWithItsPlace) {
    EXPECT_EQ(make("    pagin: { kind: offset }\n    query: { a: '{nobody}' }\n",
                   "backorder: positiv(/a)\ncomplete: total\n"),
              nullptr);
    EXPECT_THAT(problems_, HasSubstr("mapping.yaml:6:5: unknown key 'pagin'"));
    EXPECT_THAT(problems_, HasSubstr("{nobody}, which nothing fills in"));
    EXPECT_THAT(problems_, HasSubstr("did you mean 'positive(…)'?"));
    EXPECT_THAT(problems_, HasSubstr("'total' needs the key 'total'"));
}

}  // namespace rest_contract_test
}  // namespace backorderd::test
