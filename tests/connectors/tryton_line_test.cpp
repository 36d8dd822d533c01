#include "connectors/tryton_line.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace backorderd::connectors::tryton {
namespace tryton_line_test {

using nlohmann::json;

/// What a real server answered to the question for sale lines.
json recorded(const std::string& name) {
    std::ifstream file{std::string{BACKORDERD_SOURCE_DIR} + "/tests/connectors/tryton/" + name};
    return json::parse(file).at("result");
}

SaleLine readable(const json& record) {
    auto line = readSaleLine(record);
    if (const auto* fault = std::get_if<std::string>(&line)) {
        ADD_FAILURE() << *fault;
        return {};
    }
    return std::get<SaleLine>(std::move(line));
}

Date day(std::string_view text) { return parseDate(text).value(); }
Decimal number(std::string_view text) { return Decimal::parse(text).value(); }

constexpr auto kOutgoing = "waiting";

Move move(Id id, std::string state, int quantity, std::string shipment_state = kOutgoing) {
    Move made;
    made.id = id;
    made.state = std::move(state);
    made.quantity = Decimal{quantity};
    made.shipment = 1;
    made.shipment_state = std::move(shipment_state);
    return made;
}

SaleLine saleLine(Id id, int quantity, std::vector<Move> moves) {
    SaleLine line;
    line.id = id;
    line.order.number = "S" + std::to_string(id);
    line.sale_state = "processing";
    line.shipment_state = "waiting";
    line.product = 2;
    line.warehouse = 5;
    line.quantity = Decimal{quantity};
    line.moves = std::move(moves);
    return line;
}

SaleLine planned(Id id, int quantity, std::string_view date) {
    SaleLine line = saleLine(id, quantity, {move(id * 10, "draft", quantity)});
    line.moves[0].planned = day(date);
    line.moves[0].made = day("2026-11-01");
    return line;
}

Incoming delivery(Id id, int quantity, std::string_view date, std::string purchase) {
    Incoming incoming;
    incoming.id = id;
    incoming.product = 2;
    incoming.warehouse = 5;
    incoming.quantity = Decimal{quantity};
    if (!date.empty()) incoming.planned = day(date);
    incoming.purchase = std::move(purchase);
    return incoming;
}

Stock stockOf(int free) {
    Stock stock;
    stock.today = day("2026-11-23");
    stock.products[2].item.id = "PX-100";
    stock.warehouses[5] = "Warehouse";
    stock.free[{2, 5}] = Decimal{free};
    return stock;
}

TEST(TrytonRecord, ReadsALineAsTheServerGivesIt) {
    const SaleLine line = readable(recorded("open_lines.json").at(0));
    EXPECT_EQ(line.id, 1);
    EXPECT_EQ(line.order.id, "1");
    EXPECT_EQ(line.order.reference, "PO-1");
    EXPECT_EQ(line.order.date, day("2026-11-23"));
    EXPECT_EQ(line.customer.name, "Kestrel Pumps Ltd");
    EXPECT_EQ(line.language, "en");
    EXPECT_EQ(line.sales_rep.email, "jonas.brandt@house.example");
    EXPECT_EQ(line.quantity, Decimal{10});
    EXPECT_EQ(line.unit_price, Decimal{120});
    EXPECT_EQ(line.currency, "EUR");
    EXPECT_EQ(line.unit, "u");
    ASSERT_EQ(line.moves.size(), 1u);
    EXPECT_EQ(line.moves[0].planned, day("2026-12-19"));
    EXPECT_EQ(line.moves[0].made, day("2026-11-23"));
    EXPECT_EQ(line.moves[0].shipment, 1);
    EXPECT_EQ(line.moves[0].shipment_state, "waiting");
}

TEST(TrytonRecord, ReadsGoodsBoughtForTheOrder) {
    const SaleLine line = readable(recorded("open_lines.json").at(2));
    EXPECT_TRUE(line.sold_to_order);
    EXPECT_EQ(line.purchase_line, 2);
    EXPECT_EQ(line.purchase, "2");
}

TEST(TrytonRecord, NamesWhatCannotBeRead) {
    const json good = recorded("open_lines.json").at(0);
    struct Case {
        std::string path;
        json value;
        std::string fault;
    };
    const std::vector<Case> cases{
        {"/quantity", "ten", "quantity is not a number that can be calculated with"},
        {"/quantity", nullptr, "quantity is missing"},
        {"/quantity", 1e300, "quantity is not a number that can be calculated with"},
        {"/product", nullptr, "product is missing"},
        {"/product", "x", "product is not an id"},
        {"/sale.", nullptr, ""},
        {"/sale", nullptr, "sale is missing"},
        {"/unit.", {{"factor", 0.0}}, "unit.factor is not positive"},
        {"/moves.", "none", "moves. is not a list"},
        {"/moves.", json::array({"x"}), "moves the record is not an object"},
        {"/moves_ignored", json::array({"x"}), "moves_ignored is not a list of ids"},
        {"/unit_price",
         {{"__class__", "Decimal"}, {"decimal", "1,5"}},
         "unit_price is not a number that can be calculated with"},
        {"/sale./sale_date",
         {{"__class__", "date"}, {"year", 2026}, {"month", 2}, {"day", 30}},
         "sale.sale_date is not a date"},
        {"/sale./number", 7, "sale.number is not text"},
    };
    for (const Case& one : cases) {
        json record = good;
        record[json::json_pointer{one.path}] = one.value;
        const auto line = readSaleLine(record);
        const auto* fault = std::get_if<std::string>(&line);
        EXPECT_EQ(fault == nullptr ? "" : *fault, one.fault) << one.path;
    }
    EXPECT_EQ(std::get<std::string>(readSaleLine(json::array())), "the record is not an object");
}

TEST(TrytonRecord, CountsMovesInTheLinesUnit) {
    json record = recorded("open_lines.json").at(0);
    record["unit."]["factor"] = 100.0;  // sold by the box of a hundred
    record["moves."][0]["quantity"] = 250.0;
    EXPECT_EQ(readable(record).moves[0].quantity, number("2.5"));
}

TEST(TrytonQuantities, FollowFromTheMoves) {
    struct Case {
        const char* what;
        std::vector<Move> moves;
        std::set<Id> ignored;
        const char* sale_state;
        int shipped, cancelled, left, leaving;
    };
    const std::vector<Case> cases{
        {"planned only", {move(1, "draft", 20)}, {}, "processing", 0, 0, 20, 0},
        {"no move yet", {}, {}, "confirmed", 0, 0, 20, 0},
        {"shipped in part",
         {move(1, "done", 8, "done"), move(2, "draft", 12)},
         {},
         "processing",
         8,
         0,
         12,
         0},
        // The move of a shipment picked in part shows what leaves; the rest is in no move.
        {"picked in part", {move(1, "assigned", 1, "packed")}, {}, "processing", 0, 0, 20, 1},
        {"reserved in full", {move(1, "draft", 20, "assigned")}, {}, "processing", 0, 0, 20, 20},
        {"cancelled, nobody answered",
         {move(1, "cancelled", 20, "cancelled")},
         {},
         "processing",
         0,
         0,
         20,
         0},
        {"cancelled and ignored",
         {move(1, "cancelled", 20, "cancelled")},
         {1},
         "done",
         0,
         20,
         0,
         0},
        {"rest cancelled",
         {move(1, "done", 8, "done"), move(2, "cancelled", 12, "cancelled")},
         {2},
         "done",
         8,
         12,
         0,
         0},
        {"over, with a rest in no move", {move(1, "done", 19, "done")}, {}, "done", 19, 1, 0, 0},
        {"more shipped than ordered", {move(1, "done", 25, "done")}, {}, "processing", 25, 0, 0, 0},
    };
    for (const Case& one : cases) {
        SaleLine line = saleLine(7, 20, one.moves);
        line.moves_ignored = one.ignored;
        line.sale_state = one.sale_state;
        const Quantities sums = quantitiesOf(line, nullptr);
        EXPECT_EQ(sums.shipped, Decimal{one.shipped}) << one.what;
        EXPECT_EQ(sums.cancelled, Decimal{one.cancelled}) << one.what;
        EXPECT_EQ(sums.left, Decimal{one.left}) << one.what;
        EXPECT_EQ(sums.leaving, Decimal{one.leaving}) << one.what;
    }
}

TEST(TrytonQuantities, ReservedIsWhatTheInventoryMovesOfAnOpenMoveHold) {
    SaleLine line = saleLine(7, 20, {move(1, "draft", 12), move(2, "draft", 8, "picked")});
    Stock stock = stockOf(0);
    stock.reserved = {{1, Decimal{5}}, {2, Decimal{8}}, {99, Decimal{3}}};
    EXPECT_EQ(quantitiesOf(line, &stock).reserved, Decimal{5});
    line.unit_factor = Decimal{5};  // the line counts in packs of five pieces
    EXPECT_EQ(quantitiesOf(line, &stock).reserved, Decimal{1});
}

TEST(TrytonPromise, IsWhatSomebodyPlannedForWhatIsStillToLeave) {
    SaleLine line = planned(7, 20, "2026-12-10");
    EXPECT_EQ(promiseOf(line), Promise::on(day("2026-12-10")));

    line.moves.push_back(move(71, "draft", 5));
    line.moves[1].planned = day("2026-12-20");
    EXPECT_EQ(promiseOf(line), (Promise{day("2026-12-10"), day("2026-12-20")}));

    line.moves[0].shipment_state = "picked";  // the first part is on its way
    EXPECT_EQ(promiseOf(line), Promise::on(day("2026-12-20")));

    line.moves[1].planned.reset();
    EXPECT_FALSE(promiseOf(line).known());
}

TEST(TrytonPromise, IsNotTheDayThatTrytonPutsThereItself) {
    SaleLine line = planned(7, 20, "2026-11-23");
    EXPECT_TRUE(promiseOf(line).known());
    line.moves[0].made = day("2026-11-23");
    EXPECT_FALSE(promiseOf(line).known()) << "planned for the day on which the move was made";
    line.moves[0].made = day("2026-11-22");
    line.order.date = day("2026-11-23");
    EXPECT_FALSE(promiseOf(line).known()) << "made before midnight in UTC";
    line.order.date = day("2026-11-01");
    line.moves.push_back(move(71, "done", 4, "done"));
    line.moves[1].effective = day("2026-11-23");
    EXPECT_FALSE(promiseOf(line).known()) << "the rest of what left that day";
}

TEST(TrytonCover, ServesTheLinePlannedFirst) {
    const std::vector<SaleLine> lines{planned(1, 10, "2026-12-20"), planned(2, 10, "2026-12-01"),
                                      planned(3, 10, "2026-12-24")};
    Stock stock = stockOf(12);
    stock.incoming = {delivery(1, 5, "2026-12-28", "P2"), delivery(2, 5, "2026-12-05", "P1"),
                      delivery(3, 4, "", "P3")};
    sortBySoonest(stock.incoming);
    const auto coverages = cover(lines, stock);
    EXPECT_FALSE(coverages[1].is_short);
    EXPECT_EQ(coverages[1].supply.reference, "stock");
    EXPECT_TRUE(coverages[0].is_short);
    EXPECT_EQ(coverages[0].supply, (Supply{"P2", day("2026-12-28"), Decimal{8}}));
    EXPECT_EQ(coverages[2].supply, (Supply{"P3", std::nullopt, Decimal{6}}));
}

TEST(TrytonCover, WithoutAnySupplyIsUncovered) {
    const auto coverages = cover({planned(1, 10, "2026-12-20")}, stockOf(0));
    EXPECT_TRUE(coverages[0].is_short);
    EXPECT_FALSE(coverages[0].supply.covered());
}

TEST(TrytonCover, GoodsBoughtForALineGoToNoOther) {
    SaleLine bought = planned(1, 10, "2026-12-20");
    bought.sold_to_order = true;
    bought.purchase_line = 40;
    bought.purchase = "P9";
    Stock stock = stockOf(3);
    stock.incoming = {delivery(1, 10, "2026-12-24", "P9")};
    stock.incoming[0].purchase_line = 40;
    auto coverages = cover({bought, planned(2, 10, "2026-12-01")}, stock);
    EXPECT_EQ(coverages[0].supply, (Supply{"P9", day("2026-12-24"), Decimal{10}}));
    EXPECT_FALSE(coverages[1].supply.covered());

    bought.purchase_line.reset();  // asked for, not ordered yet
    coverages = cover({bought}, stock);
    EXPECT_TRUE(coverages[0].is_short);
    EXPECT_FALSE(coverages[0].supply.covered());
}

TEST(TrytonCover, CountsInTheProductsUnit) {
    SaleLine boxes = planned(1, 10, "2026-12-20");
    boxes.unit_factor = Decimal{100};
    Stock stock = stockOf(400);
    stock.incoming = {delivery(1, 250, "2026-12-24", "P1")};
    const auto coverages = cover({boxes}, stock);
    EXPECT_EQ(coverages[0].supply.quantity, number("2.5"));
}

TEST(TrytonBackorder, IsWhatTheSettingSays) {
    struct Case {
        const char* what;
        const char* promise;
        int free;
        bool short_or_late, late, any_open;
    };
    const std::vector<Case> cases{
        {"in stock, not due", "2026-12-20", 50, false, false, true},
        {"in stock, overdue", "2026-11-22", 50, true, true, true},
        {"short, supply in time", "2026-12-20", 0, true, false, true},
        {"short, supply too late", "2026-12-10", 0, true, true, true},
        {"due today", "2026-11-23", 50, false, false, true},
    };
    for (const Case& one : cases) {
        const SaleLine line = planned(1, 10, one.promise);
        Stock stock = stockOf(one.free);
        stock.incoming = {delivery(1, 10, "2026-12-15", "P1")};
        const Coverage coverage = cover({line}, stock)[0];
        EXPECT_EQ(isBackorder(Definition::ShortOrLate, line, coverage, stock), one.short_or_late)
            << one.what;
        EXPECT_EQ(isBackorder(Definition::Late, line, coverage, stock), one.late) << one.what;
        EXPECT_EQ(isBackorder(Definition::AnyOpen, line, coverage, stock), one.any_open)
            << one.what;
    }
    const SaleLine leaving = saleLine(1, 10, {move(1, "draft", 10, "picked")});
    EXPECT_FALSE(isBackorder(Definition::AnyOpen, leaving, {true, {}}, stockOf(0)));
}

TEST(TrytonOrderLine, CarriesWhatTheCustomerIsTold) {
    SaleLine line = saleLine(8, 10, {move(1, "done", 4, "done"), move(2, "draft", 6)});
    line.customer.name = "Kestrel Pumps Ltd";
    line.language = "en";
    line.party = 3;
    line.moves[0].effective = day("2026-11-20");
    line.moves[0].shipment = 6;
    Details details;
    details.shipments[6] = {"OUT6", std::nullopt, "EuroParcel", "TRK9", ""};
    details.contacts[3] = {{11, "phone", "+49 (40) 47-28 11", "", ""},
                           {12, "email", "buying@kestrel.example", "Purchasing", ""},
                           {13, "email", "achats@kestrel.example", "Achats", "fr"},
                           {14, "mobile", "0171 5", "", ""}};
    Stock stock = stockOf(0);
    stock.reserved[2] = Decimal{2};

    OrderLine made = makeOrderLine("erp", line, {}, stock, details);
    EXPECT_EQ(made.key, (LineKey{"erp", "8"}));
    EXPECT_EQ(made.item.id, "PX-100");
    EXPECT_EQ(made.open(), Decimal{6});
    EXPECT_EQ(made.allocated, Decimal{2});
    EXPECT_EQ(made.shipment, (Shipment{"OUT6", day("2026-11-20"), "EuroParcel", "TRK9", ""}));
    EXPECT_EQ(made.contact.email, "buying@kestrel.example");
    EXPECT_EQ(made.contact.role, "Purchasing");
    EXPECT_EQ(made.contact.language, "en");
    EXPECT_EQ(made.contact.phone, "0171 5");

    line.contact = 13;  // chosen on the sale
    details.contacts[3].pop_back();
    made = makeOrderLine("erp", line, {}, stock, details);
    EXPECT_EQ(made.contact.email, "achats@kestrel.example");
    EXPECT_EQ(made.contact.language, "fr");
    EXPECT_EQ(made.contact.phone, "+4940472811");
}

TEST(TrytonOrderLine, OfACancelledRestIsClosed) {
    const SaleLine line = readable(recorded("closed_lines.json").at(0));
    const OrderLine made = makeOrderLine("erp", line, {}, Stock{}, Details{});
    EXPECT_EQ(made.cancelled, Decimal{3});
    EXPECT_EQ(made.shipped, Decimal{0});
    EXPECT_FALSE(made.isOpen());
}

TEST(TrytonUnits, ConvertWithoutLosingPiecesAndWithoutOverflow) {
    EXPECT_EQ(inUnit(Decimal{10}, Decimal{1}, Decimal{1}), Decimal{10});
    EXPECT_EQ(inUnit(Decimal{10}, Decimal{1}, Decimal{3}), number("3.333333"));
    EXPECT_EQ(inUnit(Decimal{3}, number("0.001"), Decimal{1}), number("0.003"));
    EXPECT_EQ(inUnit(Decimal{1'000'000'000}, Decimal{1'000'000'000}, number("0.000001")),
              Decimal{1'000'000'000});
    EXPECT_EQ(inUnit(Decimal{1'000'000'000}, Decimal{1'000'000'000}, Decimal{1'000'000'000}),
              Decimal{1'000'000'000});
    EXPECT_EQ(inUnit(Decimal{1'000'000}, Decimal{100'000'000}, Decimal{1'000'000}),
              Decimal{100'000'000});
}

}  // namespace tryton_line_test
}  // namespace backorderd::connectors::tryton
