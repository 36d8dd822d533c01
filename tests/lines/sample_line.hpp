#pragma once

#include <string_view>

#include "backorderd/line.hpp"

namespace backorderd {

inline Decimal decimal(std::string_view text) { return Decimal::parse(text).value(); }
inline Date day(std::string_view text) { return parseDate(text).value(); }

/// Ten pumps ordered, none shipped, promised for 20 March, waiting for purchase order P1.
inline OrderLine sampleLine() {
    OrderLine line;
    line.key = {"erp", "4711"};
    line.order = {"99", "SO100", "PO-7", day("2026-02-01")};
    line.position = "1";
    line.item.id = "PX-100";
    line.item.name = "Pump";
    line.unit = "pcs";
    line.ordered = Decimal{10};
    line.unit_price = {Decimal{120}, "USD"};
    line.promise = Promise::on(day("2026-03-20"));
    line.supply = {"P1", day("2026-03-18"), Decimal{50}};
    line.customer.id = "C1";
    line.contact.name = "Ada";
    line.contact.email = "ada@example.com";
    return line;
}

}  // namespace backorderd
