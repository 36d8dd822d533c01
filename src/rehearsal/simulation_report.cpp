#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "rehearsal/comparison.hpp"
#include "rehearsal/simulation.hpp"
#include "rehearsal/words.hpp"

namespace backorderd::rehearsal {
namespace {

using nlohmann::json;

/// In words, the recipients of most; `--json` has them all.
constexpr std::size_t kRecipientsShown = 20;

std::string section(std::string_view title,
                    const std::vector<std::pair<std::string, Count>>& rows) {
    if (rows.empty()) return {};
    auto text = fmt::format("\n{:<40} {:>9} {:>9}\n", title, "messages", "notices");
    for (const auto& [name, count] : rows)
        text += fmt::format("  {:<38} {:>9} {:>9}\n", name, count.messages, count.notices);
    return text;
}

json countRow(const Count& count) {
    return {{"messages", count.messages}, {"notices", count.notices}};
}

json countRows(const std::map<std::string, Count>& counts, const char* name) {
    json rows = json::array();
    for (const auto& [key, count] : byCount(counts)) {
        auto row = countRow(count);
        row[name] = key;
        rows.push_back(std::move(row));
    }
    return rows;
}

json messageRow(const SentMessage& sent) {
    json notices = json::array();
    for (const auto& notice : sent.notices)
        notices.push_back({{"topic", topicName(notice.topic)},
                           {"rule", notice.rule},
                           {"line", notice.line},
                           {"customer", notice.customer}});
    return {{"at", formatTimestamp(sent.at)},
            {"to", sent.recipient.address},
            {"channel", channelName(sent.recipient.channel)},
            {"template", sent.template_name},
            {"notices", notices}};
}

std::string madeText(const Simulation& simulation) {
    std::string text;
    for (const auto& made : simulation.made)
        text +=
            fmt::format("  {}  {}:{}: {} line{} changed\n", formatTimestamp(made.at),
                        made.place.file, made.place.line, made.lines, made.lines == 1 ? "" : "s");
    return text.empty() ? std::string{"  nothing changes\n"} : text;
}

}  // namespace

std::string dayName(Date day) {
    static constexpr std::array kNames{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    return fmt::format("{} {}", kNames[std::chrono::weekday{day}.iso_encoding() - 1],
                       formatDate(day));
}

std::vector<std::pair<std::string, Count>> byCount(const std::map<std::string, Count>& counts) {
    std::vector<std::pair<std::string, Count>> rows(counts.begin(), counts.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return a.second.messages > b.second.messages;
    });
    return rows;
}

std::string inWords(const Simulation& simulation, bool every_message) {
    const auto sums = tally(simulation);
    auto text = fmt::format(
        "From {} to {}, {} open lines; no ERP is asked, and the data count as fresh.\n"
        "Assumed:\n{}\n",
        formatTimestamp(simulation.start), formatTimestamp(simulation.end), simulation.open_lines,
        madeText(simulation));
    text += fmt::format("{:<40} {:>9} {:>9}\n", "Day", "messages", "notices");
    auto part = sums.calendar.begin();
    for (const auto& [day, count] : sums.days) {
        text += fmt::format("{:<40} {:>9} {:>9}\n", dayName(day), count.messages, count.notices);
        for (; part != sums.calendar.end() && std::get<0>(part->first) == day; ++part)
            text += fmt::format("  {:<38} {:>9} {:>9}\n",
                                std::get<1>(part->first) + ": " + std::get<2>(part->first),
                                part->second.messages, part->second.notices);
    }
    text += fmt::format("{:<40} {:>9} {:>9}\n", "In all", sums.all.messages, sums.all.notices);
    text += section("Rule", byCount(sums.rules)) + section("Topic", byCount(sums.topics));
    auto recipients = byCount(sums.recipients);
    const auto others = recipients.size() - std::min(recipients.size(), kRecipientsShown);
    recipients.resize(recipients.size() - others);
    text += section("Recipient", recipients);
    if (others > 0) text += fmt::format("  and {} more\n", others);
    if (every_message) {
        text += "\nMessages\n";
        for (const auto& sent : simulation.sent) text += "  " + describe(sent) + '\n';
    }
    return text;
}

json asJson(const Simulation& simulation) {
    const auto sums = tally(simulation);
    json days = json::array(), calendar = json::array(), made = json::array();
    json messages = json::array();
    for (const auto& [day, count] : sums.days) {
        auto row = countRow(count);
        row["day"] = formatDate(day);
        days.push_back(std::move(row));
    }
    for (const auto& [part, count] : sums.calendar) {
        auto row = countRow(count);
        row["day"] = formatDate(std::get<0>(part));
        row["rule"] = std::get<1>(part);
        row["topic"] = std::get<2>(part);
        calendar.push_back(std::move(row));
    }
    for (const auto& change : simulation.made)
        made.push_back({{"at", formatTimestamp(change.at)},
                        {"place", fmt::format("{}:{}", change.place.file, change.place.line)},
                        {"lines", change.lines}});
    for (const auto& sent : simulation.sent) messages.push_back(messageRow(sent));
    return {{"start", formatTimestamp(simulation.start)},
            {"end", formatTimestamp(simulation.end)},
            {"open_lines", simulation.open_lines},
            {"assumed", made},
            {"days", days},
            {"calendar", calendar},
            {"rules", countRows(sums.rules, "rule")},
            {"topics", countRows(sums.topics, "topic")},
            {"recipients", countRows(sums.recipients, "to")},
            {"total", countRow(sums.all)},
            {"messages", messages}};
}

}  // namespace backorderd::rehearsal
