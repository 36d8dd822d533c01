#include "senders/answer_rule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

namespace backorderd::senders {

namespace {

using nlohmann::json;

std::optional<int> statusOf(std::string_view text) {
    int status = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), status);
    const bool sound =
        failed == std::errc{} && end == text.data() + text.size() && status >= 100 && status <= 599;
    return sound ? std::optional{status} : std::nullopt;
}

/// `202`, or `200-299`.
std::optional<std::pair<int, int>> statusRange(std::string_view text) {
    const auto dash = text.find('-');
    const auto from = statusOf(text.substr(0, dash));
    const auto to = dash == std::string_view::npos ? from : statusOf(text.substr(dash + 1));
    if (!from || !to || *from > *to) return std::nullopt;
    return std::pair{*from, *to};
}

bool isOneOf(std::string_view values, std::string_view value) {
    while (true) {
        const auto comma = values.find(',');
        if (values.substr(0, comma) == value) return true;
        if (comma == std::string_view::npos) return false;
        values.remove_prefix(std::min(values.find_first_not_of(' ', comma + 1), values.size()));
    }
}

bool isPointer(const std::string& text) {
    try {
        const json::json_pointer pointer(text);
        return !pointer.empty();
    } catch (const json::exception&) {
        return false;
    }
}

}  // namespace

AnswerRule AnswerRule::read(config::Section section, std::string_view meaning) {
    AnswerRule rule;
    for (const std::string& text : section.texts(
             "statuses", fmt::format("Statuses that mean {}: `[200, 201-204]`.", meaning))) {
        if (const auto range = statusRange(text))
            rule.statuses_.push_back(*range);
        else
            section.problem("statuses",
                            fmt::format("'{}' is no status; write 202 or 200-299", text));
    }
    rule.json_ = section.table(
        "json",
        "JSON pointers into the answer and the values that they must have there, one of "
        "several between commas: `{ /status: \"ok, queued\" }`.");
    for (const auto& [pointer, values] : rule.json_)
        if (!isPointer(pointer))
            section.problem("json",
                            fmt::format("'{}' is no JSON pointer; write one as /status", pointer));
    rule.contains_ = section.texts("contains", "Texts of which the answer must hold one.");
    return rule;
}

bool AnswerRule::isEmpty() const { return statuses_.empty() && json_.empty() && contains_.empty(); }

bool AnswerRule::fits(const net::HttpResponse& response) const {
    const auto isWithin = [&](const auto& range) {
        return response.status >= range.first && response.status <= range.second;
    };
    const auto isHeld = [&](const std::string& text) {
        return response.body.find(text) != std::string::npos;
    };
    return (statuses_.empty() || std::any_of(statuses_.begin(), statuses_.end(), isWithin)) &&
           (contains_.empty() || std::any_of(contains_.begin(), contains_.end(), isHeld)) &&
           (json_.empty() || hasJson(response.body));
}

bool AnswerRule::hasJson(std::string_view body) const {
    const json answer = json::parse(body, nullptr, false);
    if (answer.is_discarded()) return false;
    return std::all_of(json_.begin(), json_.end(), [&](const auto& wanted) {
        const json::json_pointer pointer(wanted.first);
        if (!answer.contains(pointer)) return false;
        const json& value = answer.at(pointer);
        return isOneOf(wanted.second,
                       value.is_string() ? value.template get<std::string>() : value.dump());
    });
}

}  // namespace backorderd::senders
