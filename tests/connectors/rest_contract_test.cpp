#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>

#include "connectors/contract.hpp"
#include "connectors/rest.hpp"
#include "connectors/rest_server.hpp"
#include "support/still_clock.hpp"

namespace backorderd::test {
namespace rest_contract_test {

using json = nlohmann::json;
using testing::HasSubstr;

constexpr std::string_view kFields = R"(
fields:
  line: /id
  order.id: /order
  order.number: join('-', 'SO', /order)
  item.id: /sku
  ordered: /qty
  shipped: /done
  promise: date(/due, '%d.%m.%Y')
  customer.id: /customer
  customer.name: lookup(customers, /customer, /name)
  contact.email: lookup(customers, /customer, /email)
)";
constexpr std::string_view kCustomers = R"(
  customers:
    path: /customers
    query: { ids: "{keys}" }
    records: /data
    key: /no
    load: keys
    batch: 2
)";

class RestTest : public testing::Test {
protected:
    RestTest() : server_{io_, [this](const RestAsked& asked) { return serve(asked); }} {
        ::setenv("BACKORDERD_TEST_TOKEN", "t0ken", 1);
        for (int i = 1; i <= 5; ++i)
            lines_.push_back({{"id", std::to_string(i)},
                              {"order", 100 + i},
                              {"sku", "PX-" + std::to_string(i)},
                              {"qty", 10},
                              {"done", i == 5 ? 10 : 2},
                              {"due", "03.12.2026"},
                              {"customer", "C" + std::to_string(i % 3)},
                              {"modified", "2026-03-01 10:0" + std::to_string(i) + ":00"}});
    }

    static std::string parameter(const std::string& target, const std::string& name) {
        const auto at = target.find(name + "=");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 1;
        return target.substr(begin, std::min(target.find('&', begin), target.size()) - begin);
    }

    RestAnswer serve(const RestAsked& asked) {
        if (before_) {
            const auto given = before_(asked);
            if (given.status != 0) return given;
        }
        if (asked.target.starts_with("/customers")) {
            json data = json::array();
            const std::string keys = parameter(asked.target, "ids");
            for (const auto key : {"C0", "C1", "C2"})
                if (keys.find(key) != std::string::npos)
                    data.push_back({{"no", key},
                                    {"name", std::string{"Customer "} + key},
                                    {"email", std::string{key} + "@example.com"}});
            return {200, json{{"data", data}}.dump()};
        }
        if (asked.target.starts_with("/line/")) {
            for (const json& line : lines_)
                if (asked.target.substr(6) == line["id"]) return {200, line.dump()};
            return {404, R"({"error":"none"})"};
        }
        if (asked.target.starts_with("/stock"))
            return {200,
                    R"([{"sku":"PX-1","wh":"A","free":3},{"sku":"PX-1","wh":"A","free":"1.5"}])"};
        if (asked.target.starts_with("/notes")) {
            if (asked.method == "POST") notes_.push_back(json::parse(asked.body));
            return {200, notes_.dump()};
        }
        return page(asked);
    }

