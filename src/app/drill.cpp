#include "app/drill.hpp"

#include "render/render.hpp"

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kMark = "[backorderd test]";

/// A drill is in nobody's books: nothing has to be written down before it leaves.
class OpenGate final : public WireGate {
public:
    asio::awaitable<void> beforeWire(MessageId) override { co_return; }
};

std::string bodyFor(const std::string& sender, Timestamp now) {
    return std::string{kMark} + " This is a test of the sender '" + sender + "', made on " +
           formatTimestamp(now) + ". It is about no order, and needs no answer.";
}

Message messageFor(const NamedSender& sender, const config::HouseSettings& house,
                   const std::string& to, Timestamp now) {
    Message message;
    message.id = -1;  // No message of the outbox has it.
    message.stable_id = "drill-" + sender.name + '-' +
                        std::to_string(now.time_since_epoch().count()) + '@' +
                        house.message_id_domain;
    message.sender = sender.name;
    message.recipient.channel = sender.sender->channel();
    message.recipient.address = to;
    message.envelope_from = house.from_address;
    message.created_at = now;
    message.subject = std::string{kMark} + ' ' + sender.name;
    const auto body = bodyFor(sender.name, now);
    render::Rendered rendered;
    rendered.subject = message.subject;
    rendered.text = body + '\n';
    rendered.html = "<p>" + body + "</p>\n";
    rendered.language = "en";
    render::Request about_nothing;
    about_nothing.now = now;
    about_nothing.recipient = message.recipient;
    const auto id = webhookId(message.stable_id);
    switch (message.recipient.channel) {
        case Channel::Email:
            break;
        case Channel::Sms:
            message.document = body;
            return message;
        case Channel::Webhook:
            message.document = render::webhookDocument(about_nothing, rendered, {}, id);
            return message;
        case Channel::Chat:
            message.document = render::chatDocument(about_nothing, rendered, {}, id);
            return message;
    }
    render::MailHeaders headers;
    headers.from_name = house.from_name;
    headers.from_address = house.from_address;
    headers.reply_to = house.reply_to;
    headers.to_address = to;
    headers.message_id = message.stable_id;
    headers.date = now;
    message.document = render::mailDocument(headers, rendered);
    return message;
}

/// A mail sender is not tried with a telephone number, nor the other way round.
std::string whyLeftOut(Channel channel, const std::string& to) {
    const bool mail_address = render::isMailAddress(to);
    if (channel == Channel::Email && !mail_address) return "'" + to + "' is no mail address";
    if (channel == Channel::Sms && mail_address)
        return "it sends SMS: give it a number, with --sender and --to";
    return "";
}

struct Words {
    DrillResult& result;
    void operator()(const Accepted& it) const { say("accepted", it.reply); }
    void operator()(const TryLater& it) const { say("try later", it.reason); }
    void operator()(const Refused& it) const { say("refused", it.reason); }
    void operator()(const Unknown& it) const { say("unknown", it.reason); }
    void say(const char* outcome, const std::string& text) const {
        result.outcome = outcome;
        result.text = text;
    }
};

}  // namespace

asio::awaitable<std::vector<DrillResult>> drill(std::vector<NamedSender>& senders,
                                                const config::HouseSettings& house,
                                                const DrillOrder& order, Timestamp now) {
    std::vector<DrillResult> results;
    OpenGate gate;
    for (auto& named : senders) {
        if (!order.sender.empty() && named.name != order.sender) continue;
        auto& sender = named.behind ? *named.behind : *named.sender;
        DrillResult result{named.name, sender.channel(), "left out",
                           whyLeftOut(sender.channel(), order.to)};
        if (result.text.empty()) {
            const auto message = messageFor(named, house, order.to, now);
            const auto outcome = co_await sender.send(message, gate);
            std::visit(Words{result}, outcome);
        }
        results.push_back(std::move(result));
    }
    co_return results;
}

}  // namespace backorderd::app
