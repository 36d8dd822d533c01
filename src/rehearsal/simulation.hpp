#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "app/policy.hpp"
#include "config/scripts.hpp"
#include "rehearsal/stage.hpp"

namespace backorderd::rehearsal {

struct SimulationOptions {
    Timestamp start{};
    int days = 30;
    std::vector<config::ScenarioChange> scenario;
    /// The engine is looked after at multiples of this: what leaves within it leaves together.
    std::chrono::seconds tick{300};
};

/// What would be sent.
struct Simulation {
    /// A change of the scenario, as it came out.
    struct Made {
        Timestamp at{};
        Place place;
        std::size_t lines = 0;  ///< that it concerned
    };
    Timestamp start{}, end{};
    std::string timezone;        ///< of the days below
    std::size_t open_lines = 0;  ///< at the start
    std::vector<Made> made;      ///< in the order of time
    std::vector<SentMessage> sent;
};

/// Lets days pass over a copy of a store, with nothing read from any ERP: every line stays as it is
/// unless the scenario says otherwise, and its data count as fresh. The store is written to.
Simulation simulate(Scene scene, const app::Policy& policy, std::unique_ptr<Store> copy,
                    const SimulationOptions& options);

/// The moment of a change: the first such day on or after the day of the start, at its time of day.
Timestamp momentOf(const config::ScenarioChange& change, Timestamp start,
                   const std::string& timezone);
/// A line after a change, or nullopt where the change does not concern it.
std::optional<OrderLine> changed(const config::ScenarioChange& change, const OrderLine& line,
                                 Date today);

/// Messages and notices, counted.
struct Count {
    std::size_t messages = 0, notices = 0;
};
/// The same messages by day and rule, and in sum. A message that carries notices of several rules
/// or topics counts once in each.
struct Tally {
    std::map<Date, Count> days;  ///< every day, also those without
    std::map<std::tuple<Date, std::string, std::string>, Count> calendar;  ///< day, rule, topic
    std::map<std::string, Count> rules, topics;
    std::map<std::string, Count> recipients;  ///< by address
    Count all;
};
Tally tally(const Simulation& simulation);
/// Most messages first.
std::vector<std::pair<std::string, Count>> byCount(const std::map<std::string, Count>& counts);
std::string dayName(Date day);  ///< `Mon 2026-03-02`

std::string inWords(const Simulation& simulation, bool every_message);
nlohmann::json asJson(const Simulation& simulation);
/// One self-contained page, without scripts, with a plot by day and tables.
std::string asPage(const Simulation& simulation, const std::string& house);

}  // namespace backorderd::rehearsal
