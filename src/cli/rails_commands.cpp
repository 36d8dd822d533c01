#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

struct RailOptions {
    Common common;
    std::vector<std::string> match;
    std::vector<long long> ids;
    std::string guard, author, reason, from, until, span, address, channel = "email", kind = "all";
    bool all = false, yes = false;
    int limit = 100;
    long long id = 0;
};
using SharedRail = std::shared_ptr<RailOptions>;

CLI::App* railCommand(CLI::App& app, const SharedRail& options, const char* name,
                      const char* what) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("-c,--config", options->common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", options->common.json, "Answer as JSON");
    return sub;
}

void addWhoAndWhy(CLI::App& sub, const SharedRail& options) {
    sub.add_option("--author", options->author, "Who does it")->required();
    sub.add_option("--reason", options->reason, "Why")->required();
}

/// Asks, and prints the answer as JSON or as `print` does.
template <class Print>
int askAndPrint(const Common& common, const char* operation, const json& arguments, Print print) {
    json result;
    if (const int exit = ask(common, operation, arguments, result)) return exit;
    if (common.json)
        printJson(result);
    else
        print(result);
    return kDone;
}

void printDone(const json&) { std::printf("done\n"); }

void printCounts(const json& held) {
    std::printf("%s notices are held\n", cell(held, "count").c_str());
    for (const auto& [member, title] :
         {std::pair{"by_guard", "guard"}, std::pair{"by_rule", "rule"},
          std::pair{"by_template", "template"}, std::pair{"by_domain", "domain"}}) {
        std::printf("\nby %s\n", title);
        for (const auto& [name, count] : held[member].items())
            std::printf("  %6s  %s\n", count.dump().c_str(), name.c_str());
    }
    for (const auto& sample : held["samples"])
        std::printf("\n-- %s to %s\nSubject: %s\n\n%s\n", cell(sample, "template").c_str(),
                    cell(sample, "to").c_str(), cell(sample, "subject").c_str(),
                    cell(sample, "text").c_str());
}

bool agreed() {
    std::printf("\nLet them go? [y/N] ");
    std::fflush(stdout);
    const int answer = std::getchar();
    return answer == 'y' || answer == 'Y';
}

json heldFilter(const RailOptions& options) {
    return {{"guard", options.guard}, {"ids", options.ids}, {"limit", options.limit}};
}

/// Shows what would go before it asks; a script says --yes.
int approve(const RailOptions& options) {
    if (options.guard.empty() && options.ids.empty() && !options.all) {
        std::fprintf(stderr, "backorderd: name --guard, numbers of notices, or --all\n");
        return kUsage;
    }
    auto arguments = heldFilter(options);
    if (!options.yes) {
        json held;
        if (const int exit = ask(options.common, "queue.held", arguments, held)) return exit;
        if (held["count"] == 0) {
            std::fprintf(stderr, "backorderd: nothing of that is held\n");
            return kNo;
        }
        printCounts(held);
        if (!isatty(STDIN_FILENO)) {
            std::fprintf(stderr, "backorderd: there is nobody to ask; a script says --yes\n");
            return kUsage;
        }
        if (!agreed()) return kNo;
        // What was shown goes, and nothing that was held while the question stood.
        if (held["notices"].size() == held["count"].get<std::size_t>())
            for (const auto& notice : held["notices"]) arguments["ids"].push_back(notice["id"]);
    }
    arguments["all"] = options.all;
    arguments["author"] = options.author;
    arguments["reason"] = options.reason;
    return askAndPrint(options.common, "queue.approve", arguments, [](const json& result) {
        std::printf("%s notices go on\n", cell(result, "approved").c_str());
    });
}

void addApproval(CLI::App& queue, Action& action) {
    const auto held_options = std::make_shared<RailOptions>();
    auto* held = railCommand(queue, held_options, "held", "Show what guards hold, with samples");
    held->add_option("--guard", held_options->guard, "Of this guard");
    held->callback([&action, held_options] {
        action = [held_options] {
            return askAndPrint(held_options->common, "queue.held", heldFilter(*held_options),
                               printCounts);
        };
    });
    const auto options = std::make_shared<RailOptions>();
    auto* sub = railCommand(queue, options, "approve", "Let go of what a guard holds");
    sub->add_option("ids", options->ids, "Numbers of notices");
    sub->add_option("--guard", options->guard, "All of this guard, such as blast_radius");
    sub->add_flag("--all", options->all, "All that is held");
    sub->add_flag("--yes", options->yes, "Without showing and asking");
    addWhoAndWhy(*sub, options);
    options->limit = 1'000'000;
    sub->callback([&action, options] { action = [options] { return approve(*options); }; });
}

