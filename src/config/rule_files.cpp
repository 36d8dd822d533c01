#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/config.hpp"
#include "config/problem_list.hpp"
#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kPoliciesMax = 10'000;
constexpr std::size_t kNamesMax = 10'000;

/// Everything that the files of a directory hold, by section, before anything is read of it.
struct RuleFiles {
    std::vector<NamedNode> calendars, teams, segments;
    std::vector<ListedNode> policies;
};

/// The paths of the rule files, in name order.
std::vector<std::string> listFiles(const std::string& directory, Problems& problems) {
    std::error_code error;
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

void collectPolicies(MapReader& top, const std::string& file, std::vector<ListedNode>& out) {
    const NodePtr node = top.find("cadence");
    if (!node) return;
    if (!node->isSequence())
        return top.problem(*node, fmt::format("'cadence' must be a list of policies, each "
                                              "beginning with '- ', not {}",
                                              describe(*node)));
    if (out.size() + node->items.size() > kPoliciesMax)
        return top.problem(*node, fmt::format("more than {} policies", kPoliciesMax));
    for (const NodePtr& item : node->items) out.push_back({file, item});
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
    collectPolicies(top, file, out.policies);
    top.finish();
}

std::vector<std::string> namesOf(const std::vector<NamedNode>& named) {
    std::vector<std::string> names;
    names.reserve(named.size());
    for (const NamedNode& one : named) names.push_back(one.name);
    return names;
}

void findEqualNames(const std::vector<CadencePolicy>& policies, Problems& problems) {
    std::map<std::string_view, const CadencePolicy*> first;
    for (const CadencePolicy& policy : policies) {
        const auto [known, fresh] = first.emplace(policy.name, &policy);
        if (!fresh && !policy.name.empty())
            problems.push_back({policy.place,
                                fmt::format("policy {} is defined twice; {}:{} has that name "
                                            "already",
                                            quote(policy.name), known->second->place.file,
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
    const Names names{namesOf(files.calendars), namesOf(files.teams)};
    for (const ListedNode& listed : files.policies)
        rules.cadence.push_back(readPolicy(listed, names, segments, problems));
    findEqualNames(rules.cadence, problems);
    return rules;
}

}  // namespace

Result<RuleSet> loadRules(const std::string& directory, Problems* warnings) {
    Problems problems;
    RuleFiles files;
    for (const std::string& file : listFiles(directory, problems))
        collectFile(file, files, problems);
    RuleSet rules = readRuleSet(files, problems);
    if (rules.cadence.empty() && !hasErrors(problems))
        problems.push_back({{directory, 0, 0},
                            "no file has a policy below 'cadence:'; nothing would ever be sent",
                            Severity::Error});
    problems = orderProblems(std::move(problems));
    if (hasErrors(problems)) return problems;
    if (warnings) warnings->insert(warnings->end(), problems.begin(), problems.end());
    rules.fingerprint = fingerprintOf(rules);
    return rules;
}

std::vector<TemplateUse> templatesUsed(const RuleSet& rules) {
    std::vector<TemplateUse> uses;
    const auto use = [&](const std::string& name, const Place& place) {
        if (!name.empty() && std::ranges::find(uses, name, &TemplateUse::name) == uses.end())
            uses.push_back({name, place});
    };
    for (const CadencePolicy& policy : rules.cadence) {
        for (const auto& [topic, rule] : policy.messages)
            for (const auto* name : {&rule.template_name, &rule.first, &rule.second, &rule.further})
                use(*name, rule.place);
        if (policy.digest.by != DigestRule::By::None)
            use(policy.digest.template_name, policy.place);
        if (!policy.no_contact_team.empty()) use(policy.no_contact_template, policy.place);
    }
    return uses;
}

}  // namespace backorderd::config
