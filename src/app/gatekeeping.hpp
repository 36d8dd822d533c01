#pragma once

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json_fwd.hpp>

#include "app/engine.hpp"

/// Operations on gates and senders, as `Operations` offers them. What cannot be done is `Declined`.
namespace backorderd::app {

/// `[{"gate", "reason", "since", "falls_at"}]`
nlohmann::json gateRows(const Gates& gates);
nlohmann::json pauseSending(Engine& engine, const nlohmann::json& arguments, Timestamp now);
nlohmann::json resumeSending(Engine& engine, const nlohmann::json& arguments, Timestamp now);
/// `{"mode", "gates", "results": [{"sender", "channel", "outcome", "text"}]}`
boost::asio::awaitable<nlohmann::json> drillSenders(Engine& engine,
                                                    const nlohmann::json& arguments);

}  // namespace backorderd::app
