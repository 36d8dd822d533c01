#include "rules/contact.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

constexpr std::size_t kAddressBytesMax = 254;
/// Teams that stand in for one another in a circle must come to an end.
constexpr int kStandInsMax = 8;

/// A sender that serves mail brings it to the addresses; any other knows itself whom it reaches.
std::vector<Recipient> ownAddresses(const Team& team, const OrderLine& line) {
    std::vector<Recipient> found;
    const auto add = [&](const std::string& address, const std::string& name) {
        if (isPlausibleEmail(address))
            found.push_back({Channel::Email, address, name, team.language, "", team.sender});
    };
    if (team.from_line_sales_rep) add(line.sales_rep.email, line.sales_rep.name);
    for (const auto& address : team.email) add(address, "");
    const bool by_sender = !team.sender.empty() && team.email.empty() && !team.from_line_sales_rep;
    if (by_sender)
        found.push_back({Channel::Webhook, "", team.name, team.language, "", team.sender});
    return found;
}

std::optional<Recipient> reachBy(Channel channel, const Contact& contact) {
    const bool by_mail = channel == Channel::Email && isPlausibleEmail(contact.email);
    const auto number =
        channel == Channel::Sms ? phoneNumberOf(contact.phone) : std::optional<std::string>{};
    if (!by_mail && !number) return std::nullopt;
    return Recipient{channel,          by_mail ? contact.email : *number,
                     contact.name,     contact.language,
                     contact.timezone, ""};
}

}  // namespace

bool isPlausibleEmail(std::string_view address) {
    const auto at = address.find('@');
    if (at == std::string_view::npos || at == 0 || address.size() > kAddressBytesMax) return false;
    const auto domain = address.substr(at + 1);
    const auto isForbidden = [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '<' || c == '>' ||
               c == ',' || c == ';';
    };
    return !domain.empty() && domain.find('@') == std::string_view::npos && domain.front() != '.' &&
           domain.back() != '.' && domain.find("..") == std::string_view::npos &&
           std::none_of(address.begin(), address.end(), isForbidden);
}

std::optional<Recipient> reachContact(const Contact& contact, const std::vector<Channel>& channels,
                                      std::optional<Channel> preferred) {
    if (preferred && std::find(channels.begin(), channels.end(), *preferred) != channels.end())
        if (auto found = reachBy(*preferred, contact)) return found;
    for (const auto channel : channels)
        if (auto found = reachBy(channel, contact)) return found;
    return std::nullopt;
}

std::string_view whyUnreachable(const Contact& contact, const std::vector<Channel>& channels) {
    const bool by_sms = std::find(channels.begin(), channels.end(), Channel::Sms) != channels.end();
    if (by_sms && !contact.phone.empty() && !phoneNumberOf(contact.phone))
        return "The contact cannot be reached on any of the policy's channels: their phone number "
               "is not written with its country, as +49 30 123456 is.";
    return "The contact cannot be reached on any of the policy's channels.";
}

std::vector<Recipient> reachTeam(const RuleSet& rules, std::string_view team,
                                 const OrderLine& line) {
    const auto* asked = rules.findTeam(team);
    for (int stand_ins = 0; asked && stand_ins < kStandInsMax; ++stand_ins) {
        if (auto found = ownAddresses(*asked, line); !found.empty()) return found;
        asked = asked->absent_use.empty() ? nullptr : rules.findTeam(asked->absent_use);
    }
    return {};
}

}  // namespace backorderd::rules
