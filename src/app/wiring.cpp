#include "app/wiring.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "app/erp_hooks.hpp"
#include "app/source_check.hpp"
#include "backorderd/sms_text.hpp"
#include "connectors/connectors.hpp"
#include "senders/senders.hpp"

namespace backorderd::app {
namespace {

/// In a dry run a sender of files stands before the real one.
void intoFiles(NamedSender& named, const config::Settings& settings,
               const senders::Environment& environment) {
    const auto folder = settings.data_dir + "/dry-run/" + named.name;
    const nlohmann::json section{{"folder", folder},
                                 {"channel", channelName(named.sender->channel())}};
    named.behind = std::move(named.sender);
    // JSON is YAML: the path is quoted as it has to be.
    named.sender = senders::makeSender("file", config::Section::fromText(section.dump(), "dry-run"),
                                       environment);
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
    const senders::Environment environment{net, clock};
    for (auto& sender : settings.senders) {
        if (sender.kind.empty()) continue;
        NamedSender named{sender.name,
                          senders::makeSender(sender.kind, sender.section, environment)};
        if (settings.delivery.mode == "dry-run" && named.sender)
            intoFiles(named, settings, environment);
        ends.senders.push_back(std::move(named));
    }
    return ends;
}

/// A customer is reached by an address or a number; other channels reach teams.
bool reachesCustomers(Channel channel) {
    return channel == Channel::Email || channel == Channel::Sms;
}

/// Takes the channels that no sender serves out of a policy, so that a customer is written to by
/// the next one. Where none would remain they stay: notices then wait for a sender, rather than
/// that every contact counts as one that cannot be reached.
void passOverUnserved(CadencePolicy& policy, const std::set<Channel>& served, Problems& warnings) {
    const auto warn = [&](std::string text) {
        warnings.push_back(
            {policy.place, "policy '" + policy.name + "' " + std::move(text), Severity::Warning});
    };
    auto& channels = policy.channels;
    if (std::ranges::none_of(channels, reachesCustomers))
        return warn(
            "writes by none of email and sms, and the other channels reach teams only; "
            "no customer hears anything of it");
    if (std::ranges::none_of(channels, [&](Channel channel) {
            return reachesCustomers(channel) && served.contains(channel);
        }))
        return warn(
            "can write to nobody: no sender of the settings serves a channel of it that "
            "reaches customers; its notices wait until one does, and expire");
    for (const auto channel : channels)
        if (!served.contains(channel))
            warn("writes by " + std::string{channelName(channel)} +
                 ", and no sender of the settings serves that channel; it is passed over");
    std::erase_if(channels, [&](Channel channel) { return !served.contains(channel); });
}

Problems passOverUnserved(RuleSet& rules, const Ends& ends) {
    std::set<Channel> served;
    for (const auto& sender : ends.senders)
        if (sender.sender) served.insert(sender.sender->channel());
    Problems warnings;
    for (auto& policy : rules.cadence) passOverUnserved(policy, served, warnings);
    return warnings;
}

/// Templates that are sent by SMS under the rules, in the order of their names.
std::set<std::string> templatesBySms(const RuleSet& rules) {
    std::set<std::string> names;
    for (const auto& policy : rules.cadence) {
        if (std::ranges::find(policy.channels, Channel::Sms) == policy.channels.end()) continue;
        for (const auto& [topic, message] : policy.messages)
            for (const auto* name :
                 {&message.template_name, &message.first, &message.second, &message.further})
                names.insert(*name);
        if (policy.digest.by != DigestRule::By::None) names.insert(policy.digest.template_name);
    }
    // Offers go where the policy of their line writes.
    if (names.empty()) return names;
    for (const auto& rule : rules.substitution)
        names.insert({rule.offer.template_name, rule.withdrawn_template});
    return names;
}

/// What a text by SMS costs is seen before the bill comes, and one that is never sent before a
/// customer waits for it.
Problems findLongTexts(const Policy& policy, const Ends& ends, const std::string& folder) {
    const auto serves = std::ranges::find_if(ends.senders, [](const NamedSender& named) {
        return named.sender && named.sender->channel() == Channel::Sms;
    });
    Problems problems;
    if (serves == ends.senders.end()) return problems;
    for (const auto& name : templatesBySms(policy.rules)) {
        for (const auto& language : policy.templates.languages(name)) {
            const auto rendered = policy.templates.render(render::exampleRequest(name, language));
            if (!rendered) continue;
            Message message;
            message.document = rendered->sms;
            auto why = serves->sender->whyUnsendable(message);
            const auto size = smsSize(message.document);
            if (why.empty() && size.segments > 1)
                why = "the text of an example takes " + std::to_string(size.segments) +
                      " segments of SMS, and each is paid for" +
                      (size.alphabet == SmsAlphabet::Ucs2
                           ? "; one of its signs is not in the GSM alphabet"
                           : "");
            if (why.empty()) continue;
            problems.push_back({{folder + "/" + name + "." + language + ".mustache", 0, 0},
                                "part 'sms': " + why,
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
        problems.push_back(
            {team.place, "the settings have no sender '" + team.sender + "', which the team '" +
                             team.name + "' names" +
                             (near.empty() ? "" : " (did you mean '" + near + "'?)")});
    }
    return problems;
}

void checkListeners(config::Settings& settings) {
    for (auto* const listener : {&settings.public_listener, &settings.admin_listener}) {
        if (!listener->on()) continue;
        if (auto why = net::whyNotListenable(listener->listen); !why.empty())
            listener->section.problem("listen", std::move(why));
    }
    auto& admin = settings.admin_listener;
    if (admin.on() && admin.listen == settings.public_listener.listen)
        admin.section.problem("listen",
                              "'public' listens there: what others reach is kept apart from what "
                              "concerns the administrator alone");
}

}  // namespace

Result<Setup> loadSetup(const std::string& settings_file, net::Net& net, const Clock& clock) {
    // Settings with mistakes are read to the end all the same, so that all are named at once.
    Problems unreadable;
    auto settings = config::readSettings(settings_file, unreadable);
    if (!settings) return unreadable;
    auto owned = std::make_unique<config::Settings>(std::move(*settings));
    auto ends = makeEnds(*owned, net, clock);
    checkListeners(*owned);
    checkHooks(*owned);
    Problems problems = config::findUnread(*owned);
    Problems warnings;
    auto policy = loadPolicy(*owned, warnings);
    if (!policy)
        append(problems, policy.error());
    else
        append(problems, findUnknownSenders(policy->rules, *owned));
    if (hasErrors(problems)) return problems;
    append(warnings, problems);
    append(warnings, passOverUnserved(policy->rules, ends));
    append(warnings, findUnservable(policy->rules, *owned, ends));
    append(warnings, findLongTexts(*policy, ends, owned->templates_dir));
    return Setup{std::move(owned), std::move(*policy), std::move(ends), std::move(warnings)};
}

}  // namespace backorderd::app
