#pragma once

#include <optional>
#include <string>

#include "backorderd/message.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// Where messages really go: to whom they are written, to one address, or into files.
class DeliveryMode {
public:
    explicit DeliveryMode(const config::DeliverySettings& settings) : settings_{settings} {}

    bool live() const { return settings_.mode == "live"; }
    /// `REDIRECT to test@example.com`, `DRY-RUN into files`; `live`.
    std::string words() const;

    struct Route {
        Recipient recipient;
        std::string redirected_from;  ///< whom it was for, where that is somebody else
        std::string barred;           ///< why it goes nowhere; empty: it goes
    };
    Route routeOf(const Recipient& recipient) const;

private:
    bool isAllowed(const Recipient& recipient) const;

    const config::DeliverySettings& settings_;
};

}  // namespace backorderd::app
