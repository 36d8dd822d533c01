#include "rules/model_stories.hpp"

#include <charconv>

#include "rules/dice.hpp"
#include "rules/escalation_samples.hpp"
#include "rules/model_days.hpp"

namespace backorderd::rules_test::model {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

class StoryTeller : Dice {
public:
    explicit StoryTeller(unsigned seed) : Dice{seed} {}

    Story ladders() {
        auto story = frame();
        if (chance(25)) story.old = span(story);
        if (chance(25)) story.unseen = span(story);
        addLadders(story);
        addDeeds(story, below(7));
        return story;
    }

    Story cadence() {
        auto story = frame();
        if (chance(25)) story.old = span(story);
        if (chance(25)) story.unseen = span(story);
        story.policy = policy(story);
        story.adopted = chance(25);
        addDeeds(story, below(9));
        return story;
    }

    Story both() {
        auto story = frame();
        if (chance(25)) story.old = span(story);
        if (chance(25)) story.unseen = span(story);
        story.policy = policy(story);
        addLadders(story);
        addDeeds(story, below(9));
        return story;
    }

private:
    Story frame() {
        Story story;
        // Around the days on which clocks change, in both halves of the year.
        story.opened_at = at(pick<const char*>({"2026-03-05T00:15:00Z", "2026-03-26T00:15:00Z",
                                                "2026-10-22T00:15:00Z", "2026-10-30T00:15:00Z",
                                                "2026-04-01T00:15:00Z", "2026-09-03T00:15:00Z"})) +
                          minutes{30} * below(2 * 24);
        story.end = story.opened_at + days{21};
        story.calendar = calendar(story.opened_at);
        story.teams = ladderRules({}).teams;
        story.customer_zone =
            pick<const char*>({"", "Europe/Vienna", "Asia/Tokyo", "America/Chicago"});
        if (!chance(15)) story.promise = promise(story, story.opened_at);
        return story;
    }

    std::pair<Timestamp, Timestamp> span(const Story& story) {
        const auto from = story.opened_at + minutes{15} + minutes{30} * below(18 * 48);
        return {from, from + minutes{30} * (1 + below(4 * 48))};
    }

    Calendar calendar(Timestamp from) {
        Calendar made;
        made.name = "vienna";
        made.timezone =
            pick<const char*>({"UTC", "Europe/Vienna", "America/Chicago", "Asia/Kolkata",
                               "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"});
        made.work_week = std::bitset<7>{pick<unsigned>({0x3e, 0x3e, 0x1f, 0x1e})};
        const int opens = 15 * (16 + below(24));
        made.hours = {opens, opens + 15 * (4 + below(32))};
        const Date first{std::chrono::floor<days>(from).time_since_epoch()};
        for (int i = below(4); i > 0; --i) made.holidays.insert(first + days{below(21)});
        return made;
    }

    /// Never one that has passed.
    Date promise(const Story& story, Timestamp when) {
        const Zone zone{story.calendar.timezone};
        return zone.day(when) + days{1 + below(14)};
    }

    Ask ask() {
        Ask made;
        made.what =
            pick<Ask::What>({Ask::What::Age, Ask::What::Age, Ask::What::Silence, Ask::What::Lapsed,
                             Ask::What::Slips, Ask::What::InDays, Ask::What::Negative});
        made.at_least = period(pick<const char*>({"1bd", "2bd", "50h", "4d", "1w"}));
        made.number = made.what == Ask::What::Slips ? 1 + below(2) : below(6) - 2;
        return made;
    }

    CadencePolicy policy(const Story& story) {
        auto made = plainPolicy();
        for (const auto topic : {Topic::PartlyAvailable, Topic::Available})
            removeMessage(made, topic);
        made.grace = period(pick<const char*>({"0s", "0s", "3h", "2d", "1bd"}));
        messageOf(made, Topic::Status).every =
            period(pick<const char*>({"1d", "2d", "5bd", "2bd", "30h", "1w"}));
        auto& change = messageOf(made, Topic::PromiseChanged);
        if (chance(50)) change.min_change = period(pick<const char*>({"1d", "2d", "3d", "5d"}));
        if (chance(50)) change.settle = period(pick<const char*>({"30m", "90m", "8h", "1d"}));
        for (const auto topic : {Topic::PromiseChanged, Topic::PromiseLapsed, Topic::Status,
                                 Topic::PartlyShipped, Topic::Shipped, Topic::Cancelled})
            if (chance(15)) removeMessage(made, topic);
        // A status that nobody saw leave expires, and the next gathers anew: not modelled. Nor from
        // which of several missed ones `within` counts.
        if (!story.unseen && chance(40))
            made.digest = {DigestRule::By::Customer,
                           period(pick<const char*>({"30m", "2h", "6h", "1d"})), "digest"};
        for (auto& [topic, message] : made.messages)
            if (chance(20) && (topic != Topic::Status || !story.old))
                message.within = period(pick<const char*>({"1h", "3h", "1d"}));
        if (chance(70)) {
            const int from = 15 * (16 + below(40));
            made.send_window = SendWindow{{from, std::min(from + 15 * (8 + below(40)), 23 * 60)},
                                          chance(50),
                                          std::bitset<7>{pick<unsigned>({0x3e, 0x7f, 0x14})},
                                          chance(50)};
        }
        return made;
    }

