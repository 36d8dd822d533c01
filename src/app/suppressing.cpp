#include "app/suppressing.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "app/arguments.hpp"
#include "app/declined.hpp"
#include "backorderd/phone.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

constexpr std::size_t kSuppressionsMax = 100'000;
constexpr std::size_t kSourceBytesMax = 100, kReasonBytesMax = 1000;

SuppressionText suppressionText(const json& row) {
    return {textOf(row, "channel"), textOf(row, "address"), textOf(row, "kind"),
            textOf(row, "reason"),  textOf(row, "source"),  textOf(row, "since")};
}

/// As suppressions are found by it; empty where it is none.
std::string addressOf(Channel channel, const std::string& written) {
    if (channel == Channel::Sms) return phoneNumberOf(written).value_or("");
    auto address = canonicalAddress(written);
    const bool clean = std::none_of(address.begin(), address.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    });
    const bool of_mail = channel != Channel::Email || (address.find('@') < address.size() - 1);
    return clean && of_mail && address != "@" ? address : std::string{};
}

Timestamp sinceOf(const std::string& written, Timestamp now) {
    if (written.empty()) return now;
    auto since = parseTimestamp(written);
    if (const auto day = since ? std::nullopt : parseDate(written))
        since = Timestamp{day->time_since_epoch()};
    if (!since)
        throw Declined{"'" + written + "' is no moment; write 2026-03-20 or 2026-03-20T09:00:00Z"};
    if (*since > now) throw Declined{"'" + written + "' is still to come"};
    return *since;
}

}  // namespace

Suppression suppressionOf(const SuppressionText& text, const AuditEntry& why) {
    const auto channel = parseChannel(text.channel.empty() ? "email" : text.channel);
    const auto kind = parseSuppressionKind(text.kind.empty() ? "all" : text.kind);
    if (!channel) throw Declined{"there is no channel '" + text.channel + "'"};
    if (!kind) throw Declined{"a kind is 'all' or 'optional', not '" + text.kind + "'"};
    Suppression entry;
    entry.channel = *channel;
    entry.kind = *kind;
    entry.address = addressOf(*channel, text.address);
    if (entry.address.empty())
        throw Declined{"'" + text.address + "' is no address; write " +
                       (*channel == Channel::Sms ? "the number with its country, +49301234567"
                                                 : "ann@example.com, or @example.com for all of a "
                                                   "domain")};
    entry.reason = text.reason.empty() ? why.reason : text.reason;
    entry.source = text.source.empty() ? "operator" : text.source;
    if (entry.reason.size() > kReasonBytesMax || entry.source.size() > kSourceBytesMax)
        throw Declined{"a reason has at most 1000 bytes, and a source 100"};
    entry.author = why.actor;
    entry.at = sinceOf(text.since, why.at);
    return entry;
}

json addSuppressions(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto rows = arguments.value("entries", json::array());
    if (!rows.is_array() || rows.empty() || rows.size() > kSuppressionsMax)
        throw Declined{"give from 1 to " + std::to_string(kSuppressionsMax) + " addresses"};
    const auto source = arguments.value("source", std::string{"operator"});
    const auto subject = rows.size() == 1 ? rows.front().value("address", std::string{})
                                          : std::to_string(rows.size()) + " addresses";
    const auto why = auditFor(arguments, "suppress add", subject, now);
    std::vector<Suppression> entries;
    for (const auto& row : rows) {
        auto text = suppressionText(row);
        if (text.source.empty()) text.source = source;
        entries.push_back(suppressionOf(text, why));
    }
    store.suppress(entries, why);
    engine.askGuardsAgain();
    return {{"added", entries.size()}};
}

json listSuppressions(Store& store) {
    json rows = json::array();
    for (const auto& entry : store.suppressions())
        rows.push_back({{"channel", channelName(entry.channel)},
                        {"address", entry.address},
                        {"kind", suppressionKindName(entry.kind)},
                        {"reason", entry.reason},
                        {"source", entry.source},
                        {"author", entry.author},
                        {"at", formatTimestamp(entry.at)}});
    return rows;
}

json removeSuppression(Store& store, const json& arguments, Timestamp now) {
    const auto address = textOf(arguments, "address");
    const auto channel = parseChannel(arguments.value("channel", std::string{"email"}));
    if (!channel) throw Declined{"there is no such channel"};
    const auto why = auditFor(arguments, "suppress remove", address, now);
    if (!store.unsuppress(*channel, address, why))
        throw Declined{"'" + address + "' is not suppressed ('suppress list' lists what is)"};
    return {{"address", address}};
}

}  // namespace backorderd::app
