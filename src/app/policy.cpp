#include "app/policy.hpp"

#include <algorithm>
#include <tuple>

#include "rules/rules.hpp"
#include "senders/senders.hpp"

namespace backorderd::app {
namespace {

/// Templates that rules name and nobody wrote.
Problems findMissingTemplates(const RuleSet& rules, const render::Templates& templates) {
    Problems problems;
    for (const auto& use : config::templatesUsed(rules)) {
        if (templates.has(use.name)) continue;
        const auto near = nearestWord(use.name, templates.names());
        problems.push_back(
            {use.place, "there is no template '" + use.name + "'" +
                            (near.empty() ? std::string{} : " (did you mean '" + near + "'?)")});
    }
    return problems;
}

/// Templates that somebody keeps up and nobody ever sees.
Problems findUnusedTemplates(const config::Settings& settings, const RuleSet& rules,
                             const render::Templates& templates) {
    Problems problems;
    for (const auto& name : config::templatesUnused(rules, templates.names()))
        problems.push_back({{settings.templates_dir + '/' + name, 0, 0},
                            "no rule uses the template '" + name + "'",
                            Severity::Warning});
    return problems;
}

void sortByPlace(Problems& problems) {
    std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
        return std::tie(a.place.file, a.place.line, a.place.column) <
               std::tie(b.place.file, b.place.line, b.place.column);
    });
}

}  // namespace

render::House houseOf(const config::Settings& settings) {
    const auto& house = settings.house;
    return {house.name,     house.phone,    house.signature,
            house.language, house.timezone, house.unsubscribe_link,
            house.reply_to};
}

Result<Policy> loadPolicy(const config::Settings& settings, Problems& warnings) {
    return loadPolicy(std::span{&settings.rules_dir, 1}, settings, warnings);
}

Result<Policy> loadPolicy(std::span<const std::string> paths, const config::Settings& settings,
                          Problems& warnings) {
    Problems found;
    auto rules = config::loadRules(paths, &found);
    if (!rules) append(found, rules.error());
    const auto house = houseOf(settings);
    auto templates = render::Templates::load(settings.templates_dir, house);
    if (!templates) append(found, templates.error());
    if (rules) append(found, rules::findProblems(*rules));
    if (rules && templates) {
        append(found, findMissingTemplates(*rules, *templates));
        append(found, findUnusedTemplates(settings, *rules, *templates));
    }
    sortByPlace(found);
    if (hasErrors(found)) return found;
    append(warnings, found);
    for (const auto& sender : settings.senders)
        if (senders::keepsIncidents(sender.kind)) rules->incident_senders.push_back(sender.name);
    return Policy{std::move(*rules), std::move(*templates), house};
}

}  // namespace backorderd::app
