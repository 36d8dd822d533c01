#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/vendors/dolibarr.hpp"
#include "connectors/vendors/erpnext.hpp"
#include "connectors/vendors/katana.hpp"
#include "connectors/vendors/netsuite.hpp"
#include "connectors/vendors/vendors_fixture.hpp"
#include "connectors/vendors/woocommerce.hpp"

/// The stubs of vendors answer as the pages in docs/connectors say: what is stated there of paging,
/// sessions, limits, errors and rights is asked here over HTTP.
namespace backorderd::test {
namespace vendors_test {

using namespace vendors;
using json = nlohmann::json;
using testing::HasSubstr;

// -- ERPNext -------------------------------------------------------------------------------------

class ErpNextStub : public Vendors {
protected:
    ErpNextStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }
    json data(const std::string& target) {
        const auto answer = get("/api/resource/" + target, who_);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return json::parse(answer.body)["data"];
    }

    ErpNext erp_{books_};
    const Headers who_{{"Authorization", "token key:secret"}};
};

TEST_F(ErpNextStub, PagesByNameAndGivesTwentyRowsUnlessAskedForMore) {
    EXPECT_EQ(data("Sales%20Order").size(), 20u);
    std::string last;
    std::size_t seen = 0;
    for (;;) {
        const json page = data("Sales%20Order?limit_page_length=10&order_by=name%20asc&filters=" +
                               std::string{"[[%22name%22,%22%3E%22,%22"} + last + "%22]]");
        if (page.empty()) break;
        seen += page.size();
        last = page.back()["name"];
    }
    EXPECT_EQ(seen, std::size_t{kOrders});
}

TEST_F(ErpNextStub, CountsJoinedRowsWhereFieldsOfLinesAreAsked) {
    const std::string fields = "fields=[%22name%22,%22items.name%20as%20line%22,%22items.qty%22]";
    const json all = data("Sales%20Order?limit_page_length=0&" + fields);
    EXPECT_EQ(all.size(), books_.lines.size());
    EXPECT_EQ(all[0], (json{{"name", "SAL-ORD-2026-00001"}, {"line", "soi11"}, {"qty", 11.0}}));
    // Order 5 has two lines, and a page of five rows cuts it in two.
    const json page = data("Sales%20Order?limit_page_length=5&" + fields);
    EXPECT_EQ(page.back()["line"], "soi51");
}

TEST_F(ErpNextStub, RefusesInItsOwnWay) {
    EXPECT_EQ(get("/api/resource/Sales%20Order").status, 401);
    EXPECT_EQ(get("/api/resource/Sales%20Order%20Item", who_).status, 403) << "no parent named";
    const auto unknown = get("/api/resource/Sales%20Order?fields=[%22nonsense%22]", who_);
    EXPECT_EQ(unknown.status, 417);
    EXPECT_THAT(unknown.body, HasSubstr("DataError"));
    erp_.may_read.erase("Bin");
    EXPECT_THAT(get("/api/resource/Bin", who_).body, HasSubstr("PermissionError"));
    server_->overlay = [](const Request&) { return ErpNext::tooMany(7); };
    const auto limited = get("/api/resource/Bin", who_);
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.header("retry-after"), "7");
}

// -- NetSuite ------------------------------------------------------------------------------------

class NetSuiteStub : public Vendors {
protected:
    NetSuiteStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }
    net::HttpResponse query(const std::string& text, const Headers& headers,
                            const std::string& page = {}) {
        return ask("POST", NetSuite::kQueryPath + page, headers, json{{"q", text}}.dump());
    }

    NetSuite erp_{books_};
    const Headers signed_{{"Authorization",
                           "OAuth realm=\"1234567\", oauth_signature_method=\"HMAC-SHA256\", "
                           "oauth_signature=\"x\""},
                          {"Prefer", "transient"}};
    const std::string lines_ =
        "SELECT tl.uniquekey FROM transaction t JOIN transactionline tl ON "
        "tl.transaction = t.id WHERE tl.uniquekey > ";
};

