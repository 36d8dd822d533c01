#include "rules/tellings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace backorderd::rules {
namespace {

/// A notice that left so soon after its time left in time: the next is counted from when it was
/// due, so that the seconds of sending do not add up.
constexpr std::chrono::hours kInTime{1};

/// The number of the telling, where the key is one of the occasion's.
std::optional<int> numberOf(std::string_view key, std::string_view base) {
    if (!key.starts_with(base)) return std::nullopt;
    key.remove_prefix(base.size());
    if (!key.starts_with('/')) return std::nullopt;
    int number = 0;
    const auto* const end = key.data() + key.size();
    const auto [rest, error] = std::from_chars(key.data() + 1, end, number);
    return error == std::errc{} && rest != end && *rest == '/' ? std::optional{number}
                                                               : std::nullopt;
}

Timestamp leftAt(const Notice& notice) {
    const auto late = notice.state_at - notice.due_at;
    return late >= late.zero() && late <= kInTime ? notice.due_at : notice.state_at;
}

}  // namespace

Tellings tellingsOf(const Case& subject, std::string_view base) {
    struct Told {
        int number;
        Timestamp left;
    };
    std::vector<Told> told;
    Tellings found;
    for (const auto& notice : subject.notices) {
        if (notice.state == NoticeState::Superseded) continue;
        const auto number = numberOf(notice.key, base);
        if (!number) continue;
        if (isPending(notice.state))
            found.pending = *number;
        else
            told.push_back({*number, leftAt(notice)});
    }
    for (const auto& [number, left] : told) {
        // While one recipient's is still to come, the telling is not done.
        if (found.pending && number >= *found.pending) continue;
        if (number == 0) found.first_left = std::max(found.first_left, left);
        if (number >= found.done) found.last_left = left;
        if (number + 1 == found.done) found.last_left = std::max(found.last_left, left);
        found.done = std::max(found.done, number + 1);
    }
    return found;
}

bool alertAgain(Evaluation& evaluation, Alert alert, const Tellings& tellings,
                const std::optional<Period>& again) {
    const About about{alert.topic, alert.rule};
    if (tellings.done > 0) {
        if (!again || again->count <= 0) {
            evaluation.withhold(about, WithheldReason::AlreadyTold, [&] {
                return fmt::format("It was told at {}.", formatTimestamp(tellings.first_left));
            });
            return true;
        }
        alert.from = alert.fact_at = addPeriod(tellings.last_left, *again, *alert.calendar);
        alert.reason += fmt::format(" Told again after {}.", formatPeriod(*again));
    }
    if (evaluation.now < alert.from) {
        evaluation.lookAgain(alert.from);
        evaluation.withhold(
            about, WithheldReason::CadenceNotElapsed,
            [&] { return fmt::format("It is told at {}.", formatTimestamp(alert.from)); },
            alert.from);
        return true;
    }
    alert.key += fmt::format("/{}", tellings.done);
    return evaluation.alert(alert);
}

}  // namespace backorderd::rules
