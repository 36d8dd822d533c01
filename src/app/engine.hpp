#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/allocating.hpp"
#include "app/annotating.hpp"
#include "app/care.hpp"
#include "app/clock_watch.hpp"
#include "app/delivery_mode.hpp"
#include "app/dispatching.hpp"
#include "app/drill.hpp"
#include "app/footing.hpp"
#include "app/gates.hpp"
#include "app/guards.hpp"
#include "app/operations_alert.hpp"
#include "app/polling.hpp"
#include "app/preparing.hpp"
#include "app/sharing.hpp"

namespace backorderd::app {

/// The two ends: what is read and through what is sent.
struct Ends {
    struct Source {
        std::string name;
        std::unique_ptr<Connector> connector;
    };
    std::vector<Source> sources;  ///< in the order of the settings
    std::vector<NamedSender> senders;
};

/// Everything between an ERP and the wire, without timers: it does what is due when it is told to,
/// and says when there will be more. The daemon drives it by the machine's clock, the demo and the
/// simulation by a virtual one.
class Engine {
public:
    /// Takes the store in hand: reads what is known, and decides about what a crash left behind.
    /// References must outlive the engine. A sender or source of the settings that `ends` lacks is
    /// our own bug. `footing` null: a rehearsal, which no gate holds.
    Engine(boost::asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
           const config::Settings& settings, Policy policy, Ends ends, Footing* footing = nullptr);
    ~Engine();

    std::vector<std::string> sourceNames() const;
    const SourceState& sourceState(std::string_view name) const;
    /// How long until a source should be polled; zero: now. See `PollSchedule`.
    std::chrono::seconds pollDueIn(std::string_view name) const;
    /// Until when a source's data count as fresh; empty: never read to the end, or no such source.
    std::optional<Timestamp> freshUntil(std::string_view source) const;
    /// One poll of a source. A poll of it that is under way is an answer, not an error: nullopt.
    /// `accept`: an operator takes in what is read, however much of it changed.
    boost::asio::awaitable<std::optional<PollReport>> poll(std::string name, bool accept = false);
    /// The ERP says that a line, or empty: something, changed: the source is asked soon, about that
    /// line alone where it can be. Many such words are answered by one poll.
    void changed(std::string_view source, const std::string& line);
    /// What is due of a source: a look-up of the lines that its ERP named, or else a poll; nullopt
    /// as `poll`.
    boost::asio::awaitable<std::optional<PollReport>> pollDue(std::string name);
    /// Waits until the poll of a source that is under way has ended; false: there was none.
    boost::asio::awaitable<bool> pollEnded(std::string name) const;
    /// Takes leave of every source, when the engine is idle and asks nothing any more.
    boost::asio::awaitable<void> leaveSources();

    /// Does a bounded piece of what is due now and starts sends; true where more is due at once.
    bool work();
    /// How long nothing will be due; empty: until something happens.
    std::optional<std::chrono::seconds> quietFor() const;
    /// In what part of a second a sender that has reached its rate may go on; empty: none waits.
    std::optional<SteadyTime::duration> rateOpensIn() const;
    /// Called when a send, a note or a poll has ended: `work` may have something to do.
    void onWork(std::function<void()> callback);

    /// Puts another policy in force and looks at every open case under it.
    void usePolicy(Policy policy);
    const Policy& policy() const { return *policy_; }
    const Evaluator& evaluator() const { return *evaluator_; }
    /// For who drives the engine and adds facts to cases that no poll brings.
    Evaluator& evaluator() { return *evaluator_; }
    /// How much one `work` does at most. The usual pieces are small enough that a due mail never
    /// waits long behind them; who has no mail to send can take larger ones.
    struct Pace {
        int cases = kCasesPerPiece;           ///< evaluated
        int case_piece = kCasesPerPiece;      ///< of these, committed in one transaction
        int notices = kNoticesPerPiece;       ///< made into messages; a digest is never torn for it
        int notice_piece = kNoticesPerPiece;  ///< of these, frozen in one transaction
        /// Outcomes wait so long for company; zero where time is not the machine's.
        std::chrono::milliseconds company = kCompanyMax;
    };
    void usePace(Pace pace) {
        pace_ = pace;
        dispatcher_->useCompany(pace.company);
    }

