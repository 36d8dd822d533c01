#include "rules/model.hpp"

#include "rules/model_cadence.hpp"
#include "rules/model_ladder.hpp"

namespace backorderd::rules_test::model {
namespace {

void lookAtLadders(std::vector<Climb>& ladders, const Moment& here, Told& told) {
    if (here.line.closed) return;
    for (auto& ladder : ladders) ladder.startOrStop(here);
    for (auto& ladder : ladders) {
        const bool inhibited = std::any_of(ladders.begin(), ladders.end(), [&](const Climb& other) {
            const auto& silent = other.rule().inhibits;
            return other.isActive(here) &&
                   std::find(silent.begin(), silent.end(), ladder.rule().name) != silent.end();
        });
        if (ladder.isActive(here) && !inhibited) ladder.tell(here, told);
    }
}

bool isWithin(Timestamp at, const std::optional<std::pair<Timestamp, Timestamp>>& span) {
    return span && span->first <= at && at < span->second;
}

}  // namespace

std::vector<std::string> toldByModel(const Story& story) {
    const BusinessCalendar calendar{story.calendar};
    Line line{story};
    std::optional<Letters> letters;
    if (story.policy) letters.emplace(story);
    std::vector<Climb> ladders(story.ladders.begin(), story.ladders.end());
    Told told;
    auto deed = story.deeds.begin();
    for (auto now = story.opened_at; now <= story.end; now += kQuarter) {
        if (isWithin(now, story.unseen)) continue;
        Moment here{story, calendar, line, now, !isWithin(now, story.old), now == story.opened_at};
        for (; deed != story.deeds.end() && deed->at <= now; ++deed) {
            if (!line.take(now, *deed)) continue;
            here.something_happened = true;
            here.somebody_spoke |=
                deed->what == Deed::What::Answer || deed->what == Deed::What::Complain;
        }
        lookAtLadders(ladders, here, told);
        if (letters) letters->tell(here, told);
    }
    std::sort(told.begin(), told.end());
    return told;
}

std::string toldWords(Timestamp at, std::string_view what, std::string_view to) {
    return fmt::format("{} {}, to {}", formatTimestamp(at), what, to);
}

std::string rungWords(std::string_view rule, Timestamp started, int step, int telling) {
    return fmt::format("step {} of {} since {}, telling {}", step + 1, rule,
                       formatTimestamp(started), telling + 1);
}

std::string occasionWords(Topic topic, std::string_view of, std::optional<Date> promise) {
    return fmt::format("{} ({}), promise {}", topicName(topic), of,
                       promise ? formatDate(*promise) : "unknown");
}

}  // namespace backorderd::rules_test::model
