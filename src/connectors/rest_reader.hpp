#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "backorderd/connector.hpp"
#include "connectors/rest_joins.hpp"
#include "connectors/rest_remembered.hpp"

namespace backorderd::connectors::rest {

/// What a record of `lines` turned out to be.
struct MappedLine {
    OrderLine line;
    std::string fault;       ///< why it cannot be used; empty: it can
    Place faulty;            ///< what of the mapping gave the first fault
    bool backorder = false;  ///< by the mapping's definition
    std::string changed;     ///< what `changes.bookmark` says
};

/// One server and the mapping of what it says.
struct LineSource {
    std::string name;  ///< of the source in the settings
    Session& session;
    std::size_t records_max = 0;  ///< of other requests, held at once
    RememberedRecords remembered{};
    /// What the last read gave out at its end. Who comes back with it has taken in what it told.
    std::string told_until{};

    const Mapping& mapping() const { return session.mapping(); }
    Date today() const;
};

/// Whether what a line is depends on records of other requests, and on the day.
bool looksUp(const Mapping& mapping);
bool changesByDay(const Mapping& mapping);
/// Maps one row; false where it is no order line. What it looks up and is not there is wanted.
/// `into` is a new one, or was given to rows of this source before.
bool mapRow(const LineSource& source, const Scope& scope, MappedLine& into);
/// Looks at records again and again until nothing more is wanted, and fetches in between.
boost::asio::awaitable<std::optional<Failure>> fetchWanted(const LineSource& source,
                                                           HeldRecords& held,
                                                           const std::function<void()>& look);
/// Maps the rows that are order lines, and fetches what they look up.
boost::asio::awaitable<Asked<std::vector<MappedLine>>> mapLines(LineSource& source,
                                                                HeldRecords& held,
                                                                std::vector<Row> rows);
/// The record as it came, for a person: what it stood in is its member `^`.
std::string rawText(const Row& row, const Request& request);
/// All goods that the mapping knows where to find.
struct GoodsRead {
    Goods goods;
    std::string fault;  ///< why that is not all that there is; empty: it is
};
boost::asio::awaitable<Asked<GoodsRead>> readGoods(LineSource& source);
/// Reads all, or what changed since the bookmark where it is not empty.
std::unique_ptr<SnapshotReader> makeReader(LineSource& source, std::string bookmark);

}  // namespace backorderd::connectors::rest
