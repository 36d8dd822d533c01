#pragma once

#include <string>

#include "backorderd/decimal.hpp"

namespace backorderd {

/// An amount in one currency. Amounts of different currencies are never compared or added.
struct Money {
    Decimal amount;
    std::string currency;  ///< ISO 4217 code in capitals, `USD`; empty where the ERP names none.

    bool operator==(const Money&) const = default;
};

}  // namespace backorderd