TEST_F(NetSuiteStub, PagesByKeyWithNumbersAsText) {
    int last = 0;
    std::size_t seen = 0;
    for (bool more = true; more;) {
        const auto answer = query(lines_ + std::to_string(last), signed_, "?limit=10");
        const json page = json::parse(answer.body);
        for (const json& row : page.at("items")) {
            ++seen;
            last = std::stoi(row.at("uniquekey").get<std::string>());
        }
        more = page.at("hasMore");
    }
    EXPECT_EQ(seen, books_.lines.size());
    EXPECT_EQ(json::parse(query(lines_ + "0", signed_).body)["items"][0]["quantity"], "-11");
}

TEST_F(NetSuiteStub, RefusesInItsOwnWay) {
    const auto anonymous = query(lines_ + "0", {{"Prefer", "transient"}});
    EXPECT_EQ(anonymous.status, 401);
    EXPECT_THAT(std::string{anonymous.header("www-authenticate")}, HasSubstr("invalid_token"));
    EXPECT_EQ(query(lines_ + "0", {signed_[0]}).status, 400) << "no Prefer: transient";
    EXPECT_EQ(query(lines_ + "0", signed_, "?limit=2000").status, 400);
    erp_.may_see_stock = false;
    const auto hidden = query("SELECT item FROM aggregateitemlocation", signed_);
    EXPECT_EQ(hidden.status, 400) << "a missing right looks like a missing table";
    EXPECT_THAT(hidden.body, HasSubstr("INVALID_PARAMETER"));
    server_->overlay = [](const Request&) { return NetSuite::tooMany(400); };
    EXPECT_THAT(query(lines_ + "0", signed_).body, HasSubstr("CONCURRENCY_LIMIT_EXCEEDED"));
}

TEST_F(NetSuiteStub, GivesATokenForAnAssertion) {
    const auto token = ask("POST", NetSuite::kTokenPath, {},
                           "grant_type=client_credentials&client_assertion=a.b.c");
    EXPECT_EQ(token.status, 200);
    EXPECT_EQ(
        query(lines_ + "0", {{"Authorization", "Bearer token1"}, {"Prefer", "transient"}}).status,
        200);
    EXPECT_EQ(ask("POST", NetSuite::kTokenPath, {}, "grant_type=client_credentials").status, 400);
}

// -- Dolibarr ------------------------------------------------------------------------------------

class DolibarrStub : public Vendors {
protected:
    DolibarrStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }

    Dolibarr erp_{books_};
    const Headers who_{{"DOLAPIKEY", "secret"}};
    const std::string orders_ = "/api/index.php/orders?sortfield=t.rowid&sqlfilters=";
};

TEST_F(DolibarrStub, PagesByKeyUntilTheListIsEmptyInEitherWay) {
    for (const bool empty_is_404 : {false, true}) {
        erp_.empty_is_404 = empty_is_404;
        std::string last = "0";
        std::size_t seen = 0;
        for (;;) {
            const auto answer =
                get(orders_ + "(t.fk_statut:in:1,2)%20and%20(t.rowid:%3E:'" + last + "')&limit=10",
                    who_);
            EXPECT_EQ(answer.status, seen == kOrders && empty_is_404 ? 404 : 200);
            const json page = json::parse(answer.body);
            if (answer.status == 404 || page.empty()) break;
            seen += page.size();
            last = page.back()["id"];
        }
        EXPECT_EQ(seen, std::size_t{kOrders});
    }
}

TEST_F(DolibarrStub, KnowsWhatWasShippedOnlyByShipments) {
    const auto none = get("/api/index.php/orders/4/shipment", who_);
    EXPECT_EQ(none.status, 404) << "nothing has left of order 4";
    const json shipments = json::parse(get("/api/index.php/orders/3/shipment", who_).body);
    EXPECT_EQ(shipments[0]["lines"][0], (json{{"origin_line_id", "31"}, {"qty_shipped", "3"}}));
}

TEST_F(DolibarrStub, RefusesInItsOwnWay) {
    EXPECT_EQ(get(orders_).status, 401);
    EXPECT_EQ(get(orders_ + "(nonsense)", who_).status, 400);
    erp_.only_customer = 11;
    const json seen = json::parse(get(orders_ + "&limit=0", who_).body);
    EXPECT_EQ(seen.size(), 22u) << "the others are hidden without a word";
    erp_.may_read_orders = false;
    EXPECT_EQ(get(orders_, who_).status, 403);
}

