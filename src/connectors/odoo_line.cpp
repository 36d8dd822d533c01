#include "connectors/odoo_line.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// A record of one of the maps; an empty one where nobody has read it.
const json& recordOf(const std::map<Id, json>& records, Id id) {
    static const json kNothing = json::object();
    const auto found = records.find(id);
    return found == records.end() ? kNothing : found->second;
}

/// `de_DE` and `sr@latin` as BCP 47 has them.
std::string languageTag(std::string code) {
    code = code.substr(0, code.find('@'));
    std::replace(code.begin(), code.end(), '_', '-');
    return code;
}

/// `+49 (40) 47-28` to `+494728`; a number without a country stays as it is written.
std::string phoneNumber(const std::string& written) {
    if (!written.starts_with('+')) return written;
    std::string number{"+"};
    std::copy_if(written.begin(), written.end(), std::back_inserter(number),
                 [](char c) { return c >= '0' && c <= '9'; });
    return number;
}

/// One sales line in the making.
class Maker {
public:
    Maker(const Reading& reading, const Records& records, Id id)
        : reading_{reading},
          records_{records},
          line_{recordOf(records.lines, id)},
          order_{recordOf(records.orders, line_.id("order_id"))} {
        made_.key = {reading.source, std::to_string(id)};
        if (const auto moves = records.moves.find(id); moves != records.moves.end())
            moves_ = moves->second;
    }

    std::variant<Judged, std::string> make() {
        setOrder();
        setQuantities();
        setPromise();
        setSupply();
        setShipment();
        setPeople();
        setAttributes();
        if (!line_.fault().empty()) return line_.fault();
        if (!order_.fault().empty()) return "order_id: " + order_.fault();
        if (!people_fault_.empty()) return people_fault_;
        const std::string state = order_.text("state");
        return Judged{std::move(made_), isBackorder(), state != "draft" && state != "sent"};
    }

private:
    bool isConfirmed() {
        const std::string state = order_.text("state");
        return state == "sale" || state == "done";
    }
    Date day(Timestamp moment) const { return dayIn(records_.zone, moment); }
    std::optional<Date> day(std::optional<Timestamp> moment) const {
        return moment ? std::optional{day(*moment)} : std::nullopt;
    }

    void setOrder() {
        made_.order.id = std::to_string(line_.id("order_id"));
        made_.order.number = order_.text("name");
        made_.order.reference = order_.text("client_order_ref");
        made_.order.date = day(order_.moment("date_order"));
        made_.order.ship_complete = order_.text("picking_policy") == "one";
        if (const auto sequence = line_.number("sequence")) made_.position = sequence->toString();
        made_.item = itemOf(recordOf(records_.products, line_.id("product_id")));
        if (made_.item.id.empty()) made_.item.id = std::to_string(line_.id("product_id"));
        made_.unit = line_.nameOf("product_uom_id");
        if (made_.unit.empty()) made_.unit = line_.nameOf("product_uom");
        made_.warehouse = line_.nameOf("warehouse_id");
        if (made_.warehouse.empty()) made_.warehouse = order_.nameOf("warehouse_id");
        constexpr Decimal kHundred{100};
        const Decimal price = line_.number("price_unit").value_or(Decimal{});
        const Decimal discount = line_.number("discount").value_or(Decimal{});
        const Decimal reduced = Decimal::cappedProduct(price, kHundred - discount) / kHundred;
        made_.unit_price = {discount.isZero() ? price : reduced, line_.nameOf("currency_id")};
        if (line_.flag("is_mto")) made_.kind = LineKind::MadeToOrder;
        if (std::any_of(moves_.begin(), moves_.end(),
                        [](const Move& move) { return move.from_supplier; }))
            made_.kind = LineKind::DropShip;
    }

