#pragma once

#include <map>

#include "rules/model_line.hpp"

namespace backorderd::rules_test::model {

/// What the customer hears by one policy.
class Letters {
public:
    explicit Letters(const Story& story)
        : policy_{*story.policy}, window_zone_{windowZone(story)} {}

    /// One after the other: what one says may make the next needless.
    void tell(Moment& here, Told& told) {
        while (const auto word = nextWord(here)) {
            const auto what = occasionWords(word->topic, word->of, here.line.promise);
            told.push_back(toldWords(here.now, what, kCustomer));
            // A date that has passed is never named.
            const auto named = here.passed(here.line.promise) ? std::nullopt : here.line.promise;
            here.line.heard.push_back({here.now, named});
            done_.insert(what.substr(0, what.find(',')));
        }
    }

private:
    struct Word {
        Topic topic;
        std::string of;
        Timestamp ready;
        bool by_clock = false;  ///< so it needs fresh data
    };

    const MessageRule* rule(Topic topic) const {
        for (const auto& [its, message] : policy_.messages)
            if (its == topic) return &message;
        return nullptr;
    }

    std::optional<Word> nextWord(const Moment& here) {
        const auto waiting = wordsThatWait(here);
        // What waited longest goes first.
        const Word* next = nullptr;
        for (const auto& word : waiting) {
            const bool old = !here.fresh && word.by_clock;
            if (!old && plan(word).due <= here.now &&
                (!next || plan(word).since < plan(*next).since))
                next = &word;
        }
        if (!next || !isOpen(here, here.now)) return std::nullopt;
        return *next;
    }

    /// All that is to be said and was not yet, whether or not its time has come.
    std::vector<Word> wordsThatWait(const Moment& here) {
        std::vector<Word> words;
        if (here.line.closed) {
            addEnd(here, words);
        } else if (!here.line.adopted && here.line.heard.empty()) {
            const auto ready = here.calendar.plus(here.line.opened_at, policy_.grace);
            words.push_back({Topic::Opened, "", ready});
        } else {
            addChange(here, words);
            addLapse(here, words);
            addParts(here, words);
            addStatus(here, words);
        }
        keepPlans(here, words);
        return words;
    }

    /// What comes with the clock does not begin to wait while the data are old.
    void add(const Moment& here, std::vector<Word>& words, const Word& word) const {
        const bool begins = !plans_.contains(nameOf(word.topic, word.of));
        if (here.fresh || !word.by_clock || !begins) words.push_back(word);
    }

    void addEnd(const Moment& here, std::vector<Word>& words) const {
        const auto& last = here.line.facts.back();
        const auto topic = last.deed.what == Deed::What::Ship ? Topic::Shipped : Topic::Cancelled;
        const auto of = formatTimestamp(last.at);
        if (last.deed.what == Deed::What::Vanish || !rule(topic) || here.line.heard.empty() ||
            isDone(topic, of))
            return;
        words.push_back({topic, of, last.at});
    }

    void addChange(const Moment& here, std::vector<Word>& words) const {
        const auto* const message = rule(Topic::PromiseChanged);
        const auto now = here.line.promise;
        const auto was =
            here.line.heard.empty() ? here.story.promise : here.line.heard.back().promise;
        if (!message || now == was || here.passed(now)) return;
        const bool small = now && was && message->min_change &&
                           std::chrono::abs(*now - *was).count() < message->min_change->count;
        if (small && !here.passed(was)) return;
        Timestamp changed_at{};
        for (const auto& fact : here.line.facts)
            if (fact.deed.what == Deed::What::Promise) changed_at = fact.at;
        auto ready = changed_at;
        if (message->settle) ready = here.calendar.plus(ready, *message->settle);
        // It was too small until the told date had passed.
        if (small) ready = std::max(ready, here.calendar.opens(*was + std::chrono::days{1}));
        add(here, words, {Topic::PromiseChanged, formatTimestamp(changed_at), ready, small});
    }

    void addLapse(const Moment& here, std::vector<Word>& words) const {
        const auto promise = here.line.promise;
        if (!rule(Topic::PromiseLapsed) || !here.passed(promise)) return;
        const auto day_after = *promise + std::chrono::days{1};
        const auto passed_at = here.calendar.zone.instant(day_after, std::chrono::seconds{0});
        if (!here.line.heard.empty() && here.line.heard.back().at >= passed_at) return;
        add(here, words,
            {Topic::PromiseLapsed, formatDate(*promise), here.calendar.opens(day_after), true});
    }

