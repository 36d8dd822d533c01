#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <stdexcept>

#include "codec/codec.hpp"

namespace backorderd::codec {
namespace event_codec_test {

const Date kDay = *parseDate("2026-03-20");
const Promise kRange{kDay, kDay + std::chrono::days{4}};
const Contact kContact{"Erika \"E\"", "e@example.com", "+431", "buyer", "de-AT", "Europe/Vienna"};
const Supply kSupply{"PO9", kDay, Decimal::parse("0.5")};
const Timestamp kMorning = *parseTimestamp("2026-03-02T10:00:00Z");
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
    {OfferMade{"same family",
               {{"PX-110", "Pump \"S\"", "VIE", *Decimal::parse("2.5"), {Decimal{130}, "EUR"}},
                {"PX-120", "", "", Decimal{5}, {}}},
               kMorning,
               kMorning + std::chrono::hours{48}},
     R"({"rule":"same family","items":[{"item":"PX-110","name":"Pump \"S\"","warehouse":"VIE",)"
     R"("quantity":"2.5","unit_price":{"amount":"130","currency":"EUR"}},{"item":"PX-120",)"
     R"("quantity":"5","unit_price":{"amount":"0"}}],"hold_until":"2026-03-02T10:00:00Z",)"
     R"("answer_by":"2026-03-04T10:00:00Z"})"},
    {OfferAnswered{2, "PX-110", "eva", "by \"phone\""},
     R"({"offer":"2","accepted_item":"PX-110","author":"eva","note":"by \"phone\""})"},
    {OfferAnswered{2, "", "eva", ""}, R"({"offer":"2","author":"eva"})"},
    {OfferExpired{2}, R"({"offer":"2"})"},
    {OfferWithdrawn{2, "sold"}, R"({"offer":"2","reason":"sold"})"},
    {EscalationStarted{"prolonged"}, R"({"rule":"prolonged"})"},
    {EscalationStopped{"prolonged", "shipped"}, R"({"rule":"prolonged","reason":"shipped"})"},
    {Acknowledged{"", "eva", "I call them"}, R"({"author":"eva","note":"I call them"})"},
    {Acknowledged{"prolonged", "eva", ""}, R"({"rule":"prolonged","author":"eva"})"},
    {Responded{"cancel_requested", "negative", "Enough!", "eva"},
     R"({"answer":"cancel_requested","sentiment":"negative","text":"Enough!","author":"eva"})"},
    {AllocationProposed{"VIE", Decimal{0}, Decimal{5}, 3, 12, "lose", "credit hold"},
     R"({"warehouse":"VIE","quantity":"0","open":"5","rank":"3","of":"12","strategy":"lose",)"
     R"("reason":"credit hold"})"},
    {ReleaseMoved{kDay, kDay + std::chrono::days{7}}, R"({"from":"2026-03-20","to":"2026-03-27"})"},
    {ReleaseMoved{{}, kDay}, R"({"to":"2026-03-20"})"},
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

TEST(EventCodec, AnyTextAndNumberComesBack) {
    std::mt19937 random{4713};
    const auto text = [&random] {
        static const std::vector<std::string> kPieces{
            "a", "\"", "\\", "\n", "\x1f", "ü", "😀", "{}", "</", "\u2028", std::string(1, '\0'),
            ","};
        std::string made;
        for (auto pieces = random() % 12; pieces > 0; --pieces)
            made += kPieces[random() % kPieces.size()];
        return made;
    };
    const auto number = [&random] {
        return Decimal::fromMillionths(static_cast<std::int64_t>(random()) * 1'000'003 -
                                       2'000'000'000'000'000);
    };
    const auto count = [&random] { return static_cast<int>(random() % 2'000'000'000) - 1; };
    const auto moment = [&random] {
        return kMorning + std::chrono::seconds{static_cast<std::int64_t>(random())};
    };
    for (int i = 0; i < 500; ++i) {
        OfferMade offer{text(), {}, moment(), moment()};
        for (auto items = random() % 4; items > 0; --items)
            offer.items.push_back({text(), text(), text(), number(), {number(), text()}});
        const Event events[] = {
            offer,
            OfferAnswered{count(), text(), text(), text()},
            OfferExpired{count()},
            OfferWithdrawn{count(), text()},
            EscalationStarted{text()},
            EscalationStopped{text(), text()},
            Acknowledged{text(), text(), text()},
            Responded{text(), text(), text(), text()},
            AllocationProposed{text(), number(), number(), count(), count(), text(), text()},
            ReleaseMoved{kDay + std::chrono::days{count() % 100'000}, {}},
        };
        for (const auto& event : events) {
            const auto json = encodeEvent(event);
            ASSERT_TRUE(nlohmann::json::accept(json)) << json;
            ASSERT_TRUE(decodeEvent(eventName(event), json) == event) << json;
        }
    }
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
        {"offer_expired", R"({"offer":2})"},
        {"offer_expired", R"({"offer":"2x"})"},
        {"offer_expired", R"({"offer":"99999999999"})"},
        {"offer_expired", R"({"offer":""})"},
        {"offer_made", R"({"items":{},"hold_until":"2026-03-02T10:00:00Z",)"
                       R"("answer_by":"2026-03-02T10:00:00Z"})"},
        {"offer_made", R"({"items":[7]})"},
        {"offer_made", R"({"items":[{"quantity":"1","unit_price":{"amount":"1"}}],)"
                       R"("hold_until":"tomorrow","answer_by":"2026-03-02T10:00:00Z"})"},
    };
    for (const auto& [name, json] : kWrong)
        EXPECT_THROW(decodeEvent(name, json), std::runtime_error) << name << json;
}

}  // namespace event_codec_test
}  // namespace backorderd::codec
