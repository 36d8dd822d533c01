#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

}  // namespace

int acknowledge(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "ack", arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        for (const auto& row : result) {
            std::string rules;
            for (const auto& rule : row["rules"])
                rules += (rules.empty() ? "" : ", ") + rule.get<std::string>();
            std::printf("acknowledged on %s/%s: %s\n", cell(row, "order").c_str(),
                        cell(row, "position").c_str(), rules.c_str());
        }
    return kDone;
}

int respond(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "respond", arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else {
        for (const auto& sentence : result["recorded"])
            std::printf("%s\n", sentence.get<std::string>().c_str());
        if (result.value("noted", false)) std::printf("A note goes to the order in the ERP.\n");
    }
    return kDone;
}

int showOffers(const Common& common, const json& filter) {
    json result;
    if (const int exit = ask(common, "offers", filter, result)) return exit;
    if (common.json)
        printJson(result);
    else
        printTable({"LINE", "ORDER", "POS", "CUSTOMER", "WAITS FOR", "OFFERED", "STATE", "SINCE",
                    "ANSWER BY", "HELD UNTIL", "RULE"},
                   cells(result, {"line", "order", "position", "customer_name", "item", "offered",
                                  "state", "since", "answer_by", "hold_until", "rule"}),
                   "no offers");
    return kDone;
}

int showEscalations(const Common& common, const json& filter) {
    json result;
    if (const int exit = ask(common, "escalations", filter, result)) return exit;
    if (common.json)
        printJson(result);
    else
        printTable(
            {"LINE", "ORDER", "POS", "CUSTOMER", "RULE", "SINCE", "STEP", "OF", "NEXT", "NEXT TO",
             "ACKNOWLEDGED BY", "STOPPED BY"},
            cells(result, {"line", "order", "position", "customer_name", "rule", "started_at",
                           "step", "steps", "next_at", "next_to", "acknowledged_by", "stopped_by"}),
            "no escalations");
    return kDone;
}

int forget(const Common& common, const json& arguments) {
    json result;
    if (const int exit = ask(common, "forget", arguments, result)) return exit;
    const bool left = !result["left"].empty();
    if (common.json) {
        printJson(result);
    } else {
        std::printf("%s closed lines forgotten\n", cell(result, "forgotten").c_str());
        for (const auto& row : result["left"])
            std::printf("left: %s/%s, %s\n", cell(row, "order").c_str(),
                        cell(row, "position").c_str(), cell(row, "why").c_str());
    }
    return left ? kNo : kDone;
}

int exportCustomer(const Common& common, const std::string& customer, const std::string& file) {
    json result;
    if (const int exit = ask(common, "export", {{"customer", customer}}, result)) return exit;
    return printOrWrite(result.dump(2, ' ', false, json::error_handler_t::replace) + '\n', file);
}

int printOrWrite(const std::string& text, const std::string& file) {
    if (file.empty()) {
        std::fputs(text.c_str(), stdout);
        return kDone;
    }
    constexpr mode_t kOnlyOurs = 0600;
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kOnlyOurs);
    std::FILE* out = descriptor < 0 ? nullptr : fdopen(descriptor, "w");
    bool written = out && std::fputs(text.c_str(), out) >= 0;
    if (out) written = std::fclose(out) == 0 && written;
    if (!written)
        std::fprintf(stderr, "backorderd: cannot write %s: %s\n", file.c_str(),
                     std::strerror(errno));
    return written ? kDone : kUnreachable;
}

int backUp(const Common& common, const std::string& file, const std::string& author) {
    json result;
    // The daemon has a working directory of its own.
    const json arguments{{"file", std::filesystem::absolute(file).string()}, {"author", author}};
    if (const int exit = ask(common, "backup", arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        std::printf("%s\n", cell(result, "file").c_str());
    return kDone;
}

}  // namespace backorderd::cli
