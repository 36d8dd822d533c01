#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/notice.hpp"
#include "backorderd/problem.hpp"
#include "backorderd/snapshot.hpp"

/// Courses of events that people write down: the tests of their rules, and the scenarios of a
/// simulation. Every problem of a file at once, with its place and a remedy.
namespace backorderd::config {

/// A field of a line by its name in docs/fields.md, and what it becomes.
struct FieldChange {
    std::string field;
    std::string value;        ///< canonical text; empty: not known
    std::optional<int> days;  ///< of a date: moved by so many days instead, earlier where negative

    bool operator==(const FieldChange&) const = default;
};
/// Makes the change. A date that is not known is moved from `today`. The change comes from one of
/// the functions below, so that its field exists and takes its value.
void apply(const FieldChange& change, OrderLine& line, Date today);

/// One message that should, or must not, be sent: every part that is given must fit.
struct ExpectedMessage {
    std::string to;                   ///< address
    std::string template_name, rule;  ///< of the message or of one of its notices
    std::string line;                 ///< one of its notices is about it
    std::optional<Topic> topic;       ///< of one of its notices
    std::optional<Channel> channel;
    std::string subject;                ///< a part of the subject
    std::vector<std::string> contains;  ///< each is a part of the subject or the text
    Place place;
};

/// Something that a person does about a line.
struct TestAct {
    enum class Kind { Respond, Acknowledge, Accept, Decline, Gone };
    Kind kind{};
    std::string line;
    std::string item;                     ///< Accept: one of the offer; empty: the first
    std::string answer, sentiment, text;  ///< Respond
    std::string rule, author, note;       ///< rule: Acknowledge; empty: every ladder
    Place place;
};

/// Free stock that a step sets.
struct StockChange {
    std::string item, warehouse;
    Decimal free;
};

/// `at`: what happens at a moment, and what is sent from then on until the next step. `until`: what
/// is sent up to a moment.
struct TestStep {
    bool until = false;
    std::string name;  ///< as written: `at: +3d`
    Timestamp at{};
    /// How long an `at` step lasts where no other `at` step ends it.
    std::chrono::seconds within{24 * 3600};
    struct Change {
        std::string line;
        std::vector<FieldChange> fields;
    };
    std::vector<Change> changes;
    std::vector<StockChange> stock;
    std::vector<TestAct> acts;
    std::optional<std::vector<ExpectedMessage>> expect;  ///< empty: anything may be sent
    std::vector<ExpectedMessage> never;
    Place place;
};

/// A test of rules. `key.source` of the lines is `test`.
struct RuleTest {
    std::string file;
    std::string name;                ///< for reports; that of the file where none is given
    std::vector<std::string> rules;  ///< as `loadRules` takes them; at least one
    std::string templates_dir;       ///< empty: not given
    Timestamp start{};
    std::chrono::seconds offset{};  ///< from UTC, as `start` is written; by it a day begins
    bool adopt = false;             ///< the lines were there before anybody watched
    std::vector<OrderLine> lines;
    Goods goods;
    std::vector<TestStep> steps;  ///< at least one; ascending by `at`
};
Result<RuleTest> loadRuleTest(const std::string& file);
/// The day it is then, where the test was written.
Date dayAt(const RuleTest& test, Timestamp at);

/// One assumption of a simulation: on a day something becomes of the lines that all given names
/// fit.
struct ScenarioChange {
    /// A weekday (0 is Sunday): the first on or after the first day; a date; or days from the
    /// start.
    std::optional<int> weekday;
    std::optional<Date> date;
    std::optional<int> in_days;
    int at_minute = 9 * 60;  ///< of the day, in the house's zone

    std::string line, order, item, customer, supply;  ///< which lines; empty: any
    std::vector<FieldChange> fields;
    bool ship_all = false, cancel_all = false;
    std::optional<Decimal> ship, cancel;  ///< of each line, at most what is open
    std::optional<Decimal> arrives;       ///< so much more of `item` is free
    std::string warehouse;                ///< where it arrives
    Place place;
};
Result<std::vector<ScenarioChange>> loadScenario(const std::string& file);

}  // namespace backorderd::config
