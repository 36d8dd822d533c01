#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <nlohmann/json.hpp>

#include "app/daemon.hpp"
#include "cli/cli.hpp"
#include "cli/rehearsals.hpp"

namespace {

using namespace backorderd;
using nlohmann::json;

using cli::Action;

struct Options {
    cli::Common common;
    std::vector<std::string> paths;
    bool online = false;
    std::string source, line, out, author, reason, template_name, language;
    std::string customer, order, item, state, recipient, at;
    bool closed = false, anyway = false, accept = false;
    int limit = 100;
    long long id = 0;
    demo::Options demo;
};

CLI::App* command(CLI::App& app, Options& options, const char* name, const char* what,
                  bool with_json) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("-c,--config", options.common.config, "Settings file")->capture_default_str();
    if (with_json) sub->add_flag("--json", options.common.json, "Answer as JSON");
    return sub;
}

void addService(CLI::App& app, Options& options, Action& action) {
    command(app, options, "run", "Run the service", false)->callback([&] {
        action = [&] { return app::runDaemon(options.common.config); };
    });
    auto* check = command(app, options, "check",
                          "Check settings, rules and templates; every problem at once", true);
    check->add_option("path", options.paths,
                      "Settings files, or directories of rules (default: the settings file)");
    check->add_flag("--online", options.online,
                    "Ask each source as well: log in, look at its lines");
    check->callback([&] {
        action = [&] { return cli::check(options.common, options.paths, options.online); };
    });
    auto* poll = command(app, options, "poll", "Read a source now", true);
    poll->add_option("source", options.source, "Name of the source (default: all)");
    auto* accept = poll->add_flag("--accept", options.accept,
                                  "Take in what it reads, however much of it changed");
    accept->needs(poll->add_option("--author", options.author, "Who accepts it"));
    accept->needs(poll->add_option("--reason", options.reason, "Why"));
    poll->callback([&] {
        action = [&] {
            const json arguments{{"source", options.source},
                                 {"accept", options.accept},
                                 {"author", options.author},
                                 {"reason", options.reason}};
            return cli::showPoll(options.common, arguments);
        };
    });
    auto* reload = command(app, options, "reload", "Read rules, templates and settings anew", true);
    auto* anyway =
        reload->add_flag("--anyway", options.anyway,
                         "Also where the rules would send more than reload.max_messages");
    auto* author = reload->add_option("--author", options.author, "Who insists");
    auto* reason = reload->add_option("--reason", options.reason, "Why");
    anyway->needs(author)->needs(reason);
    reload->callback([&] {
        action = [&] {
            const json arguments{
                {"anyway", options.anyway}, {"author", options.author}, {"reason", options.reason}};
            return cli::reload(options.common, arguments);
        };
    });
    command(app, options, "status", "Sources and the outbox at a glance", true)->callback([&] {
        action = [&] { return cli::showStatus(options.common); };
    });
}

void addLines(CLI::App& app, Options& options, Action& action) {
    auto* lines = command(app, options, "lines", "List the lines on back order", true);
    lines->add_option("--source", options.source, "Of this source");
    lines->add_option("--customer", options.customer, "Of this customer's number");
    lines->add_option("--order", options.order, "Of this order number");
    lines->add_option("--item", options.item, "Of this item");
    lines->add_flag("--closed", options.closed, "Closed ones as well");
    lines->add_option("--limit", options.limit, "At most so many")->capture_default_str();
    lines->callback([&] {
        action = [&] {
            const json filter{{"source", options.source}, {"customer", options.customer},
                              {"order", options.order},   {"item", options.item},
                              {"closed", options.closed}, {"limit", options.limit}};
            return cli::showLines(options.common, filter);
        };
    });
    auto* explain = command(app, options, "explain",
                            "The story of a line: what, why, and what comes next", true);
    explain->add_option("line", options.line, "Line id, ORDER/POSITION or order number")
        ->required();
    explain->add_option("--at", options.at,
                        "As it was then, or as it will be if nothing changes (2026-03-20, or "
                        "2026-03-20T09:00:00Z)");
    explain->callback([&] {
        action = [&] {
            const json arguments{{"line", options.line}, {"at", options.at}};
            return cli::showExplain(options.common, arguments);
        };
    });
    auto* preview = command(app, options, "preview", "Render a template", true);
    preview->add_option("template", options.template_name, "Name of the template")->required();
    preview->add_option("--line", options.line, "With the data of this line (default: an example)");
    preview->add_option("--language", options.language, "In this language");
    preview->add_option("--out", options.out, "Write FILE.html and FILE.txt instead");
    preview->callback([&] {
        action = [&] {
            const json arguments{{"template", options.template_name},
                                 {"line", options.line},
                                 {"language", options.language}};
            return cli::preview(options.common, arguments, options.out);
        };
    });
}

