#pragma once

#include <bitset>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"
#include "backorderd/line_fields.hpp"
#include "backorderd/notice.hpp"
#include "backorderd/problem.hpp"

namespace backorderd {

/// What kind of value a condition's field has, and so what may be asked of it.
enum class ConditionType { Text, Number, Money, Date, Days, Age, Count, Flag };

/// A field that a condition can ask for: every line field, and what is derived from the case and
/// the clock (`age`, `slips`, `open_value`, `promise.in_days` …). `docs/fields.md` is made of it.
struct ConditionField {
    /// How rules/condition.cpp finds the value; `Line` for a plain column of the line.
    enum class Derived {
        Line,
        Attribute,        ///< `attributes.*`, `customer.attributes.*`, `item.attributes.*`
        OpenQuantity,     ///< `open`
        OpenValue,        ///< `open_value`
        Age,              ///< `age`: since the case opened, a Period
        PromiseDate,      ///< `promise.date`
        PromiseInDays,    ///< `promise.in_days`: calendar days from today until the promise
        Slips,            ///< `slips`: how often the promise moved later
        Lapsed,           ///< `lapsed`: the promise date has passed
        Uncovered,        ///< `uncovered`: no supply
        SupplyInDays,     ///< `supply.in_days`
        SupplyLate,       ///< `supply.late`: expected after the promise
        FullyAllocated,   ///< `available`
        ReleaseInDays,    ///< `release.in_days`
        CustomerHeard,    ///< `customer.heard`: whether any notice of this case was heard
        CustomerSilence,  ///< `customer.silence`: since the customer last heard anything, or since
                          ///< the case opened
        Adopted,          ///< `adopted`
        PaymentInDays,    ///< `payment.in_days`: calendar days until a held amount lapses
        Answer,           ///< `answer`: what the customer answered last
        Sentiment,        ///< `sentiment`: the last that was noted
        OfferState,       ///< `offer`: `none`, `open`, `accepted`, `declined`, `expired`,
                          ///< `withdrawn`; of the latest offer
        OfferAge,         ///< `offer.age`: since the customer heard of an offer that is open
    };

    std::string_view name;
    ConditionType type;
    Derived derived;
    std::string_view meaning;
    const LineField* column = nullptr;  ///< set where derived is Line
};

/// All condition fields. The attribute families appear once, as `customer.attributes.*`.
std::span<const ConditionField> conditionFields();
/// The field of that name (`customer.attributes.region` finds the family), or null.
const ConditionField* findConditionField(std::string_view name);

/// One entry of a condition map: a field and what it must be. Everything given must hold.
struct Test {
    const ConditionField* field = nullptr;   ///< never null in a loaded rule set
    std::string attribute;                   ///< full name, for an attribute family
    std::vector<std::string> any_of;         ///< equality where there is one; compared as text
    std::string like;                        ///< glob of `*` and `?`; empty: not asked
    std::optional<Decimal> min, max;         ///< inclusive; numbers, money, days, counts
    std::string currency;                    ///< of money bounds
    std::optional<Period> min_age, max_age;  ///< inclusive; Age
    std::optional<Date> from, until;         ///< inclusive; Date (`min`, `max` in YAML)
    std::optional<bool> known;               ///< `{ is: known }` true, `{ is: unknown }` false
    bool or_unknown = false;                 ///< an unknown value passes the bounds
    std::optional<bool> flag;                ///< Flag
    Place place;

    bool operator==(const Test&) const = default;
};

/// A condition: all tests, and all nested groups, must hold. Empty: always holds.
struct Condition {
    std::vector<Test> tests;
    std::vector<Condition> all;               ///< every one must hold
    std::vector<std::vector<Condition>> any;  ///< of each list at least one must hold
    std::vector<Condition> none;              ///< none may hold
    /// Named segments that must hold; resolved by the loader, shared by all that name them.
    struct SegmentUse {
        std::string name;
        std::shared_ptr<const Condition> condition;  // shared: a segment has many users
        Place place;
        bool operator==(const SegmentUse&) const = default;
    };
    std::vector<SegmentUse> segments;

    bool empty() const {
        return tests.empty() && all.empty() && any.empty() && none.empty() && segments.empty();
    }
    bool operator==(const Condition&) const = default;
};

/// Minutes since midnight; a span within one day, `08:00-17:30`. Invariant: from < to ≤ 1440.
struct DayHours {
    int from_minute = 0;
    int to_minute = 24 * 60;

    bool operator==(const DayHours&) const = default;
};

struct Calendar {
    std::string name;
    std::string timezone = "UTC";    ///< IANA name
    std::bitset<7> work_week{0x3e};  ///< bit 0 is Sunday; Monday to Friday by default
    DayHours hours{8 * 60, 17 * 60};
    std::set<Date> holidays;  ///< from `dates` and `ics`
    Place place;

