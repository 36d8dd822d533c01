#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/journaling.hpp"
#include "app/log.hpp"
#include "backorderd/clock.hpp"
#include "backorderd/sender.hpp"
#include "backorderd/store.hpp"
#include "outbox/outbox.hpp"

namespace backorderd::app {

/// A sender with the name it has in the settings.
struct NamedSender {
    std::string name;
    std::unique_ptr<Sender> sender;
    /// What `sender` stands in for in a dry run; only a drill uses it. Null: nothing.
    std::unique_ptr<Sender> behind{};
};

/// How long outcomes for which nobody waits are held back for others to be written with them.
inline constexpr std::chrono::milliseconds kCompanyMax{10};

/// Moves frozen messages out: claims them, has them sent in parallel, makes 'on the wire' and the
/// outcome durable in batches, and times the retries on the monotonic clock. While many leave, some
/// are marked 'on the wire' ahead of their turn, so that a batch is larger than what is under way.
class Dispatcher final : private WireGate {
public:
    /// Makes the notes for the ERP that tell what a customer was told, or may have been; called for
    /// messages that come to be Sent or Unknown.
    using NoteMaker = std::function<std::vector<Annotation>(const Message&, MessageState)>;
    /// What one sender has of its own.
    struct Terms {
        outbox::RetrySchedule schedule;
        outbox::RateLimit rate{};
        outbox::RateLimit domain_rate{};
    };
    struct Settings {
        outbox::RetrySchedule schedule;
        int claim_batch = 100;
        /// At most so many of a sender are marked ahead; 0: each is marked right before its first
        /// byte, as always where a message whose outcome is unknown is not sent again.
        std::size_t mark_ahead = 0;
        outbox::PauseLimits pause{};
        outbox::HostLimits per_host{};         ///< of each host, whatever senders send to it
        std::map<std::string, Terms> terms{};  ///< by sender; who is not in it has no limits
    };
    /// All references must outlive the dispatcher, and the dispatcher every send under way.
    /// `journal` null: only the store knows what left.
    Dispatcher(boost::asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
               std::vector<NamedSender>& senders, Settings settings, NoteMaker note_maker,
               store::SendJournal* journal = nullptr);

    /// Decides about what a crash left behind. Once, before the first `kick`.
    void recover();
    /// Starts as many sends as may run; returns at once.
    void kick();
    /// Starts no further sends until told otherwise, and gives back what was claimed and not begun.
    void hold(bool held);
    /// Instead of `kCompanyMax`; zero: outcomes wait for no time to pass.
    void useCompany(std::chrono::milliseconds most) { company_max_ = most; }
    /// What is ready or claimed and has not begun may have become untrue or forbidden.
    void askAgain();
    /// Called whenever outcomes have been written: there may be more to do.
    void onSettled(std::function<void()> callback) { on_settled_ = std::move(callback); }
    /// Called for messages that are about to be sent and were ready when a sender was paused, or
    /// when `askAgain` was called. What may not leave any more is to be taken back, see `giveBack`.
    void onLate(std::function<void(const std::vector<MessageId>&)> callback) {
        on_late_ = std::move(callback);
    }
    /// Called when a receiver says that it takes nothing any more. Its sender is not used again by
    /// this dispatcher: what is ready for it waits for a reload or a restart.
    using GoneCallback = std::function<void(const std::string& sender, const std::string& reason)>;
    void onGone(GoneCallback callback) { on_gone_ = std::move(callback); }
    /// Called with each message that ends Unknown, and why: a person has to decide about it.
    using DoubtCallback = std::function<void(const Message&, const std::string& reason)>;
    void onDoubt(DoubtCallback callback) { on_doubt_ = std::move(callback); }
    /// When the next deferred message, or the receiver of a paused sender, is tried again.
    std::optional<SteadyTime> nextRetry() const;
    /// When a sender that has reached its rate may send again; empty: none waits for that.
    std::optional<SteadyTime> rateOpensAt() const;
    /// Deferred messages whose time has come; the caller checks that they are still true, and hands
    /// them to `retry`.
    std::vector<MessageId> retriesDue() const;
    void retry(const std::vector<MessageId>& ids);
    void forget(const std::vector<MessageId>& ids);

    /// Gives back those of these messages that are claimed and whose sending has not begun, so that
    /// they can be taken back.
    void giveBack(const std::vector<MessageId>& ids);

