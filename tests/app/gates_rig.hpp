#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/gates.hpp"
#include "rig.hpp"

/// What tests of the gates and of restored copies do again and again.
namespace backorderd::app::test {

inline std::vector<std::string> gatesUp(const Rig& rig) {
    std::vector<std::string> names;
    for (const auto& gate : rig.engine->gates().up()) names.emplace_back(gateText(gate.name));
    return names;
}

/// One more back order, of an order of its own.
inline void openAnother(Rig& rig, const std::string& id) {
    auto line = sampleLine(id);
    line.order = {"o" + id, "SO10" + id, "", {}};
    rig.erp.lines.push_back(line);
    rig.poll();
    rig.work();
}

inline nlohmann::json resume(Rig& rig, const std::string& gate) {
    const nlohmann::json arguments{{"gate", gate}, {"author", "anna"}, {"reason", "looked at"}};
    return rig.ask("resume", arguments);
}

/// Puts a backup in place of the database, as docs/operations.md says.
inline void restore(Rig& rig, const std::string& backup) {
    rig.crash();
    const auto database = rig.settings.data_dir + "/" + store::kDatabaseFile;
    for (const auto* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(database + suffix);
    std::filesystem::copy_file(backup, database);
    rig.start();
}

}  // namespace backorderd::app::test
