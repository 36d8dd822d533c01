#include <fmt/format.h>

#include "config/config.hpp"
#include "config/rule_reader.hpp"
#include "config/yaml_text.hpp"

namespace backorderd::config {
namespace {

constexpr const char* kMatcherPlace = "--match";
constexpr std::size_t kMatchersMax = 32;

/// Double quotes hold any text, where `\` and `"` are escaped.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + '"';
}

/// `item.id~PX-*` as the rule files write it: `"item.id": { like: "PX-*" }`; empty: no matcher.
std::string asRule(std::string_view matcher) {
    const auto at = matcher.find_first_of("=~");
    if (at == 0 || at == std::string_view::npos || at + 1 == matcher.size()) return {};
    const auto field = quoted(matcher.substr(0, at)), value = quoted(matcher.substr(at + 1));
    return matcher[at] == '=' ? fmt::format("{{ {}: {} }}", field, value)
                              : fmt::format("{{ {}: {{ like: {} }} }}", field, value);
}

}  // namespace

Result<Condition> readMatchers(const std::vector<std::string>& matchers) {
    Problems problems;
    Condition all;
    const std::vector<NamedNode> no_segments;
    Segments segments{no_segments, problems};
    const auto complain = [&](std::string text) {
        problems.push_back({{kMatcherPlace, 0, 0}, std::move(text)});
    };
    if (matchers.empty() || matchers.size() > kMatchersMax)
        complain(fmt::format("give from 1 to {} conditions", kMatchersMax));
    for (const auto& matcher : matchers) {
        const auto rule = asRule(matcher);
        if (rule.empty() || matcher.find('\n') != std::string::npos) {
            complain(
                fmt::format("'{}' is no condition; write customer.id=C1 or item.id~PX-*", matcher));
            continue;
        }
        const auto node = parseYaml(rule, kMatcherPlace, problems);
        if (!node) continue;
        all.all.push_back(
            readCondition(node, kMatcherPlace, fmt::format("'{}'", matcher), segments, problems));
    }
    // The place is in a text that the operator never wrote.
    for (auto& problem : problems) problem.place = {kMatcherPlace, 0, 0};
    if (hasErrors(problems)) return problems;
    return all;
}

}  // namespace backorderd::config
