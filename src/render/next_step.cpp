#include "render/next_step.hpp"

#include "render/case_story.hpp"

namespace backorderd::render {
namespace {

/// A held amount is worth a call before it lapses, not on the day.
constexpr std::chrono::days kPaymentWarning{7};

/// What the customer said last stands above what we see ourselves.
std::optional<NextStep> askedFor(const EntryView& view, bool& angry) {
    const std::vector<Answer> answers = answersOf(*view.entry);
    for (auto said = answers.rbegin(); said != answers.rend(); ++said) {
        if (said->sentiment == "negative") angry = true;
        if (said->answer == "cancel_requested") return NextStep::ConfirmCancel;
        if (said->answer == "call_me") return NextStep::CallBack;
        if (!said->answer.empty() || !said->sentiment.empty()) break;
    }
    return std::nullopt;
}

bool paymentEnds(const EntryView& view, Date today) {
    const Payment& payment = view.line->payment;
    if (!payment.authorised_until) return false;
    const bool ships_later = !view.promise.known() || *view.promise.to > *payment.authorised_until;
    return ships_later && *payment.authorised_until <= today + kPaymentWarning;
}

}  // namespace

NextStep nextStep(const EntryView& view, Date today) {
    const Entry& entry = *view.entry;
    const OrderLine& line = *view.line;
    bool angry = false;
    if (const auto asked = askedFor(view, angry)) return *asked;
    const auto offer = offerOf(entry);
    if (offer && offer->accepted() != nullptr) return NextStep::EnterSubstitute;
    if (line.isOpen() && line.allocated && *line.allocated >= line.open()) return NextStep::Ship;
    if (paymentEnds(view, today)) return NextStep::RenewPayment;
    if (angry) return NextStep::Appease;
    if (offer && offer->open() && offer->heard) return NextStep::AskAboutOffer;
    const bool declined = offer && offer->answered != nullptr;
    if (!entry.substitutes.empty() && !declined) return NextStep::Offer;
    if (!line.supply.covered()) return NextStep::AskPurchasing;
    if (!view.promise.known()) return NextStep::FindDate;
    if (slipCount(entry) >= 2) return NextStep::CallWithDate;
    return toldNotices(entry).empty() ? NextStep::TellCustomer : NextStep::CheckDate;
}

}  // namespace backorderd::render
