#include "rules/incidents.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <utility>

namespace backorderd::rules {
namespace {

/// One start of a ladder, and what became of it. Follows from the log alone: the rule may have been
/// edited, or taken away.
struct Episode {
    const CaseEvent* started = nullptr;
    const CaseEvent* acknowledged = nullptr;
    std::optional<Timestamp> ended_at;
    std::string why_ended;  ///< for a person
};

Episode episodeOf(const Case& subject, std::size_t started) {
    Episode episode;
    episode.started = &subject.events[started];
    const auto& rule = std::get<EscalationStarted>(episode.started->event).rule;
    for (std::size_t i = started + 1; i < subject.events.size(); ++i) {
        const auto& entry = subject.events[i];
        const auto* const stopped = std::get_if<EscalationStopped>(&entry.event);
        if (stopped && stopped->rule == rule) {
            episode.ended_at = entry.at;
            episode.why_ended = fmt::format("{} has ended: {}.", rule, stopped->reason);
            return episode;
        }
        const auto* const taken = std::get_if<Acknowledged>(&entry.event);
        if (taken && (taken->rule.empty() || taken->rule == rule) && !episode.acknowledged)
            episode.acknowledged = &entry;
    }
    if (subject.closed_at) {
        episode.ended_at = subject.closed_at;
        episode.why_ended = fmt::format("{} has ended: the line is closed.", rule);
    }
    return episode;
}

/// The first alert of the ladder that each sender may have heard. One to whom an alert is on its
/// way is left out: what follows must not overtake it.
std::map<std::string, const Notice*> heardBySenders(const Evaluation& evaluation,
                                                    const Episode& episode) {
    std::map<std::string, const Notice*> heard;
    std::set<std::string> on_the_way;
    const auto base = fmt::format("escalation/{}/", episode.started->seq);
    for (const auto& notice : evaluation.subject.notices) {
        // What shared a message with others opened no incident of its own.
        if (notice.topic != Topic::Escalation || !notice.key.starts_with(base) ||
            !notice.digest_key.empty())
            continue;
        const auto& sender = notice.recipient.sender;
        if (!evaluation.rules.keepsIncidents(sender)) continue;
        if (notice.state == NoticeState::Bundled) on_the_way.insert(sender);
        if (wasHeard(notice.state)) heard.try_emplace(sender, &notice);
    }
    for (const auto& sender : on_the_way) heard.erase(sender);
    return heard;
}

std::string keyOf(Topic topic, const Episode& episode, const std::string& sender) {
    return fmt::format("{}/{}/{}", topicName(topic), episode.started->seq, sender);
}

std::string takenOnInWords(const CaseEvent& acknowledged) {
    const auto& by = std::get<Acknowledged>(acknowledged.event).author;
    return by.empty() ? std::string{"It was acknowledged."}
                      : fmt::format("{} has taken it on.", by);
}

void decideEpisode(Evaluation& evaluation, const Episode& episode) {
    if (!episode.ended_at && !episode.acknowledged) return;
    const auto topic = episode.ended_at ? Topic::EscalationEnded : Topic::EscalationAcknowledged;
    const auto at = episode.ended_at ? *episode.ended_at : episode.acknowledged->at;
    for (const auto& [sender, alert] : heardBySenders(evaluation, episode)) {
        // A step that comes although somebody has taken the ladder on calls somebody else.
        if (!episode.ended_at && alert->fact_at > at) continue;
        Occasion occasion;
        occasion.topic = topic;
        occasion.key = keyOf(topic, episode, sender);
        occasion.fact_at = occasion.from = at;
        occasion.reason =
            episode.ended_at ? episode.why_ended : takenOnInWords(*episode.acknowledged);
        evaluation.followUp(*alert, std::move(occasion));
    }
}

}  // namespace

void decideIncidents(Evaluation& evaluation) {
    if (evaluation.rules.incident_senders.empty()) return;
    const auto& events = evaluation.subject.events;
    for (std::size_t i = 0; i < events.size(); ++i)
        if (std::holds_alternative<EscalationStarted>(events[i].event))
            decideEpisode(evaluation, episodeOf(evaluation.subject, i));
}

}  // namespace backorderd::rules
