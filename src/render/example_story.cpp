#include "render/example_story.hpp"

#include <algorithm>
#include <array>

namespace backorderd::render {
namespace {

struct ExampleSubstitute {
    std::string_view id, name, german_name, price;
};
/// Two for each item of the examples, in their order.
constexpr std::array kSubstitutes{
    ExampleSubstitute{"PX-110", "Circulation pump PX-110", "Umwälzpumpe PX-110", "131"},
    ExampleSubstitute{"PX-120", "Circulation pump PX-120, quiet", "Umwälzpumpe PX-120, leise",
                      "139.9"},
    ExampleSubstitute{"BV-132", "Ball valve DN 32, steel", "Kugelhahn DN 32, Stahl", "118"},
    ExampleSubstitute{"BV-040", "Ball valve DN 40, brass", "Kugelhahn DN 40, Messing", "129"},
    ExampleSubstitute{"SK-8", "Seal kit for series 7 and 8", "Dichtungssatz Serie 7 und 8", "125"},
    ExampleSubstitute{"SK-7S", "Seal kit for series 7, FKM", "Dichtungssatz Serie 7, FKM", "149"},
};

/// Writes the past of a case, oldest first.
class Past {
public:
    Past(Entry& entry, Timestamp now) : entry_{entry}, now_{now} {}

