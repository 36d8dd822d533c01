#pragma once

#include <memory>
#include <string>
#include <vector>

#include "backorderd/connector.hpp"
#include "connectors/rest_joins.hpp"

namespace backorderd::connectors::rest {

/// What a record of `lines` turned out to be.
struct MappedLine {
    OrderLine line;
    std::string fault;       ///< why it cannot be used; empty: it can
    bool backorder = false;  ///< by the mapping's definition
    std::string changed;     ///< what `changes.bookmark` says
    std::string raw;         ///< the record as it came, where that was asked for
};

/// One server and the mapping of what it says.
struct LineSource {
    std::string name;  ///< of the source in the settings
    Session& session;
    std::size_t records_max = 0;  ///< of other requests, held at once

    const Mapping& mapping() const { return session.mapping(); }
    Date today() const;
};

/// Maps the rows that are order lines, and fetches what they look up.
boost::asio::awaitable<Asked<std::vector<MappedLine>>> mapLines(LineSource& source,
                                                                HeldRecords& held,
                                                                std::vector<Row> rows, bool raw);
/// All goods that the mapping knows where to find.
struct GoodsRead {
    Goods goods;
    std::string fault;  ///< why that is not all that there is; empty: it is
};
boost::asio::awaitable<Asked<GoodsRead>> readGoods(LineSource& source);
/// Reads all, or what changed since the bookmark where it is not empty.
std::unique_ptr<SnapshotReader> makeReader(LineSource& source, std::string bookmark);

}  // namespace backorderd::connectors::rest
