#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "app/polling.hpp"
#include "app/spool.hpp"

namespace backorderd::app {

/// One snapshot on its way into the store. Gathers what changed until a slice is full, turns the
/// slice into events and decisions, and commits it. Where the snapshot is judged as a whole first,
/// what changed is set aside until the verdict.
class Poller::Intake {
public:
    /// `accepted`: an operator takes the snapshot in whatever it holds.
    Intake(Poller& poller, PollReport& report, bool accepted, Reading reading);
    /// Or only what changed: then the absence of a line means nothing.
    bool readsAll() const { return reading_ == Reading::All; }

    /// Compares a page with what is known, and decodes what changed. Synchronous; call
    /// `sliceFull` and `commitSlice` between pages.
    void take(const Page& page, SnapshotReader& reader);
    bool sliceFull() const { return slice_.size() >= poller_.limits_.slice_lines; }
    /// Commits at most one slice of what has been gathered.
    void commitSlice();
    bool empty() const { return slice_.empty(); }

    /// Why nothing of the snapshot may be taken in: '412 of 1,020 lines changed'. Empty: it may.
    /// `read_through`: it was read to its end, so that lines that it lacks count as gone.
    std::string whyQuarantined(bool read_through) const;
    /// What was set aside had no room any more: the snapshot cannot be taken in.
    bool overflowed() const { return overflowed_; }
    /// Moves a slice of what was set aside on to `commitSlice`; false where nothing is left.
    bool admitSlice();
    /// Throws a slice of it away, as if it had never been read; false where nothing is left.
    bool rejectSlice();

    /// New lines that may be old ones under another id.
    bool hasSiblings() const { return !siblings_.empty(); }
    /// After the proven end: pairs new lines with vanished ones of the same order.
    void resolveRenumbered(std::span<const Absent> slice);
    /// What has not been paired is a new line.
    void openSiblings();
    /// Known lines that the snapshot did not show. `missing_only`: and the ones before neither.
    std::vector<Absent> absent(bool missing_only = false) const;
    /// Known lines that it did show, but not so that they could be read.
    const std::vector<Absent>& unreadable() const { return unreadable_; }
    /// Lines of either kind that are marked missing now.
    std::size_t unsettled() const;
    /// Marks lines as missing: nothing but their end is told of them.
    void takeMissing(std::span<const Absent> slice);
    /// What a look-up found of an absent line.
    void takeFound(const Absent& absent, OrderLine line);
    /// The source itself, or a second proven snapshot, says that the lines are no more.
    void takeGone(std::span<const Absent> slice);

    /// Whether every record could be read and none contradicted another.
    bool sound() const { return sound_; }
    /// Whether one that could not be read may be of a line that is not known: of one that is gone,
    /// under another id.
    bool mayHideNew() const { return may_hide_new_; }

private:
    struct Record {
        OrderLine line;
        std::uint64_t fingerprint = 0;
        CaseId case_id = 0;
    };
    using Sight = lines::KnownLines::Sight;
    void takeRecord(const LineRecord& record, std::size_t index, SnapshotReader& reader);
    std::optional<OrderLine> decode(const LineRecord& record, const Sight& sight, std::size_t index,
                                    SnapshotReader& reader);
    void setAside(const LineRecord& record, const Sight& sight, const OrderLine* line);
    void route(Record record, bool is_new);
    bool tooMany(std::size_t lines, std::size_t of) const;
    void refuse(std::string_view id, const Sight& sight);
    void contradict(std::string_view id, const Sight& sight);
    bool isContradicted(const Record& record) const;
    bool mayBeRenumbered(const OrderLine& line);
    static std::string siblingKey(const OrderLine& line);
    std::vector<Case> openCasesOf(std::span<const Absent> slice) const;
    Evaluator::Changes decideSlice(std::vector<Record>& records, Timestamp now);
    void decideKnown(Evaluator::Changes& changes, Case before, Record& record, Timestamp now);
    void decideNew(Evaluator::Changes& changes, Record& record, Timestamp now);
    void commit(Evaluator::Changes changes, Timestamp now);
    void count(const CaseChange& change);

    Poller& poller_;
    PollReport& report_;
    Reading reading_;
    bool adopting_;
    bool judged_;
    bool sound_ = true;
    bool may_hide_new_ = false;
    bool overflowed_ = false;
    std::size_t known_before_;
    std::size_t known_shown_ = 0;  ///< known lines that the snapshot showed
    std::size_t known_changed_ = 0;
    Spool held_;
    std::vector<Record> slice_;
    std::vector<std::optional<Record>> siblings_;  ///< see `hasSiblings`; empty: paired
    std::unordered_map<std::string, std::vector<std::size_t>> siblings_by_item_;  ///< and order
    std::unordered_set<CaseId> former_;  ///< of what the siblings may have been
    std::vector<Absent> unreadable_;
    std::unordered_set<std::string> contradicted_;  ///< ids; none of their records is taken
};

}  // namespace backorderd::app