    /// No send under way or about to begin, and nothing left to write. What waits for its rate is
    /// not about to begin.
    bool idle() const;
    /// Starts no further sends, and gives back what was claimed and not begun.
    void stop();

private:
    struct Lane {
        NamedSender* sender;
        std::deque<Message> claimed{};
        std::deque<Message> marked{};  ///< durably on the wire, and not begun
        int in_flight = 0;
        std::size_t answered = 0;  ///< since the last write
        outbox::Breaker breaker{};
        bool behind = false;  ///< what is ready is asked about (`onLate`) before it leaves
        outbox::RetrySchedule schedule{};
        outbox::RateGate rates{};
        std::optional<SteadyTime> opens_at{};  ///< what is claimed waits for its rate until then
        bool gone = false;                     ///< its receiver takes nothing any more
        outbox::HostGate* host = nullptr;      ///< null: its sender has no host
        std::uint64_t turn = 0;                ///< when it last began to send
    };
    enum class Claim { Yes, No };
    /// What a crash came before, though it was marked.
    void takeBackUnsent(Timestamp now);
    boost::asio::awaitable<void> beforeWire(MessageId id) override;
    boost::asio::awaitable<void> sendOne(Lane& lane, Message message, bool is_probe,
                                         WireGate& gate);
    std::optional<AuditEntry> sentAgain(const Message& message, Timestamp now) const;
    /// Whoever waited longest comes first: of those that share a host, none takes all its room.
    void fillLanes(Claim may_claim);
    void fillLane(Lane& lane, Claim may_claim);
    static bool hasRoom(const Lane& lane);
    /// When the rates of sender and host let any message pass.
    static SteadyTime readyAt(const Lane& lane, SteadyTime now);
    /// The oldest claimed message that the rates let pass.
    std::optional<Message> takeNext(Lane& lane);
    std::optional<Message> takeMarked(Lane& lane);
    bool marksAhead(const Lane& lane) const;
    /// Has at hand what the next write may mark, where that is looked at once more before it
    /// leaves.
    void claimLate(Lane& lane);
    /// Adds messages to those that the next write marks.
    void markAhead(Lane& lane);
    void markReady(Lane& lane, std::size_t wanted);
    /// False: there is nothing to claim, or no room for it.
    bool claim(Lane& lane);
    const outbox::RetrySchedule& scheduleOf(std::string_view sender) const;
    void judgeReceiver(Lane& lane, const Outcome& outcome, bool was_probe);
    void leaveAlone(Lane& lane, const std::string& reason);
    void release(Lane& lane, const char* reason, std::vector<Settlement>& unsent);
    void doubt(const Message& message, const std::string& reason);
    void finish(const Message& message, const Outcome& outcome, const Lane& lane);
    void scheduleFlush();
    void gather(std::size_t before);
    /// Nothing waits for the next write: what is under way goes on without it.
    bool writeCanWait() const;
    void flush();
    void defer(MessageId id, std::chrono::seconds delay);
    void giveBackClaimed(const char* reason);

    boost::asio::any_io_executor executor_;
    Store& store_;
    const Clock& clock_;
    Log& log_;
    Settings settings_;
    NoteMaker note_maker_;
    JournaledSteps steps_;
    std::map<std::string, outbox::HostGate> hosts_;
    std::vector<Lane> lanes_;
    std::vector<Lane*> by_turn_;
    std::uint64_t turns_ = 0;
    std::map<MessageId, SteadyTime> retry_at_;

    // What waits for the next durable write. One write serves all that came in the meantime.
    std::vector<MessageId> wire_marks_;
    std::vector<Settlement> settlements_;
    std::vector<Annotation> notes_;
    std::shared_ptr<boost::asio::steady_timer> wire_barrier_;  // shared by all that wait for it
    bool flush_scheduled_ = false;
    std::chrono::milliseconds company_max_ = kCompanyMax;
    boost::asio::steady_timer company_;  ///< that a write waits for
    bool hurry_ = false;                 ///< an outcome is not to wait for company
    bool stopping_ = false;
    bool held_ = false;
    std::function<void()> on_settled_;
    std::function<void(const std::vector<MessageId>&)> on_late_;
    GoneCallback on_gone_;
    DoubtCallback on_doubt_;
};

}  // namespace backorderd::app
