#include "rules/told_steps.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "rules/calendar.hpp"
#include "rules/contact.hpp"

namespace backorderd::rules {
namespace {

using Step = EscalationRule::Step;
using Rows = std::vector<const Notice*>;

constexpr int kNoNumber = -1;

/// The number of the step in a key `EPISODE/NUMBER/…`.
std::optional<int> stepOf(std::string_view key, std::string_view episode) {
    if (!key.starts_with(episode)) return std::nullopt;
    key.remove_prefix(episode.size());
    if (!key.starts_with('/')) return std::nullopt;
    int number = 0;
    const auto* const end = key.data() + key.size();
    const auto [rest, error] = std::from_chars(key.data() + 1, end, number);
    return error == std::errc{} && rest != end && *rest == '/' ? std::optional{number}
                                                               : std::nullopt;
}

/// Gives each step of one ladder its number, the surest matches first.
class Numbering {
public:
    Numbering(const RuleSet& rules, const EscalationRule& rule, const Case& subject,
              const std::string& episode, Timestamp counted_from)
        : rules_{rules},
          rule_{rule},
          line_{subject.line},
          calendar_{calendarNamed(rules, rule.calendar)},
          counted_from_{counted_from},
          numbers_(rule.steps.size(), kNoNumber) {
        for (const auto& notice : subject.notices)
            if (const auto number = stepOf(notice.key, episode)) {
                next_ = std::max(next_, *number + 1);
                if (notice.state != NoticeState::Superseded) rows_[*number].push_back(&notice);
            }
    }

    std::vector<int> run() {
        next_ = std::max(next_, static_cast<int>(rule_.steps.size()));
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            if (isOf(placeOf(i), rule_.steps[i])) claim(i, placeOf(i));
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            if (numbers_[i] == kNoNumber) claimElsewhere(i);
        for (std::size_t i = 0; i < numbers_.size(); ++i)
            if (numbers_[i] == kNoNumber) claim(i, isFree(i) ? placeOf(i) : next_++);
        return std::move(numbers_);
    }

private:
    static int placeOf(std::size_t i) { return static_cast<int>(i); }

    /// Only what no step has claimed is left in `rows_`.
    void claim(std::size_t i, int number) {
        numbers_[i] = number;
        rows_.erase(number);
    }

    void claimElsewhere(std::size_t i) {
        const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const auto& entry) {
            return isOf(entry.first, rule_.steps[i]);
        });
        if (found != rows_.end()) claim(i, found->first);
    }

    bool isOf(int number, const Step& step) const {
        const auto rows = rows_.find(number);
        return rows != rows_.end() && hasTemplate(rows->second, step) &&
               hasRecipient(rows->second, step);
    }

    /// Whether a step may have the number of its place: nothing of another step is known by it. A
    /// step whose template or whose team's address was edited still has its notices there; they are
    /// not those of a step that was taken out if they stand since its own time.
    bool isFree(std::size_t i) const {
        const auto place = placeOf(i);
        if (std::find(numbers_.begin(), numbers_.end(), place) != numbers_.end()) return false;
        const auto rows = rows_.find(place);
        if (rows == rows_.end()) return true;
        const auto& step = rule_.steps[i];
        const auto due = addPeriod(counted_from_, step.after, calendar_);
        const bool in_time =
            std::all_of(rows->second.begin(), rows->second.end(),
                        [&](const Notice* notice) { return notice->fact_at >= due; });
        return in_time && (hasTemplate(rows->second, step) || hasRecipient(rows->second, step));
    }

    static bool hasTemplate(const Rows& rows, const Step& step) {
        return std::any_of(rows.begin(), rows.end(), [&](const Notice* notice) {
            return notice->template_name == step.template_name;
        });
    }

    bool hasRecipient(const Rows& rows, const Step& step) const {
        const auto reached = reachTeam(rules_, step.team, line_);
        return std::any_of(rows.begin(), rows.end(), [&](const Notice* notice) {
            return std::any_of(reached.begin(), reached.end(), [&](const Recipient& to) {
                return to.channel == notice->recipient.channel &&
                       to.address == notice->recipient.address &&
                       to.sender == notice->recipient.sender;
            });
        });
    }

    const RuleSet& rules_;
    const EscalationRule& rule_;
    const OrderLine& line_;
    const Calendar& calendar_;
    const Timestamp counted_from_;
    std::map<int, Rows> rows_;  ///< the notices by their step's number, superseded ones left out
    int next_ = 0;              ///< no notice and no place has it
    std::vector<int> numbers_;
};

}  // namespace

std::vector<int> numberSteps(const RuleSet& rules, const EscalationRule& rule, const Case& subject,
                             const std::string& episode, Timestamp counted_from) {
    return Numbering{rules, rule, subject, episode, counted_from}.run();
}

}  // namespace backorderd::rules