void addSilenceEnds(CLI::App& silence, Action& action) {
    const auto list_options = std::make_shared<RailOptions>();
    auto* list = railCommand(silence, list_options, "list", "List silences");
    list->add_flag("--all", list_options->all, "Those that have ended as well");
    list->callback([&action, list_options] {
        action = [list_options] {
            return askAndPrint(
                list_options->common, "silence.list", {{"all", list_options->all}},
                [](const json& rows) {
                    printTable({"SILENCE", "STATE", "MATCH", "FROM", "UNTIL", "AUTHOR", "REASON"},
                               cells(rows, {"id", "state", "match", "starts_at", "ends_at",
                                            "author", "reason"}),
                               "no silences");
                });
        };
    });
    const auto options = std::make_shared<RailOptions>();
    auto* expire = railCommand(silence, options, "expire", "End a silence now");
    expire->add_option("id", options->id, "Its number")->required();
    addWhoAndWhy(*expire, options);
    expire->callback([&action, options] {
        action = [options] {
            const json arguments{
                {"id", options->id}, {"author", options->author}, {"reason", options->reason}};
            return askAndPrint(
                options->common, "silence.expire", arguments, [](const json& result) {
                    std::printf("ended; %s notices are due\n", cell(result, "due").c_str());
                });
        };
    });
}

void addSilenceBegin(CLI::App& silence, Action& action) {
    const auto options = std::make_shared<RailOptions>();
    auto* add = railCommand(silence, options, "add", "Say nothing about some lines for some time");
    add->add_option("--match", options->match, "customer.id=C1 or item.id~PX-*; all must fit")
        ->required();
    add->add_option("--for", options->span, "How long: 90m, 4h, 3d, 2w");
    add->add_option("--until", options->until, "Until then (2026-03-20T09:00:00Z)");
    add->add_option("--from", options->from, "From then on (default: now)");
    addWhoAndWhy(*add, options);
    add->callback([&action, options] {
        action = [options] {
            const json arguments{{"match", options->match},   {"for", options->span},
                                 {"until", options->until},   {"from", options->from},
                                 {"author", options->author}, {"reason", options->reason}};
            return askAndPrint(options->common, "silence.add", arguments, [](const json& row) {
                std::printf("silence %s until %s\n", cell(row, "id").c_str(),
                            cell(row, "ends_at").c_str());
            });
        };
    });
    const auto preview_options = std::make_shared<RailOptions>();
    auto* preview =
        railCommand(silence, preview_options, "preview", "Which lines a silence would fit");
    preview->add_option("--match", preview_options->match, "As of 'silence add'")->required();
    preview->add_option("--limit", preview_options->limit, "List at most so many")
        ->capture_default_str();
    preview->callback([&action, preview_options] {
        action = [preview_options] {
            const json arguments{{"match", preview_options->match},
                                 {"limit", preview_options->limit}};
            return askAndPrint(
                preview_options->common, "silence.preview", arguments, [](const json& result) {
                    std::printf("%s open lines\n", cell(result, "count").c_str());
                    printTable({"LINE", "ORDER", "POS", "CUSTOMER", "ITEM"},
                               cells(result["lines"],
                                     {"line", "order", "position", "customer_name", "item"}),
                               "");
                    printTable({"NOTICE", "TOPIC", "TO", "LEAVES"},
                               cells(result["planned"], {"id", "topic", "to", "due_at"}),
                               "nothing is planned for them");
                });
        };
    });
}

void addSuppressionChange(CLI::App& suppress, Action& action, const char* name, const char* what,
                          bool adds) {
    const auto options = std::make_shared<RailOptions>();
    auto* sub = railCommand(suppress, options, name, what);
    sub->add_option("address", options->address, "ann@example.com, or @example.com for a domain")
        ->required();
    sub->add_option("--channel", options->channel, "email, sms, webhook or chat")
        ->capture_default_str();
    if (adds)
        sub->add_option("--kind", options->kind, "all, or optional: critical messages still go")
            ->capture_default_str();
    addWhoAndWhy(*sub, options);
    sub->callback([&action, options, adds] {
        action = [options, adds] {
            json row{{"address", options->address}, {"channel", options->channel}};
            json arguments = row;
            if (adds) {
                row["kind"] = options->kind;
                arguments = {{"entries", json::array({row})}};
            }
            arguments["author"] = options->author;
            arguments["reason"] = options->reason;
            return askAndPrint(options->common, adds ? "suppress.add" : "suppress.remove",
                               arguments, printDone);
        };
    });
}

void addSuppressionList(CLI::App& suppress, Action& action) {
    const auto options = std::make_shared<RailOptions>();
    auto* list = railCommand(suppress, options, "list", "List whom nothing goes to");
    list->callback([&action, options] {
        action = [options] {
            return askAndPrint(
                options->common, "suppress.list", json::object(), [](const json& rows) {
                    printTable(
                        {"CHANNEL", "ADDRESS", "KIND", "SOURCE", "SINCE", "AUTHOR", "REASON"},
                        cells(rows,
                              {"channel", "address", "kind", "source", "at", "author", "reason"}),
                        "nobody is suppressed");
                });
        };
    });
}

}  // namespace

void addRails(CLI::App& app, Action& action) {
    addApproval(*app.get_subcommand("queue"), action);
    auto* silence = app.add_subcommand("silence", "Say nothing about some lines for some time");
    silence->require_subcommand(1);
    addSilenceBegin(*silence, action);
    addSilenceEnds(*silence, action);
    auto* suppress = app.add_subcommand("suppress", "Addresses that nothing goes to");
    suppress->require_subcommand(1);
    addSuppressionChange(*suppress, action, "add", "Send an address nothing any more", true);
    addSuppressionChange(*suppress, action, "remove", "Send to an address again", false);
    addSuppressionList(*suppress, action);
    addSuppressionFiles(*suppress, action);
}

}  // namespace backorderd::cli
