#include <fmt/format.h>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kTestsMax = 10'000;

/// Everything that can stand on the left side of a condition.
const std::vector<std::string>& knownWords() {
    static const std::vector<std::string> kWords = [] {
        std::vector<std::string> words{"all", "any", "none", "segment"};
        for (const ConditionField& field : conditionFields()) words.emplace_back(field.name);
        return words;
    }();
    return kWords;
}

/// The conditions of a group, `any: [ {…}, {…} ]`.
std::vector<Condition> readGroup(MapReader& reader, const Node::Entry& entry,
                                 const std::string& file, Segments& segments, Problems& problems) {
    const NodePtr node = reader.find(entry.key);
    if (!node) return {};
    if (!node->isSequence() || node->items.empty()) {
        reader.problem(
            *node, fmt::format("'{}' must be a list of conditions, each beginning with "
                               "'- ', not {}",
                               entry.key, node->isSequence() ? "an empty one" : describe(*node)));
        return {};
    }
    const std::string what = fmt::format("'{}' in {}", entry.key, reader.what());
    std::vector<Condition> group;
    for (const NodePtr& item : node->items) {
        if (item->isMapping() && item->entries.empty())
            reader.problem(*item, fmt::format("an empty condition in '{}' holds for every line; "
                                              "remove it",
                                              entry.key));
        group.push_back(readCondition(item, file, what, segments, problems));
    }
    return group;
}

/// Only conditions have an open set of keys, so they do without `MapReader::finish`.
void refuseField(MapReader& reader, const Node::Entry& entry) {
    std::string hint = didYouMean(entry.key, knownWords());
    const auto colon = entry.key.find(':');
    if (hint.empty() && colon != std::string::npos)
        hint = " (write a space behind the colon)";
    else if (hint.empty())
        hint = "; docs/fields.md lists them";
    Place place = reader.placeOf(entry.key);
    reader.problem(place, fmt::format("a line has no field {}{}", quote(entry.key), hint));
}

}  // namespace

Condition readCondition(const NodePtr& node, const std::string& file, const std::string& what,
                        Segments& segments, Problems& problems) {
    Condition condition;
    MapReader reader(node, file, what, problems);
    if (node && node->kind == Node::Kind::Null)
        reader.problem(*node, fmt::format("{} has no value; say what it asks for", what));
    if (reader.entries().size() > kTestsMax)
        reader.problem(reader.place(), fmt::format("at most {} tests in one condition", kTestsMax));
    for (const Node::Entry& entry : reader.entries()) {
        if (entry.key == "all") {
            auto group = readGroup(reader, entry, file, segments, problems);
            condition.all.insert(condition.all.end(), group.begin(), group.end());
        } else if (entry.key == "any") {
            auto group = readGroup(reader, entry, file, segments, problems);
            if (!group.empty()) condition.any.push_back(std::move(group));
        } else if (entry.key == "none") {
            condition.none = readGroup(reader, entry, file, segments, problems);
        } else if (entry.key == "segment") {
            const NodePtr use = reader.find(entry.key);
            if (!use) continue;
            const Place place{file, use->line, use->column};
            if (auto segment = segments.use(reader, *use))
                condition.segments.push_back({use->text, std::move(segment), place});
        } else if (!findConditionField(entry.key)) {
            refuseField(reader, entry);
        } else if (auto test = readTest(reader, entry)) {
            condition.tests.push_back(std::move(*test));
        }
    }
    return condition;
}

}  // namespace backorderd::config
