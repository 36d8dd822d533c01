#include <fmt/format.h>

#include <algorithm>

#include "config/listed_rule.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using Strategy = FulfilmentRule::Strategy;

/// In the order of FulfilmentRule::Strategy.
const std::vector<std::string> kStrategies{"win", "gain", "redistribute", "fill", "lose"};
/// In the order of FulfilmentRule::Rank.
const std::vector<std::string> kLineRanks{"customer.tier", "promise.date", "age", "open_value"};

/// The strategies are asked in the order of the file, so their conditions are read in it.
void readStrategy(ListedRule& entry, FulfilmentRule& rule) {
    auto reader = entry.part("strategy");
    if (!reader) return;
    for (const Node::Entry& one : reader->entries()) {
        const auto found = std::ranges::find(kStrategies, one.key);
        if (found == kStrategies.end()) continue;
        const auto strategy = static_cast<Strategy>(found - kStrategies.begin());
        rule.strategies.emplace_back(strategy, entry.readSegmentOrCondition(*reader, one.key));
    }
    if (const auto fallback = readWord(*reader, reader->find("default"), "default", kStrategies))
        rule.fallback = static_cast<Strategy>(*fallback);
    // So that an unknown strategy is compared with those that there are.
    for (const std::string& name : kStrategies)
        if (!reader->has(name)) (void)reader->find(name);
    reader->finish();
}

void readExpedite(ListedRule& entry, FulfilmentRule& rule) {
    auto reader = entry.part("expedite");
    if (!reader) return;
    ExpediteRule& out = rule.expedite.emplace();
    out.place = reader->place();
    out.match = entry.readMatch(*reader, reader->what());
    out.team = entry.readTeam(*reader, "offer_to", "name the team that may order a faster way");
    if (reader->has("template")) out.template_name = readTemplateName(*reader, "template");
    out.again = readPeriod(*reader, "again", kAdviceAgain);
    if (reader->has("digest")) out.digest = entry.readAlertDigest(*reader);
    reader->finish();
}

}  // namespace

FulfilmentRule readFulfilment(const ListedNode& listed, const Names& names, Segments& segments,
                              Problems& problems) {
    ListedRule entry(listed, "fulfilment rule", names, segments, problems);
    FulfilmentRule rule;
    entry.readHead(rule);
    readStrategy(entry, rule);
    if (const auto ranks = readWords(entry.reader, "rank", kLineRanks); !ranks.empty()) {
        rule.rank.clear();
        for (const std::size_t rank : ranks)
            rule.rank.push_back(static_cast<FulfilmentRule::Rank>(rank));
    }
    for (const std::size_t word :
         readWords(entry.reader, "respect", {"ship_complete", "max_one_backorder"}))
        (word == 0 ? rule.ship_complete : rule.one_backorder) = true;
    rule.team = entry.readTeam(entry.reader, "to", "name the team that is advised");
    if (entry.reader.has("template"))
        rule.template_name = readTemplateName(entry.reader, "template");
    rule.digest = entry.readAlertDigest();
    readExpedite(entry, rule);
    entry.finish(
        rule.digest.at_minute ||
        (rule.expedite && (rule.expedite->digest || countsBusinessDays(rule.expedite->again))));
    return rule;
}

}  // namespace backorderd::config
