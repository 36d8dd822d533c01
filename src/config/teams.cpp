#include <fmt/format.h>

#include <algorithm>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kAddressesMax = 50;

void readAddresses(MapReader& reader, const NodePtr& node, Team& team) {
    const auto items = listOf(node);
    if (items.empty() || items.size() > kAddressesMax)
        return reader.problem(
            *node, fmt::format("'email' must list from 1 to {} addresses", kAddressesMax));
    for (const NodePtr& item : items) {
        const std::string* text = scalarText(reader, item, "email", "mail addresses");
        if (!text) continue;
        if (!looksLikeMailAddress(*text))
            reader.problem(*item, fmt::format("{} is no mail address; write one as "
                                              "orders@example.com",
                                              quote(*text)));
        team.email.push_back(*text);
    }
}

/// The sender itself is the receiver where it needs no address: a webhook, a chat.
void readSender(MapReader& reader, Team& team) {
    const NodePtr node = reader.find("sender");
    const std::string* text = scalarText(reader, node, "sender", "the name of a sender");
    if (!text) return;
    if (!isName(*text))
        reader.problem(*node, fmt::format("{} is no sender; write its name in the settings, which "
                                          "is of a-z, 0-9, '_' and '-'",
                                          quote(*text)));
    team.sender = *text;
}

void readAbsence(MapReader& reader, const NamedNode& named, const std::vector<std::string>& names,
                 Team& team, Problems& problems) {
    const NodePtr node = reader.find("absent");
    if (!node) return;
    MapReader absent(node, named.file, fmt::format("'absent' of {}", reader.what()), problems);
    team.absent_use =
        readNameOf(absent, absent.need("use", "name the team that stands in"), "team", names);
    absent.finish();
}

Team readTeam(const NamedNode& named, const std::vector<std::string>& names, Problems& problems) {
    MapReader reader(named.node, named.file, fmt::format("team {}", quote(named.name)), problems);
    Team team;
    team.name = named.name;
    team.place = named.place();
    const NodePtr from = reader.find("from");
    const NodePtr email = reader.find("email");
    if (const std::string* text = scalarText(reader, from, "from", "line.sales_rep")) {
        team.from_line_sales_rep = *text == "line.sales_rep";
        if (!team.from_line_sales_rep)
            reader.problem(*from, fmt::format("'from' must be line.sales_rep, not {}{}",
                                              quote(*text), didYouMean(*text, {"line.sales_rep"})));
    }
    if (email) readAddresses(reader, email, team);
    readSender(reader, team);
    const bool readable = named.node->isMapping() || named.node->kind == Node::Kind::Null;
    const bool own = reader.has("email") || reader.has("sender");
    if (readable && reader.has("from") == own)
        reader.problem(reader.place(), fmt::format("{} must have either 'from: line.sales_rep' or "
                                                   "'email: [ADDRESS]' or 'sender: NAME'",
                                                   reader.what()));
    readAbsence(reader, named, names, team, problems);
    const NodePtr language = reader.find("language");
    if (const std::string* text = scalarText(reader, language, "language", "a language tag")) {
        if (!looksLikeLanguage(*text))
            reader.problem(*language, fmt::format("{} is no language; write a tag such as en or "
                                                  "de-AT",
                                                  quote(*text)));
        team.language = *text;
    }
    reader.finish();
    return team;
}

/// Follows who stands in for whom; each chain must end.
void findAbsenceCycles(const std::vector<Team>& teams, Problems& problems) {
    std::set<std::string> reported;
    for (const Team& start : teams) {
        if (reported.contains(start.name)) continue;
        std::vector<std::string> chain{start.name};
        const Team* team = &start;
        while (!team->absent_use.empty() && chain.size() <= teams.size()) {
            chain.push_back(team->absent_use);
            if (team->absent_use == start.name) break;
            const auto next = std::ranges::find(teams, team->absent_use, &Team::name);
            if (next == teams.end()) break;
            team = &*next;
        }
        if (chain.size() == 1 || chain.back() != start.name) continue;
        reported.insert(chain.begin(), chain.end());
        problems.push_back(
            {start.place,
             fmt::format("the absence of team {} leads back to it ({}); let one of them end in "
                         "a team with no 'absent'",
                         quote(start.name), fmt::format("{}", fmt::join(chain, " -> "))),
             Severity::Error});
    }
}

/// Whether a team has an address of its own, whatever the line says.
bool hasAddress(const Team& team) { return !team.email.empty() || !team.sender.empty(); }

/// A chain that ends in a team which itself rests on the line would reach nobody.
void findChainsToNowhere(const std::vector<Team>& teams, Problems& problems) {
    for (const Team& start : teams) {
        const Team* last = &start;
        for (std::size_t steps = 0; !hasAddress(*last) && !last->absent_use.empty(); ++steps) {
            const auto next = std::ranges::find(teams, last->absent_use, &Team::name);
            if (next == teams.end() || steps > teams.size()) return;
            last = &*next;
        }
        if (last == &start || hasAddress(*last) || !last->from_line_sales_rep) continue;
        problems.push_back(
            {start.place,
             fmt::format("the absence of team {} ends nowhere: {} has no address of its own "
                         "either; give it 'absent', or name a team with 'email'",
                         quote(start.name), quote(last->name)),
             Severity::Error});
    }
}

}  // namespace

std::vector<Team> readTeams(const std::vector<NamedNode>& named, Problems& problems) {
    std::vector<std::string> names;
    names.reserve(named.size());
    for (const NamedNode& one : named) names.push_back(one.name);
    std::vector<Team> teams;
    teams.reserve(named.size());
    for (const NamedNode& one : named) teams.push_back(readTeam(one, names, problems));
    findAbsenceCycles(teams, problems);
    findChainsToNowhere(teams, problems);
    return teams;
}

}  // namespace backorderd::config
