#include "rehearsal/recorder.hpp"

#include <utility>

namespace backorderd::rehearsal {
namespace {

namespace asio = boost::asio;

/// As many as the dispatcher claims at once.
constexpr int kParallel = 1000;

SentNotice sentNotice(const Notice& notice, const OrderLine& line) {
    return {notice.topic,   notice.rule, notice.template_name, notice.key,        notice.reason,
            notice.case_id, line.key.id, line.customer.id,     line.customer.name};
}

}  // namespace

/// Nothing irreversible happens here, so that the gate need not be awaited.
class Recorder::LastHop final : public Sender {
public:
    LastHop(Recorder& recorder, Channel channel) : recorder_{recorder}, channel_{channel} {}

    Channel channel() const override { return channel_; }
    OnUnknown onUnknown() const override { return OnUnknown::SendAgain; }
    int parallel() const override { return kParallel; }
    asio::awaitable<Outcome> send(const Message& message, WireGate&) override {
        recorder_.leave(message);
        co_return Accepted{"rehearsed"};
    }

private:
    Recorder& recorder_;
    Channel channel_;
};

std::unique_ptr<Sender> Recorder::sender(Channel channel) {
    return std::make_unique<LastHop>(*this, channel);
}

app::Preparer::Writer Recorder::writer(render::Templates templates) {
    return [this, templates = std::move(templates)](const app::Preparer::Draft& draft,
                                                    Message& message) {
        return write(templates, draft, message);
    };
}

Problems Recorder::write(const render::Templates& templates, const app::Preparer::Draft& draft,
                         Message& message) {
    SentMessage written;
    written.sender = message.sender;
    written.recipient = draft.notices.front().recipient;
    written.template_name = draft.template_name;
    for (const auto& notice : draft.notices)
        written.notices.push_back(sentNotice(notice, draft.cases.at(notice.case_id).line));
    if (words_ == Words::Rendered) {
        const auto request = draft.request();
        const auto rendered = templates.render(request);
        if (!rendered) return rendered.error();
        written.subject = rendered->subject;
        written.text = request.recipient.channel == Channel::Sms ? rendered->sms : rendered->text;
    }
    message.subject = written.subject;
    written_[message.stable_id] = std::move(written);
    return {};
}

void Recorder::leave(const Message& message) {
    auto node = written_.extract(message.stable_id);
    sent_.push_back(node ? std::move(node.mapped()) : frozenBefore(message));
    sent_.back().at = clock_.now();
}

/// A message that was frozen before the rehearsal began.
SentMessage Recorder::frozenBefore(const Message& message) const {
    SentMessage sent;
    sent.sender = message.sender;
    sent.recipient = message.recipient;
    sent.subject = message.subject;
    for (const auto& notice : store_.notices(message.notices)) {
        SentNotice said;
        said.topic = notice.topic;
        said.rule = notice.rule;
        said.template_name = notice.template_name;
        said.key = notice.key;
        said.reason = notice.reason;
        said.case_id = notice.case_id;
        sent.template_name = notice.template_name;
        sent.notices.push_back(std::move(said));
    }
    return sent;
}

}  // namespace backorderd::rehearsal
