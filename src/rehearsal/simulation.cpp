#include "rehearsal/simulation.hpp"

#include <algorithm>

#include "lines/lines.hpp"
#include "rehearsal/pieces.hpp"
#include "rules/rules.hpp"

namespace backorderd::rehearsal {
namespace {

/// A copy says when each source was last read; from here on that is now.
void makeFresh(Store& store, const std::vector<std::string>& sources, Timestamp now) {
    for (const auto& name : sources) {
        auto state = store.source(name);
        state.name = name;
        state.baseline_done = true;
        state.last_good_at = now;
        store.saveSource(state);
    }
}

void arrive(Stage& stage, const config::ScenarioChange& change, const std::string& source) {
    auto goods = stage.store().goods(source);
    const auto at = std::find_if(goods.stock.begin(), goods.stock.end(), [&](const auto& level) {
        return level.item == change.item && level.warehouse == change.warehouse;
    });
    if (at != goods.stock.end())
        at->free = at->free + *change.arrives;
    else
        goods.stock.push_back({change.item, change.warehouse, *change.arrives});
    stage.engine().goodsChanged(source, stage.store().saveGoods(source, goods));
}

std::size_t make(Stage& stage, const config::ScenarioChange& change,
                 const std::vector<std::string>& sources, const std::string& timezone) {
    const auto today = rules::localDate(stage.clock().now(), timezone);
    if (change.arrives && !sources.empty()) arrive(stage, change, sources.front());
    CaseFilter filter;
    filter.customer = change.customer;
    filter.order = change.order;
    filter.item = change.item;
    std::size_t count = 0;
    forEachPiece(stage.store(), filter, [&](const std::vector<CaseId>& ids) {
        for (auto& subject : stage.store().cases(ids)) {
            auto line = changed(change, subject.line, today);
            if (!line) continue;
            ++count;
            const auto events = lines::diff(&subject.line, *line);
            subject.line = std::move(*line);
            stage.tell(std::move(subject), events);
        }
    });
    return count;
}

}  // namespace

Simulation simulate(Scene scene, const app::Policy& policy, std::unique_ptr<Store> copy,
                    const SimulationOptions& options) {
    Simulation result;
    result.start = options.start;
    result.end = options.start + std::chrono::days{options.days};
    result.timezone = scene.house.timezone;
    makeFresh(*copy, scene.sources, options.start);
    forEachPiece(*copy, {}, [&](const auto& ids) { result.open_lines += ids.size(); });
    const auto sources = scene.sources;
    Stage stage{std::move(scene), policy, std::move(copy), options.start};

    std::vector<std::pair<Timestamp, const config::ScenarioChange*>> due;
    for (const auto& change : options.scenario)
        due.emplace_back(momentOf(change, options.start, result.timezone), &change);
    std::stable_sort(due.begin(), due.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [at, change] : due) {
        if (at >= result.end) break;
        stage.driver().runUntil(at, options.tick);
        result.made.push_back({at, change->place, make(stage, *change, sources, result.timezone)});
    }
    stage.driver().runUntil(result.end, options.tick);
    result.sent = stage.takeSent();
    return result;
}

Timestamp momentOf(const config::ScenarioChange& change, Timestamp start,
                   const std::string& timezone) {
    Date day = rules::localDate(start, timezone);
    if (change.date)
        day = *change.date;
    else if (change.in_days)
        day += std::chrono::days{*change.in_days};
    if (change.weekday) {
        const std::chrono::weekday wanted{static_cast<unsigned>(*change.weekday)};
        day += wanted - std::chrono::weekday{day};
        // Today, but the hour has gone: a week later.
        if (rules::instantOf(day, change.at_minute, timezone) < start) day += std::chrono::weeks{1};
    }
    return std::max(start, rules::instantOf(day, change.at_minute, timezone));
}

std::optional<OrderLine> changed(const config::ScenarioChange& change, const OrderLine& line,
                                 Date today) {
    const auto fits = [](const std::string& wanted, const std::string& is) {
        return wanted.empty() || wanted == is;
    };
    const bool whole = change.line == line.order.number + '/' + line.position;
    if (!fits(change.item, line.item.id) || !fits(change.order, line.order.number) ||
        !fits(change.customer, line.customer.id) || !fits(change.supply, line.supply.reference) ||
        !(fits(change.line, line.key.id) || whole))
        return std::nullopt;
    auto after = line;
    for (const auto& field : change.fields) config::apply(field, after, today);
    if (change.ship_all || change.ship)
        after.shipped =
            after.shipped + (change.ship_all ? after.open() : std::min(*change.ship, after.open()));
    if (change.cancel_all || change.cancel)
        after.cancelled =
            after.cancelled +
            (change.cancel_all ? after.open() : std::min(*change.cancel, after.open()));
    if (after == line) return std::nullopt;
    return after;
}

Tally tally(const Simulation& simulation) {
    Tally tally;
    const auto dayOf = [&](Timestamp at) { return rules::localDate(at, simulation.timezone); };
    for (Date day = dayOf(simulation.start); day <= dayOf(simulation.end - std::chrono::seconds{1});
         day += std::chrono::days{1})
        tally.days[day];
    const auto count = [](Count& sum, std::size_t messages, std::size_t notices) {
        sum.messages += messages;
        sum.notices += notices;
    };
    for (const auto& sent : simulation.sent) {
        const auto day = dayOf(sent.at);
        std::map<std::pair<std::string, std::string>, std::size_t> parts;
        std::map<std::string, std::size_t> rules, topics;
        for (const auto& notice : sent.notices) {
            const std::string topic{topicName(notice.topic)};
            ++parts[{notice.rule, topic}];
            ++rules[notice.rule];
            ++topics[topic];
        }
        for (const auto& [part, notices] : parts)
            count(tally.calendar[{day, part.first, part.second}], 1, notices);
        for (const auto& [rule, notices] : rules) count(tally.rules[rule], 1, notices);
        for (const auto& [topic, notices] : topics) count(tally.topics[topic], 1, notices);
        count(tally.days[day], 1, sent.notices.size());
        count(tally.recipients[sent.recipient.address], 1, sent.notices.size());
        count(tally.all, 1, sent.notices.size());
    }
    return tally;
}

}  // namespace backorderd::rehearsal
