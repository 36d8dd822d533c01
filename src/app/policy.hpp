#pragma once

#include <span>
#include <string>

#include "backorderd/problem.hpp"
#include "backorderd/rule.hpp"
#include "config/config.hpp"
#include "render/render.hpp"

namespace backorderd::app {

/// What operations edit: rules and templates, checked against one another. Replaced as a whole by
/// a reload, or not at all.
struct Policy {
    RuleSet rules;
    render::Templates templates;
    render::House house;
};

/// Loads and checks everything the settings point at. `warnings` receives what is worth saying and
/// stops nothing.
Result<Policy> loadPolicy(const config::Settings& settings, Problems& warnings);
/// The same with rules from elsewhere, as `config::loadRules` takes them.
Result<Policy> loadPolicy(std::span<const std::string> rules, const config::Settings& settings,
                          Problems& warnings);

render::House houseOf(const config::Settings& settings);

}  // namespace backorderd::app