// -- WooCommerce ---------------------------------------------------------------------------------

class WooCommerceStub : public Vendors {
protected:
    WooCommerceStub() {
        answer_ = [this](const Request& request) { return shop_.answer(request); };
    }

    WooCommerce shop_{books_, server_->url()};
    const Headers who_{{"Authorization", shop_.basic}};
    const std::string orders_ = "/wp-json/wc/v3/orders";
};

TEST_F(WooCommerceStub, PagesByNumberAndSaysHowManyThereAre) {
    const auto first = get(orders_ + "?per_page=20&status=processing,on-hold", who_);
    EXPECT_EQ(first.header("x-wp-total"), "45");
    EXPECT_EQ(first.header("x-wp-totalpages"), "3");
    EXPECT_THAT(std::string{first.header("link")}, HasSubstr("page=2>; rel=\"next\""));
    const auto last = get(orders_ + "?per_page=20&page=3", who_);
    EXPECT_EQ(json::parse(last.body).size(), 5u);
    EXPECT_EQ(last.header("link"), "");
    EXPECT_EQ(json::parse(get(orders_, who_).body).size(), 10u);
}

TEST_F(WooCommerceStub, MarksWhatWasNotThereByAMetaOfTheLine) {
    const json order = json::parse(get(orders_ + "/3", who_).body);
    const json& meta = order["line_items"][0]["meta_data"][0];
    EXPECT_EQ(meta["key"], "Backordered");
    EXPECT_EQ(meta["value"], "10");
}

TEST_F(WooCommerceStub, RefusesInItsOwnWay) {
    EXPECT_THAT(get(orders_).body, HasSubstr("woocommerce_rest_cannot_view"));
    EXPECT_THAT(get(orders_, {{"Authorization", "Basic x"}}).body,
                HasSubstr("woocommerce_rest_authentication_error"));
    EXPECT_EQ(get(orders_ + "?per_page=101", who_).status, 400);
    EXPECT_THAT(get(orders_ + "/4711", who_).body, HasSubstr("shop_order_invalid_id"));
    EXPECT_EQ(ask("POST", orders_ + "/3/notes", who_, R"({"note":"told"})").status, 201);
    shop_.may_write = false;
    EXPECT_EQ(ask("POST", orders_ + "/3/notes", who_, R"({"note":"told"})").status, 401);
}

// -- Katana --------------------------------------------------------------------------------------

class KatanaStub : public Vendors {
protected:
    KatanaStub() {
        answer_ = [this](const Request& request) { return erp_.answer(request); };
    }

    Katana erp_{books_};
    const Headers who_{{"Authorization", erp_.bearer}};
};

TEST_F(KatanaStub, GivesTheNewestFirstAndTheTotalsAsJsonInAHeader) {
    const auto first = get("/v1/sales_orders?limit=20", who_);
    const json about = json::parse(first.header("x-pagination"));
    EXPECT_EQ(about["total_records"], kOrders);
    EXPECT_EQ(about["last_page"], false);
    EXPECT_EQ(json::parse(first.body)["data"][0]["order_no"], "SO-45");
    const auto last = get("/v1/sales_orders?limit=20&page=3", who_);
    EXPECT_EQ(json::parse(last.body)["data"].size(), 5u);
    EXPECT_EQ(json::parse(last.header("x-pagination"))["last_page"], true);
}

TEST_F(KatanaStub, ShortensPagesThatAreTooLongWithoutAWord) {
    erp_ = Katana{Books::of(300)};
    const auto page = get("/v1/sales_orders?limit=1000", who_);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(json::parse(page.body)["data"].size(), 250u);
}

TEST_F(KatanaStub, RefusesInItsOwnWay) {
    EXPECT_EQ(json::parse(get("/v1/sales_orders").body)["message"], "Unauthorized");
    EXPECT_EQ(get("/v1/sales_orders/4711", who_).status, 404);
}

}  // namespace vendors_test
}  // namespace backorderd::test