    bool operator==(const Calendar&) const = default;
};

/// Whom an alert can reach: a role on the line, fixed addresses, or a sender of the settings.
struct Team {
    std::string name;
    bool from_line_sales_rep = false;  ///< `from: line.sales_rep`
    std::vector<std::string> email;
    std::string sender;      ///< `sender: ops_webhook`; the alert goes through it
    std::string absent_use;  ///< team to use where this one has no address; empty: none
    std::string language;
    Place place;

    bool operator==(const Team&) const = default;
};

/// One entry below `messages:`.
struct MessageRule {
    std::string template_name;
    std::string first, second, further;  ///< other templates as the wait goes on; empty: the same
    std::optional<Period> within;        ///< no digest holds it for longer
    std::optional<Period> min_change;    ///< promise_changed: smaller moves are not told
    std::optional<Period> settle;        ///< promise_changed: the new date must stand this long
    std::optional<Period> every;         ///< status: since the customer last heard anything
    bool critical = false;               ///< passes limits and opt-outs
    Place place;

    bool operator==(const MessageRule&) const = default;
};

struct DigestRule {
    enum class By { None, Customer, Order };
    By by = By::None;
    Period window{0, Period::Unit::Minutes};
    std::string template_name = "digest";  ///< for a message that carries different topics
    bool operator==(const DigestRule&) const = default;
};

struct SendWindow {
    DayHours hours;
    bool work_days_only = false;    ///< `days: work_week`
    std::bitset<7> days{0x7f};      ///< `days: [mon, …]`
    bool in_customer_zone = false;  ///< `in: customer`, else the calendar's zone
    bool operator==(const SendWindow&) const = default;
};

struct LimitRule {
    int max = 0;
    Period per{7, Period::Unit::Days};
    bool per_recipient = true;  ///< false: per case
    bool operator==(const LimitRule&) const = default;
};

/// What a customer hears, and when. The first policy that matches a line applies to it.
struct CadencePolicy {
    std::string name;
    Condition match;
    bool continues = false;  ///< `continue: true`: the next policy is looked at as well
    std::string calendar;  ///< name in RuleSet::calendars; empty: the built-in one (UTC, Mon–Fri)
    std::vector<Channel> channels{Channel::Email};
    Period grace{0, Period::Unit::Seconds};
    std::vector<std::pair<Topic, MessageRule>> messages;  ///< in the order of `Topic`
    DigestRule digest;
    std::optional<SendWindow> send_window;
    std::optional<LimitRule> limit;
    std::string no_contact_team;  ///< `no_contact: { alert: TEAM }`; empty: nobody
    std::string no_contact_template = "no-contact";
    Place place;

    const MessageRule* message(Topic topic) const;
    bool operator==(const CadencePolicy&) const = default;
};

/// What is offered instead of an item that is not there. The first rule that matches a line
/// applies.
struct SubstitutionRule {
    std::string name;
    Condition match;
    std::string calendar;

    /// Where candidates come from; the line's own item is never one.
    struct Candidates {
        bool from_erp = true;   ///< alternates that the ERP names
        bool from_rule = true;  ///< `items`
        std::map<std::string, std::vector<std::string>, std::less<>> items;
        /// Catalogue items that agree with the line's in all of these: `item.category`,
        /// `item.attributes.NAME`. Empty: this is no source of candidates.
        std::vector<std::string> same;
        std::optional<Decimal> price_min_ratio, price_max_ratio;  ///< candidate / line, inclusive
        bool cover_full = true;  ///< the free stock must cover the open quantity; else any of it
        enum class Warehouse { Any, Same, Named };
        Warehouse warehouse = Warehouse::Any;      ///< `Same`: the line's own
        std::string warehouse_name;                ///< of `Named`
        Decimal keep_back;                         ///< of each item and warehouse, never offered
        std::optional<Date> valid_from, valid_to;  ///< inclusive; in the calendar's zone
        Condition exclude;                         ///< lines for which it must not be; empty: none
        bool operator==(const Candidates&) const = default;
    } candidates;

    enum class Rank { SameWarehouse, Price, Stock };  ///< same first; cheaper first; more first
    int max = 3;                                      ///< items in one offer, 1 to 10
    std::vector<Rank> rank{Rank::SameWarehouse, Rank::Price, Rank::Stock};
    MessageRule offer;  ///< its template
    std::string withdrawn_template = "offer-withdrawn";
    std::string accepted_team;  ///< who enters an accepted one; empty: nobody is alerted
    std::string accepted_template = "offer-accepted";
    Period answer_within{5, Period::Unit::BusinessDays};
    Period hold{48, Period::Unit::Hours};
    std::optional<Period> again_after;  ///< empty: never again for the line
    Place place;

