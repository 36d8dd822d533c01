#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/decision.hpp"
#include "backorderd/preference.hpp"
#include "backorderd/rule.hpp"
#include "backorderd/snapshot.hpp"

/// What each person is to be told, and when. Pure: `now` is an argument, and the same case, rules
/// and `now` always give the same decision.
namespace backorderd::rules {

/// What a decision rests on besides the case.
struct Facts {
    Timestamp now{};
    /// Until when the source's data count as fresh; empty: it has never been read to the end.
    std::optional<Timestamp> fresh_until;
    /// How contacts want to be written to; null: nobody has said.
    const Preferences* preferences = nullptr;
};

/// `Full` also fills `Decision::looks` with the words for `explain`; `Brief` spares the time, and
/// lists in `Decision::withheld` only what concerns a notice that is pending.
enum class Detail { Brief, Full };

/// What should be told of this case now and later. See `Decision`.
Decision evaluate(const RuleSet& rules, const Case& subject, const Facts& facts,
                  Detail detail = Detail::Brief);

/// Whether a condition holds. With `failed`, the first test that did not.
bool holds(const Condition& condition, const Case& subject, Timestamp now,
           FailedTest* failed = nullptr);

/// The same of a rule's condition, by the days of its calendar: as `evaluate` asks it.
bool holds(const RuleSet& rules, std::string_view calendar, const Condition& condition,
           const Case& subject, Timestamp now);

/// The policy by whose limit and send window a notice goes: the one that asked for it, and for what
/// substitution rules tell a customer the line's first. Null: none does.
const CadencePolicy* policyOf(const RuleSet& rules, const Case& subject, const Notice& notice,
                              Timestamp now);
/// The first instant from `now` on at which the notice may leave by the send window of its policy;
/// an SMS has one in any case.
Timestamp sendOpensAt(const RuleSet& rules, const Case& subject, const Notice& notice,
                      Timestamp now);

/// What has come about by the passing of time alone and is not in the case's log yet: the promise
/// lapsed (in the zone of the policy's calendar), a ladder's start or stop condition holds, an
/// offer expired. To be added to the log, in this order, before the case is evaluated. Ladders
/// start by fresh data, or by what somebody said in this moment.
std::vector<Event> clockEvents(const RuleSet& rules, const Case& subject, const Facts& facts);

/// What the loader cannot know: zones that do not exist, calendars with no working day, rules that
/// can never match because an earlier one takes all, segments that are never used, a status cadence
/// faster than its own limit. Names of teams, calendars and segments are the loader's business.
Problems findProblems(const RuleSet& rules);

// -- Offers --------------------------------------------------------------------------------------

/// An offer as the log tells it. Points into the case.
struct OfferView {
    enum class State { Open, Accepted, Declined, Expired, Withdrawn };
    int number = 0;  ///< `seq` of the event that made it
    Timestamp made_at{};
    const OfferMade* made = nullptr;
    State state = State::Open;
    Timestamp state_at{};
    const OfferAnswered* answer = nullptr;      ///< of Accepted and Declined
    const OfferWithdrawn* withdrawn = nullptr;  ///< of Withdrawn
    std::optional<Timestamp> heard_at;          ///< since when the customer may know of it
};
std::string_view offerStateName(OfferView::State state);  ///< `open`
/// All offers of the case, oldest first.
std::vector<OfferView> offersOf(const Case& subject);

/// What the offers of the case hold from `now` on: an open offer its units until `hold_until`, an
/// accepted one the accepted units as long again, so that somebody can enter it.
std::vector<StockHold> holdsOf(const Case& subject, Timestamp now);

/// An item that may be offered for a line, or why not.
struct Candidate {
    CatalogueItem item;
    std::string warehouse;
    Decimal free;  ///< what an offer could take: without what is held and what is kept back
    std::optional<Decimal> price_ratio;  ///< its price / the line's; empty: not comparable
    bool fits = false;
    std::string why_not;  ///< where it does not fit: the first test that failed, for a person
};
/// All candidates of a rule for a line, in the rule's rank, those that fit first. `held`: what
/// other offers hold.
std::vector<Candidate> findCandidates(const RuleSet& rules, const SubstitutionRule& rule,
                                      const Case& subject, const Goods& goods,
                                      std::span<const StockHold> held, Timestamp now);

/// A line that wants to be offered a substitute. `subject` must outlive the call.
struct OfferWish {
    const Case* subject = nullptr;
    const SubstitutionRule* rule = nullptr;
};
/// Shares free stock out among all lines that want an offer, whatever their order here: by tier,
/// then age, then open value, then case id. No unit is in two offers, none that is held is in any.
/// Lines are served some at a time, because there may be many.
class OfferRound {
public:
    /// Each line once. The hold and the time to answer are counted from `now`. What is given must
    /// outlive the round.
    OfferRound(const RuleSet& rules, std::span<const OfferWish> wishes, const Goods& goods,
               std::span<const StockHold> held, Timestamp now);
    ~OfferRound();

    /// Serves up to so many lines more; an event for each that gets an offer, in the order of
    /// serving. One that waits for nothing any more gets none.
    std::vector<std::pair<CaseId, OfferMade>> serve(std::size_t lines_max);
    /// Whether every line has had its turn.
    bool done() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};
/// Why the latest offer of a case holds no longer, where it is open: `goods` of its items, `held`
/// by the offers of other cases. An item that is short makes all of it untrue. Of two offers that
/// together are short each is found untrue: enter one's end, and what it frees, before asking for
/// the next.
std::optional<OfferWithdrawn> recheckOffer(const Case& subject, const Goods& goods,
                                           std::span<const StockHold> held, Timestamp now);

// -- Stock that arrived --------------------------------------------------------------------------

/// Who of the lines that wait for an item should get what is free of it, by the fulfilment rules.
class Allocation {
public:
    /// `rules` must outlive it.
    Allocation(const RuleSet& rules, std::string item, Timestamp now);
    ~Allocation();

    /// To be called with all open cases of the item, and, where a line of them ships complete or is
    /// a kit's component, with all other open cases of its order; those of other items only decide
    /// whether the order can be served. Keeps the line alone, because there may be many.
    void add(Case&& subject);
    /// Best first; lines that no rule matches are not served and not mentioned, nor are those that
    /// what is free does not reach. `goods`: of all items of the cases, their free stock without
    /// what offers hold. Empty where no two lines wait. No more is proposed than is free, but for
    /// winners: what they get beyond that others have reserved, and the reason says who.
    std::vector<std::pair<CaseId, AllocationProposed>> propose(const Goods& goods) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The day it is at `at` in a zone; UTC where the zone is empty or not known.
Date localDate(Timestamp at, std::string_view timezone);
/// The instant of a local time. In a gap the next valid instant counts, in an overlap the first.
Timestamp instantOf(Date day, int minute_of_day, std::string_view timezone);
/// `at` moved forward by a period of the calendar.
Timestamp addPeriod(Timestamp at, Period period, const Calendar& calendar);

}  // namespace backorderd::rules
