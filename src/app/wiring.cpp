#include "app/wiring.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "connectors/connectors.hpp"
#include "senders/senders.hpp"

namespace backorderd::app {
namespace {

void append(Problems& all, const Problems& more) { all.insert(all.end(), more.begin(), more.end()); }

/// In a dry run a sender of files stands before the real one.
void intoFiles(NamedSender& named, const config::Settings& settings, net::Net& net) {
    const auto folder = settings.data_dir + "/dry-run/" + named.name;
    const nlohmann::json section{{"folder", folder},
                                 {"channel", channelName(named.sender->channel())}};
    named.behind = std::move(named.sender);
    // JSON is YAML: the path is quoted as it has to be.
    named.sender = senders::makeSender(
        "file", config::Section::fromText(section.dump(), "dry-run"), net);
    if (!named.sender) throw std::logic_error{"a dry run has no file sender"};
}

Ends makeEnds(config::Settings& settings, net::Net& net, const Clock& clock) {
    Ends ends;
    for (auto& source : settings.sources) {
        if (source.kind.empty()) continue;  // Its absence is a problem already.
        const connectors::Environment environment{source.name, net, clock};
        ends.sources.push_back(
            {source.name, connectors::makeConnector(source.kind, source.section, environment)});
    }
    for (auto& sender : settings.senders) {
        if (sender.kind.empty()) continue;
        NamedSender named{sender.name, senders::makeSender(sender.kind, sender.section, net)};
        if (settings.delivery.mode == "dry-run" && named.sender) intoFiles(named, settings, net);
        ends.senders.push_back(std::move(named));
    }
    return ends;
}

/// A policy that writes through a channel which no sender serves would hold every notice.
Problems findUnservedChannels(const RuleSet& rules, const Ends& ends) {
    std::set<Channel> served;
    for (const auto& sender : ends.senders)
        if (sender.sender) served.insert(sender.sender->channel());
    Problems problems;
    for (const auto& policy : rules.cadence) {
        for (const auto channel : policy.channels) {
            if (served.contains(channel)) continue;
            problems.push_back({policy.place,
                                "policy '" + policy.name + "' writes by " +
                                    std::string{channelName(channel)} +
                                    ", and no sender of the settings serves that channel; it is "
                                    "passed over",
                                Severity::Warning});
        }
    }
    return problems;
}

/// A team behind a sender that does not exist would never hear of anything.
Problems findUnknownSenders(const RuleSet& rules, const config::Settings& settings) {
    std::vector<std::string> names;
    for (const auto& sender : settings.senders) names.push_back(sender.name);
    Problems problems;
    for (const auto& team : rules.teams) {
        if (team.sender.empty() || std::ranges::find(names, team.sender) != names.end()) continue;
        const auto near = nearestWord(team.sender, names);
        problems.push_back({team.place, "the settings have no sender '" + team.sender +
                                            "', which the team '" + team.name + "' names" +
                                            (near.empty() ? "" : " (did you mean '" + near + "'?)")});
    }
    return problems;
}

}  // namespace

Result<Setup> loadSetup(const std::string& settings_file, net::Net& net, const Clock& clock) {
    // Settings with mistakes are read to the end all the same, so that all are named at once.
    Problems unreadable;
    auto settings = config::readSettings(settings_file, unreadable);
    if (!settings) return unreadable;
    auto owned = std::make_unique<config::Settings>(std::move(*settings));
    auto ends = makeEnds(*owned, net, clock);
    Problems problems = config::findUnread(*owned);
    Problems warnings;
    auto policy = loadPolicy(*owned, warnings);
    if (!policy) append(problems, policy.error());
    else append(problems, findUnknownSenders(policy->rules, *owned));
    if (hasErrors(problems)) return problems;
    append(warnings, problems);
    append(warnings, findUnservedChannels(policy->rules, ends));
    return Setup{std::move(owned), std::move(*policy), std::move(ends), std::move(warnings)};
}

}  // namespace backorderd::app
