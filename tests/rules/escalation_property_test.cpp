#include <array>
#include <charconv>
#include <map>
#include <set>

#include "rules/condition.hpp"
#include "rules/random_ladders.hpp"
#include "rules/same_instant.hpp"

namespace backorderd::rules_test {
namespace escalation_property_test {

using std::chrono::days;
using std::chrono::minutes;

/// `escalation/EPISODE/STEP/REPEAT/RECIPIENT`, and a further number where it was superseded before.
struct Rung {
    int episode = 0;
    int step = 0;
    int repeat = 0;
    int recipient = 0;

    auto operator<=>(const Rung&) const = default;
};

Rung rungOf(std::string_view key) {
    std::array<int, 4> numbers{};
    std::string_view rest = key;
    for (auto& number : numbers) {
        rest.remove_prefix(rest.find('/') + 1);
        std::from_chars(rest.data(), rest.data() + rest.size(), number);
    }
    return {numbers[0], numbers[1], numbers[2], numbers[3]};
}

const EscalationRule& ruleOf(const Timeline& line, const std::string& name) {
    return *std::find_if(line.rules.escalation.begin(), line.rules.escalation.end(),
                         [&](const EscalationRule& rule) { return rule.name == name; });
}

template <class Kind>
bool since(const Case& subject, int seq, const std::string& rule) {
    return std::any_of(subject.events.begin(), subject.events.end(), [&](const CaseEvent& entry) {
        const auto* const found = std::get_if<Kind>(&entry.event);
        return found && entry.seq > seq && (found->rule.empty() || found->rule == rule);
    });
}

/// The event that started the ladder that is running.
std::optional<int> episodeOf(const Case& subject, const std::string& rule) {
    std::optional<int> episode;
    for (const auto& entry : subject.events) {
        const auto* const started = std::get_if<EscalationStarted>(&entry.event);
        const auto* const stopped = std::get_if<EscalationStopped>(&entry.event);
        if (started && started->rule == rule) episode = entry.seq;
        if (stopped && stopped->rule == rule) episode.reset();
    }
    return episode;
}

bool isRunning(const Case& subject, const std::string& rule) {
    return episodeOf(subject, rule).has_value();
}

/// Watches what leaves: no step before its time, twice, out of turn or against an acknowledgement.
class Climbing {
public:
    explicit Climbing(Timeline& line) : line_{line} {
        line.on_send = [this](const Notice& notice) {
            if (notice.topic == Topic::Escalation) check(notice);
        };
    }
    int sent = 0;

private:
    void check(const Notice& notice) {
        ++sent;
        const auto rung = rungOf(notice.key);
        const auto& rule = ruleOf(line_, notice.rule);
        const auto& steps = rule.steps;
        const auto& step = steps.at(static_cast<std::size_t>(rung.step));
        const auto& subject = line_.subject;
        EXPECT_TRUE(told_.insert(rung).second) << "twice: " << notice.key;
        const auto started = subject.events.at(static_cast<std::size_t>(rung.episode) - 1).at;
        EXPECT_GE(line_.now, rules::addPeriod(started, step.after, line_.rules.calendars[0]))
            << "too soon: " << notice.key;
        if (line_.on_wire > minutes{0}) return;  // the world may change while it is on the wire
        EXPECT_FALSE(subject.closed_at.has_value());
        EXPECT_TRUE(isRunning(subject, rule.name)) << notice.key;
        const bool acknowledged = since<Acknowledged>(subject, rung.episode, rule.name);
        EXPECT_FALSE(acknowledged && (step.unless_acknowledged || rung.repeat > 0)) << notice.key;
        for (const auto& other : line_.rules.escalation) {
            const auto& silenced = other.inhibits;
            const bool inhibits =
                std::find(silenced.begin(), silenced.end(), rule.name) != silenced.end() &&
                isRunning(subject, other.name) && matches(other);
            EXPECT_FALSE(inhibits) << notice.key << " against " << other.name;
        }
        checkBefore(rung, rule, acknowledged);
    }

    bool matches(const EscalationRule& rule) const {
        rules::Question question{line_.subject, line_.now, line_.rules.calendars[0]};
        return rules::holds(rule.match, question);
    }

