#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

struct PreferenceOptions {
    Common common;
    std::string contact, channel, language, digest, author, reason;
};
using SharedPreference = std::shared_ptr<PreferenceOptions>;

constexpr const char* kContactHelp = "ann@example.com, or +49301234567 where there is no address";

CLI::App* preferenceCommand(CLI::App& preference, const SharedPreference& options, const char* name,
                            const char* what) {
    auto* sub = preference.add_subcommand(name, what);
    sub->add_option("-c,--config", options->common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", options->common.json, "Answer as JSON");
    return sub;
}

void printPreferences(const json& rows) {
    printTable({"CONTACT", "CHANNEL", "LANGUAGE", "DIGEST", "SINCE", "AUTHOR", "REASON"},
               cells(rows, {"contact", "channel", "language", "digest", "at", "author", "reason"}),
               "nothing is noted");
}

int askPreference(const PreferenceOptions& options, const char* operation) {
    const json arguments{{"contact", options.contact},   {"channel", options.channel},
                         {"language", options.language}, {"digest", options.digest},
                         {"author", options.author},     {"reason", options.reason}};
    json result;
    if (const int exit = ask(options.common, operation, arguments, result)) return exit;
    if (options.common.json)
        printJson(result);
    else if (result.is_array())
        printPreferences(result);
    else if (result.contains("channel"))
        printPreferences(json::array({result}));
    else
        std::printf("done\n");
    return kDone;
}

void addWhoSaysSo(CLI::App& sub, const SharedPreference& options) {
    sub.add_option("--author", options->author, "Who does it")->required();
    sub.add_option("--reason", options->reason, "Why")->required();
}

}  // namespace

void addPreferences(CLI::App& app, Action& action) {
    auto* preference = app.add_subcommand("preference", "How a contact wants to be written to");
    preference->require_subcommand(1);
    const auto set_options = std::make_shared<PreferenceOptions>();
    auto* set = preferenceCommand(*preference, set_options, "set", "Note what a contact prefers");
    set->add_option("--contact", set_options->contact, kContactHelp)->required();
    set->add_option("--channel", set_options->channel, "email or sms; none: no preference");
    set->add_option("--language", set_options->language, "de or de-AT; none: no preference");
    set->add_option("--digest", set_options->digest,
                    "immediate, daily or weekly; none: no preference");
    addWhoSaysSo(*set, set_options);
    set->callback([&action, set_options] {
        action = [set_options] { return askPreference(*set_options, "preference.set"); };
    });
    const auto list_options = std::make_shared<PreferenceOptions>();
    auto* list = preferenceCommand(*preference, list_options, "list", "List what is noted");
    list->add_option("--contact", list_options->contact, "Of this contact alone");
    list->callback([&action, list_options] {
        action = [list_options] { return askPreference(*list_options, "preference.list"); };
    });
    const auto clear_options = std::make_shared<PreferenceOptions>();
    auto* clear = preferenceCommand(*preference, clear_options, "clear", "Note nothing any more");
    clear->add_option("--contact", clear_options->contact, kContactHelp)->required();
    addWhoSaysSo(*clear, clear_options);
    clear->callback([&action, clear_options] {
        action = [clear_options] { return askPreference(*clear_options, "preference.clear"); };
    });
}

}  // namespace backorderd::cli
