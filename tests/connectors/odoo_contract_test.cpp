#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "backorderd/clock.hpp"
#include "connectors/contract.hpp"
#include "connectors/fake_odoo.hpp"
#include "connectors/odoo.hpp"

namespace backorderd::test {
namespace odoo_contract_test {

using json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class OdooClock final : public Clock {
public:
    Timestamp now() const override { return *parseTimestamp("2026-11-23T09:00:00Z"); }
    SteadyTime steady() const override { return at; }

    SteadyTime at{};
};

/// A company in Berlin with four lines: 1 waits for P7, 2 is covered by stock, 3 has nothing
/// coming, and of 4 the rest was dropped.
class Odoo : public testing::TestWithParam<const char*> {
protected:
    Odoo() : server_{io_}, net_{io_.get_executor()} {
        ::setenv("BACKORDERD_TEST_KEY", "key", 1);
        server_.tables["res.company"] =
            json::parse(R"([{"id": 1, "name": "Nordhaus", "partner_id": [1, "Nordhaus"]}])");
        server_.tables["res.partner"] = json::parse(R"([
            {"id": 1, "name": "Nordhaus", "tz": "Europe/Berlin"},
            {"id": 8, "name": "Kestrel Ltd", "email": "info@kestrel.example", "lang": "en_GB",
             "tz": "Europe/London", "commercial_partner_id": [8, "Kestrel Ltd"],
             "country_code": "GB", "phone": "+44 20 7946-0018", "mobile": false},
            {"id": 9, "name": "Ann Lee", "email": "ann@kestrel.example", "function": "Buyer",
             "lang": false, "tz": false, "commercial_partner_id": [8, "Kestrel Ltd"]}])");
        server_.tables["res.users"] =
            json::parse(R"([{"id": 5, "email": "jonas@nordhaus.example"}])");
        server_.tables["sale.order"] = json::parse(R"([
            {"id": 40, "name": "S00040", "client_order_ref": "PO-1", "state": "sale",
             "partner_id": [9, "Kestrel Ltd, Ann Lee"], "user_id": [5, "Jonas Brandt"],
             "date_order": "2026-11-02 23:30:00", "commitment_date": "2026-12-01 23:30:00",
             "picking_policy": "one", "warehouse_id": [2, "Main"], "delivery_status": "pending"}])");
        for (int id = 1; id <= 4; ++id) server_.tables["sale.order.line"].push_back(line(id));
        server_.tables["stock.move"] = json::array(
            {move(11, 1, "partially_available", 24, 6, -3, "2026-12-05 08:00:00"),
             move(12, 2, "confirmed", 10, 0, 10, ""), move(13, 3, "confirmed", 10, 0, -10, ""),
             move(14, 4, "done", 4, 4, 0, ""), incoming()});
        server_.tables["stock.picking"] = json::parse(R"([
            {"id": 30, "name": "WH/OUT/30", "date_done": "2026-11-20 23:10:00",
             "carrier_id": [3, "EuroParcel"], "carrier_tracking_ref": "TRK1",
             "carrier_tracking_url": "[[\"TRK1\", \"https://track.example/TRK1\"]]"}])");
        server_.tables["stock.warehouse"] = json::parse(R"([{"id": 2, "name": "Main"}])");
        server_.tables["product.product"] = json::parse(R"([
            {"id": 2, "default_code": "PX-100", "name": "Pump", "categ_id": [4, "All / Pumps"],
             "active": false, "lst_price": 120.0, "currency_id": [1, "EUR"], "free_qty": 10.0}])");
    }

    static json line(int id) {
        json made = json::parse(R"({
            "order_id": [40, "S00040"], "sequence": 10, "product_id": [2, "[PX-100] Pump"],
            "product_uom": [1, "Units"], "product_uom_qty": 10.0, "qty_delivered": 0.0,
            "qty_invoiced": 10.0, "price_unit": 120.0, "discount": 10.0, "currency_id": [1, "EUR"],
            "customer_lead": 0.0, "warehouse_id": [2, "Main"], "is_mto": false})");
        made["id"] = id;
        if (id == 1) made["product_uom_qty"] = 2.0;  // dozen; its move counts units
        if (id == 4) made["qty_delivered"] = 4.0;
        return made;
    }

    static json move(int id, int line, const char* state, double demand, double reserved,
                     double available, const std::string& arrival) {
        return {{"id", id},
                {"sale_line_id", json::array({line, "S00040"})},
                {"location_dest_id.usage", "customer"},
                {"product_id", json::array({2, "Pump"})},
                {"state", state},
                {"product_uom_qty", demand},
                {"product_qty", demand},
                {"quantity", reserved},
                {"forecast_availability", available},
                {"forecast_expected_date", arrival.empty() ? json(false) : json(arrival)},
                {"date", "2026-11-20 23:10:00"},
                {"picking_id", json::array({30, "WH/OUT/30"})},
                {"picking_code", "outgoing"}};
    }

    /// The supplier's new date stands on the purchase alone.
    static json incoming() {
        json made = move(20, 0, "assigned", 50, 0, 0, "");
        made["sale_line_id"] = false;
        made["location_dest_id.usage"] = "internal";
        made["date"] = "2026-12-05 08:00:00";
        made["date_deadline"] = "2026-12-09 08:00:00";
        made["origin"] = "P00007";
        return made;
    }

    std::unique_ptr<Connector> make(const std::string& settings = {}) {
        auto section = config::Section::fromText(
            "url: " + server_.url() + "\ndatabase: erp\nuser: backorderd\napi: " + GetParam() +
                "\napi_key: { env: BACKORDERD_TEST_KEY }\n" + settings,
            "test.yaml");
        const connectors::Environment environment{"erp", net_, clock_};
        auto connector = connectors::makeOdoo(section, environment);
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector;
    }

    boost::asio::io_context io_;
    FakeOdoo server_;
    net::Net net_;
    OdooClock clock_;
};

