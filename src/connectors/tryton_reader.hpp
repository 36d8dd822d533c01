#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backorderd/connector.hpp"
#include "connectors/tryton_query.hpp"

namespace backorderd::connectors::tryton {

/// What of a section of the settings decides how lines are read.
struct Reading {
    std::string source;
    Definition definition = Definition::ShortOrLate;
    std::size_t page_size = 500;
    std::size_t catalogue_max = 0;  ///< 0: the catalogue is not read
};

/// The lines of one read, judged and described.
struct Gathered {
    std::vector<OrderLine> lines;
    Problems problems;
    bool complete = false;
    bool read_through = false;  ///< see `SnapshotEnd`, as is `goods_read`
    bool goods_read = false;
    std::string why_incomplete;
    Stock stock;
    std::vector<CatalogueItem> catalogue;  ///< ascending by item
};

/// Reads whole sets of lines. Free stock is shared out among all lines of an item, so a single line
/// cannot be judged alone.
class LineSource {
public:
    LineSource(Reading reading, Session& session);

    /// All lines on back order; and such as were so before, until nothing is left of them: goods
    /// that have come in, but are not reserved yet, are no reason to lose sight of a line.
    Asked<Gathered> gather();
    boost::asio::awaitable<Found> find(Id id);
    Asked<Features> features();
    std::size_t pageSize() const { return reading_.page_size; }
    bool readsCatalogue() const { return reading_.catalogue_max > 0; }

private:
    Asked<Gathered> gather(std::optional<Id> product);
    Asked<Catalogue> catalogue();
    Asked<Gathered> describe(LinesRead read, Stock stock, bool all);
    boost::asio::awaitable<Found> findOpen(Id id, Id product);
    boost::asio::awaitable<Found> findClosed(LinesRead read);

    Reading reading_;
    Session& session_;
    std::optional<Features> features_;  ///< empty: not learnt yet
    std::set<Id> followed_;             ///< lines that were on back order when last read
};

/// A snapshot of one source: everything is read when the first page is asked for.
std::unique_ptr<SnapshotReader> makeReader(LineSource& source, const Clock& clock);

}  // namespace backorderd::connectors::tryton
