#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backorderd/snapshot.hpp"
#include "connectors/files_rows.hpp"
#include "connectors/sql_session.hpp"
#include "connectors/sql_settings.hpp"

namespace backorderd::connectors::sql {

/// What the rows of one query mean.
class QueryRows {
public:
    /// The settings outlive it. `name` is the query's key.
    QueryRows(files::FileRole role, std::string name, const SqlSettings& settings);

    /// Takes the names of the query's columns; a failure where one is unknown or missing.
    std::optional<Failure> setColumns(const std::vector<Column>& columns);
    std::string id(const std::vector<std::string>& row) const;
    std::uint64_t fingerprint(const std::vector<std::string>& row) const;
    Result<OrderLine> line(const std::vector<std::string>& row, const std::string& source) const;
    /// Adds a row of goods; what is wrong with it, or empty.
    std::string addTo(Goods& goods, const std::vector<std::string>& row);

private:
    bool hasSource(int column) const;
    std::vector<files::Cell> cells(const std::vector<std::string>& row) const;

    std::string name_;
    const SqlSettings& settings_;
    files::Columns columns_;
    struct Source {
        int column;
        bool typed;
    };
    std::vector<Source> sources_;
    std::size_t id_at_ = 0;
    std::uint64_t shape_ = 0;
    std::set<std::string> seen_;
};

}  // namespace backorderd::connectors::sql
