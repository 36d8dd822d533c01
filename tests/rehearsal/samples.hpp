#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rehearsal/recorder.hpp"

namespace backorderd::rehearsal::test {

inline Timestamp at(const char* text) { return *parseTimestamp(text); }
inline Date on(const char* text) { return *parseDate(text); }

inline OrderLine sampleLine(const std::string& id = "SO100/1") {
    OrderLine line;
    line.key = {"erp", id};
    line.order = {"o1", "SO100", "PO-7", on("2026-02-20")};
    line.position = "1";
    line.item = {"PX-100", "Circulation pump", "pumps", "", {}};
    line.unit = "pcs";
    line.ordered = Decimal{10};
    line.allocated = Decimal{};
    line.unit_price = {Decimal{20}, "EUR"};
    line.promise = Promise::on(on("2026-03-20"));
    line.customer = {"C1", "Example Ltd", "gold", "GB", {}};
    line.contact = {"Ann", "ann@example.com", "", "buyer", "en", "UTC"};
    return line;
}

inline SentMessage sampleMessage(const char* time, Topic topic, const std::string& template_name,
                                 const std::string& to = "ann@example.com") {
    SentMessage sent;
    sent.at = at(time);
    sent.recipient.address = to;
    sent.template_name = template_name;
    SentNotice notice;
    notice.topic = topic;
    notice.rule = "everyone";
    notice.template_name = template_name;
    notice.key = std::string{topicName(topic)} + '/' + time;
    notice.line = "SO100/1";
    notice.customer = "C1";
    notice.customer_name = "Example Ltd";
    sent.notices.push_back(std::move(notice));
    sent.subject = "Your order SO100";
    sent.text = "Now expected on 10 April.";
    return sent;
}

}  // namespace backorderd::rehearsal::test
