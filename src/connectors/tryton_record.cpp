#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/tryton_line.hpp"
#include "connectors/tryton_row.hpp"

namespace backorderd::connectors::tryton {

using nlohmann::json;

namespace {

constexpr std::size_t kMovesMax = 2000;

/// Tryton writes `pt_BR` where BCP 47 writes `pt-BR`.
std::string languageTag(std::string code) {
    std::replace(code.begin(), code.end(), '_', '-');
    return code;
}

Move readMove(Row& row, Decimal line_factor) {
    Move move;
    move.id = row.id("id").value_or(0);
    move.state = row.text("state");
    move.quantity = row.number("quantity").value_or(Decimal{});
    const Decimal factor = row.number("uom.factor").value_or(line_factor);
    move.quantity = inUnit(move.quantity, factor, line_factor);
    move.planned = row.date("planned_date");
    move.effective = row.date("effective_date");
    move.made = row.date("create_date");
    move.shipment = referenceTo("stock.shipment.out", row.text("shipment"));
    move.shipment_state = row.text("shipment.state");
    return move;
}

void readMoves(Row& row, SaleLine& line) {
    if (const json* moves = row.list("moves.")) {
        if (moves->size() > kMovesMax) row.addFault("moves", "are more than a sale line can have");
        for (const json& record : *moves) {
            if (!row.fault().empty()) return;
            Row move_row{record};
            line.moves.push_back(readMove(move_row, line.unit_factor));
            if (!move_row.fault().empty()) row.addFault("moves", move_row.fault());
        }
    }
    if (const json* ignored = row.list("moves_ignored"))
        for (const json& id : *ignored) {
            if (id.is_number_integer())
                line.moves_ignored.insert(id.get<Id>());
            else
                row.addFault("moves_ignored", "is not a list of ids");
        }
}

void readSale(Row& row, SaleLine& line) {
    const auto sale = row.id("sale");
    if (!sale) row.addFault("sale", "is missing");
    line.order.id = std::to_string(sale.value_or(0));
    line.order.number = row.text("sale.number");
    line.order.reference = row.text("sale.reference");
    line.order.date = row.date("sale.sale_date");
    line.sale_state = row.text("sale.state");
    line.shipment_state = row.text("sale.shipment_state");
    line.wish = row.date("sale.shipping_date");
    line.warehouse = row.id("sale.warehouse").value_or(0);
    line.currency = row.text("sale.currency.code");
    line.party = row.id("sale.party").value_or(0);
    line.customer.id = row.text("sale.party.code");
    if (line.customer.id.empty()) line.customer.id = std::to_string(line.party);
    line.customer.name = row.text("sale.party.name");
    line.customer.country = row.text("sale.shipment_address.country.code");
    line.language = languageTag(row.text("sale.party.lang.code"));
    line.contact = row.id("sale.contact");
    line.sales_rep.name = row.text("sale.confirmed_by.party.name");
    line.sales_rep.email = row.text("sale.confirmed_by.party.email");
}

}  // namespace

std::variant<SaleLine, std::string> readSaleLine(const json& record) {
    Row row{record};
    SaleLine line;
    const auto id = row.id("id");
    if (!id) row.addFault("id", "is missing");
    line.id = id.value_or(0);
    if (const auto sequence = row.id("sequence")) line.position = std::to_string(*sequence);
    readSale(row, line);
    const auto product = row.id("product");
    if (!product) row.addFault("product", "is missing");
    line.product = product.value_or(0);
    line.customer_code = row.text("product_customer.code");
    line.unit = row.text("unit.symbol");
    line.unit_factor = row.number("unit.factor").value_or(Decimal{1});
    if (!line.unit_factor.isPositive()) row.addFault("unit.factor", "is not positive");
    const auto quantity = row.number("quantity");
    if (!quantity) row.addFault("quantity", "is missing");
    line.quantity = quantity.value_or(Decimal{});
    line.unit_price = row.number("unit_price").value_or(Decimal{});
    line.sold_to_order = row.id("purchase_request").has_value();
    line.purchase_line = row.id("purchase_request.purchase_line");
    line.purchase = row.text("purchase_request.purchase_line.purchase.number");
    if (row.fault().empty()) readMoves(row, line);
    if (!row.fault().empty()) return row.fault();
    return line;
}

}  // namespace backorderd::connectors::tryton
