#include "store/preference_tables.hpp"

namespace backorderd::store {

PreferenceTables::PreferenceTables(SQLite::Database& database)
    : set_{database,
           "INSERT OR REPLACE INTO preference"
           " (contact, channel, language, digest, author, reason, at)"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"},
      clear_{database, "DELETE FROM preference WHERE contact = ?1"},
      all_{database,
           "SELECT contact, channel, language, digest, author, reason, at FROM preference"
           " ORDER BY contact"},
      look_{database,
            "UPDATE case_file SET look_again = ?1 WHERE (look_again IS NULL OR look_again > ?1)"
            " AND id IN (SELECT case_id FROM notice WHERE state = 'planned')"} {}

void PreferenceTables::set(const Preference& preference) {
    const auto channel = preference.channel ? channelName(*preference.channel) : "";
    const auto digest = preference.digest ? digestFrequencyName(*preference.digest) : "";
    set_.run(preference.contact, channel, preference.language, digest, preference.author,
             preference.reason, preference.at);
}

bool PreferenceTables::clear(std::string_view contact) { return clear_.run(contact) == 1; }

std::vector<Preference> PreferenceTables::all() {
    std::vector<Preference> found;
    auto rows = all_.rows();
    while (rows.next()) {
        auto& preference = found.emplace_back();
        preference.contact = rows.text(0);
        if (!rows.view(1).empty())
            preference.channel = known(parseChannel(rows.view(1)), rows.view(1));
        preference.language = rows.text(2);
        if (!rows.view(3).empty())
            preference.digest = known(parseDigestFrequency(rows.view(3)), rows.view(3));
        preference.author = rows.text(4);
        preference.reason = rows.text(5);
        preference.at = rows.time(6);
    }
    return found;
}

void PreferenceTables::lookAtPlanned(Timestamp at) { look_.run(at); }

}  // namespace backorderd::store
