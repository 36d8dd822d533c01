#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rules/builders.hpp"

/// A second opinion on who is told what, and when: written from docs/rules.md and docs/cadence.md,
/// not from src/rules, and as simple as it can be. It walks through the weeks of one line in steps
/// of a quarter of an hour and asks at each what the pages say must leave now. It plans nothing,
/// looks nowhere ahead and remembers only what happened and what left.
///
/// Modelled, of ladders: `start` (age, silence, lapse, slips, days to the promise, how the customer
/// took it), `match`, hours at which the clock starts one, `after`, `repeat`,
/// `unless: acknowledged`, `digest.at`, `stop`, `inhibits`, teams of several addresses.
/// Of cadence: one policy; `opened` with `grace`, `promise_changed` with `min_change` and `settle`,
/// `promise_lapsed`, `status`, `partly_shipped`, `shipped`, `cancelled`, adopted lines, send
/// windows in the zone of calendar or customer, digests and `within`. Of both: calendars with hours
/// and holidays, zones and their changes of clocks, a source whose data grow old, a time in which
/// nobody looks.
///
/// Not modelled: which policy applies, `continue`, limits, templates, what shares a message, other
/// channels than mail, contacts that are missing, reserved stock as a customer hears of it,
/// messages that take time, fail or expire, lines that are missing, offers, supply, advice; adopted
/// lines and steps in different units on a ladder; `min_change` in business days; dates that have
/// passed when they are set; digests in a time in which nobody looks; the day in the key of a
/// status.
namespace backorderd::rules_test::model {

/// A condition that both sides understand.
struct Ask {
    enum class What { Age, Silence, Lapsed, Slips, InDays, Negative };
    What what = What::Age;
    Period at_least{};  ///< of Age and Silence
    int number = 0;     ///< of Slips: at least; of InDays: at most
};

/// An escalation rule whose conditions are kept apart from it.
struct Ladder {
    EscalationRule rule;          ///< without `match` and `start`
    std::vector<Ask> start;       ///< any of them; none: at once
    std::optional<Ask> silenced;  ///< `match: { none: [ ... ] }`
};

/// What happens to the line. What a closed line cannot do is passed over.
struct Deed {
    enum class What {
        Promise,   ///< `promise` is the date from now on
        Reserve,   ///< `units` of what is open are reserved
        ShipPart,  ///< two units leave, where more than two are open
        Ship,
        Cancel,
        Vanish,
        Acknowledge,  ///< `rule`, or all where it is empty
        Answer,       ///< the customer will wait
        Complain,     ///< the customer is annoyed
    };
    Timestamp at{};
    What what = What::Promise;
    std::optional<Date> promise{};
    int units = 0;
    std::string rule{};
};

/// Rules, and what happens to one line of ten units under them.
struct Story {
    Calendar calendar;
    std::vector<Team> teams;
    std::vector<Ladder> ladders;
    std::optional<CadencePolicy> policy;  ///< with an empty `match`
    std::string customer_zone;            ///< empty: not known
    Timestamp opened_at{};
    bool adopted = false;
    std::optional<Date> promise;
    std::vector<Deed> deeds;                                ///< in the order of time
    std::optional<std::pair<Timestamp, Timestamp>> old;     ///< between the two data are not fresh
    std::optional<std::pair<Timestamp, Timestamp>> unseen;  ///< between the two nobody looks
    Timestamp end{};
};

constexpr std::chrono::minutes kQuarter{15};
constexpr const char* kCustomer = "a@example.com";
constexpr const char* kSalesRep = "rob@example.com";

/// What leaves until the end, sorted: `2026-03-02T08:00:00Z opened, promised 2026-03-20, to ...`
std::vector<std::string> toldByModel(const Story& story);

/// How both sides write down what left.
std::string toldWords(Timestamp at, std::string_view what, std::string_view to);
/// `step 2 of urgent since 2026-03-05T10:00:00Z, telling 1`
std::string rungWords(std::string_view rule, Timestamp started, int step, int telling);
/// `promise_changed (2026-03-05T10:00:00Z), promise 2026-03-20`; `of` is what makes the occasion.
std::string occasionWords(Topic topic, std::string_view of, std::optional<Date> promise);

}  // namespace backorderd::rules_test::model
