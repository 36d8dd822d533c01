#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/rule_reader.hpp"

namespace backorderd::config {

/// The name that an entry of a rule list gives itself; empty where it gives none.
std::string nameOf(const Node& node);

/// An entry of one of the rule lists, with what all of them have: a name, the lines that it is for,
/// a calendar, and teams. The reader of a section adds what is its own.
class ListedRule {
public:
    /// `sort` names it in problems: `policy`, `escalation rule`. What is handed in outlives it.
    ListedRule(const ListedNode& listed, std::string_view sort, const Names& names,
               Segments& segments, Problems& problems);

    /// Reads `name`, `match` and `calendar`.
    template <class Rule>
    void readHead(Rule& rule) {
        rule.place = place_;
        rule.name = readName();
        rule.match = readMatch(reader, what_);
        rule.calendar = readNameOf(reader, reader.find("calendar"), "calendar", names_.calendars);
    }
    /// `match` of the rule or of a part of it; required.
    Condition readMatch(MapReader& map, const std::string& what);
    /// The condition at a key, or an empty one.
    Condition readConditionAt(MapReader& map, std::string_view key);
    /// A segment by its name, or a condition.
    Condition readSegmentOrCondition(MapReader& map, std::string_view key);
    /// The team at a key; its absence is a problem.
    std::string readTeam(MapReader& map, std::string_view key, std::string_view remedy);
    /// `digest: { by: recipient, at: "09:00" }`
    AlertDigest readAlertDigest() { return readAlertDigest(reader); }
    /// The same of a part of the rule.
    AlertDigest readAlertDigest(MapReader& map);
    /// The mapping at a key; nullopt where the key is absent.
    std::optional<MapReader> part(std::string_view key);
    /// Reports unknown keys, and warns where business days are counted that nobody defined.
    void finish(bool counts_business_days);

    const std::string& file() const { return file_; }
    const std::string& what() const { return what_; }  ///< `policy 'key accounts'`
    const Place& place() const { return place_; }
    const Names& names() const { return names_; }
    Problems& problems() { return problems_; }

private:
    std::string readName();

    std::string file_;
    Place place_;
    const Names& names_;
    Segments& segments_;
    Problems& problems_;
    std::string name_;
    std::string what_;

public:
    MapReader reader;  ///< of the entry itself
};

/// Whether a period counts business days.
bool countsBusinessDays(const std::optional<Period>& period);

}  // namespace backorderd::config
