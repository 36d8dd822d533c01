#include "backorderd/line_fields.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

#include "vocabulary/names.hpp"

namespace backorderd {
namespace {

constexpr Name<LineKind> kKinds[] = {
    {LineKind::Backorder, "backorder"},
    {LineKind::Preorder, "preorder"},
    {LineKind::DropShip, "drop-ship"},
    {LineKind::MadeToOrder, "made-to-order"},
};

// The value of a field is reached by a chain of members: `At<&OrderLine::item, &Item::id>`.
template <auto First, auto... Rest>
struct At {
    static auto& in(auto& line) { return At<Rest...>::in(line.*First); }
};
template <auto Last>
struct At<Last> {
    static auto& in(auto& value) { return value.*Last; }
};

/// Sums of three numbers of this size stay far within Decimal's range, so that no record of an ERP
/// can end the process.
constexpr Decimal kNumberMax{1'000'000'000};

std::optional<Decimal> readNumber(std::string_view text) {
    const auto number = Decimal::parse(text);
    const bool fits = number && *number <= kNumberMax &&
                      *number >= Decimal::fromMillionths(-kNumberMax.millionths());
    return fits ? number : std::nullopt;
}

bool assign(std::string& value, std::string_view text) {
    value.assign(text);
    return true;
}
bool assign(Decimal& value, std::string_view text) {
    const auto number = text.empty() ? Decimal{} : readNumber(text);
    if (number) value = *number;
    return number.has_value();
}
bool assign(std::optional<Decimal>& value, std::string_view text) {
    value = readNumber(text);
    return value.has_value() || text.empty();
}
bool assign(std::optional<Date>& value, std::string_view text) {
    value = parseDate(text);
    return value.has_value() || text.empty();
}
bool assign(bool& value, std::string_view text) {
    value = text == "true" || text == "yes" || text == "1";
    return value || text.empty() || text == "false" || text == "no" || text == "0";
}
bool assign(LineKind& value, std::string_view text) {
    const auto kind = text.empty() ? LineKind::Backorder : parseKind(text);
    if (kind) value = *kind;
    return kind.has_value();
}

std::string written(const std::string& value) { return value; }
std::string written(Decimal value) { return value.toString(); }
std::string written(const std::optional<Decimal>& value) {
    return value ? value->toString() : std::string{};
}
std::string written(const std::optional<Date>& value) {
    return value ? formatDate(*value) : std::string{};
}
std::string written(bool value) { return value ? "true" : std::string{}; }
std::string written(LineKind value) { return std::string{kindName(value)}; }

using View = std::string_view (*)(const OrderLine&);

/// Null where the text of the value has to be made.
template <auto... Path>
constexpr View viewOf() {
    using Value = std::remove_cvref_t<decltype(At<Path...>::in(std::declval<OrderLine&>()))>;
    if constexpr (std::is_same_v<Value, std::string>)
        return [](const OrderLine& line) { return std::string_view{At<Path...>::in(line)}; };
    else if constexpr (std::is_same_v<Value, LineKind>)
        return [](const OrderLine& line) { return kindName(At<Path...>::in(line)); };
    else
        return nullptr;
}

template <auto... Path>
constexpr LineField field(std::string_view name, FieldType type, std::string_view meaning) {
    return {name, type, meaning,
            [](OrderLine& line, std::string_view text) {
                return assign(At<Path...>::in(line), text);
            },
            [](const OrderLine& line) { return written(At<Path...>::in(line)); },
            viewOf<Path...>()};
}

// A promise is one date for most ERPs and a range for some: `promise` is the date, or the end of
// the range; `promise.from` is its beginning where that differs.
bool setPromise(OrderLine& line, std::string_view text) {
    auto& promise = line.promise;
    if (!assign(promise.to, text)) return false;
    // A beginning that came first stays, where it is one.
    if (!promise.to || !promise.from || *promise.from > *promise.to) promise.from = promise.to;
    return true;
}
bool setPromiseFrom(OrderLine& line, std::string_view text) {
    auto& promise = line.promise;
    if (text.empty()) return true;
    if (!assign(promise.from, text)) return false;
    if (!promise.to || *promise.to < *promise.from) promise.to = promise.from;
    return true;
}

using enum FieldType;
using O = OrderLine;

constexpr std::array kFields{
    field<&O::key, &LineKey::id>("line", Text, "The ERP's own id of the order line."),
    field<&O::order, &Order::id>("order.id", Text, "The ERP's own id of the order."),
    field<&O::order, &Order::number>("order.number", Text,
                                     "The order number that the customer knows."),
    field<&O::order, &Order::reference>("order.reference", Text,
                                        "The customer's purchase order number."),
    field<&O::order, &Order::date>("order.date", FieldType::Date, "When the order was placed."),
    field<&O::position>("position", Text, "The line's number on the order."),
    field<&O::kind>("kind", Kind, "backorder, preorder, drop-ship or made-to-order."),
    field<&O::item, &Item::id>("item.id", Text, "The item number."),
    field<&O::item, &Item::name>("item.name", Text, "What the item is called."),
    field<&O::item, &Item::category>("item.category", Text, "The item's category."),
    field<&O::item, &Item::customer_code>("item.customer_code", Text,
                                          "The customer's own number for the item."),
    field<&O::unit>("unit", Text, "The unit of measure of every quantity of the line."),
    field<&O::ordered>("ordered", Number, "The quantity ordered."),
    field<&O::shipped>("shipped", Number, "The quantity shipped so far."),
    field<&O::cancelled>("cancelled", Number, "The quantity cancelled so far."),
    field<&O::allocated>("allocated", Number,
                         "Of the open quantity, what is in stock and reserved for this line."),
    field<&O::unit_price, &Money::amount>("unit_price", Number, "The price of one unit."),
    field<&O::unit_price, &Money::currency>("currency", Text, "The currency of the price."),
    LineField{"promise", FieldType::Date,
              "The date by which the customer was told the line ships, or the end of that range.",
              setPromise, [](const OrderLine& line) { return written(line.promise.to); }},
    LineField{"promise.from", FieldType::Date, "The beginning of a promised range.",
              setPromiseFrom,
              [](const OrderLine& line) {
                  return line.promise.from == line.promise.to ? std::string{}
                                                              : written(line.promise.from);
              }},
    field<&O::requested>("requested", FieldType::Date, "The date the customer asked for."),
    field<&O::release_date>("release_date", FieldType::Date, "When a preordered item comes out."),
    field<&O::warehouse>("warehouse", Text, "The warehouse the line ships from."),
    field<&O::supply, &Supply::reference>(
        "supply.reference", Text, "The purchase order, transfer or production that fills the line."),
    field<&O::supply, &Supply::expected>("supply.expected", FieldType::Date,
                                         "When that supply should arrive."),
    field<&O::supply, &Supply::quantity>("supply.quantity", Number, "How much of it is coming."),
    field<&O::shipment, &Shipment::reference>("shipment.reference", Text,
                                              "The number of the latest shipment."),
    field<&O::shipment, &Shipment::date>("shipment.date", FieldType::Date, "When it left."),
    field<&O::shipment, &Shipment::carrier>("shipment.carrier", Text, "Who carries it."),
    field<&O::shipment, &Shipment::tracking>("shipment.tracking", Text, "Its tracking number."),
    field<&O::shipment, &Shipment::tracking_url>("shipment.tracking_url", Text,
                                                 "Where it can be tracked."),
    field<&O::customer, &Customer::id>("customer.id", Text, "The customer's number."),
    field<&O::customer, &Customer::name>("customer.name", Text, "The customer's name."),
    field<&O::customer, &Customer::tier>("customer.tier", Text, "The customer's tier."),
    field<&O::customer, &Customer::country>("customer.country", Text,
                                            "The customer's country, ISO 3166-1 alpha-2."),
    field<&O::contact, &Contact::name>("contact.name", Text, "The person the order's word goes to."),
    field<&O::contact, &Contact::email>("contact.email", Text, "Their mail address."),
    field<&O::contact, &Contact::phone>("contact.phone", Text, "Their phone number, E.164."),
    field<&O::contact, &Contact::role>("contact.role", Text, "Their role, in the ERP's words."),
    field<&O::contact, &Contact::language>("contact.language", Text, "Their language, BCP 47."),
    field<&O::contact, &Contact::timezone>("contact.timezone", Text, "Their time zone, IANA."),
    field<&O::sales_rep, &SalesRep::name>("sales_rep.name", Text, "Who looks after the customer."),
    field<&O::sales_rep, &SalesRep::email>("sales_rep.email", Text, "Their mail address."),
    field<&O::order, &Order::ship_complete>(
        "order.ship_complete", Flag, "Nothing of the order leaves before all of it can."),
    field<&O::order, &Order::one_backorder>(
        "order.one_backorder", Flag,
        "After a part shipment the rest leaves in one more, not in several."),
    field<&O::payment, &Payment::terms>("payment.terms", Text,
                                        "How the order is paid: prepaid, authorised or on-account."),
    field<&O::payment, &Payment::authorised_until>(
        "payment.authorised_until", FieldType::Date,
        "The last day on which an amount held on a card can be taken."),
    field<&O::kit, &Kit::id>("kit.id", Text,
                             "The kit the line is a component of; the same for all of them."),
    field<&O::kit, &Kit::component>("kit.component", Number,
                                    "How many of the line's item one kit takes."),
};

// The longest prefix first: `attributes.` is the end of the others.
struct Family {
    std::string_view prefix;
    Attributes& (*in)(OrderLine&);
};
constexpr std::array kFamilies{
    Family{"customer.attributes.",
           [](OrderLine& line) -> Attributes& { return line.customer.attributes; }},
    Family{"item.attributes.", [](OrderLine& line) -> Attributes& { return line.item.attributes; }},
    Family{"attributes.", [](OrderLine& line) -> Attributes& { return line.attributes; }},
};

/// The fields in alphabetical order, for a quick search: connectors look a name up per value.
constexpr auto kByName = [] {
    std::array<const LineField*, kFields.size()> sorted{};
    for (std::size_t i = 0; i < kFields.size(); ++i) sorted[i] = &kFields[i];
    std::sort(sorted.begin(), sorted.end(),
              [](const LineField* a, const LineField* b) { return a->name < b->name; });
    return sorted;
}();

}  // namespace

std::span<const LineField> lineFields() { return kFields; }

const LineField* findLineField(std::string_view name) {
    const auto at = std::lower_bound(
        kByName.begin(), kByName.end(), name,
        [](const LineField* entry, std::string_view wanted) { return entry->name < wanted; });
    return at != kByName.end() && (*at)->name == name ? *at : nullptr;
}

Attributes* attributesOf(OrderLine& line, std::string_view name, std::string_view& key) {
    for (const auto& family : kFamilies) {
        if (!name.starts_with(family.prefix) || name.size() == family.prefix.size()) continue;
        key = name.substr(family.prefix.size());
        return &family.in(line);
    }
    return nullptr;
}

const Attributes* attributesOf(const OrderLine& line, std::string_view name,
                               std::string_view& key) {
    // The family only names a member; nothing is written through it here.
    return attributesOf(const_cast<OrderLine&>(line), name, key);
}

std::string_view kindName(LineKind kind) { return nameOf<LineKind>(kKinds, kind); }

std::optional<LineKind> parseKind(std::string_view name) {
    return valueOf<LineKind>(kKinds, name);
}

}  // namespace backorderd
