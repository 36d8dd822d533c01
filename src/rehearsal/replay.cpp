#include "rehearsal/replay.hpp"

#include <algorithm>
#include <deque>

#include "rehearsal/history.hpp"
#include "rehearsal/pieces.hpp"
#include "store/store.hpp"

namespace backorderd::rehearsal {
namespace {

constexpr const char* kPastSender = "past";

/// A case on its way through the time that is told again.
struct Course {
    Case before;                  ///< as it was at the beginning; no events: it opened later
    std::vector<Moment> moments;  ///< within the time
};

/// What was heard of a case before the beginning.
std::vector<Notice> heardBefore(const Case& subject, Timestamp since) {
    std::vector<Notice> heard;
    for (const auto& notice : subject.notices)
        if (wasHeard(notice.state) && notice.state_at < since) heard.push_back(notice);
    return heard;
}

Course courseOf(const Case& recorded, const ReplayOptions& options) {
    Course course;
    OrderLine first = recorded.line;
    for (auto event = recorded.events.rbegin(); event != recorded.events.rend(); ++event)
        first = undone(event->event, std::move(first));
    course.before.line = std::move(first);
    course.before.adopted = recorded.adopted;
    course.before.opened_at = recorded.opened_at;
    for (auto& moment : historyOf(recorded)) {
        if (moment.at < options.since)
            course.before.line = std::move(moment.line);
        else if (moment.at <= options.until)
            course.moments.push_back(std::move(moment));
    }
    for (const auto& event : recorded.events)
        if (event.at < options.since) course.before.events.push_back(event);
    course.before.notices = heardBefore(recorded, options.since);
    return course;
}

std::deque<Course> coursesOf(Store& recorded, const ReplayOptions& options) {
    std::deque<Course> courses;
    CaseFilter filter;
    filter.include_closed = true;
    forEachPiece(recorded, filter, [&](const std::vector<CaseId>& ids) {
        for (const auto& subject : recorded.cases(ids)) {
            const bool over = subject.closed_at && *subject.closed_at < options.since;
            if (over || subject.opened_at > options.until) continue;
            courses.push_back(courseOf(subject, options));
        }
    });
    return courses;
}

/// One message that brought what was heard before, so that limits count it and nothing is told
/// anew.
void deliver(Store& store, const Notice& notice, NoticeId id) {
    Message message;
    message.stable_id = "past-" + std::to_string(id);
    message.sender = kPastSender;
    message.recipient = notice.recipient;
    message.created_at = notice.state_at;
    message.state_at = notice.state_at;
    message.notices = {id};
    store.freeze({&message, 1});
    store.claimReady(kPastSender, notice.state_at, 1);
    const Settlement sent{message.id, MessageState::Sent, {}, {}, {}, false};
    store.settle({&sent, 1}, notice.state_at, {});
}

/// Puts what was there at the beginning into an empty store; returns the ids of the cases, 0 for
/// those that open later.
std::vector<CaseId> begin(Store& store, const std::deque<Course>& courses,
                          const std::vector<std::string>& sources, const ReplayOptions& options) {
    for (const auto& name : sources) {
        SourceState state;
        state.name = name;
        state.baseline_done = true;
        state.last_good_at = options.since;
        store.saveSource(state);
    }
    std::vector<CaseId> ids;
    for (const auto& course : courses) {
        ids.push_back(0);
        if (course.before.events.empty()) continue;
        CaseChange change;
        change.after = course.before;
        change.after.look_again = options.since;
        change.fingerprint = 0;
        change.new_events = course.before.events;
        change.new_notices = course.before.notices;
        for (auto& notice : change.new_notices) {
            notice.id = 0;
            notice.message_id = 0;
            notice.state = NoticeState::Planned;
        }
        store.commit({&change, 1});
        ids.back() = change.after.id;
        for (std::size_t i = 0; i < change.new_notices.size(); ++i)
            deliver(store, course.before.notices[i], change.new_notices[i].id);
    }
    return ids;
}

/// Lets the time pass once.
std::vector<ToldNotice> run(const Scene& scene, const app::Policy& policy,
                            const std::deque<Course>& courses, const ReplayOptions& options) {
    auto store = store::openScratch();
    auto ids = begin(*store, courses, scene.sources, options);
    Stage stage{scene, policy, std::move(store), options.since};

    struct Due {
        const Moment* moment;
        std::size_t course;
    };
    std::vector<Due> due;
    for (std::size_t i = 0; i < courses.size(); ++i)
        for (const auto& moment : courses[i].moments) due.push_back({&moment, i});
    std::stable_sort(due.begin(), due.end(),
                     [](const Due& a, const Due& b) { return a.moment->at < b.moment->at; });
    for (const auto& [moment, index] : due) {
        stage.driver().runUntil(moment->at, options.tick);
        auto& id = ids[index];
        Case subject;
        if (id != 0) {
            subject = std::move(stage.store().cases({&id, 1}).front());
        } else {
            subject.opened_at = moment->at;
            subject.adopted = courses[index].before.adopted;
        }
        subject.line = moment->line;
        const LineKey key = subject.line.key;
        stage.tell(std::move(subject), moment->events);
        id = stage.store().caseOfLine(key.source, key.id).value_or(id);
    }
    stage.driver().runUntil(options.until, options.tick);
    return toldNotices(stage.takeSent());
}

std::vector<std::string> restingOnStock(const RuleSet& a, const RuleSet& b) {
    std::vector<std::string> sections;
    if (!a.substitution.empty() || !b.substitution.empty()) sections.emplace_back("substitution");
    if (!a.fulfilment.empty() || !b.fulfilment.empty()) sections.emplace_back("fulfilment");
    return sections;
}

}  // namespace

Replay replay(const Scene& scene, const app::Policy& in_force, const app::Policy& other,
              Store& recorded, const ReplayOptions& options) {
    const auto courses = coursesOf(recorded, options);
    Replay replay{options.since,
                  options.until,
                  courses.size(),
                  {},
                  restingOnStock(in_force.rules, other.rules)};
    replay.difference =
        compareRuns(run(scene, in_force, courses, options), run(scene, other, courses, options));
    return replay;
}

}  // namespace backorderd::rehearsal
