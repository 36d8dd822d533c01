#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "config/config.hpp"
#include "net/net.hpp"

/// A source as whoever writes its mapping wants to see it: what comes, and what is made of it.
namespace backorderd::app {

/// A source that is looked at by itself: the rest of the settings may have mistakes.
struct LoneSource {
    std::unique_ptr<config::Settings> settings;  ///< on the heap: the connector refers to it
    std::string name, kind;
    std::unique_ptr<Connector> connector;  ///< never null
    Problems warnings;                     ///< of its section and its mapping
};

/// Makes the connector of one source. `what` is the source's name, or the file of a mapping, which
/// then stands in for that of `source`; an empty `source` is the only one of kind `rest`. `net` and
/// `clock` must outlive the connector.
Result<LoneSource> loadSource(const std::string& settings_file, const std::string& what,
                              const std::string& source, net::Net& net, const Clock& clock);

struct TrialLimits {
    std::size_t records = 3;  ///< that are shown, and as many of those that cannot be read
    std::size_t pages = 0;    ///< that are read; 0: all
};

/// One record, as it came and as it is read; no credentials are in its texts.
struct TriedRecord {
    std::string raw;  ///< empty: the source has it in no one piece
    /// What the line has, by the names of docs/fields.md; empty: it cannot be read.
    std::vector<std::pair<std::string, std::string>> columns;
    bool backorder = true;              ///< by the source's own definition
    std::vector<std::string> problems;  ///< why it cannot be read, each with its place
};

struct Trial {
    std::vector<TriedRecord> readable, unreadable;  ///< the first of each
    std::size_t lines = 0;                          ///< that were read, and can be
    std::size_t unreadable_lines = 0;
    std::size_t pages = 0;
    std::optional<std::size_t> requests;  ///< all that this took; empty: no server was asked
    std::vector<std::string> empty;       ///< columns that none of the lines has, as docs/fields.md
                                     ///< names them
    std::optional<SnapshotEnd> end;  ///< empty: it was not read to its end
    std::string failure;             ///< why it could not be; empty: nothing failed
};

/// Reads the source from its beginning. What is read is looked at and thrown away.
boost::asio::awaitable<Trial> tryOut(Connector& connector, TrialLimits limits);

}  // namespace backorderd::app
