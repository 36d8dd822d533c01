#include <fmt/format.h>

#include <algorithm>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {

Segments::Segments(const std::vector<NamedNode>& named, Problems& problems) : problems_(problems) {
    for (const NamedNode& one : named) {
        names_.push_back(one.name);
        states_.emplace(one.name, State{.named = &one, .condition = nullptr});
    }
}

std::shared_ptr<const Condition> Segments::use(MapReader& reader, const Node& node) {
    if (node.isSequence()) {
        reader.problem(node,
                       "'segment' names one segment; for several write any: [{ segment: A }, "
                       "{ segment: B }]");
        return nullptr;
    }
    const std::string name =
        readNameOf(reader, std::make_shared<const Node>(node), "segment", names_);
    if (name.empty()) return nullptr;
    State& state = states_.find(name)->second;
    if (state.read != State::Read::Now) return resolve(state);
    auto cycle = std::vector<std::string>(std::ranges::find(path_, name), path_.end());
    cycle.push_back(name);
    reader.problem(node,
                   fmt::format("segment {} leads back to itself ({}); a segment must not rest "
                               "on itself",
                               quote(name), fmt::join(cycle, " -> ")));
    return nullptr;
}

std::vector<std::pair<std::string, std::shared_ptr<const Condition>>> Segments::all() {
    std::vector<std::pair<std::string, std::shared_ptr<const Condition>>> segments;
    for (const std::string& name : names_)
        segments.emplace_back(name, resolve(states_.find(name)->second));
    return segments;
}

std::shared_ptr<const Condition> Segments::resolve(State& state) {
    if (state.read == State::Read::Done) return state.condition;
    state.read = State::Read::Now;
    path_.push_back(state.named->name);
    const std::string what = fmt::format("segment {}", quote(state.named->name));
    auto condition = std::make_shared<Condition>(
        readCondition(state.named->node, state.named->file, what, *this, problems_));
    if (state.named->node->isMapping() && state.named->node->entries.empty())
        problems_.push_back({state.named->place(),
                             fmt::format("{} is empty and would hold for every line; say what it "
                                         "asks for",
                                         what),
                             Severity::Error});
    state.condition = std::move(condition);
    path_.pop_back();
    state.read = State::Read::Done;
    return state.condition;
}

}  // namespace backorderd::config
