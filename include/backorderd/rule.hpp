#pragma once

#include <bitset>
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
    const ConditionField* field = nullptr;  ///< never null in a loaded rule set
    std::string attribute;                  ///< full name, for an attribute family
    std::vector<std::string> any_of;        ///< equality where there is one; compared as text
    std::string like;                       ///< glob of `*` and `?`; empty: not asked
    std::optional<Decimal> min, max;        ///< inclusive; numbers, money, days, counts
    std::string currency;                   ///< of money bounds
    std::optional<Period> min_age, max_age;  ///< inclusive; Age
    std::optional<Date> from, until;         ///< inclusive; Date (`min`, `max` in YAML)
    std::optional<bool> known;  ///< `{ is: known }` true, `{ is: unknown }` false
    bool or_unknown = false;    ///< an unknown value passes the bounds
    std::optional<bool> flag;   ///< Flag
    Place place;

    bool operator==(const Test&) const = default;
};

/// A condition: all tests, and all nested groups, must hold. Empty: always holds.
struct Condition {
    std::vector<Test> tests;
    std::vector<Condition> all;                ///< every one must hold
    std::vector<std::vector<Condition>> any;   ///< of each list at least one must hold
    std::vector<Condition> none;               ///< none may hold
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
    std::string timezone = "UTC";   ///< IANA name
    std::bitset<7> work_week{0x3e};  ///< bit 0 is Sunday; Monday to Friday by default
    DayHours hours{8 * 60, 17 * 60};
    std::set<Date> holidays;  ///< from `dates` and `ics`
    Place place;

    bool operator==(const Calendar&) const = default;
};

/// Whom an alert can reach: a role on the line, or fixed addresses.
struct Team {
    std::string name;
    bool from_line_sales_rep = false;  ///< `from: line.sales_rep`
    std::vector<std::string> email;
    std::string absent_use;  ///< team to use where this one has no address; empty: none
    std::string language;
    Place place;

    bool operator==(const Team&) const = default;
};

/// One entry below `messages:`.
struct MessageRule {
    std::string template_name;
    std::string first, second, further;  ///< other templates as the wait goes on; empty: the same
    std::optional<Period> within;      ///< opened …: leaves at the latest this long after the fact
    std::optional<Period> min_change;  ///< promise_changed: smaller moves are not told
    std::optional<Period> settle;      ///< promise_changed: the new date must stand this long
    std::optional<Period> every;       ///< status: since the customer last heard anything
    bool critical = false;             ///< passes limits and opt-outs
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
    bool work_days_only = false;  ///< `days: work_week`
    std::bitset<7> days{0x7f};    ///< `days: [mon, …]`
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
    std::string calendar;    ///< name in RuleSet::calendars; empty: the built-in one (UTC, Mon–Fri)
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

/// All rule files of one directory, validated; used whole or not at all.
struct RuleSet {
    std::vector<Calendar> calendars;
    std::vector<Team> teams;
    std::vector<std::pair<std::string, std::shared_ptr<const Condition>>> segments;
    std::vector<CadencePolicy> cadence;

    const Calendar* findCalendar(std::string_view name) const;
    const Team* findTeam(std::string_view name) const;
    /// Changes with the meaning of the rules; for 'did a reload change anything'. Never part of a
    /// key.
    std::string fingerprint;
};

}  // namespace backorderd
