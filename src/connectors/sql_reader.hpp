#pragma once

#include <memory>
#include <string>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "connectors/sql_settings.hpp"
#include "connectors/sql_worker.hpp"

namespace backorderd::connectors::sql {

/// What a reader works with; all of it outlives the reader.
struct Reading {
    const SqlSettings& settings;
    const std::string& source;
    const Clock& clock;
    Worker& worker;
};

/// Reads one snapshot in one transaction; with a bookmark, only what changed since.
std::unique_ptr<SnapshotReader> readDatabase(const Reading& reading, const std::string& bookmark);

/// Opens the session and begins the query on the worker's thread.
boost::asio::awaitable<std::optional<Failure>> begin(const Reading& reading,
                                                     std::shared_ptr<Session> session, bool open,
                                                     Statement statement);
/// The next rows of the query that was begun.
boost::asio::awaitable<std::variant<Rows, Failure>> fetchRows(const Reading& reading,
                                                              std::shared_ptr<Session> session);

}  // namespace backorderd::connectors::sql
