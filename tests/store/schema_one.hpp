#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <string>

#include "store/migrations.hpp"
#include "store/store.hpp"

namespace backorderd::store {

/// What a store of schema 1 held: a case with a notice, the stock of an item, and a message.
inline constexpr const char* kRowsOfSchemaOne = R"sql(
INSERT INTO source VALUES (1, 'erp', 1, 1772445600, 1772445600, 'read 1 line');
INSERT INTO stock VALUES (1, 'PX-110', 'VIE', '2.5');
INSERT INTO case_file VALUES
    (1, 1, 1772445600, 0, NULL, NULL, 1772449200, NULL, 'C1', 'SO100', 'PX-100', '10');
INSERT INTO case_line VALUES (1, '{"line":"8","order.number":"SO100","position":"10",'
    || '"kind":"backorder","item.id":"PX-100","ordered":"10","shipped":"0","cancelled":"0",'
    || '"unit_price":"0","customer.id":"C1"}');
INSERT INTO line VALUES (1, '8', 7, 1, 1, 0);
INSERT INTO case_event VALUES (1, 1, 1772445600, 'opened', '{"open":"10","promise":{}}');
INSERT INTO message (stable_id, sender, channel, address, name, language, timezone, subject,
    envelope_from, state, state_reason, state_at, created_at, attempts, last_reply)
    VALUES ('m1', 'mail', 'email', 'erika@example.com', '', '', '', 'Hello', '', 'ready', '', 1, 1,
    0, '');
INSERT INTO message_document VALUES (1, x'6279746573');
INSERT INTO notice (case_id, key, topic, rule, template, channel, address, name, language, timezone,
    digest_key, fact_at, ready_at, due_at, reason, told_open, state, state_reason, state_at,
    message_id)
    VALUES (1, 'opened', 'opened', 'all', 'opened', 'email', 'erika@example.com', '', '', '', '', 1,
    1, 1, '', '10', 'bundled', '', 1, 1);
)sql";

/// Makes `data_dir` as the first release would have left it.
inline void makeStoreOfSchemaOne(const std::string& data_dir) {
    std::filesystem::create_directory(data_dir);
    SQLite::Database database{data_dir + "/" + kDatabaseFile,
                              SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
    database.exec("PRAGMA application_id = 0x426b4f64");  // 'BkOd'
    database.exec("PRAGMA journal_mode = WAL");
    applyMigrations(database, data_dir, embeddedMigrations().first(1));
    database.exec(kRowsOfSchemaOne);
}

}  // namespace backorderd::store
