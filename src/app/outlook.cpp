#include "app/outlook.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <map>
#include <set>

#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

constexpr int kOutlookSlice = 500;
constexpr std::size_t kSampleMax = 10;

/// The decision on a case after what time alone brings under these rules.
Decision decideUnder(const RuleSet& rules, Case& subject, const rules::Facts& facts) {
    for (const auto& event : rules::clockEvents(rules, subject, facts)) {
        const int seq = subject.events.empty() ? 1 : subject.events.back().seq + 1;
        subject.events.push_back({seq, facts.now, event});
    }
    return rules::evaluate(rules, subject, facts);
}

/// By what the notices of one message are known; one that is never shared is a message of its own.
std::string messageOf(const Case& subject, const Notice& notice) {
    const auto& to = notice.recipient;
    return to.sender + '|' + std::string{channelName(to.channel)} + '|' + to.address + '|' +
           (notice.digest_key.empty() ? std::to_string(subject.id) + '/' + notice.key
                                      : notice.digest_key);
}

class Comparison {
public:
    Comparison(const RuleSet& before, const RuleSet& after) : before_{before}, after_{after} {}

    void look(Case&& subject, const rules::Facts& facts) {
        auto old_case = subject;
        const auto old = decideUnder(before_, old_case, facts);
        auto fresh = decideUnder(after_, subject, facts);
        std::set<std::string> known;
        for (const auto& notice : old.wanted) {
            if (notice.due_at > facts.now + kOutlook) continue;
            known.insert(notice.key);
            messages_before_.insert(messageOf(subject, notice));
        }
        for (const auto& notice : fresh.wanted) {
            if (notice.due_at > facts.now + kOutlook) continue;
            const auto message = messageOf(subject, notice);
            messages_after_.insert(message);
            if (!known.contains(notice.key) && extra_.insert(message).second)
                addSample(sample_, subject, notice);
        }
        findLost(subject, old, fresh);
        if (!fresh.offer_wish || old.offer_wish) return;
        auto& wishing = wishing_[subject.line.key.source];
        wishing.cases.push_back(std::move(subject));
        wishing.wishes.push_back({&wishing.cases.back(), fresh.offer_wish});
    }

    asio::awaitable<Outlook> finish(Store& store, Timestamp now) {
        const auto executor = co_await asio::this_coro::executor;
        Outlook outlook{
            messages_before_.size(), messages_after_.size(), extra_.size(), lost_.size(), {}, {}};
        for (const auto& [source, wishing] : wishing_) {
            const auto goods = store.goods(source);
            const auto held = store.heldStock(source, now);
            rules::OfferRound round{after_, wishing.wishes, goods, held, now};
            while (!round.done()) {
                const auto offers = round.serve(kOutlookSlice);
                outlook.extra += offers.size();
                outlook.after += offers.size();
                co_await asio::post(executor, asio::use_awaitable);
            }
        }
        outlook.sample = std::move(sample_);
        outlook.lost_sample = std::move(lost_sample_);
        co_return outlook;
    }

private:
    struct Wishing {
        std::deque<Case> cases;  ///< stay where they are: wishes point at them
        std::vector<rules::OfferWish> wishes;
    };

    /// What is planned, and only the others do not want: its key then has come to its end.
    void findLost(const Case& subject, const Decision& old, const Decision& fresh) {
        const auto wants = [](const Decision& decision, const Notice& notice) {
            return std::ranges::find(decision.wanted, notice.key, &Notice::key) !=
                   decision.wanted.end();
        };
        for (const auto& notice : subject.notices)
            if (isPending(notice.state) && wants(old, notice) && !wants(fresh, notice) &&
                lost_.insert(messageOf(subject, notice)).second)
                addSample(lost_sample_, subject, notice);
    }

    static void addSample(std::vector<std::string>& sample, const Case& subject,
                          const Notice& notice) {
        if (sample.size() >= kSampleMax) return;
        const auto& line = subject.line;
        const auto& to = notice.recipient;
        sample.push_back(
            std::string{topicName(notice.topic)} + " of '" + notice.rule + "' to " +
            (to.address.empty() ? to.sender : to.address) + " about " +
            (line.order.number.empty() ? line.key.id : line.order.number + '/' + line.position));
    }

    const RuleSet& before_;
    const RuleSet& after_;
    std::set<std::string> messages_before_, messages_after_, extra_, lost_;
    std::map<std::string, Wishing> wishing_;
    std::vector<std::string> sample_, lost_sample_;
};

std::string amongThem(const std::vector<std::string>& sample) {
    std::string text;
    for (std::size_t i = 0; i < sample.size(); ++i)
        text += (i == 0 ? ". Among them: " : "; ") + sample[i];
    return text;
}

}  // namespace

asio::awaitable<Outlook> compareOutlooks(
    Store& store, const RuleSet& before, const RuleSet& after,
    std::function<std::optional<Timestamp>(std::string_view source)> fresh_until, Timestamp now,
    const Preferences* preferences) {
    const auto executor = co_await asio::this_coro::executor;
    Comparison comparison{before, after};
    CaseFilter filter;
    filter.limit = kOutlookSlice;
    for (;;) {
        const auto ids = store.listCases(filter);
        if (ids.empty()) break;
        filter.after = ids.back();
        for (auto& subject : store.cases(ids)) {
            const rules::Facts facts{now, fresh_until(subject.line.key.source), preferences};
            comparison.look(std::move(subject), facts);
        }
        co_await asio::post(executor, asio::use_awaitable);
    }
    co_return co_await comparison.finish(store, now);
}

std::optional<std::string> whyHeldBack(const Outlook& outlook, std::int64_t messages_max) {
    const auto max = static_cast<std::size_t>(messages_max);
    if (outlook.extra <= max && outlook.lost <= max) return std::nullopt;
    std::string text;
    if (outlook.extra > max)
        text += "the new rules would send " + std::to_string(outlook.extra) +
                " messages within 24 hours that the ones in force would not (" +
                std::to_string(outlook.after) + " instead of " + std::to_string(outlook.before) +
                ")" + amongThem(outlook.sample) + ". ";
    if (outlook.lost > max)
        text += "the new rules would take back " + std::to_string(outlook.lost) +
                " messages that are planned, and what they tell is not told again by any rules" +
                amongThem(outlook.lost_sample) + ". ";
    return text + "'reload.max_messages' allows " + std::to_string(messages_max) +
           ". Where that is meant, 'backorderd reload --anyway --author NAME --reason TEXT' puts "
           "them in force";
}

}  // namespace backorderd::app