    void addLadders(Story& story) {
        const int count = 1 + below(3);
        for (int i = 0; i < count; ++i) story.ladders.push_back(ladder(i, count));
    }

    Ladder ladder(int number, int count) {
        using Stop = EscalationRule::Stop;
        Ladder made;
        made.rule.name = fmt::format("ladder {}", number);
        made.rule.calendar = "vienna";
        if (!chance(10)) made.start = {ask(), ask()};
        if (chance(20)) made.silenced = ask();
        // Who goes first, a word that ends the silence or an alert, is nobody's business.
        if (made.silenced && made.silenced->what == Ask::What::Silence) made.silenced.reset();
        const auto* const unit = pick<const char*>({"h", "d", "bd"});
        int after = 0;
        do {
            made.rule.steps.push_back(step(pick<const char*>({"sales_rep", "sales_desk", "night"}),
                                           fmt::format("{}{}", after, unit), chance(60)));
            if (chance(20))
                made.rule.steps.back().repeat = period(pick<const char*>({"1d", "2bd", "7h"}));
            after += below(unit[0] == 'h' ? 40 : 4);
        } while (chance(70));
        if (chance(50)) made.rule.digest.at_minute = 15 * below(4 * 24);
        for (const auto stop :
             {Stop::Available, Stop::PartlyAvailable, Stop::PromiseChanged, Stop::Answered})
            if (chance(25)) made.rule.stop.push_back(stop);
        if (number + 1 < count && chance(40))
            made.rule.inhibits = {fmt::format("ladder {}", number + 1)};
        return made;
    }

