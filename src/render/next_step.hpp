#pragma once

#include "render/entry_view.hpp"

/// What a person would best do next for a line. A suggestion: the templates put it into words.
namespace backorderd::render {

enum class NextStep {
    ConfirmCancel,    ///< the customer asked to cancel
    CallBack,         ///< the customer asked to be called
    EnterSubstitute,  ///< the customer took a substitute
    Ship,             ///< all of it is reserved
    RenewPayment,     ///< the authorisation ends before the line ships, or has ended
    Appease,          ///< the customer is angry
    AskAboutOffer,    ///< the customer has an offer and has not answered
    Offer,            ///< a substitute is in stock
    AskPurchasing,    ///< nothing is on order
    FindDate,         ///< it is on order, and no date can be named
    CallWithDate,     ///< the date moved more than once
    TellCustomer,     ///< the customer has heard nothing
    CheckDate,        ///< nothing of all this
};

NextStep nextStep(const EntryView& view, Date today);

}  // namespace backorderd::render
