#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

struct GateOptions {
    Common common;
    std::string gate, author, reason, to, sender;
};
using SharedGateOptions = std::shared_ptr<GateOptions>;

CLI::App* gateCommand(CLI::App& app, const SharedGateOptions& options, const char* name,
                      const char* what) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("-c,--config", options->common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", options->common.json, "Answer as JSON");
    return sub;
}

void addAuthor(CLI::App& sub, const SharedGateOptions& options) {
    sub.add_option("--author", options->author, "Who does it")->required();
    sub.add_option("--reason", options->reason, "Why")->required();
}

void printGates(const json& gates) {
    printTable({"GATE", "SINCE", "FALLS AT", "REASON"},
               cells(gates, {"gate", "since", "falls_at", "reason"}),
               "no gate is up: messages are sent");
}

int showGates(const Common& common, const std::string& operation, const json& arguments) {
    json result;
    if (const int exit = ask(common, operation, arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        printGates(result);
    return kDone;
}

int showDrill(const GateOptions& options) {
    json result;
    const json arguments{{"to", options.to}, {"sender", options.sender}};
    if (const int exit = ask(options.common, "drill", arguments, result)) return exit;
    const auto& rows = result["results"];
    if (options.common.json) {
        printJson(result);
    } else {
        if (cell(result, "mode") != "live")
            std::printf("%s; the drill passed by that\n", cell(result, "mode").c_str());
        for (const auto& gate : result["gates"])
            std::printf("the gate '%s' is up; the drill passed by it\n",
                        cell(gate, "gate").c_str());
        printTable({"SENDER", "CHANNEL", "OUTCOME", "ANSWER"},
                   cells(rows, {"sender", "channel", "outcome", "text"}), "no senders");
    }
    for (const auto& row : rows)
        if (cell(row, "outcome") != "accepted" && cell(row, "outcome") != "left out") return kNo;
    return kDone;
}

}  // namespace

void addGates(CLI::App& app, Action& action) {
    const auto options = std::make_shared<GateOptions>();
    gateCommand(app, options, "gates", "Show what keeps everything from being sent")
        ->callback([&action, options] {
            action = [options] { return showGates(options->common, "gates", json::object()); };
        });
    auto* pause = gateCommand(app, options, "pause", "Send nothing until it is resumed");
    addAuthor(*pause, options);
    pause->callback([&action, options] {
        action = [options] {
            const json arguments{{"author", options->author}, {"reason", options->reason}};
            return showGates(options->common, "pause", arguments);
        };
    });
    auto* resume =
        gateCommand(app, options, "resume", "Lower a gate, so that messages leave again");
    resume->add_option("gate", options->gate, "Its name, as 'gates' shows it")->required();
    addAuthor(*resume, options);
    resume->callback([&action, options] {
        action = [options] {
            const json arguments{
                {"gate", options->gate}, {"author", options->author}, {"reason", options->reason}};
            return showGates(options->common, "resume", arguments);
        };
    });
    auto* drill =
        gateCommand(app, options, "drill", "Send one marked test message through each sender");
    drill->add_option("--to", options->to, "Who gets it: a mail address, or a number")->required();
    drill->add_option("--sender", options->sender, "Only through this one");
    drill->callback([&action, options] { action = [options] { return showDrill(*options); }; });
}

}  // namespace backorderd::cli
