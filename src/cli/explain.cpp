#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

std::string orDash(const std::string& text) { return text.empty() ? "-" : text; }

void printHead(const json& story) {
    std::printf("Order %s, position %s: %s (%s)\n", orDash(cell(story, "order")).c_str(),
                orDash(cell(story, "position")).c_str(), cell(story, "item_name").c_str(),
                cell(story, "item").c_str());
    std::printf("  customer     %s (%s), %s\n", cell(story, "customer_name").c_str(),
                cell(story, "customer").c_str(), orDash(cell(story, "contact")).c_str());
    std::printf("  line         %s of %s\n", cell(story, "line").c_str(),
                cell(story, "source").c_str());
    std::printf("  open         %s %s, worth %s\n", cell(story, "open").c_str(),
                cell(story, "unit").c_str(), cell(story, "open_value").c_str());
    std::printf("  promised     %s\n", cell(story, "promise").c_str());
    std::printf("  supply       %s %s\n", orDash(cell(story, "supply")).c_str(),
                cell(story, "supply_expected").c_str());
    for (const auto& level : story["stock"])
        std::printf("  free stock   %s in %s\n", cell(level, "free").c_str(),
                    orDash(cell(level, "warehouse")).c_str());
    const auto closed = cell(story, "closed_at");
    std::printf("  state        %s\n",
                closed.empty() ? "on back order" : ("closed at " + closed).c_str());
}

void printTimeline(const json& story) {
    std::printf("\nWhat happened\n");
    for (const auto& entry : story["timeline"])
        std::printf("  %s  %s\n", cell(entry, "at").c_str(), cell(entry, "text").c_str());
}

void printRules(const json& story) {
    std::printf("\nRules that looked at it\n");
    for (const auto& look : story["rules"]) {
        const bool applied = look.value("applied", false);
        std::printf("  %-24s %s%s  (%s)\n", cell(look, "policy").c_str(),
                    applied ? "applies" : "does not apply: ",
                    applied ? "" : cell(look, "why_not").c_str(), cell(look, "place").c_str());
    }
}

void printNext(const json& story) {
    std::printf("\nWhat comes next\n");
    for (const auto& notice : story["planned"])
        std::printf("  %s  %s to %s by %s\n      %s\n", cell(notice, "due_at").c_str(),
                    cell(notice, "topic").c_str(), cell(notice, "to").c_str(),
                    cell(notice, "channel").c_str(), cell(notice, "reason").c_str());
    if (story["planned"].empty()) std::printf("  nothing is planned\n");
    for (const auto& withheld : story["withheld"]) {
        const auto until = cell(withheld, "until");
        std::printf("  not %s: %s%s\n", cell(withheld, "topic").c_str(),
                    cell(withheld, "detail").c_str(),
                    until.empty() ? "" : (" (until " + until + ")").c_str());
    }
    std::printf("  looked at again: %s\n",
                cell(story, "next_look").empty() ? "when something changes"
                                                 : cell(story, "next_look").c_str());
}

}  // namespace

int showExplain(const Common& common, const std::string& line) {
    json result;
    if (const int exit = ask(common, "explain", {{"line", line}}, result)) return exit;
    if (common.json) {
        std::printf("%s\n", result.dump(2, ' ', false, json::error_handler_t::replace).c_str());
        return kDone;
    }
    bool first = true;
    for (const auto& story : result) {
        if (!std::exchange(first, false)) std::printf("\n%s\n\n", std::string(72, '-').c_str());
        printExplanation(story);
    }
    return kDone;
}

void printExplanation(const json& story) {
    printHead(story);
    printTimeline(story);
    printRules(story);
    printNext(story);
}

}  // namespace backorderd::cli
