#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/vendors/acumatica.hpp"
#include "connectors/vendors/business_central.hpp"
#include "connectors/vendors/sap_b1.hpp"
#include "connectors/vendors/vendors_fixture.hpp"

/// The stubs of vendors answer as the pages in docs/connectors say: what is stated there of paging,
/// sessions, limits, errors and rights is asked here over HTTP.
namespace backorderd::test {
namespace vendors_odata_test {

using namespace vendors;
using json = nlohmann::json;
using testing::HasSubstr;

// -- Business Central ----------------------------------------------------------------------------

class BusinessCentralStub : public Vendors {
protected:
    BusinessCentralStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }
    Headers logIn() {
        const auto answer =
            ask("POST", BusinessCentral::kTokenPath, {},
                "grant_type=client_credentials&client_id=app&client_secret=secret&scope="
                "https%3A%2F%2Fapi.businesscentral.dynamics.com%2F.default");
        EXPECT_EQ(answer.status, 200) << answer.body;
        const std::string token = json::parse(answer.body)["access_token"];
        return {{"Authorization", "Bearer " + token}, {"Prefer", "odata.maxpagesize=10"}};
    }

    BusinessCentral erp_{books_, server_->url()};
    const std::string company_ = BusinessCentral::kCompany;
};

TEST_F(BusinessCentralStub, FollowsNextLinksWhileTokensExpire) {
    erp_.calls_per_token = 2;
    Headers who = logIn();
    std::string next = company_ +
                       "salesOrders?$filter=fullyShipped%20eq%20false"
                       "&$expand=salesOrderLines&$select=id,number,email";
    std::size_t orders = 0;
    std::size_t lines = 0;
    while (!next.empty()) {
        const auto answer = get(next, who);
        if (answer.status == 401) {
            who = logIn();
            continue;
        }
        const json page = json::parse(answer.body);
        for (const json& order : page.at("value")) {
            ++orders;
            for (const json& line : order.at("salesOrderLines"))
                if (line["lineType"] == "Item") ++lines;
        }
        next = page.value("@odata.nextLink", "");
    }
    EXPECT_EQ(orders, std::size_t{kOrders});
    EXPECT_EQ(lines, books_.lines.size());
    EXPECT_EQ(erp_.tokens, 3) << "five pages, two for each token";
}

TEST_F(BusinessCentralStub, GivesLinesOnlyOfOneDocumentOrInsideTheirOrder) {
    const Headers who = logIn();
    const auto all = get(company_ + "salesOrderLines", who);
    EXPECT_EQ(all.status, 400);
    EXPECT_THAT(all.body, HasSubstr("Document Id"));
    const json plain = json::parse(get(company_ + "salesOrders", who).body);
    EXPECT_FALSE(plain["value"][0].contains("salesOrderLines"));
}

TEST_F(BusinessCentralStub, RefusesInItsOwnWay) {
    EXPECT_EQ(get(company_ + "items").status, 401);
    erp_.secret = "another";
    const auto refused = ask("POST", BusinessCentral::kTokenPath, {},
                             "grant_type=client_credentials&client_secret=secret&scope=x");
    EXPECT_EQ(refused.status, 401);
    EXPECT_THAT(refused.body, HasSubstr("invalid_client"));
    erp_.secret = "secret";
    const Headers who = logIn();
    erp_.may_read.erase("items");
    EXPECT_EQ(get(company_ + "items", who).status, 403);
    EXPECT_EQ(get(company_ + "salesOrders?$select=nonsense", who).status, 400);
    server_->overlay = [](const Request&) { return BusinessCentral::tooMany(); };
    EXPECT_EQ(get(company_ + "items", who).header("retry-after"), "");
}

// -- Acumatica -----------------------------------------------------------------------------------

class AcumaticaStub : public Vendors {
protected:
    AcumaticaStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }
    json token(const std::string& form) {
        const auto answer = ask("POST", Acumatica::kTokenPath, {}, form);
        return json::parse(answer.body);
    }
    static Headers bearer(const json& token) {
        return {{"Authorization", "Bearer " + token.at("access_token").get<std::string>()}};
    }

    Acumatica erp_{books_};
    const std::string login_ =
        "grant_type=password&client_id=app%40Nordhaus&client_secret=s&username=backorderd"
        "&password=secret&scope=api%20offline_access";
};

