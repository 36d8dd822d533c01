#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/config.hpp"
#include "config/listed_rule.hpp"
#include "config/problem_list.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kRulesMax = 10'000;
constexpr std::size_t kNamesMax = 10'000;
constexpr std::size_t kTiersMax = 100;

/// Everything that the files of a directory hold, by section, before anything is read of it.
struct RuleFiles {
    std::vector<NamedNode> calendars, teams, segments;
    std::vector<ListedNode> cadence, substitution, escalation, fulfilment, supply;
    std::vector<std::string> tiers;
    Place tiers_place;  ///< of the file that names them
};

/// The paths of a folder's rule files, in name order; a file stands for itself.
std::vector<std::string> listFiles(const std::string& directory, Problems& problems) {
    std::error_code error;
    if (std::filesystem::is_regular_file(directory, error)) return {directory};
    std::vector<std::string> names;
    std::filesystem::directory_iterator entries(directory, error);
    for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
        const std::string name = entries->path().filename().string();
        if (name.starts_with('.') || name.ends_with(".test.yaml")) continue;
        if (name.ends_with(".yml"))
            problems.push_back({{(std::filesystem::path(directory) / name).string(), 0, 0},
                                "this file is not read; name it .yaml",
                                Severity::Warning});
        if (name.ends_with(".yaml") && names.size() <= kFilesMax) names.push_back(name);
    }
    const Place place{directory, 0, 0};
    if (error)
        problems.push_back(
            {place,
             fmt::format("cannot read the folder of rules: {}; set 'rules_dir'", error.message()),
             Severity::Error});
    else if (names.empty())
        problems.push_back({place,
                            "the folder holds no *.yaml file; without rules nothing is ever sent",
                            Severity::Error});
    else if (names.size() > kFilesMax)
        problems.push_back({place,
                            fmt::format("the folder holds more than {} rule files", kFilesMax),
                            Severity::Error});
    std::ranges::sort(names);
    for (std::string& name : names) name = (std::filesystem::path(directory) / name).string();
    return names;
}

/// The entries of `calendars:`, `teams:` or `segments:`; a name stands once in all the files.
void collectNamed(MapReader& top, std::string_view key, const std::string& file,
                  std::vector<NamedNode>& out, Problems& problems) {
    const NodePtr node = top.find(key);
    if (!node) return;
    const MapReader section(node, file, fmt::format("'{}'", key), problems);
    for (const Node::Entry& entry : section.entries()) {
        const NamedNode named{entry.key, file, entry.line, entry.column, entry.value};
        const auto same = std::ranges::find(out, entry.key, &NamedNode::name);
        if (!isName(entry.key))
            problems.push_back(
                {named.place(),
                 fmt::format("{} is no name; use a-z, 0-9, '_' and '-'", quote(entry.key)),
                 Severity::Error});
        if (same != out.end())
            problems.push_back({named.place(),
                                fmt::format("{} is defined twice in '{}'; {}:{} has it already",
                                            quote(entry.key), key, same->file, same->line),
                                Severity::Error});
        else if (out.size() < kNamesMax)
            out.push_back(named);
    }
}

/// The rules of a section that is a list.
void collectListed(MapReader& top, std::string_view key, std::string_view sorts,
                   const std::string& file, std::vector<ListedNode>& out) {
    const NodePtr node = top.find(key);
    if (!node) return;
    if (!node->isSequence())
        return top.problem(*node, fmt::format("{} must be a list of {}, each beginning with '- ', "
                                              "not {}",
                                              quote(key), sorts, describe(*node)));
    if (out.size() + node->items.size() > kRulesMax)
        return top.problem(*node, fmt::format("more than {} {}", kRulesMax, sorts));
    for (const NodePtr& item : node->items) out.push_back({file, item});
}

/// `tiers:` stands in one file: two halves would have no order among them.
void collectTiers(MapReader& top, RuleFiles& out) {
    const NodePtr node = top.find("tiers");
    if (!node) return;
    const Place place = top.placeOf("tiers");
    if (out.tiers_place.line > 0)
        return top.problem(place, fmt::format("'tiers' stands twice; {}:{} has it already",
                                              out.tiers_place.file, out.tiers_place.line));
    out.tiers_place = place;
    if (!node->isSequence())
        return top.problem(*node, fmt::format("'tiers' must be a list, best first, such as "
                                              "[platinum, gold, silver], not {}",
                                              describe(*node)));
    out.tiers = readTexts(top, node, "tiers", kTiersMax, "[platinum, gold, silver]");
}

