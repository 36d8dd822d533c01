#include "app/delivery_mode.hpp"

#include <algorithm>

namespace backorderd::app {
namespace {

std::string lowered(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

}  // namespace

std::string DeliveryMode::words() const {
    if (live()) return "live";
    if (settings_.mode != "redirect") return "DRY-RUN: everything goes into files, nothing leaves";
    std::string words = "REDIRECT: everything goes to";
    for (const auto& address : {settings_.redirect_email, settings_.redirect_sms})
        if (!address.empty()) words += ' ' + address;
    return words;
}

bool DeliveryMode::isAllowed(const Recipient& recipient) const {
    if (settings_.allow_domains.empty() || recipient.channel != Channel::Email) return true;
    const auto domain = lowered(recipient.address.substr(recipient.address.rfind('@') + 1));
    return std::ranges::any_of(settings_.allow_domains, [&](const std::string& allowed) {
        return domain == lowered(allowed);
    });
}

DeliveryMode::Route DeliveryMode::routeOf(const Recipient& recipient) const {
    Route route{recipient, "", ""};
    if (settings_.mode == "redirect") {
        const auto& to = recipient.channel == Channel::Email ? settings_.redirect_email
                         : recipient.channel == Channel::Sms ? settings_.redirect_sms
                                                             : std::string{};
        if (to.empty()) {
            route.barred =
                "the mode is redirect, and 'redirect' names no address for the channel " +
                std::string{channelName(recipient.channel)};
            return route;
        }
        route.redirected_from = recipient.address;
        route.recipient.address = to;
    }
    if (!isAllowed(route.recipient))
        route.barred = "the domain of the address is not in 'allow_domains'";
    return route;
}

}  // namespace backorderd::app