    /// Odoo drops the rest of a line without a word on the line itself: every move is then done or
    /// cancelled, and the line still lacks something.
    void setQuantities() {
        made_.ordered = line_.number("product_uom_qty").value_or(Decimal{});
        made_.shipped = line_.number("qty_delivered").value_or(Decimal{});
        const Decimal rest = std::max(made_.ordered - made_.shipped, Decimal{});
        open_ = std::any_of(moves_.begin(), moves_.end(),
                            [](const Move& move) { return move.isOpen(); });
        if (!isConfirmed() || (!open_ && !moves_.empty())) made_.cancelled = rest;
        if (!open_) return;
        // Moves count in the product's unit, or in a kit's components: only their share counts.
        Decimal demand, reserved;
        bool all_reserved = true;
        for (const Move& move : moves_) {
            if (!move.isOpen()) continue;
            demand = demand + move.demand;
            reserved = reserved + std::min(move.quantity, move.demand);
            all_reserved = all_reserved && move.state == "assigned";
            is_kit_ = is_kit_ || move.product != line_.id("product_id");
        }
        waits_ = !all_reserved;
        if (all_reserved)
            made_.allocated = made_.open();
        else if (!is_kit_ && demand.isPositive())
            made_.allocated = Decimal::cappedProduct(made_.open(), reserved) / demand;
    }

    /// What a person entered on the order; else the order's own date and the line's lead time.
    /// Without a lead time Odoo takes the moment of the order, which nobody promised.
    void setPromise() {
        if (const auto entered = order_.moment("commitment_date")) {
            made_.promise = Promise::on(day(*entered));
            return;
        }
        if (!line_.number("customer_lead").value_or(Decimal{}).isPositive()) return;
        for (const Move& move : moves_) {
            if (!move.isOpen() || !move.deadline) continue;
            const Date due = day(*move.deadline);
            Promise& promise = made_.promise;
            promise.from = promise.from ? std::min(*promise.from, due) : due;
            promise.to = promise.to ? std::max(*promise.to, due) : due;
        }
    }

    /// The last of the goods that it waits for; a part that nobody has ordered leaves it uncovered.
    void setSupply() {
        const Move* last = nullptr;
        bool uncovered = false;
        for (const Move& move : moves_) {
            if (!move.isShort()) continue;
            short_ = true;
            uncovered = uncovered || move.isUncovered();
            if (move.arrival && (last == nullptr || *move.arrival > *last->arrival)) last = &move;
        }
        if (uncovered) return;
        if (last != nullptr)
            made_.supply = supplyOf(*last);
        else if (waits_ && !short_)
            made_.supply.reference = "stock";
    }

    Supply supplyOf(const Move& move) const {
        Supply supply{"forecast", day(*move.arrival), std::nullopt};
        const auto known = records_.incoming.find(move.product);
        if (known == records_.incoming.end()) return supply;
        for (const Incoming& incoming : known->second) {
            if (incoming.planned != move.arrival) continue;
            supply.reference = incoming.reference;
            supply.expected = day(incoming.expected());
            if (!is_kit_ && move.demand == move.needed) supply.quantity = incoming.quantity;
            break;
        }
        return supply;
    }

    void setShipment() {
        const Move* last = nullptr;
        for (const Move& move : moves_)
            if (move.state == "done" && move.quantity.isPositive() &&
                (last == nullptr ||
                 std::pair{move.date, move.id} > std::pair{last->date, last->id}))
                last = &move;
        if (last == nullptr) return;
        Row picking{recordOf(records_.pickings, last->picking)};
        made_.shipment.reference = picking.text("name");
        const auto done = picking.moment("date_done");
        made_.shipment.date = day(done ? done : last->date);
        made_.shipment.carrier = picking.nameOf("carrier_id");
        made_.shipment.tracking = picking.text("carrier_tracking_ref");
        made_.shipment.tracking_url = firstUrl(picking.text("carrier_tracking_url"));
    }

    /// Of several parcels Odoo keeps a list of `[number, address]` as text.
    static std::string firstUrl(std::string text) {
        if (!text.starts_with('[')) return text;
        const json list = json::parse(text, nullptr, false);
        if (list.is_array() && !list.empty() && list[0].is_array() && list[0].size() == 2 &&
            list[0][1].is_string())
            return list[0][1].get<std::string>();
        return {};
    }

