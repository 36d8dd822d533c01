#pragma once

#include <memory>

#include "backorderd/connector.hpp"
#include "connectors/odoo_query.hpp"

namespace backorderd::connectors::odoo {

/// The lines of one company. Odoo itself shares supply out among all that waits, so each line can
/// be judged alone.
class LineSource {
public:
    LineSource(Reading reading, Session& session, const Clock& clock)
        : reading_{std::move(reading)}, session_{session}, clock_{clock} {}

    /// Learnt with the first call that succeeds.
    Asked<Schema> schema();
    Asked<Records> records(std::vector<Id> ids);
    boost::asio::awaitable<Found> find(Id id);

    const Reading& reading() const { return reading_; }
    Session& session() { return session_; }
    const Clock& clock() const { return clock_; }

private:
    Reading reading_;
    Session& session_;
    const Clock& clock_;
    std::optional<Schema> schema_;
};

/// A snapshot of one source, read page by page.
std::unique_ptr<SnapshotReader> makeReader(LineSource& source);

}  // namespace backorderd::connectors::odoo
