#include "render/case_story.hpp"

#include <algorithm>
#include <charconv>

namespace backorderd::render {
namespace {

/// The latest of a list.
template <class T>
std::vector<T> latest(std::vector<T> list) {
    if (list.size() > kStoryMax) {
        list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kStoryMax));
    }
    return list;
}

std::optional<PromiseStep> stepOf(const CaseEvent& logged) {
    using enum PromiseStep::What;
    if (const auto* opened = std::get_if<LineOpened>(&logged.event)) {
        return PromiseStep{opened->promise.known() ? First : None, logged.at, {}, opened->promise};
    }
    if (const auto* set = std::get_if<PromiseSet>(&logged.event)) {
        return PromiseStep{First, logged.at, {}, set->to};
    }
    if (const auto* moved = std::get_if<PromiseMoved>(&logged.event)) {
        return PromiseStep{Moved, logged.at, moved->from, moved->to};
    }
    if (const auto* withdrawn = std::get_if<PromiseWithdrawn>(&logged.event)) {
        return PromiseStep{Withdrawn, logged.at, withdrawn->from, {}};
    }
    if (const auto* lapsed = std::get_if<PromiseLapsed>(&logged.event)) {
        return PromiseStep{Lapsed, logged.at, Promise::on(lapsed->promised), {}};
    }
    return std::nullopt;
}

/// The number behind the first slash of a key, `offer/7`; 0 where there is none.
int numberIn(std::string_view key) {
    const std::size_t slash = key.find('/');
    int number = 0;
    if (slash != std::string_view::npos) {
        std::from_chars(key.data() + slash + 1, key.data() + key.size(), number);
    }
    return number;
}

/// The number of the offer that an event is about; 0 where it is about none.
int offerNumber(const Event& event, int seq) {
    if (std::holds_alternative<OfferMade>(event)) return seq;
    if (const auto* answered = std::get_if<OfferAnswered>(&event)) return answered->offer;
    if (const auto* expired = std::get_if<OfferExpired>(&event)) return expired->offer;
    if (const auto* withdrawn = std::get_if<OfferWithdrawn>(&event)) return withdrawn->offer;
    return 0;
}

bool speaksOfOffer(Topic topic) {
    return topic == Topic::Offer || topic == Topic::OfferWithdrawn || topic == Topic::OfferAnswered;
}

/// Which offer a notice is about; the key names the offer, or the event by which it was answered.
int offerWanted(const Entry& entry) {
    const std::vector<CaseEvent>& log = entry.subject.events;
    if (speaksOfOffer(entry.notice.topic)) {
        const int number = numberIn(entry.notice.key);
        const auto named = std::find_if(log.begin(), log.end(),
                                        [&](const CaseEvent& e) { return e.seq == number; });
        const int offer = named == log.end() ? 0 : offerNumber(named->event, named->seq);
        if (offer != 0) return offer;
    }
    const auto made = std::find_if(log.rbegin(), log.rend(), [](const CaseEvent& e) {
        return std::holds_alternative<OfferMade>(e.event);
    });
    return made == log.rend() ? 0 : made->seq;
}

}  // namespace

std::vector<PromiseStep> promiseSteps(const Entry& entry) {
    std::vector<PromiseStep> steps;
    for (const CaseEvent& logged : entry.subject.events) {
        if (const auto step = stepOf(logged)) steps.push_back(*step);
    }
    return latest(std::move(steps));
}

int slipCount(const Entry& entry) {
    const std::vector<CaseEvent>& log = entry.subject.events;
    return static_cast<int>(std::count_if(log.begin(), log.end(), [](const CaseEvent& e) {
        const auto* moved = std::get_if<PromiseMoved>(&e.event);
        return moved != nullptr && moved->isSlip();
    }));
}

std::optional<Date> firstPromised(const Entry& entry) {
    for (const CaseEvent& logged : entry.subject.events) {
        if (const auto* opened = std::get_if<LineOpened>(&logged.event)) return opened->promise.to;
    }
    return std::nullopt;
}

std::vector<const Notice*> toldNotices(const Entry& entry) {
    std::vector<const Notice*> told;
    for (const Notice& notice : entry.subject.notices) {
        if (isForCustomer(notice.topic) && wasHeard(notice.state)) told.push_back(&notice);
    }
    std::stable_sort(told.begin(), told.end(),
                     [](const Notice* a, const Notice* b) { return a->state_at < b->state_at; });
    return latest(std::move(told));
}

std::vector<Answer> answersOf(const Entry& entry) {
    std::vector<Answer> answers;
    for (const CaseEvent& logged : entry.subject.events) {
        if (const auto* said = std::get_if<Responded>(&logged.event)) {
            answers.push_back(
                {logged.at, said->answer, said->sentiment, said->text, said->author, {}, false});
        } else if (const auto* offer = std::get_if<OfferAnswered>(&logged.event)) {
            answers.push_back({logged.at,
                               {},
                               {},
                               offer->note,
                               offer->author,
                               offer->accepted_item,
                               offer->accepted_item.empty()});
        }
    }
    return latest(std::move(answers));
}

const OfferedItem* OfferStory::accepted() const {
    if (answered == nullptr || answered->accepted_item.empty()) return nullptr;
    const auto found =
        std::find_if(made->items.begin(), made->items.end(),
                     [&](const OfferedItem& item) { return item.item == answered->accepted_item; });
    return found == made->items.end() ? nullptr : &*found;
}

std::optional<OfferStory> offerOf(const Entry& entry) {
    OfferStory story;
    story.number = offerWanted(entry);
    for (const CaseEvent& logged : entry.subject.events) {
        if (offerNumber(logged.event, logged.seq) != story.number) continue;
        if (const auto* made = std::get_if<OfferMade>(&logged.event)) {
            story.made = made;
            story.made_at = logged.at;
        } else if (const auto* answered = std::get_if<OfferAnswered>(&logged.event)) {
            story.answered = answered;
        } else if (const auto* withdrawn = std::get_if<OfferWithdrawn>(&logged.event)) {
            story.withdrawn = withdrawn;
        } else {
            story.expired = story.expired || std::holds_alternative<OfferExpired>(logged.event);
        }
    }
    if (story.made == nullptr) return std::nullopt;
    for (const Notice& notice : entry.subject.notices) {
        story.heard = story.heard || (notice.topic == Topic::Offer && wasHeard(notice.state) &&
                                      numberIn(notice.key) == story.number);
    }
    return story;
}

const AllocationProposed* proposalOf(const Entry& entry) {
    if (entry.event) {
        if (const auto* proposed = std::get_if<AllocationProposed>(&*entry.event)) return proposed;
    }
    const std::vector<CaseEvent>& log = entry.subject.events;
    for (auto logged = log.rbegin(); logged != log.rend(); ++logged) {
        const auto* proposed = std::get_if<AllocationProposed>(&logged->event);
        if (proposed != nullptr) return proposed;
    }
    return nullptr;
}

}  // namespace backorderd::render
