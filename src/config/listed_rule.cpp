#include "config/listed_rule.hpp"

#include <fmt/format.h>

#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kNameBytesMax = 100;

}  // namespace

std::string nameOf(const Node& node) {
    for (const Node::Entry& entry : node.entries)
        if (entry.key == "name" && entry.value->isScalar()) return entry.value->text;
    return {};
}

ListedRule::ListedRule(const ListedNode& listed, std::string_view sort, const Names& names,
                       Segments& segments, Problems& problems)
    : file_(listed.file),
      place_{listed.file, listed.node->line, listed.node->column},
      names_(names),
      segments_(segments),
      problems_(problems),
      name_(nameOf(*listed.node)),
      what_(name_.empty() ? fmt::format("the {}", sort) : fmt::format("{} {}", sort, quote(name_))),
      reader(listed.node, listed.file, what_, problems) {}

std::string ListedRule::readName() {
    const NodePtr name = reader.need("name", "name it, for 'explain' and the log");
    const std::string* text = scalarText(reader, name, "name", "a text");
    if (text &&
        (text->empty() || text->size() > kNameBytesMax || text->find('\n') != std::string::npos))
        reader.problem(reader.placeOf("name"),
                       fmt::format("'name' must be one line of from 1 to {} bytes", kNameBytesMax));
    return name_;
}

Condition ListedRule::readMatch(MapReader& map, const std::string& what) {
    const NodePtr match = map.need("match", "write 'match: {}' for every line");
    if (!match) return {};
    return readCondition(match, file_, fmt::format("'match' of {}", what), segments_, problems_);
}

Condition ListedRule::readConditionAt(MapReader& map, std::string_view key) {
    const NodePtr node = map.find(key);
    if (!node) return {};
    return readCondition(node, file_, fmt::format("'{}' of {}", key, map.what()), segments_,
                         problems_);
}

Condition ListedRule::readSegmentOrCondition(MapReader& map, std::string_view key) {
    const NodePtr node = map.find(key);
    if (!node) return {};
    if (node->isScalar()) {
        Condition condition;
        if (auto segment = segments_.use(map, *node))
            condition.segments.push_back(
                {node->text, std::move(segment), {file_, node->line, node->column}});
        return condition;
    }
    if (node->isMapping() && node->entries.empty())
        map.problem(*node, fmt::format("{} of {} holds for every line; name a segment or write a "
                                       "condition",
                                       quote(key), map.what()));
    return readConditionAt(map, key);
}

std::string ListedRule::readTeam(MapReader& map, std::string_view key, std::string_view remedy) {
    return readNameOf(map, map.need(key, remedy), "team", names_.teams);
}

AlertDigest ListedRule::readAlertDigest(MapReader& map) {
    AlertDigest out;
    const NodePtr node = map.find("digest");
    if (!node) return out;
    MapReader digest{node, file_, fmt::format("'digest' of {}", map.what()), problems_};
    (void)readWord(digest, digest.find("by"), "by", {"recipient"});
    (void)digest.need("at", "say when it leaves, such as 'at: \"09:00\"'");
    if (digest.has("at")) out.at_minute = readMinute(digest, "at");
    digest.finish();
    return out;
}

std::optional<MapReader> ListedRule::part(std::string_view key) {
    const NodePtr node = reader.find(key);
    if (!node) return std::nullopt;
    return MapReader{node, file_, fmt::format("'{}' of {}", key, what_), problems_};
}

void ListedRule::finish(bool counts_business_days) {
    reader.finish();
    if (counts_business_days && !reader.has("calendar"))
        reader.problem(place_,
                       fmt::format("{} counts business days but names no calendar; Monday to "
                                   "Friday in UTC, without holidays, are taken",
                                   what_),
                       Severity::Warning);
}

bool countsBusinessDays(const std::optional<Period>& period) {
    return period && period->unit == Period::Unit::BusinessDays;
}

}  // namespace backorderd::config