void collectFile(const std::string& file, RuleFiles& out, Problems& problems) {
    std::string reason;
    const auto text = readFile(file, reason);
    if (!text) {
        problems.push_back(
            {{file, 0, 0}, fmt::format("cannot be read: {}", reason), Severity::Error});
        return;
    }
    const NodePtr root = parseYaml(*text, file, problems);
    if (!root) return;
    MapReader top(root, file, "the rule file", problems);
    if (root->kind == Node::Kind::Null)
        top.problem(Place{file, 0, 0}, "the file is empty; remove it, or write rules",
                    Severity::Warning);
    const NodePtr version = top.find("version");
    if (version && version->text != "1")
        top.problem(*version, fmt::format("'version' must be 1, not {}", describe(*version)));
    collectNamed(top, "calendars", file, out.calendars, problems);
    collectNamed(top, "teams", file, out.teams, problems);
    collectNamed(top, "segments", file, out.segments, problems);
    collectTiers(top, out);
    collectListed(top, "cadence", "policies", file, out.cadence);
    collectListed(top, "substitution", "rules", file, out.substitution);
    collectListed(top, "escalation", "rules", file, out.escalation);
    collectListed(top, "fulfilment", "rules", file, out.fulfilment);
    collectListed(top, "supply", "rules", file, out.supply);
    top.finish();
}

std::vector<std::string> namesOf(const std::vector<NamedNode>& named) {
    std::vector<std::string> names;
    names.reserve(named.size());
    for (const NamedNode& one : named) names.push_back(one.name);
    return names;
}

std::vector<std::string> namesOf(const std::vector<ListedNode>& listed) {
    std::vector<std::string> names;
    for (const ListedNode& one : listed)
        if (std::string name = nameOf(*one.node); !name.empty()) names.push_back(std::move(name));
    return names;
}

template <class Rule>
void findEqualNames(const std::vector<Rule>& rules, std::string_view sort, Problems& problems) {
    std::map<std::string_view, const Rule*> first;
    for (const Rule& rule : rules) {
        const auto [known, fresh] = first.emplace(rule.name, &rule);
        if (!fresh && !rule.name.empty())
            problems.push_back({rule.place,
                                fmt::format("{} {} is defined twice; {}:{} has that name already",
                                            sort, quote(rule.name), known->second->place.file,
                                            known->second->place.line),
                                Severity::Error});
    }
}

RuleSet readRuleSet(const RuleFiles& files, Problems& problems) {
    RuleSet rules;
    for (const NamedNode& named : files.calendars)
        rules.calendars.push_back(readCalendar(named, problems));
    rules.teams = readTeams(files.teams, problems);
    Segments segments(files.segments, problems);
    rules.segments = segments.all();
    rules.tiers = files.tiers;
    const Names names{namesOf(files.calendars), namesOf(files.teams), namesOf(files.escalation)};
    const auto readEach = [&](const std::vector<ListedNode>& nodes, auto& out, auto read,
                              std::string_view sort) {
        for (const ListedNode& listed : nodes)
            out.push_back(read(listed, names, segments, problems));
        findEqualNames(out, sort, problems);
    };
    readEach(files.cadence, rules.cadence, readPolicy, "policy");
    readEach(files.substitution, rules.substitution, readSubstitution, "substitution rule");
    readEach(files.escalation, rules.escalation, readEscalation, "escalation rule");
    readEach(files.fulfilment, rules.fulfilment, readFulfilment, "fulfilment rule");
    readEach(files.supply, rules.supply, readSupply, "supply rule");
    findInhibitionCycles(rules.escalation, problems);
    return rules;
}

/// Whether anybody could ever hear anything. Offers leave through a cadence policy, so that
/// substitution alone tells nobody.
bool tellsAnything(const RuleSet& rules) {
    return !rules.cadence.empty() || !rules.escalation.empty() || !rules.fulfilment.empty() ||
           !rules.supply.empty();
}

}  // namespace

Result<RuleSet> loadRules(const std::string& directory, Problems* warnings) {
    return loadRules(std::span{&directory, 1}, warnings);
}

Result<RuleSet> loadRules(std::span<const std::string> paths, Problems* warnings) {
    Problems problems;
    RuleFiles files;
    for (const std::string& path : paths)
        for (const std::string& file : listFiles(path, problems))
            collectFile(file, files, problems);
    RuleSet rules = readRuleSet(files, problems);
    if (!tellsAnything(rules) && !hasErrors(problems))
        problems.push_back({{paths.empty() ? std::string{} : paths.front(), 0, 0},
                            "no file has a rule below 'cadence:', 'escalation:', 'fulfilment:' or "
                            "'supply:'; nothing would ever be sent",
                            Severity::Error});
    problems = orderProblems(std::move(problems));
    if (hasErrors(problems)) return problems;
    if (warnings) warnings->insert(warnings->end(), problems.begin(), problems.end());
    rules.fingerprint = fingerprintOf(rules);
    return rules;
}

}  // namespace backorderd::config