    /// Offset and page paging alike.
    RestAnswer page(const RestAsked& asked) {
        json data = json::array();
        const auto offset = std::stoul("0" + parameter(asked.target, "offset"));
        const auto after = parameter(asked.target, "after");
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (i < offset || data.size() == 2) continue;
            if (!after.empty() && lines_[i]["id"].get<std::string>() <= after) continue;
            data.push_back(lines_[i]);
        }
        json answer{{"data", data}, {"total", lines_.size()}};
        if (offset + 2 < lines_.size())
            answer["next"] = "/lines?offset=" + std::to_string(offset + 2);
        return {200, answer.dump()};
    }

    std::unique_ptr<Connector> make(const std::string& request, const std::string& rest,
                                    const std::string& settings = {}) {
        const std::string file = testing::TempDir() + "/mapping.yaml";
        std::ofstream{file} << "title: Test ERP\nrequests:\n  lines:\n    path: /lines\n"
                            << "    records: /data\n"
                            << request << kCustomers << rest << kFields;
        auto section = config::Section::fromText(
            "url: " + server_.url() + "\nmapping: " + file + "\n" + settings, "test.yaml");
        auto connector = connectors::makeRest(section, {"erp", net_, clock_});
        problems_ = formatProblems(section.problems());
        return connector;
    }

    std::unique_ptr<Connector> byOffset(const std::string& rest = {},
                                        const std::string& settings = {}) {
        auto made = make(
            "    query: { offset: '{offset}' }\n    paging: { kind: offset, size: 2 }\n"
            "    total: /total\n",
            rest + "complete: total\n", settings);
        EXPECT_NE(made, nullptr) << problems_;
        return made;
    }

    boost::asio::io_context io_;
    json lines_ = json::array();
    json notes_ = json::array();
    std::function<RestAnswer(const RestAsked&)> before_;
    RestServer server_;
    net::Net net_{io_.get_executor()};
    StillClock clock_;
    std::string problems_;
};

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
    before_ = [&](const RestAsked& asked) {
        if (asked.target.starts_with("/lines") && ++pages == 2)
            lines_.insert(lines_.begin(), lines_[4]);
        return RestAnswer{0};
    };
    const auto connector = byOffset();
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.end);
    EXPECT_FALSE(whole.end->complete);
    EXPECT_THAT(whole.end->why_incomplete, HasSubstr("came twice"));
    lines_.erase(0);
    pages = 0;
    before_ = [&](const RestAsked& asked) {
        if (asked.target.starts_with("/lines") && ++pages == 2) lines_.erase(0);
        return RestAnswer{0};
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
    RestAnswer answer;
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
        before_ = [&](const RestAsked&) { return trap.answer; };
        const auto connector = byOffset("error_at: /error/message\n");
        const auto whole = readWhole(io_, *connector);
        ASSERT_TRUE(whole.failure) << trap.name;
        EXPECT_THAT(whole.failure->reason, HasSubstr(std::string{trap.says})) << trap.name;
    }
}

TEST_F(RestTraps, AShortWaitIsWaitedOutAndALongOneKept) {
    int refused = 0;
    before_ = [&](const RestAsked&) {
        return ++refused == 2 ? RestAnswer{429, "", {{"Retry-After", "0"}}} : RestAnswer{0};
    };
    const auto connector = byOffset();
    expectSoundSnapshot(readWhole(io_, *connector), "erp");
    before_ = [](const RestAsked&) { return RestAnswer{429, "", {{"Retry-After", "900"}}}; };
    (void)readWhole(io_, *connector);
    const auto asked = server_.asked().size();
    EXPECT_TRUE(readWhole(io_, *connector).failure);
    EXPECT_EQ(server_.asked().size(), asked) << "it was asked although it wanted to be left alone";
}

using RestAuth = RestTest;

TEST_F(RestAuth, ASessionThatExpiresInTheMiddleOfPagingIsBegunAnew) {
    int logins = 0;
    before_ = [&](const RestAsked& asked) {
        if (asked.target == "/login") {
            ++logins;
            EXPECT_EQ(asked.body, R"({"u":"me","p":"t0ken"})");
            return RestAnswer{200,
                              "{}",
                              {{"Set-Cookie", "sid=" + std::to_string(logins) + "; Path=/"},
                               {"Set-Cookie", "node=a"}}};
        }
        const auto cookie = asked.headers.find("cookie");
        const std::string sent = cookie == asked.headers.end() ? "" : cookie->second;
        const bool expired = asked.target.find("offset=2") != std::string::npos && logins == 1;
        const bool good = sent == "sid=" + std::to_string(logins) + "; node=a";
        return RestAnswer{good && !expired ? 0 : 401};
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
    before_ = [&](const RestAsked& asked) {
        if (asked.target == "/token") {
            ++tokens;
            EXPECT_THAT(asked.body, HasSubstr("grant_type=client_credentials&client_id=me"));
            EXPECT_THAT(asked.body, HasSubstr("scope=all%20of%20it"));
            return refuse ? RestAnswer{401, "{}"}
                          : RestAnswer{200, R"({"access_token":"abc","expires_in":3600})"};
        }
        return RestAnswer{asked.headers.at("authorization") == "Bearer abc" ? 0 : 401};
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