    bool operator==(const SubstitutionRule&) const = default;
};

/// When the alerts of a rule leave. Each recipient gets those that are due together in one message.
struct AlertDigest {
    std::optional<int> at_minute;  ///< since midnight in the calendar's zone, on its business days;
                                   ///< empty: at once
    bool operator==(const AlertDigest&) const = default;
};

/// Who is called, and when. Every rule that matches a line applies.
struct EscalationRule {
    std::string name;  ///< identifies its ladders for ever: another name is another ladder
    Condition match;
    Condition start;  ///< empty: at once
    std::string calendar;

    struct Step {
        std::string team;
        std::string template_name;
        Period after{0, Period::Unit::Seconds};  ///< counted from the start
        bool unless_acknowledged = false;
        std::optional<Period> repeat;  ///< again and again, until acknowledged or stopped
        Place place;
        bool operator==(const Step&) const = default;
    };
    std::vector<Step> steps;  ///< `after` ascending; at least one
    AlertDigest digest;
    /// `available`, `partly_available`, `promise_changed`, `shipped`, `cancelled`, `answered`. The
    /// end of the case always stops.
    enum class Stop { Available, PartlyAvailable, PromiseChanged, Shipped, Cancelled, Answered };
    std::vector<Stop> stop;
    std::vector<std::string> inhibits;  ///< names of rules that are silent while this one is active
    Place place;

    bool operator==(const EscalationRule&) const = default;
};

/// `expedite` of a fulfilment rule: lines that are long overdue are suggested for a faster way.
struct ExpediteRule {
    Condition match;
    std::string team;
    std::string template_name = "expedite";
    std::optional<Period> again;        ///< empty: once for each promised date
    std::optional<AlertDigest> digest;  ///< empty: the rule's
    Place place;
    bool operator==(const ExpediteRule&) const = default;
};

/// Who should get stock that arrives for an item several lines wait for. Advice: the ERP decides.
/// The first rule that matches a line applies.
struct FulfilmentRule {
    /// The field's names, in the order of serving: covered in full, also from what others have
    /// reserved; before the others, and what it has stays; shared with others of equal rank; by
    /// rank, what is left; nothing.
    enum class Strategy { Win, Gain, Redistribute, Fill, Lose };
    enum class Rank { Tier, PromiseDate, Age, OpenValue };

    std::string name;
    Condition match;
    std::string calendar;
    std::vector<std::pair<Strategy, Condition>> strategies;  ///< the first that holds
    Strategy fallback = Strategy::Fill;
    std::vector<Rank> rank{Rank::Tier, Rank::PromiseDate, Rank::Age, Rank::OpenValue};
    bool ship_complete = false;  ///< an order that ships complete gets all of it or nothing
    bool one_backorder = false;  ///< an order with one back order gets all of the line or nothing
    std::string team;
    std::string template_name = "allocation-advice";
    AlertDigest digest;
    std::optional<ExpediteRule> expedite;
    Place place;

    bool operator==(const FulfilmentRule&) const = default;
};

/// Tells purchasing of demand that nothing on order covers. The first rule that matches a line
/// applies.
struct SupplyRule {
    std::string name;
    Condition match;  ///< `uncovered: true` is implied
    std::string calendar;
    std::string team;
    std::string template_name = "uncovered-demand";
    AlertDigest digest;
    std::optional<Period> again;  ///< empty: once while it lasts
    Place place;

    bool operator==(const SupplyRule&) const = default;
};

/// All rule files of one directory, validated; used whole or not at all.
struct RuleSet {
    std::vector<Calendar> calendars;
    std::vector<Team> teams;
    std::vector<std::pair<std::string, std::shared_ptr<const Condition>>> segments;
    std::vector<std::string> tiers;  ///< customer tiers, best first; a tier that is not listed
                                     ///< comes behind, none last
    std::vector<CadencePolicy> cadence;
    std::vector<SubstitutionRule> substitution;
    std::vector<EscalationRule> escalation;
    std::vector<FulfilmentRule> fulfilment;
    std::vector<SupplyRule> supply;
    /// Senders of the settings that keep an incident open until they hear that somebody has taken
    /// it on, and that it is over. Not from the rule files, and not in the fingerprint.
    std::vector<std::string> incident_senders;

    const Calendar* findCalendar(std::string_view name) const;
    const Team* findTeam(std::string_view name) const;
    bool keepsIncidents(std::string_view sender) const;
    /// Changes with the meaning of the rules; for 'did a reload change anything'. Never part of a
    /// key.
    std::string fingerprint;
};

}  // namespace backorderd
