#include "config/listed_rule.hpp"

namespace backorderd::config {

SupplyRule readSupply(const ListedNode& listed, const Names& names, Segments& segments,
                      Problems& problems) {
    ListedRule entry(listed, "supply rule", names, segments, problems);
    SupplyRule rule;
    entry.readHead(rule);
    rule.team = entry.readTeam(entry.reader, "to", "name the team that orders");
    if (entry.reader.has("template"))
        rule.template_name = readTemplateName(entry.reader, "template");
    rule.digest = entry.readAlertDigest();
    rule.again = readPeriod(entry.reader, "again", kAdviceAgain);
    entry.finish(countsBusinessDays(rule.again) || rule.digest.at_minute);
    return rule;
}

}  // namespace backorderd::config
