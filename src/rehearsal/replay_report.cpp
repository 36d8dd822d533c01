#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rehearsal/replay.hpp"

namespace backorderd::rehearsal {
namespace {

using nlohmann::json;
using Sums = Difference::Sums;

/// In words, the customers with the largest difference; `--json` has them all.
constexpr std::size_t kCustomersShown = 20;

std::size_t changesOf(const Sums& sums) {
    return sums.more + sums.fewer + sums.earlier + sums.later;
}

std::string row(const std::string& name, const Sums& sums) {
    return fmt::format("  {:<38} {:>7} {:>7} {:>7} {:>7} {:>7}\n", name, sums.same, sums.more,
                       sums.fewer, sums.earlier, sums.later);
}

std::string head(std::string_view title) {
    return fmt::format("\n{:<40} {:>7} {:>7} {:>7} {:>7} {:>7}\n", title, "same", "more", "fewer",
                       "earlier", "later");
}

/// Where something changed, most first.
std::vector<std::pair<std::string, Sums>> byChange(const std::map<std::string, Sums>& sums) {
    std::vector<std::pair<std::string, Sums>> rows(sums.begin(), sums.end());
    std::erase_if(rows, [](const auto& entry) { return changesOf(entry.second) == 0; });
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return changesOf(a.second) > changesOf(b.second);
    });
    return rows;
}

std::string exampleText(const Change& change) {
    const auto& notice = change.told.notice;
    auto text = fmt::format("  {:<8} {}  {} to {}, line {}, rule '{}'", changeName(change.kind),
                            formatTimestamp(change.told.at), topicName(notice.topic),
                            change.told.to, notice.line, notice.rule);
    if (change.kind == Change::Kind::Earlier || change.kind == Change::Kind::Later)
        text += fmt::format("; was {}", formatTimestamp(change.before));
    return text + fmt::format("\n           {}\n", notice.reason);
}

json sumsRow(const Sums& sums) {
    return {{"same", sums.same},
            {"more", sums.more},
            {"fewer", sums.fewer},
            {"earlier", sums.earlier},
            {"later", sums.later}};
}

/// What somebody who changes such a rule would otherwise take for 'no difference'.
std::string notComparedInWords(const Replay& replay) {
    std::string text;
    for (const auto& section : replay.not_compared)
        text += fmt::format("{}{}", text.empty() ? "" : " and ",
                            section == "fulfilment"
                                ? "proposals of allocation ('fulfilment' without 'expedite')"
                                : "offers ('substitution')");
    if (text.empty()) return text;
    return "Not compared, because the stock of the past is not recorded: " + text +
           ". 'backorderd test' tries them on stock that you name.\n";
}

}  // namespace

std::string inWords(const Replay& replay, std::size_t examples) {
    const auto& difference = replay.difference;
    auto text = fmt::format(
        "From {} to {}, {} cases: what the other rules would have told "
        "otherwise, in notices.\n",
        formatTimestamp(replay.since), formatTimestamp(replay.until), replay.cases);
    text += notComparedInWords(replay);
    text += head("") + row("in all", difference.all);
    if (changesOf(difference.all) == 0) return text + "\nNothing would have been different.\n";
    text += head("Rule");
    for (const auto& [name, sums] : difference.rules) text += row(name, sums);
    auto customers = byChange(difference.customers);
    const auto others = customers.size() - std::min(customers.size(), kCustomersShown);
    customers.resize(customers.size() - others);
    text += head("Customer");
    for (const auto& [id, sums] : customers)
        text += row(id + ' ' + difference.customer_names.at(id), sums);
    if (others > 0) text += fmt::format("  and {} more\n", others);
    text += "\nExamples\n";
    std::map<Change::Kind, std::size_t> shown;
    for (const auto& change : difference.changes)
        if (++shown[change.kind] <= examples) text += exampleText(change);
    return text;
}

json asJson(const Replay& replay) {
    const auto& difference = replay.difference;
    json rules = json::array(), customers = json::array(), changes = json::array();
    for (const auto& [name, sums] : difference.rules) {
        auto entry = sumsRow(sums);
        entry["rule"] = name;
        rules.push_back(std::move(entry));
    }
    for (const auto& [id, sums] : byChange(difference.customers)) {
        auto entry = sumsRow(sums);
        entry["customer"] = id;
        entry["customer_name"] = difference.customer_names.at(id);
        customers.push_back(std::move(entry));
    }
    for (const auto& change : difference.changes) {
        const auto& notice = change.told.notice;
        const bool moved =
            change.kind == Change::Kind::Earlier || change.kind == Change::Kind::Later;
        changes.push_back({{"change", changeName(change.kind)},
                           {"at", formatTimestamp(change.told.at)},
                           {"before", moved ? json(formatTimestamp(change.before)) : json()},
                           {"topic", topicName(notice.topic)},
                           {"rule", notice.rule},
                           {"to", change.told.to},
                           {"line", notice.line},
                           {"customer", notice.customer},
                           {"reason", notice.reason}});
    }
    return {{"since", formatTimestamp(replay.since)},
            {"until", formatTimestamp(replay.until)},
            {"cases", replay.cases},
            {"total", sumsRow(difference.all)},
            {"rules", rules},
            {"customers", customers},
            {"not_compared", replay.not_compared},
            {"changes", changes}};
}

}  // namespace backorderd::rehearsal