TEST_F(AcumaticaStub, PagesByOrderNumberAndRefreshesItsToken) {
    erp_.calls_per_token = 2;
    json tokens = token(login_);
    std::string last;
    std::size_t lines = 0;
    for (;;) {
        const auto answer =
            get("/entity/Default/24.200.001/SalesOrder?$top=10&$expand=Details"
                "&$filter=Status%20eq%20'Back%20Order'%20and%20OrderNbr%20gt%20'" +
                    last + "'",
                bearer(tokens));
        if (answer.status == 401) {
            tokens = token(
                "grant_type=refresh_token&client_id=app%40Nordhaus&client_secret=s"
                "&refresh_token=" +
                tokens.at("refresh_token").get<std::string>());
            continue;
        }
        const json page = json::parse(answer.body);
        if (page.empty()) break;
        for (const json& order : page) lines += order.at("Details").size();
        last = page.back()["OrderNbr"]["value"];
    }
    EXPECT_EQ(lines, books_.lines.size());
    EXPECT_EQ(erp_.logins, 1) << "a refresh takes no further API user";
}

TEST_F(AcumaticaStub, WrapsValuesAndLeavesOutWhatIsNotExpanded) {
    const Headers who = bearer(token(login_));
    const json order =
        json::parse(get("/entity/Default/24.200.001/SalesOrder?$top=1", who).body).at(0);
    EXPECT_EQ(order["Status"], (json{{"value", "Back Order"}}));
    EXPECT_EQ(order["ExternalRef"], json::object());
    EXPECT_FALSE(order.contains("Details"));
}

TEST_F(AcumaticaStub, RefusesInItsOwnWay) {
    EXPECT_EQ(token("grant_type=password&password=wrong&scope=api").at("error"), "invalid_grant");
    EXPECT_FALSE(token("grant_type=password&password=secret&scope=api").contains("refresh_token"));
    const Headers who = bearer(token(login_));
    EXPECT_EQ(get("/entity/Default/24.200.001/SalesOrder").status, 401);
    erp_.may_read.erase("StockItem");
    EXPECT_EQ(get("/entity/Default/24.200.001/StockItem", who).status, 403);
    EXPECT_EQ(get("/entity/Default/23.200.001/SalesOrder", who).status, 404);
    server_->overlay = [](const Request&) { return Acumatica::tooMany(); };
    EXPECT_EQ(get("/entity/Default/24.200.001/SalesOrder", who).status, 429);
}

// -- SAP Business One ----------------------------------------------------------------------------

class SapB1Stub : public Vendors {
protected:
    SapB1Stub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }
    Headers logIn() {
        const auto answer =
            ask("POST", "/b1s/v2/Login", {},
                R"({"CompanyDB":"NORDHAUS","UserName":"backorderd","Password":"secret"})");
        EXPECT_EQ(answer.status, 200) << answer.body;
        std::string cookies;
        for (const auto& [name, value] : answer.headers)
            if (name == "set-cookie") cookies += value.substr(0, value.find(';')) + "; ";
        return {{"Cookie", cookies}};
    }

    SapB1 erp_{books_};
};

TEST_F(SapB1Stub, FollowsRelativeLinksAndLogsInAgainWhenTheSessionEnds) {
    erp_.calls_per_session = 2;
    Headers who = logIn();
    std::string next = "Orders?$filter=DocumentStatus%20eq%20'bost_Open'&$select=DocEntry,DocNum";
    std::size_t seen = 0;
    while (!next.empty()) {
        const auto answer = get("/b1s/v2/" + next, who);
        if (answer.status == 401) {
            EXPECT_THAT(answer.body, HasSubstr("301"));
            who = logIn();
            continue;
        }
        const json page = json::parse(answer.body);
        seen += page.at("value").size();
        EXPECT_FALSE(page["value"][0].contains("DocumentLines"));
        next = page.value("@odata.nextLink", "");
    }
    EXPECT_EQ(seen, std::size_t{kOrders});
    EXPECT_EQ(erp_.logins, 2) << "three pages of twenty";
}

TEST_F(SapB1Stub, RefusesInItsOwnWay) {
    const Headers who = logIn();
    const Headers half{{"Cookie", "B1SESSION=session1"}};
    EXPECT_EQ(get("/b1s/v2/Orders", half).status, 401) << "without ROUTEID no node knows it";
    EXPECT_EQ(get("/b1s/v2/Orders(4711)", who).status, 404);
    EXPECT_EQ(get("/b1s/v2/Orders(7)", who).status, 200);
    EXPECT_EQ(get("/b1s/v2/Orders?$filter=LineStatus%20eq%20'bost_Open'", who).status, 400)
        << "fields of lines cannot be asked of orders";
    erp_.may_read.erase("Items");
    EXPECT_EQ(get("/b1s/v2/Items('PX-100')", who).status, 403);
    erp_.password = "another";
    EXPECT_EQ(
        ask("POST", "/b1s/v2/Login", {}, R"({"CompanyDB":"NORDHAUS","Password":"secret"})").status,
        401);
}

}  // namespace vendors_odata_test
}  // namespace backorderd::test