    void checkBefore(const Rung& rung, const EscalationRule& rule, bool acknowledged) {
        if (rung.repeat > 0) {
            EXPECT_TRUE(told_.contains({rung.episode, rung.step, rung.repeat - 1, rung.recipient}));
            return;
        }
        for (int before = 0; before < rung.step; ++before) {
            const bool spared =
                acknowledged && rule.steps.at(static_cast<std::size_t>(before)).unless_acknowledged;
            EXPECT_TRUE(spared || told_.contains({rung.episode, before, 0, 0}))
                << "skipped step " << before << " of " << rule.name;
        }
    }

    Timeline& line_;
    std::set<Rung> told_;
};

TEST(Ladders, ClimbInTurnOverRandomHistories) {
    int sent = 0;
    for (unsigned seed = 0; seed < 1500; ++seed) {
        auto line = RandomLadders{seed}.make(days{21});
        Climbing climbing{line};
        line.run(line.now + days{21});
        sent += climbing.sent;
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
    EXPECT_GT(sent, 2000);
}

/// A second look at the same moment finds nothing new: no notice, no event, no earlier look.
TEST(Ladders, LookingTwiceFindsNothingNew) {
    for (unsigned seed = 10'000; seed < 10'400; ++seed) {
        auto line = RandomLadders{seed}.make(days{21});
        line.on_look = [&](const Timeline& its, std::optional<Timestamp> look_again) {
            const rules::Facts facts{its.now, its.fresh_until(its.now)};
            // What came with the clock may itself start a ladder, a second later.
            for (const auto& event : rules::clockEvents(its.rules, its.subject, facts))
                EXPECT_TRUE(std::holds_alternative<EscalationStarted>(event) && look_again &&
                            *look_again == its.now + std::chrono::seconds{1})
                    << describeEvent(event);
            const auto again = its.look(rules::Detail::Full);
            EXPECT_TRUE(!again.look_again || (look_again && *look_again <= *again.look_again));
            for (const auto& wanted : again.wanted) {
                EXPECT_NE(wanted.id, 0) << "a second look finds " << wanted.key;
                EXPECT_THAT(its.subject.notices, ::testing::Contains(wanted));
            }
        };
        line.run(line.now + days{21});
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

std::vector<std::string> play(unsigned seed, minutes step, days length) {
    auto line = RandomLadders{seed}.make(length);
    line.step = step;
    return line.run(line.now + length);
}

TEST(Ladders, LookingEveryMinuteFindsNothingMore) {
    for (unsigned seed = 20'000; seed < 20'012; ++seed)
        ASSERT_EQ(play(seed, minutes{0}, days{7}), play(seed, minutes{1}, days{7}))
            << "seed " << seed;
}

TEST(Ladders, LookingOftenOverWeeksFindsNothingMore) {
    for (unsigned seed = 30'000; seed < 30'300; ++seed)
        ASSERT_EQ(play(seed, minutes{0}, days{21}), play(seed, minutes{47}, days{21}))
            << "seed " << seed;
}

/// The case as a restart finds it: nothing but the line, the log and the notices.
TEST(Ladders, ARestartChangesNothing) {
    for (unsigned seed = 40'000; seed < 40'200; ++seed) {
        auto straight = RandomLadders{seed}.make(days{14});
        auto restarted = RandomLadders{seed}.make(days{14});
        straight.down = restarted.down = std::nullopt;
        const auto middle = straight.now + days{5};
        restarted.run(middle);
        restarted.subject = Case{restarted.subject};
        restarted.run(straight.now + days{14});
        straight.run(straight.now + days{14});
        ASSERT_EQ(straight.sent, restarted.sent) << "seed " << seed;
    }
}

/// The step that a reason names: by the notice that it is about, or as `Step 2: ...`.
std::optional<int> stepOf(const Withheld& entry) {
    constexpr std::string_view kStep = "Step ";
    if (!entry.key.empty()) return rungOf(entry.key).step;
    const std::string_view words = entry.detail;
    if (!words.starts_with(kStep)) return std::nullopt;
    int number = 0;
    std::from_chars(words.data() + kStep.size(), words.data() + words.size(), number);
    return number - 1;
}

bool isOfWholeRest(WithheldReason reason) {
    return reason == WithheldReason::NotStarted || reason == WithheldReason::Stopped ||
           reason == WithheldReason::Adopted;
}

/// A ladder that rests has one reason, which is that of all its steps; fresh data are among what a
/// start needs.
void expectWhyItRests(const std::vector<const Withheld*>& reasons) {
    const auto said = std::count_if(reasons.begin(), reasons.end(), [](const Withheld* its) {
        return its->key.empty() &&
               (isOfWholeRest(its->reason) || its->reason == WithheldReason::DataNotFresh);
    });
    EXPECT_EQ(said, 1);
}

/// Each step of the climb was told, waits to leave, or has its own reason. What is said of a step
/// that was told before stands for no other.
void expectEachStepAccountedFor(const Timeline& line, const Decision& decision,
                                const EscalationRule& rule, int episode) {
    std::set<int> accounted;
    const auto takeTold = [&](const Notice& notice) {
        if (notice.rule != rule.name || notice.state == NoticeState::Superseded) return;
        const auto rung = rungOf(notice.key);
        if (rung.episode == episode) accounted.insert(rung.step);
    };
    std::for_each(line.subject.notices.begin(), line.subject.notices.end(), takeTold);
    std::for_each(decision.wanted.begin(), decision.wanted.end(), takeTold);
    std::size_t nameless = 0;
    for (const auto* const entry : withheldBy(decision, rule.name)) {
        EXPECT_FALSE(isOfWholeRest(entry->reason)) << entry->detail;
        if (const auto step = stepOf(*entry))
            accounted.insert(*step);
        else if (entry->reason != WithheldReason::AlreadyTold &&
                 entry->reason != WithheldReason::CadenceNotElapsed)
            ++nameless;
    }
    EXPECT_GE(accounted.size() + nameless, rule.steps.size());
    EXPECT_TRUE(accounted.empty() || *accounted.rbegin() < static_cast<int>(rule.steps.size()));
}

/// Every step of every ladder that looks at the line was told, waits to leave, or has its reason.
void expectAccountedFor(const Timeline& line, const Decision& decision,
                        const EscalationRule& rule) {
    SCOPED_TRACE(rule.name + ::testing::PrintToString(reasonsOf(decision, rule.name)) +
                 ::testing::PrintToString(line.keys()));
    const auto look = std::find_if(decision.looks.begin(), decision.looks.end(),
                                   [&](const RuleLook& its) { return its.rule.name == rule.name; });
    ASSERT_NE(look, decision.looks.end());
    if (!look->applied) {
        EXPECT_TRUE(look->failed.has_value());
        return;
    }
    const auto reasons = withheldBy(decision, rule.name);
    const auto episode = episodeOf(line.subject, rule.name);
    if (!episode) return expectWhyItRests(reasons);
    const bool inhibited = std::any_of(reasons.begin(), reasons.end(), [](const Withheld* its) {
        return its->reason == WithheldReason::Inhibited;
    });
    if (!inhibited) expectEachStepAccountedFor(line, decision, rule, *episode);
}

TEST(Ladders, WhatIsNotToldHasItsReason) {
    for (unsigned seed = 50'000; seed < 50'400; ++seed) {
        auto line = RandomLadders{seed}.make(days{21});
        for (const auto until : {days{2}, days{6}, days{15}}) {
            line.run(line.subject.opened_at + until);
            if (line.subject.closed_at) break;
            const auto decision = line.look(rules::Detail::Full);
            for (const auto& rule : line.rules.escalation) expectAccountedFor(line, decision, rule);
            for (const auto& notice : line.subject.notices) {
                if (!isPending(notice.state)) continue;
                const auto isIts = [&](const auto& entry) { return entry.key == notice.key; };
                EXPECT_TRUE(std::any_of(decision.wanted.begin(), decision.wanted.end(), isIts) ||
                            std::any_of(decision.withheld.begin(), decision.withheld.end(), isIts))
                    << notice.key;
            }
        }
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

// -- order within an instant ------------------------------------------------------------------

std::vector<std::string> playInOrder(unsigned seed, bool reversed) {
    return toldInOrder(RandomLadders{seed}.make(days{14}), seed, reversed);
}

TEST(Ladders, TheOrderOfEventsWithinAnInstantDoesNotMatter) {
    for (unsigned seed = 60'000; seed < 60'500; ++seed)
        ASSERT_EQ(playInOrder(seed, false), playInOrder(seed, true)) << "seed " << seed;
}

}  // namespace escalation_property_test
}  // namespace backorderd::rules_test