std::string nameOfApi(const testing::TestParamInfo<const char*>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(Both, Odoo, testing::Values("jsonrpc", "json2"), nameOfApi);

TEST_P(Odoo, HoldsTheContract) { exerciseConnector(io_, *make(), "erp"); }

TEST_P(Odoo, ReadsALineWithAllThatDescribesIt) {
    const auto whole = readWhole(io_, *make());
    ASSERT_EQ(whole.lines.size(), 4u);
    const OrderLine& line = whole.lines[0];
    EXPECT_EQ(line.order.number, "S00040");
    EXPECT_EQ(line.order.date, parseDate("2026-11-03")) << "it was past midnight in Berlin";
    EXPECT_EQ(line.promise, Promise::on(*parseDate("2026-12-02")));
    EXPECT_TRUE(line.order.ship_complete);
    EXPECT_EQ(line.item.id, "PX-100") << "archived products still have their code";
    EXPECT_EQ(line.unit_price, (Money{Decimal{108}, "EUR"}));
    EXPECT_EQ(line.allocated, Decimal::parse("0.5")) << "6 of 24 units are half a dozen";
    EXPECT_EQ(line.supply.reference, "P00007");
    EXPECT_EQ(line.supply.expected, parseDate("2026-12-09"));
    EXPECT_EQ(line.customer.name, "Kestrel Ltd");
    EXPECT_EQ(line.contact.email, "ann@kestrel.example");
    EXPECT_EQ(line.contact.language, "en-GB");
    EXPECT_EQ(line.contact.timezone, "Europe/London");
    EXPECT_EQ(line.contact.phone, "+442079460018");
    EXPECT_EQ(line.sales_rep, (SalesRep{"Jonas Brandt", "jonas@nordhaus.example"}));
    EXPECT_EQ(server_.last_context["allowed_company_ids"], json::array({1}));
}

TEST_P(Odoo, TellsApartWhatIsShortCoveredUncoveredAndDropped) {
    const auto connector = make();
    const auto whole = readWhole(io_, *connector);
    ASSERT_EQ(whole.lines.size(), 4u);
    EXPECT_EQ(whole.lines[1].supply.reference, "stock");
    EXPECT_FALSE(whole.lines[2].supply.covered());
    EXPECT_EQ(whole.lines[3].cancelled, Decimal{6});
    EXPECT_EQ(whole.lines[3].shipment, (Shipment{"WH/OUT/30", parseDate("2026-11-21"), "EuroParcel",
                                                 "TRK1", "https://track.example/TRK1"}));
    EXPECT_EQ(whole.end->goods.stock, (std::vector{StockLevel{"PX-100", "Main", Decimal{10}}}));

    const auto reader = connector->read();
    auto step = runCoroutine(io_, reader->next());
    std::vector<bool> known_only;
    for (const auto& record : std::get<Page>(step).records) known_only.push_back(record.known_only);
    EXPECT_THAT(known_only, ElementsAre(false, true, false, true));
}

TEST_P(Odoo, ReadsPageByPageAndBehindTheServersLimit) {
    server_.tables["sale.order.line"] = json::array();
    for (int id = 1; id <= 1100; ++id) server_.tables["sale.order.line"].push_back(line(id));
    const auto whole = readWhole(io_, *make("page_size: 400\n"));
    ASSERT_TRUE(whole.end);
    EXPECT_EQ(whole.lines.size(), 1100u);
    EXPECT_EQ(whole.pages, 3);
}

TEST_P(Odoo, AQuotationIsGoneAndACancelledOrderIsCancelled) {
    const auto connector = make();
    server_.tables["sale.order"][0]["state"] = "cancel";
    EXPECT_EQ(std::get<OrderLine>(runCoroutine(io_, connector->find("1"))).cancelled, Decimal{2});
    server_.tables["sale.order"][0]["state"] = "draft";
    EXPECT_TRUE(std::holds_alternative<LineGone>(runCoroutine(io_, connector->find("1"))));
}

TEST_P(Odoo, ALineThatLacksItsOrderIsNoLineForALookUpEither) {
    const auto connector = make();
    server_.tables["sale.order"][0]["name"] = false;
    EXPECT_TRUE(std::holds_alternative<Failure>(runCoroutine(io_, connector->find("1"))));
}

TEST_P(Odoo, NumbersThatCannotBeTrueEndNoProcess) {
    server_.tables["sale.order.line"][0]["price_unit"] = 1e9;
    server_.tables["sale.order.line"][0]["discount"] = -1e9;
    EXPECT_EQ(readWhole(io_, *make()).lines.size(), 4u);
}

TEST_P(Odoo, WritesANoteOnceAndOnlyForColleagues) {
    const auto connector = make();
    const Connector::Note note{"40", "Told <Ann>.", "bo-77"};
    for (int i = 0; i < 2; ++i) EXPECT_FALSE(runCoroutine(io_, connector->annotate(note)));
    ASSERT_EQ(server_.tables["mail.message"].size(), 1u);
    EXPECT_EQ(server_.tables["mail.message"][0]["subtype"], "mail.mt_note");
    EXPECT_EQ(server_.tables["mail.message"][0]["body"], "Told &lt;Ann>.<br><br>bo-77");
}

TEST_P(Odoo, ShowsRefusedCredentialsOnlyOnceInAWhile) {
    server_.secret = "another";
    const auto connector = make();
    auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_THAT(whole.failure->reason, HasSubstr("refuses the credentials"));
    const int requests = server_.requests;
    whole = readWhole(io_, *connector);
    EXPECT_EQ(server_.requests, requests);
    server_.secret = "key";
    clock_.at += std::chrono::seconds{300};
    EXPECT_TRUE(readWhole(io_, *connector).end);
}

TEST_P(Odoo, SaysWhatTheServerRefusesAndKeepsItsTracebackOut) {
    server_.exceptions["stock.move"] = "odoo.exceptions.AccessError";
    const auto whole = readWhole(io_, *make());
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(whole.failure->again, Failure::Again::Never);
    EXPECT_THAT(whole.failure->reason, HasSubstr("refuses stock.move."));
    EXPECT_THAT(whole.failure->reason, Not(HasSubstr("Traceback")));
}

TEST_P(Odoo, ALoginPageIsNoAnswer) {
    server_.overlay = FakeOdoo::Reply{200, "<html>Log in</html>", "text/html"};
    EXPECT_THAT(readWhole(io_, *make()).failure->reason, HasSubstr("login page"));
    server_.overlay = FakeOdoo::Reply{303, "", "text/html"};
    EXPECT_THAT(readWhole(io_, *make()).failure->reason, HasSubstr("HTTP 303"));
}

TEST_P(Odoo, AsksWhichCompanyWhereItSeesSeveral) {
    server_.tables["res.company"].push_back({{"id", 2}, {"name", "South"}, {"partner_id", false}});
    EXPECT_THAT(readWhole(io_, *make()).failure->reason, HasSubstr("set `company`"));
    EXPECT_TRUE(readWhole(io_, *make("company: Nordhaus\n")).end);
    EXPECT_EQ(server_.last_context["allowed_company_ids"], json::array({1}));
}

}  // namespace odoo_contract_test
}  // namespace backorderd::test
