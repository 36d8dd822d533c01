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
    if (story.contains("data") && story["data"].is_object())
        std::printf("  data         of %s, fresh until %s; last poll %s\n",
                    orDash(cell(story["data"], "last_good_at")).c_str(),
                    orDash(cell(story["data"], "fresh_until")).c_str(),
                    orDash(cell(story["data"], "last_poll")).c_str());
    const auto closed = cell(story, "closed_at");
    std::printf("  state        %s\n",
                closed.empty() ? "on back order" : ("closed at " + closed).c_str());
}

void printTimeline(const json& story) {
    std::printf("\nWhat happened\n");
    for (const auto& entry : story["timeline"])
        std::printf("  %s  %s\n", cell(entry, "at").c_str(), cell(entry, "text").c_str());
}

void printOffers(const json& story) {
    if (story["offers"].empty() && story["substitutes"].empty()) return;
    std::printf("\nSubstitutes\n");
    for (const auto& offer : story["offers"]) {
        std::string items;
        for (const auto& item : offer["items"])
            items +=
                (items.empty() ? "" : ", ") + cell(item, "quantity") + " of " + cell(item, "item");
        std::printf("  offer %s of %s: %s since %s (%s)\n", cell(offer, "offer").c_str(),
                    cell(offer, "made_at").c_str(), cell(offer, "state").c_str(),
                    cell(offer, "since").c_str(), items.c_str());
    }
    for (const auto& candidate : story["substitutes"]) {
        const bool fits = candidate.value("fits", false);
        const auto where = cell(candidate, "warehouse");
        std::printf("  %-24s %s free%s%s: %s\n", cell(candidate, "item").c_str(),
                    cell(candidate, "free").c_str(), where.empty() ? "" : " in ", where.c_str(),
                    fits ? "could be offered" : cell(candidate, "why_not").c_str());
    }
    if (!story["substitutes"].empty())
        std::printf("  (by the rule '%s')\n", cell(story, "substitutes_rule").c_str());
}

void printLadders(const json& story) {
    if (story["ladders"].empty()) return;
    std::printf("\nEscalation\n");
    for (const auto& ladder : story["ladders"]) {
        const auto by = cell(ladder, "acknowledged_by"), next = cell(ladder, "next_at");
        std::printf("  %s: since %s, step %s of %s%s\n", cell(ladder, "rule").c_str(),
                    cell(ladder, "started_at").c_str(), cell(ladder, "step").c_str(),
                    orDash(cell(ladder, "steps")).c_str(),
                    ladder.value("active", false)
                        ? ""
                        : (", stopped: " + cell(ladder, "stopped_by")).c_str());
        if (!by.empty())
            std::printf("      acknowledged by %s at %s\n", by.c_str(),
                        cell(ladder, "acknowledged_at").c_str());
        if (!cell(ladder, "next").empty())
            std::printf("      next%s%s: %s\n", next.empty() ? "" : " at ", next.c_str(),
                        cell(ladder, "next").c_str());
    }
}

void printRules(const json& story) {
    std::printf("\nRules that looked at it\n");
    std::string section;
    for (const auto& look : story["rules"]) {
        if (section != cell(look, "section")) {
            section = cell(look, "section");
            std::printf("  %s\n", section.c_str());
        }
        const bool applied = look.value("applied", false);
        std::printf("    %-24s %s%s  (%s)\n", cell(look, "rule").c_str(),
                    applied ? "applies" : "does not apply: ",
                    applied ? "" : cell(look, "why_not").c_str(), cell(look, "place").c_str());
    }
    if (!cell(story, "nearest").empty())
        std::printf("  nearest: %s\n", cell(story, "nearest").c_str());
}

void printForeseen(const json& story) {
    if (!story.contains("foreseen")) return;
    std::printf("\nWhat will have left by %s, if nothing changes\n", cell(story, "as_of").c_str());
    for (const auto& notice : story["foreseen"])
        std::printf("  %s  %s to %s\n      %s\n", cell(notice, "at").c_str(),
                    cell(notice, "topic").c_str(), cell(notice, "to").c_str(),
                    cell(notice, "reason").c_str());
    if (story["foreseen"].empty()) std::printf("  nothing\n");
}

void printNext(const json& story) {
    std::printf("\nWhat comes next\n");
    if (const auto mode = story.value("mode", "live"); mode != "live")
        std::printf("  %s\n", mode.c_str());
    if (story.contains("gates"))
        for (const auto& gate : story["gates"])
            std::printf("  nothing leaves while the gate '%s' is up: %s\n",
                        cell(gate, "gate").c_str(), cell(gate, "reason").c_str());
    for (const auto& notice : story["planned"])
        std::printf("  %s  %s to %s by %s\n      %s\n", cell(notice, "due_at").c_str(),
                    cell(notice, "topic").c_str(), cell(notice, "to").c_str(),
                    cell(notice, "channel").c_str(), cell(notice, "reason").c_str());
    if (story["planned"].empty()) std::printf("  nothing is planned\n");
    for (const auto& notice : story["planned"])
        if (!cell(notice, "guard").empty())
            std::printf("  %s is %s: %s\n", cell(notice, "topic").c_str(),
                        cell(notice, "state").c_str(), cell(notice, "state_reason").c_str());
    for (const auto& silence : story.value("silences", nlohmann::json::array()))
        std::printf("  %s\n", silence.get<std::string>().c_str());
    for (const auto& preference : story.value("preferences", nlohmann::json::array()))
        std::printf("  %s\n", preference.get<std::string>().c_str());
    for (const auto& withheld : story["withheld"]) {
        const auto until = cell(withheld, "until"), rule = cell(withheld, "rule");
        std::printf("  not %s%s: %s%s\n", cell(withheld, "topic").c_str(),
                    rule.empty() ? "" : (" (" + rule + ")").c_str(),
                    cell(withheld, "detail").c_str(),
                    until.empty() ? "" : (" (until " + until + ")").c_str());
    }
    std::printf("  looked at again: %s\n", cell(story, "next_look").empty()
                                               ? "when something changes"
                                               : cell(story, "next_look").c_str());
}

void printUnsure(const json& story) {
    if (!story.contains("unsure")) return;
    std::printf("\nAs of %s, as far as the log tells. What it does not:\n",
                cell(story, "as_of").c_str());
    for (const auto& sentence : story["unsure"])
        std::printf("  - %s\n", sentence.get<std::string>().c_str());
}

}  // namespace

int showExplain(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "explain", arguments, result)) return exit;
    if (common.json) {
        printJson(result);
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
    if (story.value("not_yet", false)) {
        std::printf("Order %s, position %s: not known before %s\n",
                    orDash(cell(story, "order")).c_str(), orDash(cell(story, "position")).c_str(),
                    cell(story, "opened_at").c_str());
        return;
    }
    printHead(story);
    printTimeline(story);
    printOffers(story);
    printLadders(story);
    printRules(story);
    printForeseen(story);
    printNext(story);
    printUnsure(story);
}

}  // namespace backorderd::cli
