#include "app/admin.hpp"

#include <nlohmann/json.hpp>

namespace backorderd::app {
namespace {

net::ServedResponse healthOf(const std::vector<std::string>& reasons) {
    const nlohmann::json body{{"ok", reasons.empty()}, {"reasons", reasons}};
    net::ServedResponse response;
    if (!reasons.empty()) response.status = 503;
    response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return response;
}

}  // namespace

std::vector<std::string> whyNotReady(const Watched& watched) {
    std::vector<std::string> reasons;
    for (const auto& gate : watched.engine.gates().up())
        reasons.push_back("nothing is sent: " + std::string{gateText(gate.name)} + ", " +
                          gate.reason);
    for (const auto& name : watched.engine.sourceNames()) {
        const auto until = watched.engine.freshUntil(name);
        if (!until)
            reasons.push_back("source '" + name + "' has never been read to the end");
        else if (*until <= watched.now)
            reasons.push_back("the data of source '" + name + "' are older than max_age");
    }
    return reasons;
}

net::ServedResponse answerAdmin(const net::ServedRequest& request, const Watched& watched) {
    if (request.method != "GET" && request.method != "HEAD") return {405, "text/plain", "GET\n"};
    if (request.target == "/metrics")
        return {200, "text/plain; version=0.0.4; charset=utf-8", metricsText(watched)};
    if (request.target == "/health/live") return healthOf({});
    if (request.target == "/health/ready") return healthOf(whyNotReady(watched));
    return {404, "text/plain", "there are /metrics, /health/live and /health/ready\n"};
}

}  // namespace backorderd::app
