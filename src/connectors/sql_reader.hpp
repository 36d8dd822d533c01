#pragma once

#include <memory>
#include <string>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "connectors/sql_settings.hpp"
#include "connectors/sql_worker.hpp"

namespace backorderd::connectors::sql {

/// What a reader works with; what it refers to outlives the reader.
struct Reading {
    const SqlSettings& settings;
    const std::string& source;
    const Clock& clock;
    /// Shared, for a coroutine that is torn down may leave its session to it after the connector.
    std::shared_ptr<Worker> worker;
};

/// A session of one's own. It ends on the worker's thread whenever it is let go of: to leave a
/// transaction blocks as all else does.
class OwnSession {
public:
    explicit OwnSession(const Reading& reading);
    ~OwnSession();
    OwnSession(const OwnSession&) = delete;
    OwnSession& operator=(const OwnSession&) = delete;

    const std::shared_ptr<Session>& get() const { return session_; }

private:
    std::shared_ptr<Worker> worker_;
    std::shared_ptr<Session> session_;  // shared with the worker while that works
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

/// The one value that the query `bookmark` returned.
std::variant<std::string, Failure> bookmarkOf(const std::variant<Rows, Failure>& got);

}  // namespace backorderd::connectors::sql
