#include "store/pass_tables.hpp"

namespace backorderd::store {
namespace {

// The name stands in the text, because only then is an index over just these events of use.
std::string openCasesWith(const char* event) {
    return std::string{
               "SELECT DISTINCT case_id FROM case_event JOIN case_file ON id = case_id"
               " WHERE source_id = ?1 AND closed_at IS NULL AND name = '"} +
           event + "' ORDER BY case_id";
}

}  // namespace

PassTables::PassTables(SQLite::Database& database)
    : add_{database,
           "INSERT INTO arrival (source_id, item) VALUES (?1, ?2) ON CONFLICT DO NOTHING"},
      list_{database, "SELECT item FROM arrival WHERE source_id = ?1 ORDER BY item"},
      forget_{database, "DELETE FROM arrival WHERE source_id = ?1 AND item = ?2"},
      offered_{database, openCasesWith("offer_made").c_str()},
      escalated_{database, openCasesWith("escalation_started").c_str()} {}

void PassTables::arrived(std::int64_t source_id, std::span<const std::string> items) {
    for (const auto& item : items) add_.run(source_id, item);
}

std::vector<std::string> PassTables::arrivals(std::int64_t source_id) {
    std::vector<std::string> items;
    auto rows = list_.rows(source_id);
    while (rows.next()) items.push_back(rows.text(0));
    return items;
}

void PassTables::forget(std::int64_t source_id, const std::string& item) {
    forget_.run(source_id, item);
}

std::vector<CaseId> PassTables::offered(std::int64_t source_id) {
    return readIds(offered_.rows(source_id));
}

std::vector<CaseId> PassTables::escalated(std::int64_t source_id) {
    return readIds(escalated_.rows(source_id));
}

}  // namespace backorderd::store
