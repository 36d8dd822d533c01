#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "app/delivery_mode.hpp"
#include "app/evaluating.hpp"
#include "app/guards.hpp"
#include "app/log.hpp"
#include "app/shelf.hpp"
#include "backorderd/sender.hpp"
#include "config/config.hpp"
#include "store/journal.hpp"

namespace backorderd::app {

/// So many notices are made into messages in one piece, if their groups are not larger.
inline constexpr int kNoticesPerPiece = 50;

/// Turns notices whose window has opened into frozen messages: looks at each again, keeps what is
/// still true, groups, applies limits, renders.
class Preparer {
public:
    /// A sender of the settings, in their order: the first of a channel serves it.
    struct LastHop {
        std::string name;
        const Sender* sender = nullptr;
    };
    /// All references must outlive the preparer; the policy may be exchanged between calls.
    Preparer(Store& store, Evaluator& evaluator, Guards& guards, Log& log, const Policy& policy,
             const config::HouseSettings& house, std::vector<LastHop> hops);

    void usePolicy(const Policy& policy) { policy_ = &policy; }

    /// What a message is to say, before anybody has written it.
    struct Draft {
        const std::vector<Notice>& notices;  ///< at least one; all for one recipient
        const std::map<CaseId, Case>& cases;
        std::string template_name;
        /// All of it as a template reads it; takes copies, which not every writer needs.
        std::function<render::Request()> request;
    };
    /// Puts subject and document into a message; problems put the message off.
    using Writer = std::function<Problems(const Draft&, Message&)>;
    /// Has messages written otherwise than by the templates: a rehearsal reads what they are made
    /// of.
    void useWriter(Writer writer) { writer_ = std::move(writer); }

    /// Notices that left before this copy of the database was made are written down as such,
    /// instead of being sent again. Must outlive the preparer.
    void useJournal(const store::SendJournal& journal) { journal_ = &journal; }
    /// Sends elsewhere than to whom notices are for. Must outlive the preparer.
    void useMode(const DeliveryMode& mode) { mode_ = &mode; }

    /// After a start: what is planned in a restored copy of the database, and left before the
    /// restore, is written down as such.
    void beginDepartures(Timestamp now);
    /// What became of a case, when it is durable.
    void noted(const CaseChange& change);
    /// Does for what was noted since as `beginDepartures` did. It cannot wait until such a notice
    /// is due: its line may end before, and whether the end is told depends on what was heard.
    /// False: there was none.
    bool takeDepartures(Timestamp now);

    /// Handles due notices, group by group, until there were at least `limit`; returns how many
    /// there were. Each piece of about `piece_max` is a transaction of its own.
    int prepareDue(Timestamp now, int limit, int piece_max = kNoticesPerPiece);
    /// What a held notice would say if it left now; empty where it cannot be rendered.
    render::Rendered sample(const Notice& notice, Timestamp now);
    /// Looks again at what messages say that could not leave so far. Those that are no longer true,
    /// or that a guard would stop by now, are taken back; returns the others.
    std::vector<MessageId> stillTrue(const std::vector<MessageId>& ids, Timestamp now);

private:
    using Cases = std::map<CaseId, Case>;
    int preparePiece(Timestamp now, int limit);
    std::vector<MessageId> stoppedSince(const std::vector<MessageId>& ids, const Cases& cases,
                                        Timestamp now);
    Cases reevaluate(const std::vector<std::vector<Notice>>& groups, Timestamp now);
    std::vector<Notice> guarded(std::vector<Notice> notices, const Cases& cases, Timestamp now);
    std::vector<Notice> survivors(const std::vector<Notice>& group, const Cases& cases,
                                  Timestamp now) const;
    const LastHop* hopFor(const Recipient& recipient) const;
    std::optional<std::string> whyUnserved(const Recipient& recipient) const;
    /// Until when the limits of the policies let none of these leave; empty: they may. `composed`:
    /// messages of this round that are not stored yet.
    std::optional<Timestamp> limitedUntil(const std::vector<Notice>& group, const Cases& cases,
                                          const std::vector<Message>& composed, Timestamp now);
    std::vector<Timestamp> toldTimes(const Notice& notice, const Case& subject, bool per_recipient,
                                     const std::vector<Message>& composed, Timestamp since,
                                     Timestamp now);
    void postpone(std::vector<Notice> group, const Cases& cases, Timestamp now, Timestamp until,
                  const std::string& reason);
    void change(const std::vector<Notice>& notices, const Cases& cases, Timestamp now);
    /// Takes out of a group what left before a restore, all of it for one recipient, and adds the
    /// messages in which it left.
    void addDeparted(std::vector<Message>& messages, std::vector<Notice>& group, Timestamp now);
    void suppress(std::vector<Notice> group, const Cases& cases, Timestamp now,
                  const std::string& reason);
    Message envelopeFor(const std::vector<Notice>& group, Timestamp now) const;
    DeliveryMode::Route routeOf(const Recipient& recipient) const;
    std::optional<Message> compose(const std::vector<Notice>& group, const Cases& cases,
                                   Shelf& shelf, Timestamp now);
    Problems writeDocument(const render::Request& request, const std::string& redirected_from,
                           Message& message) const;
    std::string messageDomain() const;

    Store& store_;
    Evaluator& evaluator_;
    Guards& guards_;
    Log& log_;
    const Policy* policy_;
    const config::HouseSettings& house_;
    std::vector<LastHop> hops_;
    Writer writer_;
    const store::SendJournal* journal_ = nullptr;
    bool has_departures_ = false;
    std::vector<NoticeId> may_have_left_;
    const DeliveryMode* mode_ = nullptr;
};

/// The template by which notices are told in one message: theirs, or the digest's where they
/// differ.
std::string templateOf(const RuleSet& rules, const std::vector<Notice>& notices);

/// What a template needs of the notices of one message. From `shelf`, what our own people are told
/// of stock and supply; null: nothing of that.
render::Request requestFor(const Policy& policy, const std::vector<Notice>& notices,
                           const std::map<CaseId, Case>& cases, Timestamp now,
                           Shelf* shelf = nullptr);

/// The Message-ID that stands for an order's conversation.
std::string threadId(const OrderLine& line, std::string_view domain);

}  // namespace backorderd::app
