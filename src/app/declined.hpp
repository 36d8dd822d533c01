#pragma once

#include <string>

namespace backorderd::app {

/// An operation that cannot be done, in words for the operator.
struct Declined {
    std::string reason;
};

}  // namespace backorderd::app