    void setPeople() {
        Row person{recordOf(records_.partners, order_.id("partner_id"))};
        const Id account = person.id("commercial_partner_id");
        Row company{recordOf(records_.partners, account)};
        made_.customer.id = std::to_string(account != 0 ? account : order_.id("partner_id"));
        made_.customer.name = company.text("name");
        if (made_.customer.name.empty()) made_.customer.name = order_.nameOf("partner_id");
        made_.customer.country = company.text("country_code");
        if (const std::string ref = company.text("ref"); !ref.empty())
            made_.customer.attributes["ref"] = ref;
        const auto either = [&](const char* field) {
            std::string own = person.text(field);
            return own.empty() ? company.text(field) : own;
        };
        Contact& contact = made_.contact;
        contact.name = person.text("name");
        if (contact.name.empty()) contact.name = made_.customer.name;
        contact.email = either("email");
        contact.phone = phoneNumber(either("mobile"));
        if (contact.phone.empty()) contact.phone = phoneNumber(either("phone"));
        contact.role = person.text("function");
        contact.language = languageTag(either("lang"));
        contact.timezone = either("tz");
        Row rep{recordOf(records_.users, order_.id("user_id"))};
        made_.sales_rep = {order_.nameOf("user_id"), rep.text("email")};
        for (const Row* row : {&person, &company, &rep})
            if (people_fault_.empty()) people_fault_ = row->fault();
    }

    void setAttributes() {
        made_.attributes["order_state"] = order_.text("state");
        if (const std::string status = order_.text("delivery_status"); !status.empty())
            made_.attributes["delivery_status"] = status;
        if (is_kit_) made_.attributes["kit"] = "yes";
        constexpr std::string_view kOfOrder = "order_id.";
        for (const auto& [name, field] : reading_.attributes) {
            const std::string value = field.starts_with(kOfOrder)
                                          ? order_.anything(field.substr(kOfOrder.size()))
                                          : line_.anything(field);
            if (!value.empty()) made_.attributes[name] = value;
        }
    }

    bool isBackorder() {
        if (!waits_ || !isConfirmed() || !made_.isOpen()) return false;
        const Promise& promise = made_.promise;
        const bool lapsed = promise.known() && *promise.to < day(records_.now);
        const bool too_late = short_ && (!promise.known() || !made_.supply.expected ||
                                         *made_.supply.expected > *promise.to);
        switch (reading_.definition) {
            case Definition::AnyOpen:
                return true;
            case Definition::ShortOrLate:
                return short_ || lapsed;
            case Definition::Late:
                return too_late || lapsed;
        }
        return false;
    }

    const Reading& reading_;
    const Records& records_;
    Row line_;
    Row order_;
    std::vector<Move> moves_;
    OrderLine made_;
    std::string people_fault_;
    bool open_ = false;    ///< something is still to leave
    bool waits_ = false;   ///< not all of that is reserved
    bool short_ = false;   ///< stock does not cover it
    bool is_kit_ = false;  ///< what leaves are other products than the line's
};

}  // namespace

std::optional<Timestamp> Incoming::expected() const {
    return planned && deadline ? std::max(planned, deadline) : planned ? planned : deadline;
}

bool Move::isOpen() const {
    return state == "waiting" || state == "confirmed" || state == "partially_available" ||
           state == "assigned";
}

bool Move::isShort() const {
    if (!isOpen() || state == "assigned") return false;
    return arrival.has_value() || !available || *available < needed;
}

bool Move::isUncovered() const { return isShort() && !arrival; }

std::variant<Move, std::string> readMove(const json& record) {
    Row row{record};
    Move move;
    move.id = row.id("id");
    move.product = row.id("product_id");
    move.state = row.text("state");
    move.demand = row.number("product_uom_qty").value_or(Decimal{});
    // Odoo 16 keeps apart what 17 has in one field.
    const auto earlier =
        row.number(move.state == "done" ? "quantity_done" : "reserved_availability");
    move.quantity = row.number("quantity").value_or(earlier.value_or(Decimal{}));
    move.needed = row.number("product_qty").value_or(move.demand);
    // Zero is a number; `false` is for dates alone.
    move.available = row.number("forecast_availability");
    move.arrival = row.moment("forecast_expected_date");
    move.date = row.moment("date");
    move.deadline = row.moment("date_deadline");
    move.picking = row.id("picking_id");
    move.from_supplier = row.text("picking_code") == "dropship";
    if (!row.fault().empty()) return "move_ids: " + row.fault();
    return move;
}

Item itemOf(const json& product) {
    Row row{product};
    Item item;
    item.id = row.text("default_code");
    if (const Id id = row.id("id"); item.id.empty() && id != 0) item.id = std::to_string(id);
    item.name = row.text("name");
    item.category = row.nameOf("categ_id");
    return item;
}

std::variant<Judged, std::string> judge(const Reading& reading, const Records& records, Id line) {
    return Maker{reading, records, line}.make();
}

}  // namespace backorderd::connectors::odoo
