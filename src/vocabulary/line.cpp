#include "backorderd/line.hpp"

#include <algorithm>

namespace backorderd {

Decimal OrderLine::open() const { return std::max(Decimal{}, ordered - shipped - cancelled); }

Money OrderLine::openValue() const { return {Decimal::cappedProduct(open(), unit_price.amount), unit_price.currency}; }

}  // namespace backorderd
