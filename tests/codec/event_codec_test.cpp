#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "codec/codec.hpp"

namespace backorderd::codec {
namespace {

const Date kDay = *parseDate("2026-03-20");
const Promise kRange{kDay, kDay + std::chrono::days{4}};
const Contact kContact{"Erika \"E\"", "e@example.com", "+431", "buyer", "de-AT", "Europe/Vienna"};
const Supply kSupply{"PO9", kDay, Decimal::parse("0.5")};
const Shipment kShipment{"DN1", kDay, "DHL", "JD01", "https://dhl.example/JD01"};

struct EventCase {
    Event event;
    std::string json;  ///< a persisted format: a change here loses the logs that are stored
};

const EventCase kEvents[] = {
    {LineOpened{Decimal{5}, kRange, true},
     R"({"open":"5","promise":{"from":"2026-03-20","to":"2026-03-24"},"adopted":true})"},
    {LineOpened{Decimal{5}, {}, false}, R"({"open":"5","promise":{}})"},
    {QuantityChanged{Decimal{5}, Decimal{4}}, R"({"from":"5","to":"4"})"},
    {PromiseSet{Promise::on(kDay)}, R"({"to":{"from":"2026-03-20","to":"2026-03-20"}})"},
    {PromiseMoved{Promise::on(kDay), kRange},
     R"({"from":{"from":"2026-03-20","to":"2026-03-20"},"to":{"from":"2026-03-20","to":"2026-03-24"}})"},
    {PromiseWithdrawn{Promise::on(kDay)}, R"({"from":{"from":"2026-03-20","to":"2026-03-20"}})"},
    {PromiseLapsed{kDay}, R"({"promised":"2026-03-20"})"},
    {PartlyAvailable{Decimal{2}, Decimal{5}}, R"({"allocated":"2","open":"5"})"},
    {Available{Decimal{5}}, R"({"open":"5"})"},
    {AvailabilityLost{Decimal{5}, Decimal{2}}, R"({"was":"5","is":"2"})"},
    {PartlyShipped{Decimal{2}, Decimal{3}, kShipment},
     R"({"shipped":"2","remaining":"3","shipment":{"reference":"DN1","date":"2026-03-20",)"
     R"("carrier":"DHL","tracking":"JD01","tracking_url":"https://dhl.example/JD01"}})"},
    {Shipped{Decimal{3}, {}}, R"({"shipped":"3","shipment":{}})"},
    {Cancelled{Decimal{3}}, R"({"cancelled":"3"})"},
    {Substituted{"PX-100", "PX-110"}, R"({"from_item":"PX-100","to_item":"PX-110"})"},
    {ContactChanged{{}, kContact},
     R"({"from":{},"to":{"name":"Erika \"E\"","email":"e@example.com","phone":"+431",)"
     R"("role":"buyer","language":"de-AT","timezone":"Europe/Vienna"}})"},
    {SupplyChanged{{}, kSupply},
     R"({"from":{},"to":{"reference":"PO9","expected":"2026-03-20","quantity":"0.5"}})"},
    {Reopened{Decimal{1}}, R"({"open":"1"})"},
    {Renumbered{"8", "9"}, R"({"from_id":"8","to_id":"9"})"},
    {Vanished{}, "{}"},
};

TEST(EventCodec, WritesTheStoredForm) {
    for (const auto& [event, json] : kEvents) EXPECT_EQ(encodeEvent(event), json);
}

TEST(EventCodec, ReadsWhatItWrote) {
    for (const auto& [event, json] : kEvents)
        EXPECT_TRUE(decodeEvent(eventName(event), json) == event) << eventName(event);
}

TEST(EventCodec, CoversEveryEvent) {
    std::set<std::size_t> covered;
    for (const auto& [event, json] : kEvents) covered.insert(event.index());
    EXPECT_EQ(covered.size(), std::variant_size_v<Event>);
}

TEST(EventCodec, ANastyNameStaysJson) {
    const auto json = encodeEvent(Substituted{"\xFF\"", "\n"});
    EXPECT_TRUE(nlohmann::json::accept(json)) << json;
    EXPECT_TRUE(decodeEvent("substituted", json) == Event(Substituted{"\uFFFD\"", "\n"}));
}

TEST(EventCodec, RefusesWhatDoesNotFit) {
    const std::pair<const char*, const char*> kWrong[] = {
        {"no_such_event", "{}"},
        {"opened", "{}"},
        {"opened", "["},
        {"opened", "[]"},
        {"available", R"({"open":5})"},
        {"available", R"({"open":"five"})"},
        {"promise_lapsed", R"({"promised":"2026-02-30"})"},
    };
    for (const auto& [name, json] : kWrong)
        EXPECT_THROW(decodeEvent(name, json), std::runtime_error) << name << json;
}

}  // namespace
}  // namespace backorderd::codec
