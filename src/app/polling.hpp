#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/evaluating.hpp"
#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "config/config.hpp"
#include "lines/lines.hpp"

namespace backorderd::app {

/// What one poll found.
struct PollReport {
    enum class End {
        Complete,
        Changes,  ///< all that changed since the last good read came by
        Partial,
        Failed,
        Quarantined,  ///< too much of it differs from what is known; nothing of it was taken in
    };

    std::string source;
    End end = End::Failed;
    std::string reason;  ///< why it is not complete
    std::string remark;  ///< for a person: what is odd about it, though it counts
    Problems problems;   ///< records that could not be read
    std::size_t lines = 0, changed = 0, opened = 0, closed = 0;
    std::size_t missing = 0;    ///< lines that it did not show, or not readably, for the first time
    std::size_t unsettled = 0;  ///< all such lines of which nobody knows yet what became of them
    bool goods_changed = false;  ///< stock, catalogue, alternates or supply are not as before
    std::vector<std::string> goods_arrived;  ///< items of which more is free than before
};
std::string_view endName(PollReport::End end);

/// Reads one source: snapshot, comparison, events, decisions, all committed slice by slice. Each
/// slice is safe to repeat. A snapshot that was read to its end makes the data fresh, even where
/// single records could not be read: their lines, and those that it did not show, are marked
/// missing, and nothing but their end is told. Only a proven snapshot or a look-up closes lines.
/// A snapshot that changes too much at once is quarantined: nothing of it is taken in, and what was
/// read before it stays in force, and grows old.
/// Between two full reads a source that can tell is asked for what changed. Such a read proves
/// nothing of what it does not show; after one that fails, or is not whole, the next one is full.
class Poller {
public:
    struct Limits {
        /// Why nothing more may be taken in, asked before each page; empty: there is room.
        std::function<std::string()> why_no_room{};
        std::size_t slice_lines = 2000;     ///< lines per transaction
        std::size_t finds_max = 500;        ///< look-ups of vanished lines per poll
        std::size_t finds_failed_max = 10;  ///< in a row; then the source itself is unwell
        std::string spool_dir{};            ///< where changed lines wait if they are many
        /// More than this share of the known lines changed, or gone, is not believed.
        struct MassChange {
            double max_share = 0.2;
            std::size_t min_lines = 25;  ///< fewer are always believed
        };
        MassChange mass_change{};
    };
    /// All references must outlive the poller.
    Poller(const config::SourceSettings& settings, Connector& connector, Store& store,
           Evaluator& evaluator, const Clock& clock, Limits limits);
    ~Poller();

    /// One poll. Never two at a time. `accept`: takes in what it reads, however much changed.
    boost::asio::awaitable<PollReport> poll(bool accept = false);

    /// Whether a line is known, so that the ERP can be asked about it alone.
    bool knows(std::string_view line_id) const {
        return state_.baseline_done && known_.knows(line_id);
    }
    /// Asks for known lines by their ids, where the source can look lines up; not during a poll.
    /// One that is gone is not closed by that: the end is Partial, and the next poll reads all.
    boost::asio::awaitable<PollReport> lookUpNamed(std::vector<std::string> ids);

    /// A poll under way ends at its next page or look-up. What it has committed so far is kept,
    /// what waits for a verdict is read again after the next start.
    void stop() { stopping_ = true; }

    const SourceState& state() const;
    /// Until when the data count as fresh; empty: never read to the end.
    std::optional<Timestamp> freshUntil() const;
    /// The lines may be fresh and stock, catalogue and supply not: those could not be read for
    /// longer than `max_age`, and nothing may be promised from them.
    bool goodsAreStale(Timestamp now) const { return goods_until_ && *goods_until_ <= now; }

private:
    class Intake;
    /// A known line of which the snapshot says nothing.
    struct Absent {
        std::string id;
        CaseId case_id = 0;
        bool missing = false;  ///< it was so before as well
    };
    using TakeSlice = void (Intake::*)(std::span<const Absent>);
    using Reading = lines::KnownLines::Reading;
    Reading nextReading(bool accept, Timestamp now) const;
    boost::asio::awaitable<void> readSnapshot(Intake& intake, PollReport& report);
    boost::asio::awaitable<bool> judge(Intake& intake, bool read_through, PollReport& report);
    boost::asio::awaitable<void> reject(Intake& intake);
    boost::asio::awaitable<void> commitRest(Intake& intake);
    boost::asio::awaitable<void> finishSnapshot(Intake& intake, const SnapshotEnd& end,
                                                PollReport& report);
    void endBaseline(const PollReport& report);
    void takeAge(const SnapshotEnd& end, PollReport& report);
    void takeBookmark(const Intake& intake, const SnapshotEnd& end, const PollReport& report);
    std::vector<Absent> missingBefore(const Intake& intake, bool proven) const;
    void takeGoods(const SnapshotEnd& end, PollReport& report);
    boost::asio::awaitable<void> inSlices(Intake& intake, std::vector<Absent> lines,
                                          TakeSlice take);
    boost::asio::awaitable<void> markMissing(Intake& intake, bool proven, PollReport& report);
    boost::asio::awaitable<void> lookUp(Intake& intake, PollReport& report);

    const config::SourceSettings& settings_;
    Connector& connector_;
    Store& store_;
    Evaluator& evaluator_;
    const Clock& clock_;
    Limits limits_;
    SourceState state_;
    lines::KnownLines known_;
    /// Each line that is marked missing was absent from a proven snapshot, not only unreadable or
    /// absent from one that proves nothing: the next proven one closes it.
    bool marks_are_proven_;
    Timestamp begun_at_{};                  ///< the poll under way, or the last one
    CaseId looked_up_last_ = 0;             ///< the next look-ups begin behind it
    std::optional<Timestamp> goods_until_;  ///< empty: they were read when the lines were
    bool stopping_ = false;
};

}  // namespace backorderd::app
