#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

struct Options {
    Common common;
    std::string line, rule, author, note, answer, sentiment, accept, file;
    std::string source, customer, order;
    std::string reason;
    bool decline = false, all = false, even_open = false;
    int limit = 100;
};
/// Shared by the actions that outlive the building of the command line.
using SharedOptions = std::shared_ptr<Options>;

CLI::App* command(CLI::App& app, const SharedOptions& options, const char* name, const char* what) {
    auto* sub = app.add_subcommand(name, what);
    sub->add_option("-c,--config", options->common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", options->common.json, "Answer as JSON");
    return sub;
}

void addFilters(CLI::App& sub, const SharedOptions& options) {
    sub.add_option("--source", options->source, "Of this source");
    sub.add_option("--customer", options->customer, "Of this customer's number");
    sub.add_option("--order", options->order, "Of this order number");
    sub.add_flag("--all", options->all, "Those that have ended as well");
    sub.add_option("--limit", options->limit, "At most so many")->capture_default_str();
}

json filterOf(const Options& options) {
    return {{"source", options.source}, {"customer", options.customer}, {"order", options.order},
            {"all", options.all},       {"limit", options.limit},       {"rule", options.rule}};
}

void addAck(CLI::App& app, Action& action) {
    const auto options = std::make_shared<Options>();
    auto* ack = command(app, options, "ack", "Take an escalation on: stops the steps that wait");
    ack->add_option("line", options->line, "Line id, ORDER/POSITION or order number")->required();
    ack->add_option("--rule", options->rule, "Only of this rule (default: all that are active)");
    ack->add_option("--author", options->author, "Who takes it on")->required();
    ack->add_option("--note", options->note, "What is done about it");
    ack->callback([&action, options] {
        action = [options] {
            const json arguments{{"line", options->line},
                                 {"rule", options->rule},
                                 {"author", options->author},
                                 {"note", options->note}};
            return acknowledge(options->common, arguments);
        };
    });
}

void addRespond(CLI::App& app, Action& action) {
    const auto options = std::make_shared<Options>();
    auto* sub = command(app, options, "respond", "Write down what a customer said of a line");
    sub->add_option("line", options->line, "Line id or ORDER/POSITION")->required();
    sub->add_option("--answer", options->answer, "keep_waiting, cancel_requested or call_me");
    sub->add_option("--sentiment", options->sentiment, "positive, neutral or negative");
    auto* accept = sub->add_option("--accept", options->accept, "The offered item that they take");
    sub->add_flag("--decline", options->decline, "They take nothing of what was offered")
        ->excludes(accept);
    sub->add_option("--author", options->author, "Who writes it down")->required();
    sub->add_option("--note", options->note, "In their words");
    sub->callback([&action, options] {
        action = [options] {
            const json arguments{{"line", options->line},
                                 {"answer", options->answer},
                                 {"sentiment", options->sentiment},
                                 {"accept", options->accept},
                                 {"decline", options->decline},
                                 {"author", options->author},
                                 {"note", options->note}};
            return respond(options->common, arguments);
        };
    });
}

void addLists(CLI::App& app, Action& action) {
    const auto offers_options = std::make_shared<Options>();
    auto* offers = command(app, offers_options, "offers", "List substitutes that are on offer");
    addFilters(*offers, offers_options);
    offers->callback([&action, offers_options] {
        action = [offers_options] {
            return showOffers(offers_options->common, filterOf(*offers_options));
        };
    });
    const auto options = std::make_shared<Options>();
    auto* escalations = command(app, options, "escalations",
                                "List escalations: which step, what comes next, who has them");
    addFilters(*escalations, options);
    escalations->add_option("--rule", options->rule, "Of this rule");
    escalations->callback([&action, options] {
        action = [options] { return showEscalations(options->common, filterOf(*options)); };
    });
}

void addBackup(CLI::App& app, Action& action) {
    const auto options = std::make_shared<Options>();
    auto* backup =
        command(app, options, "backup", "Write a consistent copy of the database to a new file");
    backup->add_option("file", options->file, "The file; it must not exist")->required();
    backup->add_option("--author", options->author, "Who does it")->required();
    backup->callback([&action, options] {
        action = [options] { return backUp(options->common, options->file, options->author); };
    });
}

void addPersonalData(CLI::App& app, Action& action) {
    const auto options = std::make_shared<Options>();
    auto* forgotten = command(app, options, "forget", "Remove all that is known of a customer");
    forgotten->add_option("--customer", options->customer, "The customer's number")->required();
    forgotten->add_flag("--even-open", options->even_open,
                        "What is closed, though lines of the customer are still open");
    forgotten->add_option("--author", options->author, "Who does it")->required();
    forgotten->add_option("--reason", options->reason, "Why; name no person")->required();
    forgotten->callback([&action, options] {
        action = [options] {
            const json arguments{{"customer", options->customer},
                                 {"even_open", options->even_open},
                                 {"author", options->author},
                                 {"reason", options->reason}};
            return forget(options->common, arguments);
        };
    });
    const auto chosen = std::make_shared<Options>();
    auto* exported =
        command(app, chosen, "export", "Write all that is known of a customer as JSON");
    exported->add_option("--customer", chosen->customer, "The customer's number")->required();
    exported->add_option("--file", chosen->file, "To this file, which must not exist");
    exported->callback([&action, chosen] {
        action = [chosen] {
            return exportCustomer(chosen->common, chosen->customer, chosen->file);
        };
    });
}

}  // namespace

void addCasework(CLI::App& app, Action& action) {
    addAck(app, action);
    addRespond(app, action);
    addLists(app, action);
    addBackup(app, action);
    addPersonalData(app, action);
}

}  // namespace backorderd::cli
