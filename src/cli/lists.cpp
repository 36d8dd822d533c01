#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

bool writeFile(const std::string& path, const std::string& text) {
    std::ofstream file{path, std::ios::binary};
    file << text;
    file.close();
    if (!file) std::fprintf(stderr, "backorderd: cannot write %s\n", path.c_str());
    return static_cast<bool>(file);
}

}  // namespace

int showPoll(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "poll", arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        printTable({"SOURCE", "END", "LINES", "CHANGED", "OPENED", "CLOSED", "MISSING", "UNSETTLED",
                    "REASON"},
                   cells(result, {"source", "end", "lines", "changed", "opened", "closed",
                                  "missing", "unsettled", "reason"}),
                   "no sources");
    bool failed = false;
    for (const auto& report : result) {
        const auto end = report.value("end", "");
        failed |= end == "failed" || end == "quarantined";
        if (!common.json && end == "quarantined")
            std::printf(
                "%s: nothing was taken in. Where the change is meant: backorderd poll %s "
                "--accept --author NAME --reason TEXT\n",
                cell(report, "source").c_str(), cell(report, "source").c_str());
        if (!common.json && report.contains("problems"))
            for (const auto& problem : report["problems"])
                std::printf("%s\n", problem.get<std::string>().c_str());
    }
    return failed ? kNo : kDone;
}

int showStatus(const Common& common) {
    json result;
    if (const int exit = ask(common, "status", json::object(), result)) return exit;
    if (common.json) {
        printJson(result);
        return kDone;
    }
    if (cell(result, "mode") != "live") std::printf("%s\n", cell(result, "mode").c_str());
    for (const auto& gate : result["gates"])
        std::printf("HELD by the gate '%s' since %s: %s\n", cell(gate, "gate").c_str(),
                    cell(gate, "since").c_str(), cell(gate, "reason").c_str());
    printTable({"SOURCE", "LAST POLL", "LAST GOOD", "RESULT"},
               cells(result["sources"], {"name", "last_poll_at", "last_good_at", "last_result"}),
               "no sources");
    for (const auto* part : {"notices", "messages"}) {
        std::printf("%s:", part);
        for (const auto& [state, count] : result[part].items())
            std::printf(" %s %s", state.c_str(), count.dump().c_str());
        std::printf("\n");
    }
    return kDone;
}

int showLines(const Common& common, const json& filter) {
    json result;
    if (const int exit = ask(common, "lines", filter, result)) return exit;
    if (common.json)
        printJson(result);
    else
        printTable({"LINE", "ORDER", "POS", "CUSTOMER", "ITEM", "OPEN", "UNIT", "PROMISE", "SUPPLY",
                    "DAYS", "CLOSED"},
                   cells(result, {"line", "order", "position", "customer_name", "item", "open",
                                  "unit", "promise", "supply_expected", "age_days", "closed_at"}),
                   "no lines on back order");
    return kDone;
}

int showQueue(const Common& common, const json& filter) {
    json result;
    if (const int exit = ask(common, "queue.list", filter, result)) return exit;
    if (common.json) {
        printJson(result);
        return kDone;
    }
    printTable({"MESSAGE", "STATE", "SINCE", "TO", "TRIES", "NEXT TRY", "SUBJECT", "REASON"},
               cells(result["messages"], {"id", "state", "state_at", "to", "attempts",
                                          "next_attempt_at", "subject", "state_reason"}),
               "no messages");
    if (!result["planned"].empty()) {
        std::printf("\n");
        printTable(
            {"NOTICE", "STATE", "TOPIC", "TO", "LEAVES", "POLICY", "REASON"},
            cells(result["planned"], {"id", "state", "topic", "to", "due_at", "policy", "reason"}),
            "");
    }
    return kDone;
}

int showMessage(const Common& common, long long id) {
    json result;
    if (const int exit = ask(common, "queue.show", {{"id", id}}, result)) return exit;
    if (common.json) {
        printJson(result);
        return kDone;
    }
    for (const auto& [name, value] : result.items())
        if (name != "document" && name != "notices")
            std::printf("%-16s %s\n", name.c_str(), cell(result, name.c_str()).c_str());
    std::printf("\n");
    printTable({"NOTICE", "TOPIC", "STATE", "POLICY", "REASON"},
               cells(result["notices"], {"id", "topic", "state", "policy", "reason"}),
               "no notices");
    std::printf("\n%s\n", cell(result, "document").c_str());
    return kDone;
}

int changeQueue(const Common& common, const std::string& action, const json& arguments) {
    json result;
    if (const int exit = ask(common, "queue." + action, arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        std::printf("done\n");
    return kDone;
}

int preview(const Common& common, const json& arguments, const std::string& out) {
    json result;
    if (const int exit = ask(common, "preview", arguments, result)) return exit;
    if (!out.empty()) {
        const bool written = writeFile(out + ".html", cell(result, "html")) &&
                             writeFile(out + ".txt", cell(result, "text"));
        if (!written) return kUnreachable;
        std::printf("%s.html\n%s.txt\n", out.c_str(), out.c_str());
    } else if (common.json) {
        printJson(result);
    } else {
        std::printf("Subject: %s\nLanguage: %s\n\n%s\n", cell(result, "subject").c_str(),
                    cell(result, "language").c_str(), cell(result, "text").c_str());
    }
    return kDone;
}

int reload(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "reload", arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else {
        for (const auto& warning : result["warnings"])
            std::printf("%s\n", warning.get<std::string>().c_str());
        std::printf("reloaded\n");
    }
    return kDone;
}

}  // namespace backorderd::cli
