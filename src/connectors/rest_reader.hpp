#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backorderd/connector.hpp"
#include "connectors/rest_joins.hpp"
#include "connectors/rest_remembered.hpp"

namespace backorderd::connectors::rest {

/// What a record of `lines` turned out to be.
struct MappedLine {
    Row row;  ///< of which it was made
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
    std::size_t records_max = 0;     ///< of other requests, held at once
    RememberedRecords remembered{};  ///< where the mapping `standsAlone`

    const Mapping& mapping() const { return session.mapping(); }
    Date today() const;
};

/// Whether a record alone says all of its lines: nothing is looked up elsewhere, and no day changes
/// it.
bool standsAlone(const Mapping& mapping);
/// Maps one row; empty where it is no order line. What it looks up and is not there is wanted.
std::optional<MappedLine> mapRow(const LineSource& source, const Row& row, Joins& joins);
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
