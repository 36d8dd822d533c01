#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "demo/demo.hpp"

/// The subcommands. Exit status: 0 done; 1 the answer is no; 2 usage; 3 the daemon or the store
/// cannot be reached.
namespace backorderd::cli {

enum Exit : int { kDone = 0, kNo = 1, kUsage = 2, kUnreachable = 3 };

/// Options that every subcommand has.
struct Common {
    std::string config = "/etc/backorderd/backorderd.yaml";
    bool json = false;
};

/// Asks the running daemon for an operation; where none runs, the same handler does it here, on the
/// store itself. `result` receives the answer. On failure the reason is on standard error.
int ask(const Common& common, const std::string& operation, const nlohmann::json& arguments,
        nlohmann::json& result);

int check(const Common& common, const std::vector<std::string>& paths);
int showPoll(const Common& common, const std::string& source);
int showStatus(const Common& common);
int showLines(const Common& common, const nlohmann::json& filter);
int showQueue(const Common& common, const nlohmann::json& filter);
int showMessage(const Common& common, long long id);
int changeQueue(const Common& common, const std::string& action, const nlohmann::json& arguments);
int showExplain(const Common& common, const std::string& line);
int preview(const Common& common, const nlohmann::json& arguments, const std::string& out);
int reload(const Common& common);
int showDemo(const demo::Options& options);

/// One story of `explain` in words.
void printExplanation(const nlohmann::json& story);

/// Rows of strings as a table with aligned columns; an empty table prints `nothing` instead.
void printTable(const std::vector<std::string>& titles,
                const std::vector<std::vector<std::string>>& rows, const std::string& nothing);
/// A value of a JSON row as text; numbers and null as well.
std::string cell(const nlohmann::json& row, const char* name);

}  // namespace backorderd::cli
