#include "app/gatekeeping.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "app/arguments.hpp"
#include "app/declined.hpp"

namespace backorderd::app {

using nlohmann::json;

json gateRows(const Gates& gates) {
    json rows = json::array();
    for (const auto& gate : gates.up())
        rows.push_back(
            {{"gate", gateText(gate.name)},
             {"reason", gate.reason},
             {"since", formatTimestamp(gate.since)},
             {"falls_at", gate.falls_at ? json(formatTimestamp(*gate.falls_at)) : json()}});
    return rows;
}

json pauseSending(Engine& engine, const json& arguments, Timestamp now) {
    const auto why = auditFor(arguments, "pause", "sending", now);
    if (engine.gates().find(GateName::Paused)) throw Declined{"sending is paused already"};
    engine.pause(why);
    return gateRows(engine.gates());
}

json resumeSending(Engine& engine, const json& arguments, Timestamp now) {
    const auto text = arguments.value("gate", std::string{});
    const auto name = parseGate(text);
    if (!name) {
        std::string list;
        for (const auto known : kGateNames)
            list += (list.empty() ? "" : ", ") + std::string{gateText(known)};
        throw Declined{"there is no gate '" + text + "'; the gates are " + list};
    }
    if (!engine.resume(*name, auditFor(arguments, "resume", text, now)))
        throw Declined{"the gate '" + text + "' is not up"};
    return gateRows(engine.gates());
}

boost::asio::awaitable<json> drillSenders(Engine& engine, const json& arguments) {
    DrillOrder order{arguments.value("to", std::string{}),
                     arguments.value("sender", std::string{})};
    if (order.to.empty()) throw Declined{"an address is needed: --to ADDRESS"};
    const auto unknown = order.sender;
    const auto results = co_await engine.drill(std::move(order));
    if (results.empty()) throw Declined{"there is no sender '" + unknown + "'"};
    json rows = json::array();
    for (const auto& result : results)
        rows.push_back({{"sender", result.sender},
                        {"channel", channelName(result.channel)},
                        {"outcome", result.outcome},
                        {"text", result.text}});
    json whole = json::object();
    whole["mode"] = engine.mode().words();
    whole["gates"] = gateRows(engine.gates());
    whole["results"] = std::move(rows);
    co_return whole;
}

}  // namespace backorderd::app
