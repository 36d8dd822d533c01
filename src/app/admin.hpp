#pragma once

#include <string>
#include <vector>

#include "app/engine.hpp"
#include "net/net.hpp"

namespace backorderd::app {

/// What the daemon is asked about itself. All of it outlives the answer.
struct Watched {
    const Engine& engine;
    Store& store;
    const Log& log;
    Timestamp now{};
};

/// The figures of this moment in Prometheus' text format; docs/operations.md names them.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
std::string metricsText(const Watched& watched);

/// What keeps the daemon from its work: gates that are up, sources whose data are old. Empty: it is
/// ready.
std::vector<std::string> whyNotReady(const Watched& watched);

/// `GET` of `/metrics`, `/health/live` and `/health/ready`; 404 for anything else.
net::ServedResponse answerAdmin(const net::ServedRequest& request, const Watched& watched);

}  // namespace backorderd::app
