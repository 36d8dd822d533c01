#include <fmt/format.h>

#include <algorithm>

#include "config/listed_rule.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using Unit = Period::Unit;

constexpr PeriodBounds kGrace{{0, Unit::Seconds}, {366, Unit::Days}};
constexpr PeriodBounds kDigestWindow{{1, Unit::Minutes}, {7, Unit::Days}};
constexpr PeriodBounds kLimitPer{{1, Unit::Minutes}, {366, Unit::Days}};
constexpr int kLimitMax = 1000;
const std::vector<std::string> kChannels{"email", "sms", "webhook", "chat"};

/// Reads one policy. The parts share the policy's words and place.
class PolicyReader {
public:
    PolicyReader(const ListedNode& listed, const Names& names, Segments& segments,
                 Problems& problems)
        : entry_(listed, "policy", names, segments, problems), reader_(entry_.reader) {}

    CadencePolicy read() {
        entry_.readHead(policy_);
        policy_.continues = readFlag(reader_, "continue").value_or(false);
        readChannels();
        if (const auto grace = readPeriod(reader_, "grace", kGrace)) policy_.grace = *grace;
        if (const NodePtr node = reader_.need("messages",
                                              "say what the customer hears, such as "
                                              "opened: { template: opened }"))
            policy_.messages = readMessages(node, entry_.file(), entry_.what(), entry_.problems());
        readDigest();
        readSendWindow();
        readLimit();
        readNoContact();
        entry_.finish(countsBusinessDaysAnywhere());
        return std::move(policy_);
    }

private:
    MapReader part(const NodePtr& node, std::string_view key) {
        return {node, entry_.file(), fmt::format("'{}' of {}", key, entry_.what()),
                entry_.problems()};
    }

    void readChannels() {
        const NodePtr node = reader_.find("channels");
        if (!node) return;
        policy_.channels.clear();
        const auto items = listOf(node);
        if (items.empty())
            reader_.problem(*node, "'channels' is empty; list at least one, such as [email]");
        for (const NodePtr& item : items) {
            const auto channel =
                item->isScalar() ? parseChannel(item->text) : std::optional<Channel>();
            if (!channel)
                reader_.problem(*item, fmt::format("{} is no channel; there are {}{}",
                                                   describe(*item), wordList(kChannels, "and"),
                                                   didYouMean(item->text, kChannels)));
            else if (std::ranges::find(policy_.channels, *channel) != policy_.channels.end())
                reader_.problem(*item,
                                fmt::format("{} stands twice in 'channels'", quote(item->text)));
            else
                policy_.channels.push_back(*channel);
        }
    }

    void readDigest() {
        const NodePtr node = reader_.find("digest");
        if (!node || (node->isScalar() && node->text == "none")) return;
        MapReader digest = part(node, "digest");
        const NodePtr by = digest.need("by", "write customer, order or none");
        if (const std::string* text = scalarText(digest, by, "by", "customer, order or none")) {
            const std::vector<std::string> words{"customer", "order", "none"};
            if (std::ranges::find(words, *text) == words.end())
                digest.problem(*by, fmt::format("'by' must be customer, order or none, not {}{}",
                                                quote(*text), didYouMean(*text, words)));
            policy_.digest.by = *text == "customer" ? DigestRule::By::Customer
                                : *text == "order"  ? DigestRule::By::Order
                                                    : DigestRule::By::None;
        }
        if (const auto window = readPeriod(digest, "window", kDigestWindow))
            policy_.digest.window = *window;
        if (digest.has("template"))
            policy_.digest.template_name = readTemplateName(digest, "template");
        if (by && by->text == "none" && (digest.has("window") || digest.has("template")))
            digest.problem(digest.place(),
                           "'by: none' makes no digest; remove what stands beside it");
        if (by && policy_.digest.by != DigestRule::By::None && !digest.has("window"))
            digest.problem(digest.place(),
                           fmt::format("{} lacks 'window': say how long to collect, "
                                       "such as 'window: 30m'",
                                       digest.what()));
        digest.finish();
    }

    void readSendWindow() {
        const NodePtr node = reader_.find("send_window");
        if (!node) return;
        MapReader window = part(node, "send_window");
        SendWindow& out = policy_.send_window.emplace();
        const NodePtr hours = window.need("hours", "write hours such as \"08:00-18:00\"");
        if (const auto span = readHours(window, hours, "hours")) out.hours = *span;
        const NodePtr days = window.find("days");
        out.work_days_only = days && days->isScalar() && days->text == "work_week";
        if (days && days->isScalar() && !out.work_days_only)
            window.problem(*days,
                           fmt::format("'days' must be work_week or a list such as "
                                       "[mon, tue], not {}{}",
                                       quote(days->text), didYouMean(days->text, {"work_week"})));
        else if (days && !out.work_days_only)
            out.days = readDays(window, days, "days").value_or(out.days);
        const NodePtr in = window.find("in");
        if (const std::string* text = scalarText(window, in, "in", "customer or calendar")) {
            out.in_customer_zone = *text == "customer";
            if (!out.in_customer_zone && *text != "calendar")
                window.problem(
                    *in, fmt::format("'in' must be customer or calendar, not {}{}", quote(*text),
                                     didYouMean(*text, {"customer", "calendar"})));
        }
        window.finish();
    }

    void readLimit() {
        const NodePtr node = reader_.find("limit");
        if (!node) return;
        MapReader limit = part(node, "limit");
        LimitRule& out = policy_.limit.emplace();
        (void)limit.need("max", "say how many messages, such as 'max: 3'");
        (void)limit.need("per", "say in which time, such as 'per: 7d'");
        if (limit.has("max")) out.max = readCount(limit, "max", 1, kLimitMax).value_or(1);
        if (limit.has("per")) out.per = readPeriod(limit, "per", kLimitPer).value_or(out.per);
        out.per_recipient = readFlag(limit, "per_recipient").value_or(true);
        limit.finish();
    }

    void readNoContact() {
        const NodePtr node = reader_.find("no_contact");
        if (!node) return;
        MapReader no_contact = part(node, "no_contact");
        const NodePtr alert = no_contact.need("alert", "name the team that is told");
        policy_.no_contact_team = readNameOf(no_contact, alert, "team", entry_.names().teams);
        if (no_contact.has("template"))
            policy_.no_contact_template = readTemplateName(no_contact, "template");
        no_contact.finish();
    }

    bool countsBusinessDaysAnywhere() const {
        bool counts = countsBusinessDays(policy_.grace) ||
                      (policy_.send_window && policy_.send_window->work_days_only) ||
                      (policy_.limit && countsBusinessDays(policy_.limit->per));
        for (const auto& [topic, rule] : policy_.messages)
            counts = counts || countsBusinessDays(rule.within) ||
                     countsBusinessDays(rule.min_change) || countsBusinessDays(rule.settle) ||
                     countsBusinessDays(rule.every);
        return counts;
    }

    ListedRule entry_;
    MapReader& reader_;
    CadencePolicy policy_;
};

}  // namespace

CadencePolicy readPolicy(const ListedNode& listed, const Names& names, Segments& segments,
                         Problems& problems) {
    return PolicyReader(listed, names, segments, problems).read();
}

}  // namespace backorderd::config
