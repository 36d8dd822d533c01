#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backorderd/snapshot.hpp"

namespace backorderd {

/// A page of records, in the order in which the ERP gave them. Views into the reader's memory:
/// valid until the next call of `next`.
struct Page {
    std::span<const LineRecord> records;
    /// Records that could not be read, each named by its place; the snapshot is then not complete.
    Problems problems;
};

/// Reads one snapshot, page by page.
class SnapshotReader {
public:
    virtual ~SnapshotReader() = default;
    /// The next page, the end, or what went wrong. After anything but a page it is not called
    /// again.
    virtual boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() = 0;
    /// The record in full; `index` counts in the page that `next` returned last. Errors are
    /// problems of that record alone.
    virtual Result<OrderLine> decode(std::size_t index) = 0;
    /// The record as the source gave it, for a person who looks at how it is read; `index` as for
    /// `decode`. Empty where it is in no one piece.
    virtual std::string raw(std::size_t index) {
        (void)index;
        return {};
    }
    /// The same of the record that a problem names; `index` counts in the last page's problems.
    virtual std::string rawOfProblem(std::size_t index) {
        (void)index;
        return {};
    }
};

/// What a look-up of one line found.
struct LineGone {};
using Found = std::variant<OrderLine, LineGone, Failure>;

/// What a connection test found; `check --online` prints it.
struct Probe {
    bool ok = false;
    std::string text;  ///< for a person: what answered, as whom, and what is missing
};

/// What an ERP's interface cannot do is declared, not discovered by a failure.
struct Capabilities {
    bool find = false;      ///< look up one line, also when it is closed
    bool annotate = false;  ///< write a note on an order
    bool changes = false;   ///< read what changed since a bookmark
    /// Fields of a line that it never fills, by the names of docs/fields.md: rules that ask for
    /// them can never match.
    std::vector<std::string> never_filled{};
};

/// One ERP. Implementations live in src/connectors, one file each, and are made from their own
/// section of the settings. A connector knows its ERP and nothing else: no store, no rules.
class Connector {
public:
    virtual ~Connector() = default;

    virtual Capabilities capabilities() const = 0;
    /// Begins a full snapshot of all lines on back order. Never null; what is wrong with the world
    /// shows in the first `next`. At most one reader is in use at a time.
    virtual std::unique_ptr<SnapshotReader> read() = 0;
    /// Begins to read what changed since the read that ended with that bookmark. Such a read says
    /// nothing of the lines that it does not show, and never ends `complete`; `read_through` at its
    /// end means that every change came by. Called only where `capabilities().changes`, with a
    /// bookmark that is not empty. Never null. A source that has no such read reads all.
    virtual std::unique_ptr<SnapshotReader> readChanges(const std::string& bookmark) {
        (void)bookmark;
        return read();
    }
    /// Looks one line up by its id. Called only where `capabilities().find`.
    virtual boost::asio::awaitable<Found> find(std::string_view line_id) = 0;
    /// Writes a note on an order, once: a note with the same `marker` that already stands there is
    /// success. Called only where `capabilities().annotate`.
    struct Note {
        std::string order_id;
        std::string text;
        std::string marker;  ///< short unique word to be kept in the note
    };
    virtual boost::asio::awaitable<std::optional<Failure>> annotate(const Note& note) = 0;
    /// Says goodbye where the ERP keeps something for us, a session, so that it has not to run out.
    /// Nothing else is under way, and the next question begins anew. Within seconds, and without a
    /// word where it fails.
    virtual boost::asio::awaitable<void> leave() { co_return; }
    /// Tests the connection and the rights.
    virtual boost::asio::awaitable<Probe> probe() = 0;
    /// The text with each of its credentials made unreadable, for a person to see: a server may
    /// echo them.
    virtual std::string withoutSecrets(std::string text) const { return text; }
    /// How many requests it has made of its server so far; empty where it asks none.
    virtual std::optional<std::size_t> requests() const { return std::nullopt; }
};

}  // namespace backorderd
