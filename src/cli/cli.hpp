#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "demo/demo.hpp"

namespace CLI {
class App;
}

/// The subcommands. Exit status: 0 done; 1 the answer is no; 2 usage; 3 the daemon or the store
/// cannot be reached.
namespace backorderd::cli {

enum Exit : int { kDone = 0, kNo = 1, kUsage = 2, kUnreachable = 3 };

/// Options that every subcommand has.
struct Common {
    std::string config = "/etc/backorderd/backorderd.yaml";
    bool json = false;
};

/// What the command line chose; run once parsing is over.
using Action = std::function<int()>;

/// Adds `ack`, `respond`, `offers`, `escalations`, `backup`, `forget` and `export`: what people do
/// with cases, and with data.
void addCasework(CLI::App& app, Action& action);

/// Adds `queue held`, `queue approve`, `silence` and `suppress`; `queue` must be there.
void addRails(CLI::App& app, Action& action);

/// Adds `preference set`, `list` and `clear`.
void addPreferences(CLI::App& app, Action& action);

/// Adds `import` and `export` to `suppress`.
void addSuppressionFiles(CLI::App& suppress, Action& action);

/// Adds `gates`, `pause`, `resume` and `drill`: whether anything is sent, and whether it arrives.
void addGates(CLI::App& app, Action& action);

/// Adds `connector try`: a source by itself, for whoever writes its mapping.
void addConnector(CLI::App& app, Action& action);

/// Asks the running daemon for an operation; where none runs, the same handler does it here, on the
/// store itself. `result` receives the answer. On failure the reason is on standard error.
int ask(const Common& common, const std::string& operation, const nlohmann::json& arguments,
        nlohmann::json& result);

/// The daemon's own answer to an operation; empty where none runs, or it answers nonsense.
std::optional<nlohmann::json> askDaemon(const std::string& control_socket,
                                        const std::string& operation,
                                        const nlohmann::json& arguments);

/// `online`: also asks the sources.
int check(const Common& common, const std::vector<std::string>& paths, bool online);
int showPoll(const Common& common, const nlohmann::json& arguments);
int showStatus(const Common& common);
int showLines(const Common& common, const nlohmann::json& filter);
int showQueue(const Common& common, const nlohmann::json& filter);
int showMessage(const Common& common, long long id);
int changeQueue(const Common& common, const std::string& action, const nlohmann::json& arguments);
int showExplain(const Common& common, const nlohmann::json& arguments);
int acknowledge(const Common& common, const nlohmann::json& arguments);
int respond(const Common& common, const nlohmann::json& arguments);
int showOffers(const Common& common, const nlohmann::json& filter);
int showEscalations(const Common& common, const nlohmann::json& filter);
int forget(const Common& common, const nlohmann::json& arguments);
int exportCustomer(const Common& common, const std::string& customer, const std::string& file);
int backUp(const Common& common, const std::string& file, const std::string& author);
int preview(const Common& common, const nlohmann::json& arguments, const std::string& out);
int reload(const Common& common, const nlohmann::json& arguments);
int showDemo(const demo::Options& options);

/// Prints a text, or writes it to a file that must not exist and that only we can read.
int printOrWrite(const std::string& text, const std::string& file);

/// One story of `explain` in words.
void printExplanation(const nlohmann::json& story);

/// Rows of strings as a table with aligned columns; an empty table prints `nothing` instead.
void printTable(const std::vector<std::string>& titles,
                const std::vector<std::vector<std::string>>& rows, const std::string& nothing);
/// The named members of each row, for a table.
std::vector<std::vector<std::string>> cells(const nlohmann::json& rows,
                                            const std::vector<const char*>& names);
void printJson(const nlohmann::json& value);
/// A value of a JSON row as text; numbers and null as well.
std::string cell(const nlohmann::json& row, const char* name);

}  // namespace backorderd::cli
