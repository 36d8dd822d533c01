#include "app/gates.hpp"

#include <algorithm>

namespace backorderd::app {
namespace {

/// `gate.NAME` holds `SINCE\nFALLS_AT\nREASON`, empty where the gate is down. Persisted: do not
/// change.
std::string metaKey(GateName name) { return "gate." + std::string{gateText(name)}; }

std::string encodeGate(const Gate& gate) {
    return formatTimestamp(gate.since) + '\n' +
           (gate.falls_at ? formatTimestamp(*gate.falls_at) : "") + '\n' + gate.reason;
}

std::optional<Gate> decodeGate(GateName name, const std::string& text) {
    const auto first = text.find('\n');
    const auto second = text.find('\n', first == text.npos ? first : first + 1);
    if (second == text.npos) return std::nullopt;
    Gate gate{name, text.substr(second + 1), {}, {}};
    gate.since = parseTimestamp(text.substr(0, first)).value_or(Timestamp{});
    gate.falls_at = parseTimestamp(text.substr(first + 1, second - first - 1));
    return gate;
}

}  // namespace

std::string_view gateText(GateName name) {
    switch (name) {
        case GateName::Paused:
            return "paused";
        case GateName::Restored:
            return "restored";
        case GateName::Environment:
            return "environment";
        case GateName::Clock:
            return "clock";
        case GateName::Journal:
            return "journal";
        case GateName::Disk:
            return "disk";
    }
    return "";
}

std::optional<GateName> parseGate(std::string_view text) {
    for (const auto name : kGateNames)
        if (gateText(name) == text) return name;
    return std::nullopt;
}

Gates::Gates(Store& store, Log& log, bool kept) : store_{store}, log_{log}, kept_{kept} {
    if (!kept_) return;
    for (const auto name : kGateNames)
        if (auto gate = decodeGate(name, store_.meta(metaKey(name)))) up_.push_back(*gate);
}

const Gate* Gates::find(GateName name) const {
    const auto at = std::ranges::find(up_, name, &Gate::name);
    return at == up_.end() ? nullptr : &*at;
}

void Gates::raise(Gate gate) {
    if (!kept_ || find(gate.name)) return;
    store_.setMeta(metaKey(gate.name), encodeGate(gate));
    log_.error("gate.up", {{"gate", std::string{gateText(gate.name)}}, {"reason", gate.reason}});
    up_.push_back(std::move(gate));
}

void Gates::fall(GateName name, Timestamp now) {
    if (!remove(name)) return;
    store_.audit({now, "backorderd", "resume", std::string{gateText(name)}, "it passed by itself"});
    log_.warning("gate.down", {{"gate", std::string{gateText(name)}}, {"by", "itself"}});
}

bool Gates::lower(GateName name, const AuditEntry& why) {
    if (!remove(name)) return false;
    store_.audit(why);
    log_.warning(
        "gate.down",
        {{"gate", std::string{gateText(name)}}, {"by", why.actor}, {"reason", why.reason}});
    return true;
}

bool Gates::remove(GateName name) {
    if (std::erase_if(up_, [&](const Gate& gate) { return gate.name == name; }) == 0) return false;
    store_.setMeta(metaKey(name), "");
    return true;
}

std::string Gates::summary() const {
    std::string list;
    for (const auto& gate : up_)
        list += (list.empty() ? "" : ", ") + std::string{gateText(gate.name)};
    return list.empty() ? "" : "HELD (" + list + ")";
}

}  // namespace backorderd::app