    /// A part that left in the very moment of a first word is rather told than not.
    void addParts(const Moment& here, std::vector<Word>& words) const {
        if (!rule(Topic::PartlyShipped)) return;
        for (const auto& fact : here.line.facts) {
            const auto of = formatTimestamp(fact.at);
            if (fact.deed.what == Deed::What::ShipPart && !here.line.heard.empty() &&
                here.line.heard.front().at <= fact.at && !isDone(Topic::PartlyShipped, of))
                words.push_back({Topic::PartlyShipped, of, fact.at});
        }
    }

    /// It gives way to every other word. One that waited already, and whose place was taken by a
    /// word that then was not sent, is due again the next day.
    void addStatus(const Moment& here, std::vector<Word>& words) {
        const auto* const message = rule(Topic::Status);
        if (!message) return;
        auto due = here.calendar.plus(here.line.lastWord(), *message->every);
        if (due > here.now) return;
        if (gave_way_on_ && here.calendar.zone.day(due) <= *gave_way_on_)
            due = here.calendar.plus(due, {1, Period::Unit::Days});
        if (due > here.now) return;
        const auto day = here.calendar.zone.day(due);
        if (words.empty())
            add(here, words, {Topic::Status, "", due, true});
        else if (plans_.contains(nameOf(Topic::Status, "")))
            gave_way_on_ = day;
    }

    static Zone windowZone(const Story& story) {
        const auto& window = story.policy->send_window;
        const bool customers = window && window->in_customer_zone && !story.customer_zone.empty();
        return Zone{customers ? story.customer_zone : story.calendar.timezone};
    }
    /// By the hours and days of the send window.
    bool isOpen(const Moment& here, Timestamp at) const {
        if (!policy_.send_window) return true;
        const auto& window = *policy_.send_window;
        const auto day = window_zone_.day(at);
        const auto minute = window_zone_.minute(at);
        const std::chrono::weekday weekday{day};
        const bool allowed = window.work_days_only ? here.calendar.isBusinessDay(day)
                                                   : window.days.test(weekday.c_encoding());
        return allowed && window.hours.from_minute <= minute && minute < window.hours.to_minute;
    }
    Timestamp opensFrom(const Moment& here, Timestamp at) const {
        while (!isOpen(here, at)) at += kQuarter;
        return at;
    }

    /// When a word that waits from now on should leave: in the send window, and behind the digest.
    Timestamp dueOf(const Moment& here, const Word& word) const {
        const auto from = opensFrom(here, std::max(word.ready, here.now));
        if (policy_.digest.by == DigestRule::By::None) return from;
        auto ends = here.calendar.plus(from, policy_.digest.window);
        const auto& within = rule(word.topic)->within;
        if (within)
            ends = std::clamp(here.calendar.plus(word.ready, *within), from, std::max(from, ends));
        if (isOpen(here, ends)) return ends;
        return within ? from : opensFrom(here, ends);
    }

    static std::string nameOf(Topic topic, std::string_view of) {
        return fmt::format("{} ({})", topicName(topic), of);
    }
    bool isDone(Topic topic, std::string_view of) const {
        return done_.contains(nameOf(topic, of));
    }
    /// Since when a word waits to leave, and when it should.
    struct Plan {
        Timestamp since;
        Timestamp due;
    };
    Plan plan(const Word& word) const { return plans_.at(nameOf(word.topic, word.of)); }
    void keepPlans(const Moment& here, const std::vector<Word>& words) {
        std::map<std::string, Plan> kept;
        for (const auto& word : words) {
            const auto name = nameOf(word.topic, word.of);
            const auto found = plans_.find(name);
            if (found != plans_.end())
                kept[name] = found->second;
            else
                kept[name] = {here.now, dueOf(here, word)};
        }
        plans_ = kept;
    }

    const CadencePolicy& policy_;
    std::set<std::string> done_;
    Zone window_zone_;
    std::map<std::string, Plan> plans_;
    std::optional<Date> gave_way_on_;  ///< the day of a status whose place was taken
};

}  // namespace backorderd::rules_test::model