    void addDeeds(Story& story, int count) {
        for (; count > 0; --count) {
            Deed deed;
            // Off the quarters on which the line opened, and off midnight.
            deed.at = story.opened_at + minutes{15} + minutes{30} * below(21 * 48);
            const Zone zone{story.calendar.timezone};
            if (zone.minute(deed.at) == 0) deed.at += minutes{30};
            deed.what = static_cast<Deed::What>(below(static_cast<int>(Deed::What::Complain) + 1));
            if (deed.what == Deed::What::Vanish && chance(50)) deed.what = Deed::What::Promise;
            if (deed.what == Deed::What::Promise && !chance(15))
                deed.promise = promise(story, deed.at);
            deed.units = below(11);
            if (chance(50)) deed.rule = fmt::format("ladder {}", below(3));
            // One deed at a time; whoever did not look finds one part shipped, not several.
            const bool taken = std::any_of(story.deeds.begin(), story.deeds.end(),
                                           [&](const Deed& its) { return its.at == deed.at; });
            const bool learned_later =
                story.unseen && story.unseen->first <= deed.at && deed.at <= story.unseen->second;
            if (!taken && (!learned_later || deed.what != Deed::What::ShipPart))
                story.deeds.push_back(deed);
        }
        std::stable_sort(story.deeds.begin(), story.deeds.end(),
                         [](const Deed& a, const Deed& b) { return a.at < b.at; });
    }
};

// -- the same for the real rules ------------------------------------------------------------------

Condition conditionOf(const Ask& ask) {
    switch (ask.what) {
        case Ask::What::Age:
        case Ask::What::Silence: {
            auto made = test(ask.what == Ask::What::Age ? "age" : "customer.silence");
            made.min_age = ask.at_least;
            return condition({made});
        }
        case Ask::What::Lapsed:
            return isTrue("lapsed");
        case Ask::What::Slips: {
            auto made = test("slips");
            made.min = Decimal{ask.number};
            return condition({made});
        }
        case Ask::What::InDays: {
            auto made = test("promise.in_days");
            made.max = Decimal{ask.number};
            return condition({made});
        }
        case Ask::What::Negative: {
            auto made = test("sentiment");
            made.any_of = {"negative"};
            return condition({made});
        }
    }
    return {};
}

RuleSet rulesFor(const Story& story) {
    RuleSet rules;
    rules.calendars.push_back(story.calendar);
    rules.teams = story.teams;
    if (story.policy) rules.cadence.push_back(*story.policy);
    for (const auto& ladder : story.ladders) {
        auto& rule = rules.escalation.emplace_back(ladder.rule);
        std::vector<Condition> any;
        for (const auto& ask : ladder.start) any.push_back(conditionOf(ask));
        if (!any.empty()) rule.start.any.push_back(any);
        if (ladder.silenced) rule.match.none.push_back(conditionOf(*ladder.silenced));
    }
    return rules;
}

Promise promiseOf(std::optional<Date> date) { return date ? Promise::on(*date) : Promise{}; }

void movePromise(Timeline& its, Promise to) {
    const auto from = its.subject.line.promise;
    if (from == to) return;
    const Event event = !from.known() ? Event{PromiseSet{to}}
                        : !to.known() ? Event{PromiseWithdrawn{from}}
                                      : Event{PromiseMoved{from, to}};
    its.record(event, [to](OrderLine& line) { line.promise = to; });
}

void reserve(Timeline& its, int units) {
    const auto open = its.subject.line.open();
    const auto was = its.subject.line.allocated.value_or(Decimal{});
    const auto is = std::min(Decimal{units}, open);
    if (is == was) return;
    const Event event = is == open ? Event{Available{open}}
                        : is > was ? Event{PartlyAvailable{is, open}}
                                   : Event{AvailabilityLost{was, is}};
    its.record(event, [is](OrderLine& line) { line.allocated = is; });
}

void shipPart(Timeline& its) {
    const auto open = its.subject.line.open();
    if (open <= Decimal{2}) return;
    its.record(PartlyShipped{Decimal{2}, open - Decimal{2}, {}}, [](OrderLine& line) {
        line.shipped = line.shipped + Decimal{2};
        line.allocated = Decimal{};
    });
}

void apply(Timeline& its, const Deed& deed) {
    if (its.subject.closed_at) return;
    const auto open = its.subject.line.open();
    switch (deed.what) {
        case Deed::What::Promise:
            return movePromise(its, promiseOf(deed.promise));
        case Deed::What::Reserve:
            return reserve(its, deed.units);
        case Deed::What::ShipPart:
            return shipPart(its);
        case Deed::What::Ship:
            return its.record(Shipped{open, {}},
                              [](OrderLine& line) { line.shipped = line.ordered; });
        case Deed::What::Cancel:
            return its.record(Cancelled{open}, [open](OrderLine& line) { line.cancelled = open; });
        case Deed::What::Vanish:
            return its.record(Vanished{}, {});
        case Deed::What::Acknowledge:
            return its.record(Acknowledged{deed.rule, "Rob", ""}, {});
        case Deed::What::Answer:
            return its.record(Responded{"keep_waiting", "", "", "Rob"}, {});
        case Deed::What::Complain:
            return its.record(Responded{"", "negative", "", "Rob"}, {});
    }
}

/// The numbers of a key, behind its topic.
std::vector<int> numbersOf(std::string_view key) {
    std::vector<int> numbers;
    for (auto slash = key.find('/'); slash != key.npos; slash = key.find('/')) {
        key.remove_prefix(slash + 1);
        std::from_chars(key.data(), key.data() + key.size(), numbers.emplace_back());
    }
    return numbers;
}

std::string wordsOf(const Timeline& its, const Notice& notice) {
    const auto happened = [&](int seq) {
        return its.subject.events.at(static_cast<std::size_t>(seq) - 1).at;
    };
    if (notice.topic == Topic::Escalation) {
        const auto rung = numbersOf(notice.key);
        return rungWords(notice.rule, happened(rung.at(0)), rung.at(1), rung.at(2));
    }
    const auto slash = notice.key.find('/');
    std::string of = slash == notice.key.npos ? "" : notice.key.substr(slash + 1);
    if (notice.topic == Topic::Status) of.clear();  // The day in its key is seen by nobody.
    if (!of.empty() && !parseDate(of)) of = formatTimestamp(happened(numbersOf(notice.key).at(0)));
    return occasionWords(notice.topic, of, notice.facts.promise.to);
}

}  // namespace

Story ladderStory(unsigned seed) { return StoryTeller{seed}.ladders(); }
Story cadenceStory(unsigned seed) { return StoryTeller{seed}.cadence(); }
Story bothStory(unsigned seed) { return StoryTeller{seed}.both(); }

Timeline timelineOf(const Story& story) {
    auto subject = plainCase();
    subject.opened_at = story.opened_at;
    subject.adopted = story.adopted;
    subject.line.contact.timezone = story.customer_zone;
    subject.line.promise = promiseOf(story.promise);
    subject.events = {
        {1, story.opened_at, LineOpened{subject.line.open(), subject.line.promise, story.adopted}}};
    Timeline line{rulesFor(story), subject};
    line.down = story.unseen;
    line.fresh_until = [old = story.old](Timestamp now) -> std::optional<Timestamp> {
        if (old && old->first <= now && now < old->second) return old->first;
        return now + hours{1};
    };
    for (const auto& deed : story.deeds)
        line.change(deed.at, [deed](Timeline& its) { apply(its, deed); });
    return line;
}

std::vector<std::string> toldByRules(const Story& story, minutes step) {
    auto line = timelineOf(story);
    line.step = step;
    std::vector<std::string> told;
    line.on_send = [&](const Notice& notice) {
        const auto& to = notice.recipient;
        told.push_back(toldWords(line.now, wordsOf(line, notice),
                                 to.address.empty() ? to.sender : to.address));
    };
    line.run(story.end);
    std::sort(told.begin(), told.end());
    return told;
}

}  // namespace backorderd::rules_test::model