    int event(int days_ago, Event event) {
        const int seq = static_cast<int>(entry_.subject.events.size()) + 1;
        entry_.subject.events.push_back({seq, ago(days_ago), std::move(event)});
        return seq;
    }
    void told(int days_ago, Topic topic, const Promise& promise, int number) {
        Notice notice;
        notice.topic = topic;
        notice.key = std::string{topicName(topic)} + '/' + std::to_string(number);
        notice.state = NoticeState::Sent;
        notice.state_at = ago(days_ago);
        notice.facts = {promise, entry_.subject.line.open()};
        entry_.subject.notices.push_back(std::move(notice));
    }
    Promise daysAhead(int days) const {
        return Promise::on(Date{std::chrono::floor<std::chrono::days>(now_).time_since_epoch()} +
                           std::chrono::days{days});
    }
    Timestamp ago(int days) const { return now_ - std::chrono::days{days}; }

private:
    Entry& entry_;
    Timestamp now_;
};

const ExampleSubstitute& substituteAt(int index, int choice) {
    const std::size_t place = static_cast<std::size_t>(index) % 3 * 2;
    return kSubstitutes[place + static_cast<std::size_t>(choice)];
}

Substitute inStock(int index, int choice, bool german, int free) {
    const ExampleSubstitute& chosen = substituteAt(index, choice);
    return {std::string{chosen.id},
            std::string{german ? chosen.german_name : chosen.name},
            "Main",
            Decimal{free},
            {Decimal::parse(chosen.price).value(), "EUR"}};
}

OfferMade exampleOffer(const OrderLine& line, int index, bool german, Timestamp made_at) {
    OfferMade offer;
    offer.rule = "same family";
    for (const int choice : {0, 1}) {
        const Substitute of = inStock(index, choice, german, 0);
        const Decimal quantity = choice == 0 ? line.open() : line.open() - Decimal{1};
        offer.items.push_back({of.item, of.name, of.warehouse, quantity, of.unit_price});
    }
    offer.hold_until = made_at + std::chrono::days{2};
    offer.answer_by = made_at + std::chrono::days{7};
    return offer;
}

void tellOffer(Entry& entry, int index, bool german, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    line.promise = past.daysAhead(21);
    past.event(16, LineOpened{line.open(), line.promise, false});
    past.told(16, Topic::Opened, line.promise, 1);
    const bool is_new = entry.notice.topic == Topic::Offer;
    const int made_ago = is_new ? 0 : 1;
    const int number = past.event(made_ago, exampleOffer(line, index, german, past.ago(made_ago)));
    entry.event = entry.subject.events.back().event;
    entry.notice.key = std::string{topicName(entry.notice.topic)} + '/' + std::to_string(number);
    if (is_new) return;
    past.told(1, Topic::Offer, line.promise, number);
    if (entry.notice.topic == Topic::OfferWithdrawn) {
        past.event(0, OfferWithdrawn{number, "the units are gone"});
    } else {
        past.event(0, OfferAnswered{number, std::string{substituteAt(index, 0).id}, "Maria Huber",
                                    "Please ship before Easter."});
    }
    entry.event = entry.subject.events.back().event;
}

/// A customer who asks to be called, of a line whose date moved twice.
void tellOfCall(Entry& entry, int index, bool german, Timestamp now) {
    tellSlips(entry, now);
    Past{entry, now}.event(3, Responded{"call_me", "negative",
                                        "Our site stands still. Where are they?", "Jonas Berger"});
    entry.substitutes = {inStock(index, 0, german, 14), inStock(index, 1, german, 3)};
}

/// Nothing is on order, and no date is known.
void tellOfNoSupply(Entry& entry, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    line.supply = {};
    line.promise = {};
    past.event(16, LineOpened{line.open(), {}, false});
    past.told(16, Topic::Opened, {}, 1);
}

/// The date passed, was withdrawn, and the customer has had enough.
void tellOfCancel(Entry& entry, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    line.promise = {};
    const Promise first = past.daysAhead(-10);
    past.event(16, LineOpened{line.open(), first, false});
    past.told(16, Topic::Opened, first, 1);
    past.event(9, PromiseLapsed{*first.to});
    past.told(9, Topic::PromiseLapsed, first, 2);
    past.event(8, PromiseWithdrawn{first});
    past.event(2, Responded{"cancel_requested", "", "", "Maria Huber"});
}

void tellEscalation(Entry& entry, int index, bool german, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    const bool of_payment = entry.notice.template_name.starts_with("payment");
    if (of_payment || index % 3 == 0) {
        line.payment = {"authorised", past.daysAhead(of_payment ? 3 : 30).to};
    }
    if (of_payment) return tellSlips(entry, now);
    if (index % 3 == 0) return tellOfCall(entry, index, german, now);
    if (index % 3 == 1) return tellOfNoSupply(entry, now);
    tellOfCancel(entry, now);
}

void tellAllocation(Entry& entry, int index, Timestamp now) {
    struct Advice {
        int quantity;
        std::string_view strategy, reason;
    };
    static constexpr std::array kAdvice{
        Advice{6, "win", "tier platinum; all that is open"},
        Advice{12, "fill", "what is left after 1 line before it"},
        Advice{0, "lose", "credit hold"},
    };
    tellSlips(entry, now);
    const Advice& advice = kAdvice[static_cast<std::size_t>(index) % kAdvice.size()];
    const Decimal open = entry.subject.line.open();
    Past{entry, now}.event(
        0, AllocationProposed{"Main", std::min(Decimal{advice.quantity}, open), open, index % 3 + 1,
                              3, std::string{advice.strategy}, std::string{advice.reason}});
    entry.event = entry.subject.events.back().event;
}

void tellExpedite(Entry& entry, int index, bool german, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    line.promise = past.daysAhead(-6);
    past.event(16, LineOpened{line.open(), line.promise, false});
    past.told(16, Topic::Opened, line.promise, 1);
    past.event(5, PromiseLapsed{*line.promise.to});
    past.told(5, Topic::PromiseLapsed, line.promise, 2);
    if (index % 2 == 0) entry.substitutes = {inStock(index, 0, german, 5)};
}

}  // namespace

void tellSlips(Entry& entry, Timestamp now) {
    Past past{entry, now};
    OrderLine& line = entry.subject.line;
    const Promise first = past.daysAhead(-10);
    const Promise second = past.daysAhead(4);
    line.promise = past.daysAhead(21);
    past.event(16, LineOpened{line.open(), first, false});
    past.told(16, Topic::Opened, first, 1);
    past.event(12, PromiseMoved{first, second});
    past.told(12, Topic::PromiseChanged, second, 2);
    past.event(5, PromiseMoved{second, line.promise});
    if (!isForCustomer(entry.notice.topic)) past.told(4, Topic::PromiseChanged, line.promise, 3);
}

void tellStory(Entry& entry, int index, bool german, Timestamp now) {
    switch (entry.notice.topic) {
        case Topic::Offer:
        case Topic::OfferWithdrawn:
        case Topic::OfferAnswered:
            return tellOffer(entry, index, german, now);
        case Topic::Escalation:
        case Topic::EscalationAcknowledged:
        case Topic::EscalationEnded:
            return tellEscalation(entry, index, german, now);
        case Topic::Allocation:
            return tellAllocation(entry, index, now);
        case Topic::Expedite:
            return tellExpedite(entry, index, german, now);
        case Topic::Uncovered:
            tellOfNoSupply(entry, now);
            entry.lead_time_days = 14;
            entry.expected = Decimal{5};
            entry.subject.line.requested = Past{entry, now}.daysAhead(20 + index).to;
            return;
        case Topic::Opened:
        case Topic::PromiseChanged:
        case Topic::PromiseLapsed:
        case Topic::Status:
        case Topic::PartlyAvailable:
        case Topic::Available:
        case Topic::PartlyShipped:
        case Topic::Shipped:
        case Topic::Cancelled:
        case Topic::NoContact:
            return;
    }
}

}  // namespace backorderd::render
