#include "demo/world.hpp"

#include <algorithm>
#include <array>

namespace backorderd::demo {

namespace {

constexpr int kFirstOffice = 8;  ///< UTC; the distributor sits in Hamburg
constexpr int kKeepClosedDays = 7;
constexpr const char* kWarehouse = "Hamburg";

Decimal whole(int count) { return Decimal{count}; }
Decimal price(int cents) { return Decimal::fromMillionths(std::int64_t{cents} * 10'000); }

struct Product {
    const char* id;
    const char* name;
    const char* category;
    int cents;
    int lead_days;
};
constexpr Product kProducts[] = {
    {"PX-100", "Circulation pump PX 25-40", "pumps", 18900, 12},
    {"PX-200", "Circulation pump PX 32-80", "pumps", 34900, 16},
    {"PX-450", "Booster set PX 450", "pumps", 219000, 24},
    {"VB-20", "Ball valve DN 20, brass", "valves", 1290, 8},
    {"VB-50", "Ball valve DN 50, brass", "valves", 4680, 9},
    {"VS-32", "Solenoid valve DN 32, 24 V", "valves", 12950, 15},
    {"SL-08", "Seal kit PX 25/32", "spares", 2450, 7},
    {"HC-19", "Hydraulic hose 19 mm", "hoses", 890, 10},
};

/// What lies on the shelf and does the work of something that does not.
struct Spare {
    const char* id;
    const char* name;
    const char* category;
    int cents;
    int free;
    const char* instead_of;
};
constexpr Spare kSpares[] = {
    {"PX-110", "Circulation pump PX 25-60", "pumps", 19900, 24, "PX-100"},
    {"PX-210", "Circulation pump PX 32-90", "pumps", 36500, 9, "PX-200"},
    {"VB-51", "Ball valve DN 50, stainless", "valves", 5900, 14, "VB-50"},
};

struct Buyer {
    const char* id;
    const char* name;
    const char* tier;
    const char* country;
    const char* contact;
    const char* email;
    const char* language;
    const char* timezone;
    const char* rep;
    const char* rep_email;
};
constexpr Buyer kBuyers[] = {
    {"C1001", "Rohrbau Petersen GmbH", "gold", "DE", "Anke Petersen", "einkauf@petersen.example",
     "de", "Europe/Berlin", "Jana Brandt", "jana.brandt@hansa-pumps.example"},
    {"C1002", "Alpenwasser Technik AG", "silver", "AT", "Lukas Gruber", "lukas.gruber@alpenwasser.example",
     "de-AT", "Europe/Vienna", "Jana Brandt", "jana.brandt@hansa-pumps.example"},
    {"C1003", "Thames Heating Ltd", "gold", "GB", "Olivia Wright", "purchasing@thamesheating.example",
     "en-GB", "Europe/London", "Tom Hughes", "tom.hughes@hansa-pumps.example"},
    {"C1004", "Prairie Plumbing Supply", "standard", "US", "Marcus Bell", "mbell@prairieplumbing.example",
     "en-US", "America/Chicago", "Tom Hughes", "tom.hughes@hansa-pumps.example"},
    {"C1005", "Stadtwerke Nordheim", "platinum", "DE", "Dr. Uwe Lorenz", "u.lorenz@stadtwerke-nordheim.example",
     "de", "Europe/Berlin", "Jana Brandt", "jana.brandt@hansa-pumps.example"},
    {"C1006", "Fjord Marine AS", "silver", "NO", "Ingrid Solberg", "ingrid@fjordmarine.example",
     "en", "Europe/Oslo", "Tom Hughes", "tom.hughes@hansa-pumps.example"},
    {"C1007", "Sanitär Blum", "standard", "DE", "Familie Blum", "", "de", "Europe/Berlin",
     "Jana Brandt", "jana.brandt@hansa-pumps.example"},
};

}  // namespace

World::World(std::uint32_t seed, Date first_day, std::string source)
    : random_{seed}, source_{std::move(source)}, free_(std::size(kProducts)) {
    for (const auto& spare : kSpares) spare_free_.push_back(spare.free);
    // What had gone wrong before anybody watched: the baseline.
    for (int i = 0; i < 6; ++i)
        sell(i, next_order_++, 1, i, 4 + 3 * i, first_day - std::chrono::days{2 + i});
}

/// Not a std:: distribution: those may differ between libraries, and a seed must not.
int World::roll(int sides) { return static_cast<int>(random_() % static_cast<unsigned>(sides)); }

World::Purchase& World::purchaseFor(int product, Date day) {
    for (auto& purchase : purchases_)
        if (purchase.product == product && !purchase.arrived) return purchase;
    Purchase purchase;
    purchase.number = "PO" + std::to_string(next_purchase_++);
    purchase.product = product;
    purchase.quantity = 20 + roll(60);
    purchase.expected = day + std::chrono::days{kProducts[product].lead_days + roll(5)};
    // Two in three come late, and half of those suppliers do not say so in time.
    const int late = roll(3) == 0 ? 0 : 3 + roll(12);
    purchase.arrives = purchase.expected + std::chrono::days{late};
    return purchases_.emplace_back(purchase);
}

void World::sell(int buyer, int order_number, int position, int product, int quantity, Date day) {
    const auto& who = kBuyers[buyer];
    const auto& what = kProducts[product];
    const auto& purchase = purchaseFor(product, day);
    Sold sold;
    sold.product = product;
    sold.ordered = day;
    auto& line = sold.line;
    line.key = {source_, "SO" + std::to_string(order_number) + '-' + std::to_string(position)};
    line.order = {"o" + std::to_string(order_number), "SO" + std::to_string(order_number),
                  "B-" + std::to_string(7000 + roll(900)), day};
    line.position = std::to_string(position);
    line.item = {what.id, what.name, what.category, "", {}};
    line.unit = std::string{what.category} == "hoses" ? "m" : "pcs";
    line.ordered = whole(quantity);
    line.allocated = Decimal{};
    line.unit_price = {price(what.cents), "EUR"};
    line.requested = day + std::chrono::days{5};
    line.promise = Promise::on(purchase.expected + std::chrono::days{2});
    line.warehouse = kWarehouse;
    line.supply = {purchase.number, purchase.expected, whole(purchase.quantity)};
    line.customer = {who.id, who.name, who.tier, who.country, {}};
    line.contact = {who.contact, who.email, "", "buyer", who.language, who.timezone};
    line.sales_rep = {who.rep, who.rep_email};
    sold_.push_back(std::move(sold));
}

std::vector<std::string> World::passHour(Date day, int hour) {
    std::vector<std::string> news;
    const auto weekday = std::chrono::weekday{day}.iso_encoding();
    if (weekday > 5) return news;
    if (hour == kFirstOffice + 1 && roll(3) != 0) orderArrives(day, news);
    if (hour == kFirstOffice + 5 && roll(3) == 0) orderArrives(day, news);
    if (hour == kFirstOffice + 2) supplierWrites(day, news);
    if (hour == kFirstOffice + 4) goodsArrive(day, news);
    if (hour == kFirstOffice + 6) reserve(day, news);
    if (hour == kFirstOffice + 7) ship(day, news);
    if (hour == kFirstOffice + 3) customersCancel(day, news);
    return news;
}

void World::orderArrives(Date day, std::vector<std::string>& news) {
    const int buyer = roll(static_cast<int>(std::size(kBuyers)));
    const int order = next_order_++;
    const int count = 1 + roll(3);
    std::string items;
    for (int position = 1; position <= count; ++position) {
        const int product = roll(static_cast<int>(std::size(kProducts)));
        sell(buyer, order, position, product, 2 + roll(15), day);
        items += (items.empty() ? "" : ", ") + std::string{kProducts[product].id};
    }
    news.push_back(std::string{kBuyers[buyer].name} + " orders " + items + ", not in stock (SO" +
                   std::to_string(order) + ")");
}

void World::supplierWrites(Date day, std::vector<std::string>& news) {
    for (auto& purchase : purchases_) {
        const bool says_so = (purchase.number.back() - '0') % 2 == 0;
        const auto days_left = (purchase.expected - day).count();
        if (purchase.arrived || purchase.arrives == purchase.expected || !says_so || days_left > 4)
            continue;
        const auto slip = (purchase.arrives - purchase.expected).count();
        purchase.expected = purchase.arrives;
        int moved = 0;
        for (auto& sold : sold_) {
            if (sold.done || sold.line.supply.reference != purchase.number) continue;
            sold.line.supply.expected = purchase.expected;
            sold.line.promise = Promise::on(purchase.expected + std::chrono::days{2});
            ++moved;
        }
        news.push_back("Supplier of " + std::string{kProducts[purchase.product].id} + ' ' +
                       (slip > 0 ? "slips " : "gains ") + std::to_string(slip) + " days to " +
                       formatDate(purchase.expected) + " (" + purchase.number + ", " +
                       std::to_string(moved) + " waiting)");
    }
}

void World::goodsArrive(Date day, std::vector<std::string>& news) {
    for (auto& purchase : purchases_) {
        if (purchase.arrived || purchase.arrives > day) continue;
        purchase.arrived = true;
        free_[static_cast<std::size_t>(purchase.product)] += purchase.quantity;
        news.push_back(std::to_string(purchase.quantity) + " x " +
                       kProducts[purchase.product].id + " arrive (" + purchase.number + ")");
    }
}

/// What has arrived is booked in two hours later: first come, first served. What is left without
/// goods waits for the next purchase.
void World::reserve(Date day, std::vector<std::string>& news) {
    for (auto& sold : sold_) {
        auto& line = sold.line;
        auto& free = free_[static_cast<std::size_t>(sold.product)];
        if (sold.done || sold.substituted || free == 0) continue;
        const auto given = std::min(line.open() - *line.allocated, whole(free));
        if (given.isPositive()) {
            line.allocated = *line.allocated + given;
            free -= static_cast<int>(given.millionths() / Decimal::kScale);
            sold.ready_since = day;
        }
        if (*line.allocated == line.open()) continue;
        const auto& next = purchaseFor(sold.product, day);
        line.supply = {next.number, next.expected, whole(next.quantity)};
        line.promise = Promise::on(next.expected + std::chrono::days{2});
        news.push_back(line.order.number + '/' + line.position + " stays short of " +
                       (line.open() - *line.allocated).toString() + ", next " + next.number);
    }
}

std::string World::enterSubstitute(const std::string& line_id, const std::string& item,
                                   Date day) {
    for (auto& sold : sold_) {
        auto& line = sold.line;
        if (line.key.id != line_id || sold.done || sold.substituted) continue;
        for (std::size_t i = 0; i < std::size(kSpares); ++i) {
            const auto& spare = kSpares[i];
            const auto wanted = static_cast<int>(line.open().millionths() / Decimal::kScale);
            if (item != spare.id || spare_free_[i] < wanted) continue;
            spare_free_[i] -= wanted;
            sold.substituted = true;
            sold.ready_since = day;
            line.item = {spare.id, spare.name, spare.category, "", {}};
            line.unit_price.amount = price(spare.cents);
            line.allocated = line.open();
            line.supply = {};
            line.promise = Promise::on(day + std::chrono::days{2});
            return "Sales change " + line.order.number + '/' + line.position + " to " + item +
                   ", from the shelf";
        }
    }
    return {};
}

void World::ship(Date day, std::vector<std::string>& news) {
    for (auto& sold : sold_) {
        auto& line = sold.line;
        if (sold.done || !line.allocated->isPositive() || day <= sold.ready_since) continue;
        const auto leaving = *line.allocated;
        line.shipped = line.shipped + leaving;
        line.allocated = Decimal{};
        line.shipment = {"DN" + std::to_string(5000 + roll(4000)), day, "DHL",
                         "JD0146" + std::to_string(10000000 + roll(80000000)), ""};
        line.shipment.tracking_url =
            "https://tracking.example/?id=" + line.shipment.tracking;
        news.push_back(leaving.toString() + " x " + line.item.id + " leave for " +
                       line.customer.name + " (" + line.order.number + '/' + line.position +
                       (line.isOpen() ? ", " + line.open().toString() + " still open)" : ", done)"));
        sold.done = !line.isOpen();
        sold.closed = day;
    }
}

void World::customersCancel(Date day, std::vector<std::string>& news) {
    for (auto& sold : sold_) {
        auto& line = sold.line;
        const bool fed_up = (day - sold.ordered).count() > 24 && roll(25) == 0;
        if (sold.done || !fed_up || line.allocated->isPositive()) continue;
        line.cancelled = line.cancelled + line.open();
        sold.done = true;
        sold.closed = day;
        news.push_back(line.customer.name + " cancels " + line.item.id + " (" + line.order.number +
                       '/' + line.position + ")");
    }
}

std::vector<OrderLine> World::lines(Date today) const {
    std::vector<OrderLine> result;
    for (const auto& sold : sold_)
        if (!sold.done || (today - sold.closed).count() <= kKeepClosedDays)
            result.push_back(sold.line);
    return result;
}

Goods World::goods() const {
    Goods goods;
    for (std::size_t i = 0; i < std::size(kProducts); ++i) {
        const auto& product = kProducts[i];
        goods.items.push_back({{product.id, product.name, product.category, "", {}},
                               {price(product.cents), "EUR"},
                               product.lead_days});
        goods.stock.push_back({product.id, kWarehouse, whole(free_[i])});
    }
    for (std::size_t i = 0; i < std::size(kSpares); ++i) {
        const auto& spare = kSpares[i];
        goods.items.push_back({{spare.id, spare.name, spare.category, "", {}},
                               {price(spare.cents), "EUR"},
                               std::nullopt});
        goods.stock.push_back({spare.id, kWarehouse, whole(spare_free_[i])});
        goods.alternates.push_back({spare.instead_of, spare.id});
    }
    for (const auto& purchase : purchases_)
        if (!purchase.arrived)
            goods.supply.push_back(
                {kProducts[purchase.product].id,
                 {purchase.number, purchase.expected, whole(purchase.quantity)}});
    return goods;
}

}  // namespace backorderd::demo