    /// What a held notice would say if it left now.
    render::Rendered sample(const Notice& notice) {
        return preparer_->sample(notice, clock_.now());
    }
    /// See `Preparer::useWriter`.
    void useWriter(Preparer::Writer writer) { preparer_->useWriter(std::move(writer)); }

    /// Looks at a case now, adds to its log what somebody said or did, if anything, and commits
    /// what becomes of it. Returns the case as it then is.
    Case record(CaseId id, const std::vector<Event>& events);
    /// The store knows other goods of a source than before, though no poll brought them.
    void goodsChanged(std::string_view source, const Store::GoodsChange& change);
    /// Has a note written on an order, where the source takes notes; false where it does not.
    bool note(Annotation annotation);

    /// How contacts want to be written to.
    const Preferences& preferences() const { return preferences_; }
    /// Reads anew what operators noted of contacts: the store has changed.
    void readPreferences();

    /// A suppression or a silence is new: what has not begun to leave is held against it before it
    /// does.
    void askGuardsAgain() { dispatcher_->askAgain(); }

    const Gates& gates() const { return gates_; }
    const DeliveryMode& mode() const { return mode_; }
    /// Begins no further send until `resume`.
    void pause(const AuditEntry& why);
    /// Lowers a gate; false where it is not up. When the last has fallen, every open case is looked
    /// at before anything is sent.
    bool resume(GateName name, const AuditEntry& why);
    /// See `app::drill`.
    boost::asio::awaitable<std::vector<DrillResult>> drill(DrillOrder order);

    /// No poll, send or note under way.
    bool idle() const;
    /// Begins no further poll, send or note.
    void stop();

private:
    struct Source;
    Source* findSource(std::string_view name) const;
    Connector* annotatable(std::string_view source) const;
    bool takesNotes() const;
    void ended(Source& source, const PollReport& report);
    void report(const PollReport& report);
    void lookAtUnsent();
    bool mayKnowBetter(Timestamp now) const;
    bool workRetries(Timestamp now);
    bool workPasses(Timestamp now);
    std::optional<std::chrono::seconds> nextSend(Timestamp now) const;
    void raiseGates(Timestamp now);
    void watchClock(Timestamp now);
    void gatesMoved(Timestamp now);
    void watchDisk(Timestamp now);

    Store& store_;
    const Clock& clock_;
    Log& log_;
    const config::Settings& settings_;
    std::unique_ptr<Policy> policy_;
    Preferences preferences_;
    Footing* footing_;
    Gates gates_;
    DeliveryMode mode_;
    ClockWatch clock_watch_;
    std::vector<NamedSender> senders_;
    std::unique_ptr<Evaluator> evaluator_;
    std::vector<std::unique_ptr<Source>> sources_;
    std::unique_ptr<Sharing> sharing_;
    std::unique_ptr<Allocating> allocating_;
    std::unique_ptr<OperationsAlert> alert_;
    std::unique_ptr<Guards> guards_;
    std::unique_ptr<Preparer> preparer_;
    std::unique_ptr<Annotator> annotator_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<Care> care_;
    std::function<void()> on_work_;
    SteadyTime started_{};
    Pace pace_;
    bool unsent_looked_at_ = false;  ///< what was frozen before this start
    bool stopping_ = false;
    bool clock_off_ = false;    ///< the clock was seen to step, and has not come back
    bool disk_low_ = false;     ///< the log has said so
    bool catching_up_ = false;  ///< the gates have fallen, and open cases are still looked at
};

}  // namespace backorderd::app
