#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "backorderd/case.hpp"

/// What changed between two snapshots. Pure: no clock, no store, no I/O.
namespace backorderd::lines {

/// Whether the customer has something to wait for: something is open, and not all of it is reserved
/// for the line. A closed case whose line is on back order again is `Reopened`.
bool isOnBackOrder(const OrderLine& line);

/// Fills in what a line leaves to be understood, before it is compared or stored: a preorder for
/// which nothing else is promised is promised for the day on which its item comes out.
void normalise(OrderLine& line);

/// The facts that lead from one state of a line to the next, in the order in which they are told.
/// `before` null: the line is new; then there is at most one event, `LineOpened`, and none where
/// nothing is on back order (nothing open, or all that is open is allocated).
/// A line that was closed and is on back order again yields `Reopened`.
std::vector<Event> diff(const OrderLine* before, const OrderLine& now);

/// Whether a line that vanished and a line that is new are the same under another id: same order,
/// item, unit, customer, and open quantities that a split, a merge or a renumbering explains.
bool looksRenumbered(const OrderLine& vanished, const OrderLine& appeared);

/// Which lines of one source are known, and with which fingerprint: one compact resident entry a
/// line (about 46 bytes with its key), so that a poll that finds nothing new reads nothing.
class KnownLines {
public:
    KnownLines();
    ~KnownLines();

    enum class Seen {
        Unchanged,  ///< known, with this fingerprint
        Changed,    ///< known, with another fingerprint
        New,        ///< not known
        Again,      ///< seen before in this very snapshot, with the same fingerprint: a duplicate
        Conflict,   ///< seen before in this very snapshot, with another fingerprint
    };
    struct Sight {
        Seen seen;
        CaseId case_id = 0;    ///< of a known line; 0 where it has none
        bool missing = false;  ///< it was marked so before
        /// Of a Changed line the fingerprint that was put last, with which a snapshot that is not
        /// believed is undone; empty: what was put since the last change is not known.
        std::optional<std::uint64_t> committed{};
    };

    /// What a snapshot shows: every line, or those that changed since the one before.
    enum class Reading { All, Changes };
    /// Begins a snapshot: nothing of it has been seen yet. Forgets lines that were seen and never
    /// `put`, and lines without a case that the snapshot before, where it read all, did not show.
    void beginSnapshot(Reading reading = Reading::All);
    /// Whether the line was ever `put`.
    bool knows(std::string_view id) const;
    /// A line of the snapshot came by. Until it is `put`, every later snapshot calls it New or
    /// Changed again.
    Sight see(std::string_view id, std::uint64_t fingerprint);
    /// What the store now holds, once it is committed. `case_id` 0: a line that needs no case (it
    /// is not on back order); it is remembered so that it is not decoded at every poll. Leaves
    /// `missing` as it is.
    void put(std::string_view id, std::uint64_t fingerprint, CaseId case_id);
    void markMissing(std::string_view id, bool missing);
    void erase(std::string_view id);

    /// Known lines with a case that this snapshot has not shown. `id` lives until the next change.
    /// `missing_only`: without those that were not missing before.
    struct Unseen {
        std::string_view id;
        CaseId case_id;
        bool missing;  ///< already missing before
    };
    std::vector<Unseen> unseen(bool missing_only = false) const;
    std::size_t size() const;

private:
    struct Table;
    std::unique_ptr<Table> table_;
};

}  // namespace backorderd::lines