void addQueue(CLI::App& app, Options& options, Action& action) {
    auto* queue = app.add_subcommand("queue", "Messages and planned notices");
    queue->require_subcommand(1);
    auto* list = command(*queue, options, "list", "List them, newest first", true);
    list->add_option("--state", options.state, "In this state; 'planned' for notices alone");
    list->add_option("--recipient", options.recipient, "To this address");
    list->add_option("--limit", options.limit, "At most so many")->capture_default_str();
    list->callback([&] {
        action = [&] {
            const json filter{{"state", options.state},
                              {"recipient", options.recipient},
                              {"limit", options.limit}};
            return cli::showQueue(options.common, filter);
        };
    });
    auto* show = command(*queue, options, "show", "Show one message with its document", true);
    show->add_option("id", options.id, "Number of the message")->required();
    show->callback([&] { action = [&] { return cli::showMessage(options.common, options.id); }; });
    for (const auto& [name, what] :
         {std::pair{"retry", "Send a message again that was refused, is dead or unknown"},
          std::pair{"drop", "Give up a message that has not been sent"},
          std::pair{"drop-notice", "Give up a planned notice"}}) {
        auto* change = command(*queue, options, name, what, true);
        change->add_option("id", options.id, "Its number")->required();
        change->add_option("--author", options.author, "Who does it")->required();
        change->add_option("--reason", options.reason, "Why")->required();
        change->callback([&options, &action, verb = std::string{name}] {
            action = [&options, verb] {
                const json arguments{
                    {"id", options.id}, {"author", options.author}, {"reason", options.reason}};
                return cli::changeQueue(options.common, verb, arguments);
            };
        });
    }
}

void addDemo(CLI::App& app, Options& options, Action& action) {
    auto* demo = app.add_subcommand("demo", "Six weeks of a distributor's back orders in seconds");
    demo->add_option("--out", options.demo.out, "Folder for mails, story and store")
        ->capture_default_str();
    demo->add_option("--config", options.demo.config_dir, "Folder with rules.d and templates")
        ->capture_default_str();
    demo->add_option("--seed", options.demo.seed, "Another course of events")
        ->capture_default_str();
    demo->callback([&] { action = [&] { return cli::showDemo(options.demo); }; });
    app.add_subcommand("version", "Print the version")->callback([&] {
        action = [] {
            std::printf("backorderd %s\n", BACKORDERD_VERSION);
            return 0;
        };
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Tells customers and sales what an ERP knows of back orders"};
    app.require_subcommand(1);
    Options options;
    Action action;
    addService(app, options, action);
    addLines(app, options, action);
    addQueue(app, options, action);
    cli::addCasework(app, action);
    cli::addRails(app, action);
    cli::addPreferences(app, action);
    cli::addGates(app, action);
    cli::addConnector(app, action);
    cli::addRehearsals(app, options.common, action);
    addDemo(app, options, action);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : backorderd::cli::kUsage;
    }
    try {
        return action();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "backorderd: %s\n", error.what());
        return backorderd::cli::kUnreachable;
    }
}
