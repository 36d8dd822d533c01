#include "rehearsal/difference.hpp"

#include <algorithm>
#include <tuple>

namespace backorderd::rehearsal {
namespace {

constexpr std::chrono::hours kNoShift{1};
constexpr std::chrono::hours kSameOccasion{7 * 24};

/// What is told to whom of which line.
using Thread = std::tuple<std::string, Topic, std::string>;

struct Runs {
    std::vector<ToldNotice> in_force, other;
};

/// Compares the notices of one thread.
class ThreadComparison {
public:
    ThreadComparison(Runs& runs, Difference& difference) : runs_{runs}, difference_{difference} {
        const auto by_time = [](const ToldNotice& a, const ToldNotice& b) { return a.at < b.at; };
        std::stable_sort(runs_.in_force.begin(), runs_.in_force.end(), by_time);
        std::stable_sort(runs_.other.begin(), runs_.other.end(), by_time);
        pair([](const ToldNotice& a, const ToldNotice& b) { return a.notice.key == b.notice.key; });
        pair([](const ToldNotice& a, const ToldNotice& b) {
            return std::chrono::abs(a.at - b.at) <= kSameOccasion;
        });
        for (auto& told : runs_.other) note({Change::Kind::More, std::move(told), {}});
        for (auto& told : runs_.in_force) note({Change::Kind::Fewer, std::move(told), {}});
    }

private:
    /// Takes out what is the same on both sides, each with the first that fits.
    template <class Same>
    void pair(Same same) {
        std::erase_if(runs_.in_force, [&](const ToldNotice& before) {
            const auto at =
                std::find_if(runs_.other.begin(), runs_.other.end(),
                             [&](const ToldNotice& after) { return same(before, after); });
            if (at == runs_.other.end()) return false;
            settle(before, std::move(*at));
            runs_.other.erase(at);
            return true;
        });
    }

    void settle(const ToldNotice& before, ToldNotice after) {
        if (std::chrono::abs(after.at - before.at) <= kNoShift) {
            ++difference_.all.same;
            ++difference_.rules[after.notice.rule].same;
            ++difference_.customers[after.notice.customer].same;
            return;
        }
        const auto kind = after.at < before.at ? Change::Kind::Earlier : Change::Kind::Later;
        note({kind, std::move(after), before.at});
    }

    void note(Change change) {
        const auto& notice = change.told.notice;
        difference_.all.count(change.kind);
        difference_.rules[notice.rule].count(change.kind);
        difference_.customers[notice.customer].count(change.kind);
        difference_.customer_names[notice.customer] = notice.customer_name;
        difference_.changes.push_back(std::move(change));
    }

    Runs& runs_;
    Difference& difference_;
};

}  // namespace

std::vector<ToldNotice> toldNotices(std::span<const SentMessage> sent) {
    std::vector<ToldNotice> told;
    for (const auto& message : sent)
        for (const auto& notice : message.notices)
            told.push_back({message.at, notice, message.recipient.address});
    return told;
}

std::string_view changeName(Change::Kind kind) {
    switch (kind) {
        case Change::Kind::More:
            return "more";
        case Change::Kind::Fewer:
            return "fewer";
        case Change::Kind::Earlier:
            return "earlier";
        case Change::Kind::Later:
            break;
    }
    return "later";
}

void Difference::Sums::count(Change::Kind kind) {
    switch (kind) {
        case Change::Kind::More:
            ++more;
            return;
        case Change::Kind::Fewer:
            ++fewer;
            return;
        case Change::Kind::Earlier:
            ++earlier;
            return;
        case Change::Kind::Later:
            ++later;
            return;
    }
}

Difference compareRuns(std::vector<ToldNotice> in_force, std::vector<ToldNotice> other) {
    std::map<Thread, Runs> threads;
    const auto threadOf = [](const ToldNotice& told) {
        return Thread{told.notice.line, told.notice.topic, told.to};
    };
    for (auto& told : in_force) {
        const auto thread = threadOf(told);
        threads[thread].in_force.push_back(std::move(told));
    }
    for (auto& told : other) {
        const auto thread = threadOf(told);
        threads[thread].other.push_back(std::move(told));
    }
    Difference difference;
    for (auto& [thread, runs] : threads) ThreadComparison{runs, difference};
    std::stable_sort(difference.changes.begin(), difference.changes.end(),
                     [](const Change& a, const Change& b) { return a.told.at < b.told.at; });
    return difference;
}

}  // namespace backorderd::rehearsal
