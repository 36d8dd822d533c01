#include "backorderd/notice.hpp"

#include "backorderd/decision.hpp"
#include "backorderd/message.hpp"
#include "vocabulary/names.hpp"

namespace backorderd {
namespace {

constexpr Name<Topic> kTopics[] = {
    {Topic::Opened, "opened"},
    {Topic::PromiseChanged, "promise_changed"},
    {Topic::PromiseLapsed, "promise_lapsed"},
    {Topic::Status, "status"},
    {Topic::PartlyAvailable, "partly_available"},
    {Topic::Available, "available"},
    {Topic::PartlyShipped, "partly_shipped"},
    {Topic::Shipped, "shipped"},
    {Topic::Cancelled, "cancelled"},
    {Topic::NoContact, "no_contact"},
    {Topic::Offer, "offer"},
    {Topic::OfferWithdrawn, "offer_withdrawn"},
    {Topic::OfferAnswered, "offer_answered"},
    {Topic::Escalation, "escalation"},
    {Topic::Allocation, "allocation"},
    {Topic::Expedite, "expedite"},
    {Topic::Uncovered, "uncovered"},
    {Topic::EscalationAcknowledged, "escalation_acknowledged"},
    {Topic::EscalationEnded, "escalation_ended"},
};

constexpr Name<Channel> kChannels[] = {
    {Channel::Email, "email"},
    {Channel::Sms, "sms"},
    {Channel::Webhook, "webhook"},
    {Channel::Chat, "chat"},
};

constexpr Name<NoticeState> kNoticeStates[] = {
    {NoticeState::Planned, "planned"},       {NoticeState::Held, "held"},
    {NoticeState::Bundled, "bundled"},       {NoticeState::Sent, "sent"},
    {NoticeState::Superseded, "superseded"}, {NoticeState::Suppressed, "suppressed"},
    {NoticeState::Expired, "expired"},       {NoticeState::Refused, "refused"},
    {NoticeState::Unknown, "unknown"},       {NoticeState::Dead, "dead"},
    {NoticeState::Dropped, "dropped"},
};

constexpr Name<MessageState> kMessageStates[] = {
    {MessageState::Ready, "ready"},     {MessageState::Claimed, "claimed"},
    {MessageState::OnWire, "on_wire"},  {MessageState::Deferred, "deferred"},
    {MessageState::Sent, "sent"},       {MessageState::Refused, "refused"},
    {MessageState::Unknown, "unknown"}, {MessageState::Dead, "dead"},
    {MessageState::Held, "held"},       {MessageState::Superseded, "superseded"},
    {MessageState::Bounced, "bounced"}, {MessageState::Dropped, "dropped"},
};

constexpr Name<WithheldReason> kWithheldReasons[] = {
    {WithheldReason::Adopted, "adopted"},
    {WithheldReason::WithinGrace, "within_grace"},
    {WithheldReason::AlreadyTold, "already_told"},
    {WithheldReason::Superseded, "superseded"},
    {WithheldReason::NeverToldOfDelay, "never_told_of_delay"},
    {WithheldReason::BelowMinChange, "below_min_change"},
    {WithheldReason::NotSettled, "not_settled"},
    {WithheldReason::CadenceNotElapsed, "cadence_not_elapsed"},
    {WithheldReason::PendingFirst, "pending_first"},
    {WithheldReason::OutsideWindow, "outside_window"},
    {WithheldReason::LimitReached, "limit_reached"},
    {WithheldReason::DataNotFresh, "data_not_fresh"},
    {WithheldReason::NotTrueAnyMore, "not_true_any_more"},
    {WithheldReason::NoContact, "no_contact"},
    {WithheldReason::Missing, "missing"},
    {WithheldReason::NotConfigured, "not_configured"},
    {WithheldReason::Acknowledged, "acknowledged"},
    {WithheldReason::Inhibited, "inhibited"},
    {WithheldReason::NotStarted, "not_started"},
    {WithheldReason::StepNotDue, "step_not_due"},
    {WithheldReason::Stopped, "stopped"},
    {WithheldReason::OfferOpen, "offer_open"},
    {WithheldReason::NoCandidate, "no_candidate"},
};

}  // namespace

std::string_view topicName(Topic topic) { return nameOf<Topic>(kTopics, topic); }
std::optional<Topic> parseTopic(std::string_view name) { return valueOf<Topic>(kTopics, name); }
bool isForCustomer(Topic topic) {
    switch (topic) {
        case Topic::Opened:
        case Topic::PromiseChanged:
        case Topic::PromiseLapsed:
        case Topic::Status:
        case Topic::PartlyAvailable:
        case Topic::Available:
        case Topic::PartlyShipped:
        case Topic::Shipped:
        case Topic::Cancelled:
        case Topic::Offer:
        case Topic::OfferWithdrawn:
            return true;
        case Topic::NoContact:
        case Topic::OfferAnswered:
        case Topic::Escalation:
        case Topic::Allocation:
        case Topic::Expedite:
        case Topic::Uncovered:
        case Topic::EscalationAcknowledged:
        case Topic::EscalationEnded:
            break;
    }
    return false;
}
bool isClosing(Topic topic) { return topic == Topic::Shipped || topic == Topic::Cancelled; }
bool isIncidentUpdate(Topic topic) {
    return topic == Topic::EscalationAcknowledged || topic == Topic::EscalationEnded;
}

std::string_view channelName(Channel channel) { return nameOf<Channel>(kChannels, channel); }
std::optional<Channel> parseChannel(std::string_view name) {
    return valueOf<Channel>(kChannels, name);
}

std::string_view noticeStateName(NoticeState state) {
    return nameOf<NoticeState>(kNoticeStates, state);
}
std::optional<NoticeState> parseNoticeState(std::string_view name) {
    return valueOf<NoticeState>(kNoticeStates, name);
}
bool isPending(NoticeState state) {
    return state == NoticeState::Planned || state == NoticeState::Held ||
           state == NoticeState::Bundled;
}
bool wasHeard(NoticeState state) {
    return state == NoticeState::Sent || state == NoticeState::Unknown;
}

std::string_view messageStateName(MessageState state) {
    return nameOf<MessageState>(kMessageStates, state);
}
std::optional<MessageState> parseMessageState(std::string_view name) {
    return valueOf<MessageState>(kMessageStates, name);
}

std::string_view withheldReasonName(WithheldReason reason) {
    return nameOf<WithheldReason>(kWithheldReasons, reason);
}

}  // namespace backorderd
