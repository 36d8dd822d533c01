#pragma once

#include <cstddef>
#include <cstdint>
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
    bool changes = false;           ///< between full reads, ask first what changed
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
    Goods goods;                           ///< of stock and catalogue
    /// From here on, `lines` are such as changed and are on back order no more.
    std::size_t known_only_from = SIZE_MAX;
    std::string bookmark;
};

/// Reads whole sets of lines. Free stock is shared out among all lines of an item, so a single line
/// cannot be judged alone.
class LineSource {
public:
    LineSource(Reading reading, Session& session);

    /// All lines on back order; and such as were so before, until nothing is left of them: goods
    /// that have come in, but are not reserved yet, are no reason to lose sight of a line.
    Asked<Gathered> gather();
    /// Nothing but the same goods where nothing has changed since. Otherwise all lines on back
    /// order, because they share stock, and those that changed and are on back order no more.
    Asked<Gathered> gatherChanges(std::string bookmark);
    boost::asio::awaitable<Found> find(Id id);
    Asked<Features> features();
    std::size_t pageSize() const { return reading_.page_size; }
    bool readsChanges() const { return reading_.changes; }
    bool readsCatalogue() const { return reading_.catalogue_max > 0; }

private:
    Asked<Gathered> gather(std::optional<Id> product);
    Asked<Catalogue> catalogue();
    Asked<Gathered> describe(LinesRead read, Stock stock, bool all);
    boost::asio::awaitable<std::optional<Failure>> addClosed(std::set<Id> lines,
                                                             Gathered& gathered);
    boost::asio::awaitable<Found> findOpen(Id id, Id product);
    boost::asio::awaitable<Found> findClosed(LinesRead read);

    Reading reading_;
    Session& session_;
    std::optional<Features> features_;  ///< empty: not learnt yet
    std::set<Id> followed_;             ///< lines that were on back order when last read
    std::optional<Goods> goods_;        ///< as they were read last, if they could be read
};

/// A snapshot of one source, or with a bookmark what changed since: everything is read when the
/// first page is asked for.
std::unique_ptr<SnapshotReader> makeReader(LineSource& source, const Clock& clock,
                                           std::string bookmark);

}  // namespace backorderd::connectors::tryton
