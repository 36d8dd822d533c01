#include "rules/offers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "rules/free_stock.hpp"
#include "rules/history.hpp"

namespace backorderd::rules {
namespace {

using State = OfferView::State;

OfferView* findOffer(std::vector<OfferView>& offers, int number) {
    const auto at = std::find_if(offers.begin(), offers.end(), [number](const OfferView& offer) {
        return offer.number == number;
    });
    return at == offers.end() ? nullptr : &*at;
}

/// Adds what an event says to the offers before it. The first end of an offer counts: whoever
/// answers one that has expired is told so by whoever takes the answer.
struct Chronicle {
    std::vector<OfferView>& offers;
    const CaseEvent& entry;

    void operator()(const OfferMade& made) {
        auto& offer = offers.emplace_back();
        offer.number = entry.seq;
        offer.made_at = offer.state_at = entry.at;
        offer.made = &made;
    }
    void operator()(const OfferAnswered& answer) {
        auto* const offer =
            end(answer.offer, answer.accepted_item.empty() ? State::Declined : State::Accepted);
        if (offer) offer->answer = &answer;
    }
    void operator()(const OfferExpired& expired) { end(expired.offer, State::Expired); }
    void operator()(const OfferWithdrawn& withdrawn) {
        if (auto* const offer = end(withdrawn.offer, State::Withdrawn))
            offer->withdrawn = &withdrawn;
    }
    template <class Other>
    void operator()(const Other&) {}

private:
    OfferView* end(int number, State state) {
        auto* const offer = findOffer(offers, number);
        if (!offer || offer->state != State::Open) return nullptr;
        offer->state = state;
        offer->state_at = entry.at;
        return offer;
    }
};

void addHold(std::vector<StockHold>& holds, const OfferedItem& item, Decimal quantity,
             Timestamp until) {
    const auto same = std::find_if(holds.begin(), holds.end(), [&](const StockHold& hold) {
        return hold.item == item.item && hold.warehouse == item.warehouse;
    });
    if (same == holds.end()) {
        holds.push_back({item.item, item.warehouse, quantity, until});
        return;
    }
    same->quantity = same->quantity + quantity;
    same->until = std::max(same->until, until);
}

void addHoldsOf(std::vector<StockHold>& holds, const OfferView& offer, Decimal open,
                Timestamp now) {
    const bool accepted = offer.state == State::Accepted;
    if (!accepted && offer.state != State::Open) return;
    const auto length = offer.made->hold_until - offer.made_at;
    const auto until = accepted ? offer.state_at + length : offer.made->hold_until;
    if (now >= until) return;
    for (const auto& item : offer.made->items)
        if (!accepted || item.item == offer.answer->accepted_item)
            addHold(holds, item, std::min(item.quantity, open), until);
}

bool isReserved(const OrderLine& line) { return line.allocated && *line.allocated >= line.open(); }

std::optional<std::string> whyNeedless(const Case& subject, const OfferView& offer) {
    if (subject.closed_at || !subject.line.isOpen()) return "the line waits for nothing any more";
    if (isOvertaken(subject, offer)) return "the order names another item now";
    if (isReserved(subject.line)) return "all that is open is reserved for the line";
    return std::nullopt;
}

std::optional<std::string> whyShort(const Case& subject, const OfferMade& made, const Goods& goods,
                                    std::span<const StockHold> held) {
    const FreeStock stock{goods.stock, held};
    for (const auto& item : made.items) {
        const auto needed = std::min(item.quantity, subject.line.open());
        const auto free = stock.at(item.item, item.warehouse);
        if (free < needed)
            return fmt::format("of {} only {} are free, and {} were offered", item.item,
                               free.toString(), needed.toString());
    }
    return std::nullopt;
}

}  // namespace

std::string offerKey(int number) { return fmt::format("offer/{}", number); }
std::string offerWithdrawnKey(int number) { return fmt::format("offer_withdrawn/{}", number); }
std::string offerAnsweredKey(int number) { return fmt::format("offer_answered/{}", number); }

std::string_view offerStateName(State state) {
    switch (state) {
        case State::Open:
            return "open";
        case State::Accepted:
            return "accepted";
        case State::Declined:
            return "declined";
        case State::Expired:
            return "expired";
        case State::Withdrawn:
            return "withdrawn";
    }
    return "";
}

std::vector<OfferView> offersOf(const Case& subject) {
    std::vector<OfferView> offers;
    for (const auto& entry : subject.events) std::visit(Chronicle{offers, entry}, entry.event);
    for (auto& offer : offers) {
        const auto* const notice = findNotice(subject, offerKey(offer.number));
        if (notice && wasHeard(notice->state)) offer.heard_at = notice->state_at;
    }
    return offers;
}

bool isOvertaken(const Case& subject, const OfferView& offer) {
    return std::any_of(subject.events.begin(), subject.events.end(), [&](const CaseEvent& entry) {
        return entry.seq > offer.number && std::holds_alternative<Substituted>(entry.event);
    });
}

std::vector<StockHold> holdsOf(const Case& subject, Timestamp now) {
    std::vector<StockHold> holds;
    if (subject.closed_at || !subject.line.isOpen()) return holds;
    for (const auto& offer : offersOf(subject))
        if (!isOvertaken(subject, offer)) addHoldsOf(holds, offer, subject.line.open(), now);
    return holds;
}

std::optional<OfferWithdrawn> recheckOffer(const Case& subject, const Goods& goods,
                                           std::span<const StockHold> held, Timestamp) {
    const auto offers = offersOf(subject);
    if (offers.empty() || offers.back().state != State::Open) return std::nullopt;
    const auto& offer = offers.back();
    auto reason = whyNeedless(subject, offer);
    if (!reason) reason = whyShort(subject, *offer.made, goods, held);
    if (!reason) return std::nullopt;
    return OfferWithdrawn{offer.number, *std::move(reason)};
}

std::vector<Event> offerClockEvents(const Case& subject, Timestamp now) {
    std::vector<Event> events;
    if (subject.closed_at) return events;
    for (const auto& offer : offersOf(subject)) {
        if (offer.state != State::Open) continue;
        const auto* const notice = findNotice(subject, offerKey(offer.number));
        const bool leaving = notice && notice->state == NoticeState::Bundled;
        if (offer.heard_at && now >= offer.made->answer_by)
            events.push_back(OfferExpired{offer.number});
        if (!offer.heard_at && !leaving && now >= offer.made->hold_until)
            events.push_back(
                OfferWithdrawn{offer.number, "it could not be told before its hold ended"});
    }
    return events;
}

}  // namespace backorderd::rules
