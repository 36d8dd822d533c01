#pragma once

#include <cstddef>
#include <string>

#include "config/section.hpp"
#include "connectors/files_values.hpp"
#include "connectors/sql_session.hpp"

namespace backorderd::connectors::sql {

/// What the settings say of a database. A query that is empty is not asked.
struct SqlSettings {
    Access access;
    std::string lines, changes, bookmark, find;
    std::string stock, supply, items, alternates;
    files::ValueFormat values;
    files::KindWords kinds;
    std::size_t page_size = 1000;
    std::size_t goods_rows_max = 1'000'000;
};

/// Reads and checks the section; what is wrong is in the section afterwards.
SqlSettings readSqlSettings(config::Section& section);

}  // namespace backorderd::connectors::sql
