#include "app/erp_hooks.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "net/webhook_signature.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

constexpr std::string_view kErpHooks = "/hooks/erp/";
constexpr std::size_t kIdBytesMax = 200;
constexpr std::size_t kLineBytesMax = 200;

net::ServedResponse reply(int status, const json& body) {
    net::ServedResponse response;
    response.status = status;
    response.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    return response;
}

net::ServedResponse refuse(int status, std::string reason) {
    return reply(status, {{"ok", false}, {"error", std::move(reason)}});
}

/// Seconds since 1970, as Standard Webhooks writes them.
std::optional<Timestamp> instantOf(std::string_view digits) {
    std::int64_t seconds = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    constexpr std::int64_t year_9999 = 253'402'300'799;
    if (error != std::errc{} || end != digits.data() + digits.size() || seconds < 0 ||
        seconds > year_9999)
        return std::nullopt;
    return Timestamp{std::chrono::seconds{seconds}};
}

/// The line that a body names; empty: none. nullopt: it is no JSON object, or names no line.
std::optional<std::string> lineIn(const std::string& body) {
    if (body.empty()) return "";
    const auto said = json::parse(body, nullptr, false);
    if (!said.is_object()) return std::nullopt;
    const auto line = said.find("line");
    if (line == said.end()) return "";
    if (!line->is_string() || line->get_ref<const std::string&>().size() > kLineBytesMax)
        return std::nullopt;
    return line->get<std::string>();
}

}  // namespace

ErpHooks::ErpHooks(const config::Settings& settings, const Clock& clock, Ask ask)
    : clock_{clock}, ask_{std::move(ask)} {
    for (const auto& source : settings.sources) {
        if (!source.push.on) continue;
        auto& door = doors_[source.name];
        door.settings = &source.push;
        door.keys = net::webhookKeys(source.push.secret).keys;
    }
}

net::ServedResponse ErpHooks::answer(const net::ServedRequest& request) {
    const std::string_view target = request.target;
    const auto door =
        target.starts_with(kErpHooks) ? doors_.find(target.substr(kErpHooks.size())) : doors_.end();
    if (door == doors_.end()) return refuse(404, "there is nothing here");
    if (request.method != "POST") return refuse(405, "POST is what is taken here");
    if (auto why = whyUnauthorised(door->second, request, clock_.now()); !why.empty())
        return refuse(401, std::move(why));
    return take(door->first, door->second, request);
}

std::string ErpHooks::whyUnauthorised(const Door& door, const net::ServedRequest& request,
                                      Timestamp now) const {
    const auto id = request.header("webhook-id");
    const auto at = instantOf(request.header("webhook-timestamp"));
    const auto signatures = request.header("webhook-signature");
    if (id.empty() || id.size() > kIdBytesMax || !at || signatures.empty())
        return "webhook-id, webhook-timestamp and webhook-signature are needed";
    if (!net::webhookSigned(door.keys, id, *at, request.body, signatures))
        return "the signature is not right";
    // Only who holds a key learns what our clock says.
    const auto tolerance = door.settings->tolerance;
    if (*at + tolerance < now || *at > now + tolerance)
        return "webhook-timestamp is too far from " + formatTimestamp(now);
    return {};
}

bool ErpHooks::tooMany(Door& door) {
    const auto now = clock_.steady();
    while (!door.lately.empty() && now - door.lately.front() >= std::chrono::minutes{1})
        door.lately.pop_front();
    if (door.lately.size() >= static_cast<std::size_t>(door.settings->per_minute)) return true;
    door.lately.push_back(now);
    return false;
}

net::ServedResponse ErpHooks::take(const std::string& source, Door& door,
                                   const net::ServedRequest& request) {
    const auto now = clock_.now();
    // Bounded by `per_minute` and the time for which an id could come again.
    std::erase_if(door.ids,
                  [&](const auto& known) { return known.second + door.settings->tolerance < now; });
    const std::string id{request.header("webhook-id")};
    // Its sender may not have heard our answer, and would repeat it until it does.
    if (door.ids.contains(id)) return reply(200, {{"ok", true}, {"known", true}});
    const auto line = lineIn(request.body);
    if (!line) return refuse(400, "the body is a JSON object, with the id of a line as 'line'");
    if (tooMany(door)) return refuse(429, "too many; what came before has the source asked");
    door.ids.emplace(id, *instantOf(request.header("webhook-timestamp")));
    ask_(source, *line);
    return reply(202, {{"ok", true}});
}

void checkHooks(config::Settings& settings) {
    auto& listener = settings.public_listener;
    for (auto& source : settings.sources) {
        if (!source.push.on) continue;
        if (const auto found = net::webhookKeys(source.push.secret); !found.fault.empty())
            source.push.section.problem("secret", "'secret' " + found.fault);
        if (!listener.on())
            source.section.problem("push",
                                   "nothing listens for what 'push' takes: set 'public.listen'",
                                   Severity::Warning);
    }
}

}  // namespace backorderd::app
