#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

namespace backorderd::store {

/// An empty database that lives in memory, with the schema of today.
SQLite::Database newInMemory();

/// A copy in memory of what lies at `place`, brought to the schema of today; see `openScratchCopy`.
SQLite::Database copyToMemory(const std::string& place);

}  // namespace backorderd::store
