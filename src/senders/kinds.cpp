#include "senders/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/secrets.hpp"
#include "senders/redacting.hpp"
#include "senders/senders.hpp"

namespace backorderd::senders {

namespace {

struct SenderKind {
    std::string_view name;
    std::unique_ptr<Sender> (*make)(config::Section& section, const Environment& environment);
    bool keeps_incidents = false;
};

// One a line, so that a new kind is a new line.
// clang-format off
constexpr std::array kSenderKinds{
    SenderKind{"smtp", makeSmtpSender},
    SenderKind{"twilio", makeTwilioSender},
    SenderKind{"kannel", makeKannelSender},
    SenderKind{"http", makeHttpSender},
    SenderKind{"webhook", makeWebhookSender},
    SenderKind{"slack", makeSlackSender},
    SenderKind{"mattermost", makeMattermostSender},
    SenderKind{"teams", makeTeamsSender},
    SenderKind{"pagerduty", makePagerdutySender, true},
    SenderKind{"file", makeFileSender},
    SenderKind{"stdout", makeStdoutSender},
};
// clang-format on

constexpr std::array kChannels{Channel::Email, Channel::Sms, Channel::Webhook, Channel::Chat};

}  // namespace

std::unique_ptr<Sender> makeSender(std::string_view kind, config::Section section,
                                   const Environment& environment) {
    for (const SenderKind& known : kSenderKinds) {
        if (known.name != kind) continue;
        const std::size_t errors_before = section.problems().size();
        std::unique_ptr<Sender> sender = known.make(section, environment);
        section.finish();
        const auto& problems = section.problems();
        for (std::size_t i = errors_before; i < problems.size(); ++i)
            if (problems[i].severity == Severity::Error) return nullptr;
        return withRedaction(std::move(sender), config::secretsOfFile(section));
    }
    const auto kinds = senderKinds();
    const std::string near = nearestWord(kind, kinds);
    section.problem(
        "kind", near.empty() ? fmt::format("there is no sender of the kind '{}'; the kinds are {}",
                                           kind, fmt::join(kinds, ", "))
                             : fmt::format("there is no sender of the kind '{}'; did you mean "
                                           "'{}'?",
                                           kind, near));
    return nullptr;
}

std::vector<std::string> senderKinds() {
    std::vector<std::string> names;
    for (const SenderKind& known : kSenderKinds) names.emplace_back(known.name);
    return names;
}

bool keepsIncidents(std::string_view kind) {
    return std::any_of(kSenderKinds.begin(), kSenderKinds.end(), [kind](const SenderKind& known) {
        return known.name == kind && known.keeps_incidents;
    });
}

Channel readChannel(config::Section& section) {
    std::vector<std::string> names;
    for (const Channel channel : kChannels) names.emplace_back(channelName(channel));
    const std::string chosen =
        section.choice("channel", names, "email", "The channel whose messages this sender takes.");
    return parseChannel(chosen).value_or(Channel::Email);
}

}  // namespace backorderd::senders
