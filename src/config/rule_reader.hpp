#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/rule.hpp"
#include "config/map_reader.hpp"

/// The sections of rule files, one function each. They report every problem and go on; what they
/// return is used only where nothing was reported.
namespace backorderd::config {

/// A value below a name, as it stands in one of the rule files: `calendars: { chicago: … }`.
struct NamedNode {
    std::string name;
    std::string file;
    int line = 0, column = 0;  ///< of the name
    NodePtr node;
    Place place() const { return {file, line, column}; }
};

/// A rule as it stands in a list of one of the rule files.
struct ListedNode {
    std::string file;
    NodePtr node;
};

// -- Values --------------------------------------------------------------------------------------

/// Bounds of a period; a business day counts as a day here.
struct PeriodBounds {
    Period min, max;
};
/// Of the span after which the same advice may be given once more.
constexpr PeriodBounds kAdviceAgain{{1, Period::Unit::Days}, {366, Period::Unit::Days}};
/// The text of a scalar; otherwise a problem, and null.
const std::string* scalarText(MapReader& reader, const NodePtr& node, std::string_view key,
                              std::string_view expected);
std::optional<Period> readPeriod(MapReader& reader, std::string_view key, PeriodBounds bounds);
std::optional<bool> readFlag(MapReader& reader, std::string_view key);
std::optional<int> readCount(MapReader& reader, std::string_view key, int min, int max);
/// `08:00-17:30`
std::optional<DayHours> readHours(MapReader& reader, const NodePtr& node, std::string_view key);
/// `[mon, tue]`; bit 0 is Sunday.
std::optional<std::bitset<7>> readDays(MapReader& reader, const NodePtr& node,
                                       std::string_view key);
/// A scalar that must be one of the names; otherwise a problem, and empty.
std::string readNameOf(MapReader& reader, const NodePtr& node, std::string_view what,
                       const std::vector<std::string>& names);
/// The items of a list, or the one value that stands for a list of one.
std::vector<NodePtr> listOf(const NodePtr& node);
std::string readTemplateName(MapReader& reader, std::string_view key);
/// Which of the words a scalar is; otherwise a problem, and nullopt.
std::optional<std::size_t> readWord(MapReader& reader, const NodePtr& node, std::string_view key,
                                    const std::vector<std::string>& words);
/// Which of the words a list names, in its order and each once. Empty where the key is absent.
std::vector<std::size_t> readWords(MapReader& reader, std::string_view key,
                                   const std::vector<std::string>& words);
/// The texts of a list, each once, 1 to `count_max` of 1 to kTextBytesMax bytes; `form` is an
/// example.
constexpr std::size_t kTextBytesMax = 200;
std::vector<std::string> readTexts(MapReader& reader, const NodePtr& node, std::string_view key,
                                   std::size_t count_max, std::string_view form);
std::optional<Decimal> readNumber(MapReader& reader, std::string_view key, Decimal min,
                                  Decimal max);
std::optional<Date> readDate(MapReader& reader, std::string_view key);
/// `09:00`, as minutes since midnight.
std::optional<int> readMinute(MapReader& reader, std::string_view key);
/// Whether `a` is shorter than `b`, a business day counted as a day.
bool isShorter(Period a, Period b);

// -- Sections ------------------------------------------------------------------------------------

Calendar readCalendar(const NamedNode& named, Problems& problems);
/// The days of an `.ics` file between 2000 and 2050, each event's recurrences included. `reader`
/// and `node` say where the rules name the file.
std::set<Date> readHolidays(MapReader& reader, const Node& node, const std::string& path,
                            Problems& problems);
std::vector<Team> readTeams(const std::vector<NamedNode>& named, Problems& problems);

/// Named conditions, read when first used; a segment that leads back to itself is a problem.
class Segments {
public:
    Segments(const std::vector<NamedNode>& named, Problems& problems);
    /// Null where there is no such segment or it is wrong; then with a problem.
    std::shared_ptr<const Condition> use(MapReader& reader, const Node& node);
    /// All of them, in the order of the files.
    std::vector<std::pair<std::string, std::shared_ptr<const Condition>>> all();

private:
    struct State {
        const NamedNode* named;
        enum class Read { Not, Now, Done } read = Read::Not;
        std::shared_ptr<const Condition> condition;
    };
    std::shared_ptr<const Condition> resolve(State& state);

    std::vector<std::string> names_;
    std::map<std::string, State, std::less<>> states_;
    std::vector<std::string> path_;  ///< of segments being read
    Problems& problems_;
};

/// `what` names the condition in problems: `'match' of policy 'key accounts'`.
Condition readCondition(const NodePtr& node, const std::string& file, const std::string& what,
                        Segments& segments, Problems& problems);
/// What one field must be.
std::optional<Test> readTest(MapReader& reader, const Node::Entry& entry);

/// What a rule may name.
struct Names {
    std::vector<std::string> calendars, teams, escalations;
};
CadencePolicy readPolicy(const ListedNode& listed, const Names& names, Segments& segments,
                         Problems& problems);
/// `messages:` of a policy.
std::vector<std::pair<Topic, MessageRule>> readMessages(const NodePtr& node,
                                                        const std::string& file,
                                                        const std::string& policy,
                                                        Problems& problems);

SubstitutionRule readSubstitution(const ListedNode& listed, const Names& names, Segments& segments,
                                  Problems& problems);
EscalationRule readEscalation(const ListedNode& listed, const Names& names, Segments& segments,
                              Problems& problems);
/// Rules that silence each other in a circle; to be called when all are read.
void findInhibitionCycles(const std::vector<EscalationRule>& rules, Problems& problems);
FulfilmentRule readFulfilment(const ListedNode& listed, const Names& names, Segments& segments,
                              Problems& problems);
SupplyRule readSupply(const ListedNode& listed, const Names& names, Segments& segments,
                      Problems& problems);

/// A hash of what the rules mean: places and white space are not part of it.
std::string fingerprintOf(const RuleSet& rules);

}  // namespace backorderd::config
