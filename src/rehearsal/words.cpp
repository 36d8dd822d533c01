#include "rehearsal/words.hpp"

#include <fmt/format.h>

namespace backorderd::rehearsal {
namespace {

std::string lookText(const RuleLook& look) {
    const auto place = look.rule.place
                           ? fmt::format("{}:{}: ", look.rule.place->file, look.rule.place->line)
                           : std::string{};
    const auto rule = fmt::format("{}{} '{}'", place, look.rule.section, look.rule.name);
    if (look.applied) return rule + " applies";
    if (!look.reached) return rule + " is not looked at: an earlier one applies";
    if (!look.failed) return rule + " does not apply";
    return fmt::format("{} does not apply: wanted {}, found {}", rule, look.failed->wanted,
                       look.failed->found);
}

std::string withheldText(const Withheld& withheld) {
    const auto until = withheld.until ? fmt::format(", until {}", formatTimestamp(*withheld.until))
                                      : std::string{};
    return fmt::format("{} is not sent: {} ({}{})", topicName(withheld.topic), withheld.detail,
                       withheldReasonName(withheld.reason), until);
}

}  // namespace

std::string explanation(const Case& subject, const Decision& decision, Timestamp now) {
    const auto& line = subject.line;
    auto text = fmt::format("line {} at {}:\n", line.key.id, formatTimestamp(now));
    if (!subject.events.empty())
        text += fmt::format("  last, at {}: {}\n", formatTimestamp(subject.events.back().at),
                            describeEvent(subject.events.back().event));
    for (const auto& look : decision.looks) text += "  " + lookText(look) + '\n';
    for (const auto& withheld : decision.withheld) text += "  " + withheldText(withheld) + '\n';
    for (const auto& notice : decision.wanted)
        text +=
            fmt::format("  {} is planned for {}, to {}: {}\n", topicName(notice.topic),
                        formatTimestamp(notice.due_at), notice.recipient.address, notice.reason);
    if (decision.wanted.empty() && decision.withheld.empty()) text += "  nothing is planned\n";
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
                    out += "\uFFFD";
                else
                    out += c;
        }
    }
    return out;
}

}  // namespace backorderd::rehearsal
