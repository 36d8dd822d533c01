#include "rehearsal/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace backorderd::rehearsal {
namespace {

template <class Predicate>
bool anyNotice(const SentMessage& sent, Predicate predicate) {
    return std::any_of(sent.notices.begin(), sent.notices.end(), predicate);
}

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// Gives as many expectations as possible a message each, by augmenting paths.
class Matching {
public:
    Matching(std::span<const config::ExpectedMessage> expected, std::span<const SentMessage> sent)
        : expected_{expected}, sent_{sent}, taken_by_(sent.size(), kNobody) {
        for (std::size_t i = 0; i < expected_.size(); ++i) {
            seen_.assign(sent_.size(), false);
            if (!find(i)) missing_.push_back(i);
        }
    }

    Comparison result() const {
        Comparison result;
        for (const auto i : missing_) result.missing.push_back(&expected_[i]);
        for (std::size_t i = 0; i < sent_.size(); ++i)
            if (taken_by_[i] == kNobody) result.unexpected.push_back(&sent_[i]);
        return result;
    }

private:
    static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

    bool find(std::size_t wanting) {
        for (std::size_t i = 0; i < sent_.size(); ++i) {
            if (seen_[i] || !fits(expected_[wanting], sent_[i])) continue;
            seen_[i] = true;
            if (taken_by_[i] != kNobody && !find(taken_by_[i])) continue;
            taken_by_[i] = wanting;
            return true;
        }
        return false;
    }

    std::span<const config::ExpectedMessage> expected_;
    std::span<const SentMessage> sent_;
    std::vector<std::size_t> taken_by_;
    std::vector<bool> seen_;
    std::vector<std::size_t> missing_;
};

}  // namespace

bool fits(const config::ExpectedMessage& expected, const SentMessage& sent) {
    if (!expected.to.empty() && expected.to != sent.recipient.address) return false;
    if (expected.channel && *expected.channel != sent.recipient.channel) return false;
    if (!holds(sent.subject, expected.subject)) return false;
    for (const auto& part : expected.contains)
        if (!holds(sent.subject, part) && !holds(sent.text, part)) return false;
    const auto& name = expected.template_name;
    if (!name.empty() && name != sent.template_name &&
        !anyNotice(sent, [&](const SentNotice& notice) { return notice.template_name == name; }))
        return false;
    // Topic, rule and line must be those of one and the same notice.
    return (!expected.topic && expected.rule.empty() && expected.line.empty()) ||
           anyNotice(sent, [&](const SentNotice& notice) {
               return (!expected.topic || *expected.topic == notice.topic) &&
                      (expected.rule.empty() || expected.rule == notice.rule) &&
                      (expected.line.empty() || expected.line == notice.line);
           });
}

Comparison compare(std::span<const config::ExpectedMessage> expected,
                   std::span<const SentMessage> sent) {
    return Matching{expected, sent}.result();
}

std::string describe(const config::ExpectedMessage& expected) {
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) parts.push_back(fmt::format("{} {}", name, value));
    };
    add("to", expected.to);
    add("template", expected.template_name);
    if (expected.topic) add("topic", topicName(*expected.topic));
    if (expected.channel) add("channel", channelName(*expected.channel));
    add("rule", expected.rule);
    add("line", expected.line);
    if (!expected.subject.empty()) parts.push_back("subject '" + expected.subject + "'");
    for (const auto& part : expected.contains) parts.push_back("contains '" + part + "'");
    return parts.empty() ? "any message" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string describe(const SentMessage& sent) {
    std::set<std::string> rules, lines, topics;
    for (const auto& notice : sent.notices) {
        rules.insert("'" + notice.rule + "'");
        lines.insert(notice.line);
        topics.emplace(topicName(notice.topic));
    }
    auto text = fmt::format("{}  {} to {} by {}", formatTimestamp(sent.at), sent.template_name,
                            sent.recipient.address, channelName(sent.recipient.channel));
    if (!sent.subject.empty()) text += fmt::format(", subject \"{}\"", sent.subject);
    return text + fmt::format(" (topic {}; rule {}; line {})", fmt::join(topics, ", "),
                              fmt::join(rules, ", "), fmt::join(lines, ", "));
}

}  // namespace backorderd::rehearsal
