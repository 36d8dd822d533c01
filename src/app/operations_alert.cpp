#include "app/operations_alert.hpp"

#include "outbox/outbox.hpp"
#include "render/render.hpp"

namespace backorderd::app {
namespace {

constexpr std::chrono::seconds kMailEvery{3600};

std::string asHtml(const std::string& text) {
    std::string html = "<pre>";
    for (const char c : text) {
        if (c == '<')
            html += "&lt;";
        else if (c == '>')
            html += "&gt;";
        else if (c == '&')
            html += "&amp;";
        else
            html += c;
    }
    return html + "</pre>";
}

/// The moment makes it another message than the one before.
std::string alertId(std::string_view kind, Timestamp now, const std::string& domain) {
    Notice alert;  // It stands in for a notice: one stable id is made one way.
    alert.key = "operations\n" + std::string{kind} + '\n' + formatTimestamp(now);
    return "ops-" + outbox::stableId({alert}) + '@' + (domain.empty() ? "localhost" : domain);
}

}  // namespace

OperationsAlert::OperationsAlert(Store& store, Log& log, const config::Settings& settings,
                                 std::string mail_sender)
    : store_{store}, log_{log}, settings_{settings}, mail_sender_{std::move(mail_sender)} {}

bool OperationsAlert::mayMail(const std::string& key, const std::string& to, Timestamp now) const {
    if (to.empty() || mail_sender_.empty()) return false;
    const auto last = parseTimestamp(store_.meta(key));
    return !last || *last > now || now >= *last + kMailEvery;
}

void OperationsAlert::raise(const Call& call, Timestamp now) {
    log_.warning("operations." + std::string{call.kind}, {{"reason", call.text}});
    const auto& to = call.to.empty() ? settings_.operations.email : call.to;
    auto key = "operations_alert." + std::string{call.kind};
    if (!call.to.empty()) key += '/' + call.to;
    if (!mayMail(key, to, now)) return;
    const auto& house = settings_.house;
    Message message;
    message.sender = mail_sender_;
    message.recipient.address = to;
    message.subject = "[backorderd] " + call.subject;
    message.envelope_from = house.from_address;
    message.created_at = now;
    message.state_at = now;
    message.stable_id = alertId(std::string{call.kind} + call.to, now, house.message_id_domain);
    const render::MailHeaders headers{house.from_name,
                                      house.from_address,
                                      house.reply_to,
                                      "",
                                      message.recipient.address,
                                      message.stable_id,
                                      "",
                                      "",
                                      now};
    const render::Rendered words{message.subject, call.text + '\n', asHtml(call.text), call.text,
                                 "en"};
    message.document = render::mailDocument(headers, words);
    // A crash leaves both or none: a mail that was noted and not made would be missed for an hour.
    store_.freezeNoting(message, key, formatTimestamp(now));
}

}  // namespace backorderd::app
