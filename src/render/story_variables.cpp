#include <array>

#include "render/next_step.hpp"
#include "render/value_words.hpp"

namespace backorderd::render {
namespace {

using What = PromiseStep::What;

constexpr unsigned kStep = static_cast<unsigned>(Scope::Step);
constexpr unsigned kTold = static_cast<unsigned>(Scope::Told);
constexpr unsigned kSaid = static_cast<unsigned>(Scope::Said);

const PromiseStep& step(Context c) { return std::get<PromiseStep>(*c.element); }
const Notice& told(Context c) { return *std::get<const Notice*>(*c.element); }
const Answer& said(Context c) { return std::get<Answer>(*c.element); }

template <NextStep next>
Value isNext(Context c) {
    return nextStep(c.first(), c.request->today) == next;
}
template <PromiseStep::What what>
Value isStep(Context c) {
    return step(c).what == what;
}
template <Topic topic>
Value isTold(Context c) {
    return told(c).topic == topic;
}

/// The text as a shell takes it for one word. A number that is absurdly long is cut: the command
/// then says that there is no such line.
std::string shellWord(std::string_view text) {
    static constexpr std::size_t kLongest = 200;
    static constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:-";
    text = text.substr(0, kLongest);
    if (text.find_first_not_of(kPlain) == std::string_view::npos) return std::string{text};
    std::string quoted = "'";
    for (const char sign : text) quoted += sign == '\'' ? "'\\''" : std::string(1, sign);
    return quoted + "'";
}

/// Empty where no command can be written: a number that begins with a dash would be an option.
std::string ackCommand(Context c) {
    const OrderLine& line = *c.first().line;
    if (line.order.number.empty() || line.order.number.starts_with('-')) return {};
    const std::string place = line.position.empty() ? "" : "/" + line.position;
    return "backorderd ack " + shellWord(line.order.number + place) +
           " --author YOU --note \"...\"";
}

using enum Kind;
using enum Scope;

const std::array kStoryVariables{
    // -- How a line has fared, for our own people ----------------------------------------------
    Variable{"age", kLine, Text, Line, "For how long the line has been on back order, '16 days'.",
             [](Context c) -> Value {
                 const long days = (c.request->today - c.first().since).count();
                 return dayCountText(std::max(days, 0L), *c.locale);
             }},
    Variable{"slips", kLine, Text, Line, "How often the date moved later; empty where never.",
             [](Context c) -> Value {
                 const int count = slipCount(*c.first().entry);
                 return count == 0 ? std::string{} : std::to_string(count);
             }},
    Variable{"ack_command", kLine, Text, Line,
             "The command that acknowledges an alert; in `text` and `html` as a shell takes it.",
             [](Context c) -> Value { return ackCommand(c); }},
    Variable{"promise_history", kLine, List, Step,
             "How the date came about and moved, oldest first; the latest 20.", nullptr},
    Variable{"step_on", kStep, Text, Step, "The day on which it happened.",
             [](Context c) -> Value { return day(step(c).at, c); }},
    Variable{"step_from", kStep, Text, Step, "The date before; may be over.",
             [](Context c) -> Value { return promise(step(c).from, c); }},
    Variable{"step_to", kStep, Text, Step, "The date from then on; may be over by now.",
             [](Context c) -> Value { return promise(step(c).to, c); }},
    Variable{"step_days", kStep, Text, Step, "By how much it moved, '7 days'.",
             [](Context c) -> Value {
                 if (step(c).what != What::Moved || step(c).days() == 0) return std::string{};
                 return dayCountText(std::abs(step(c).days()), *c.locale);
             }},
    Variable{"step_first", kStep, Flag, Step, "A date where none was.", isStep<What::First>},
    Variable{"step_none", kStep, Flag, Step, "The line came on back order without a date.",
             isStep<What::None>},
    Variable{"step_moved", kStep, Flag, Step, "It moved.", isStep<What::Moved>},
    Variable{"step_later", kStep, Flag, Step, "It moved later.",
             [](Context c) -> Value { return step(c).what == What::Moved && step(c).days() > 0; }},
    Variable{"step_earlier", kStep, Flag, Step, "It moved earlier.",
             [](Context c) -> Value { return step(c).what == What::Moved && step(c).days() < 0; }},
    Variable{"step_withdrawn", kStep, Flag, Step, "It was withdrawn.", isStep<What::Withdrawn>},
    Variable{"step_lapsed", kStep, Flag, Step, "It passed, and nothing shipped.",
             isStep<What::Lapsed>},

    // -- What the customer was told ------------------------------------------------------------
    Variable{"told", kLine, List, Told,
             "What the customer was told of this line, oldest first; the latest 20.", nullptr},
    Variable{"told_on", kTold, Text, Told, "The day on which it left.",
             [](Context c) -> Value { return day(told(c).state_at, c); }},
    Variable{"told_promise", kTold, Text, Told, "The date it named; may be over by now.",
             [](Context c) -> Value { return promise(told(c).facts.promise, c); }},
    Variable{"told_opened", kTold, Flag, Told, "It said that the line is on back order.",
             isTold<Topic::Opened>},
    Variable{"told_changed", kTold, Flag, Told, "It said that the date changed.",
             isTold<Topic::PromiseChanged>},
    Variable{"told_lapsed", kTold, Flag, Told, "It said that the date passed.",
             isTold<Topic::PromiseLapsed>},
    Variable{"told_status", kTold, Flag, Told, "It was a word in between.", isTold<Topic::Status>},
    Variable{"told_available", kTold, Flag, Told, "It said that all, or part, is reserved.",
             [](Context c) -> Value {
                 return told(c).topic == Topic::Available ||
                        told(c).topic == Topic::PartlyAvailable;
             }},
    Variable{"told_shipped", kTold, Flag, Told, "It said that all, or part, has shipped.",
             [](Context c) -> Value {
                 return told(c).topic == Topic::Shipped || told(c).topic == Topic::PartlyShipped;
             }},
    Variable{"told_cancelled", kTold, Flag, Told, "It said that the rest is cancelled.",
             isTold<Topic::Cancelled>},
    Variable{"told_offer", kTold, Flag, Told, "It offered a substitute.", isTold<Topic::Offer>},
    Variable{"told_offer_withdrawn", kTold, Flag, Told, "It took an offer back.",
             isTold<Topic::OfferWithdrawn>},

    // -- What the customer answered ------------------------------------------------------------
    Variable{"answers", kLine, List, Said,
             "What the customer answered, oldest first; the latest 20.", nullptr},
    Variable{"answer_on", kSaid, Text, Said, "The day on which it came.",
             [](Context c) -> Value { return day(said(c).at, c); }},
    Variable{"answer_text", kSaid, Text, Said, "Their words, or the note of who took them down.",
             [](Context c) -> Value { return std::string{said(c).text}; }},
    Variable{"answer_author", kSaid, Text, Said, "Who wrote it down.",
             [](Context c) -> Value { return std::string{said(c).author}; }},
    Variable{"answer_item", kSaid, Text, Said, "Your number of the substitute they took.",
             [](Context c) -> Value { return std::string{said(c).accepted_item}; }},
    Variable{"answer_declined", kSaid, Flag, Said, "They declined an offer.",
             [](Context c) -> Value { return said(c).declined; }},
    Variable{"answer_wait", kSaid, Flag, Said, "They keep waiting.",
             [](Context c) -> Value { return said(c).answer == "keep_waiting"; }},
    Variable{"answer_cancel", kSaid, Flag, Said, "They want to cancel.",
             [](Context c) -> Value { return said(c).answer == "cancel_requested"; }},
    Variable{"answer_call", kSaid, Flag, Said, "They want to be called.",
             [](Context c) -> Value { return said(c).answer == "call_me"; }},
    Variable{"answer_positive", kSaid, Flag, Said, "They are content.",
             [](Context c) -> Value { return said(c).sentiment == "positive"; }},
    Variable{"answer_negative", kSaid, Flag, Said, "They are angry.",
             [](Context c) -> Value { return said(c).sentiment == "negative"; }},

    // -- What to do next, of which exactly one is yes ------------------------------------------
    Variable{"next_confirm_cancel", kLine, Flag, Line,
             "Suggested: confirm the cancellation that was asked for.",
             isNext<NextStep::ConfirmCancel>},
    Variable{"next_call_back", kLine, Flag, Line, "Suggested: call, as the customer asked.",
             isNext<NextStep::CallBack>},
    Variable{"next_enter_substitute", kLine, Flag, Line,
             "Suggested: enter the substitute that was taken.", isNext<NextStep::EnterSubstitute>},
    Variable{"next_ship", kLine, Flag, Line, "Suggested: ship, all of it is reserved.",
             isNext<NextStep::Ship>},
    Variable{"next_renew_payment", kLine, Flag, Line,
             "Suggested: have the payment authorised anew.", isNext<NextStep::RenewPayment>},
    Variable{"next_appease", kLine, Flag, Line, "Suggested: call, the customer is angry.",
             isNext<NextStep::Appease>},
    Variable{"next_ask_offer", kLine, Flag, Line,
             "Suggested: ask about the offer that is not answered.",
             isNext<NextStep::AskAboutOffer>},
    Variable{"next_offer", kLine, Flag, Line, "Suggested: offer a substitute.",
             isNext<NextStep::Offer>},
    Variable{"next_purchasing", kLine, Flag, Line,
             "Suggested: ask purchasing, nothing is on order.", isNext<NextStep::AskPurchasing>},
    Variable{"next_find_date", kLine, Flag, Line,
             "Suggested: find a date, and call the customer with it.", isNext<NextStep::FindDate>},
    Variable{"next_call", kLine, Flag, Line,
             "Suggested: call the customer, the date moved more than once.",
             isNext<NextStep::CallWithDate>},
    Variable{"next_tell", kLine, Flag, Line, "Suggested: tell the customer, who has heard nothing.",
             isNext<NextStep::TellCustomer>},
    Variable{"next_check", kLine, Flag, Line, "Suggested: check that the date holds.",
             isNext<NextStep::CheckDate>},
};

}  // namespace

std::span<const Variable> storyVariables() { return kStoryVariables; }

}  // namespace backorderd::render
