#include "backorderd/rule.hpp"

#include <algorithm>

namespace backorderd {
namespace {

template <class Range>
auto findNamed(const Range& range, std::string_view name) -> decltype(range.data()) {
    const auto at = std::find_if(range.begin(), range.end(),
                                 [name](const auto& entry) { return entry.name == name; });
    return at == range.end() ? nullptr : &*at;
}

}  // namespace

const MessageRule* CadencePolicy::message(Topic topic) const {
    for (const auto& [its_topic, rule] : messages)
        if (its_topic == topic) return &rule;
    return nullptr;
}

const Calendar* RuleSet::findCalendar(std::string_view name) const {
    return findNamed(calendars, name);
}

const Team* RuleSet::findTeam(std::string_view name) const { return findNamed(teams, name); }

bool RuleSet::keepsIncidents(std::string_view sender) const {
    return std::find(incident_senders.begin(), incident_senders.end(), sender) !=
           incident_senders.end();
}

}  // namespace backorderd
