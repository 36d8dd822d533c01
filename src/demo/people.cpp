#include "demo/people.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "rules/rules.hpp"

namespace backorderd::demo {
namespace {

using namespace std::chrono_literals;

constexpr int kOfficeOpens = 9, kOfficeShuts = 16;  ///< UTC
constexpr auto kThinks = 20h;                       ///< before a customer answers
constexpr auto kCalls = 3h;                         ///< before sales take an alert on

std::string lineName(const OrderLine& line) { return line.order.number + '/' + line.position; }

/// When the first alert of a ladder that nobody has taken on yet was sent.
std::optional<Timestamp> alertedSince(const Case& subject) {
    std::optional<Timestamp> since;
    for (const auto& notice : subject.notices)
        if (notice.topic == Topic::Escalation && wasHeard(notice.state))
            since = std::min(since.value_or(notice.state_at), notice.state_at);
    for (const auto& entry : subject.events)
        if (std::holds_alternative<Acknowledged>(entry.event)) return std::nullopt;
    return since;
}

}  // namespace

std::vector<std::string> People::passHour(Timestamp now, Date day, int hour) {
    std::vector<std::string> news;
    const bool office = hour >= kOfficeOpens && hour < kOfficeShuts &&
                        std::chrono::weekday{day}.iso_encoding() <= 5;
    if (!office) return news;
    CaseFilter filter;
    filter.limit = 1000;
    for (const auto& subject : store_.cases(store_.listCases(filter))) {
        answerOffer(subject, now, day, news);
        acknowledge(subject, now, news);
    }
    return news;
}

/// Two in four accept, one declines, one never answers.
void People::answerOffer(const Case& subject, Timestamp now, Date day,
                         std::vector<std::string>& news) {
    const auto offers = rules::offersOf(subject);
    if (offers.empty() || offers.back().state != rules::OfferView::State::Open) return;
    const auto& offer = offers.back();
    if (!offer.heard_at || now < *offer.heard_at + kThinks) return;
    const auto& line = subject.line;
    const int mood = static_cast<int>((subject.id + offer.number) % 4);
    if (mood == 3) return;
    nlohmann::json arguments{{"line", line.key.id}, {"author", line.sales_rep.name}};
    const auto& item = offer.made->items.front().item;
    if (mood == 2) {
        arguments["decline"] = true;
        arguments["note"] = "must be the original";
    } else {
        arguments["accept"] = item;
        arguments["note"] = "by phone";
    }
    if (!command_("respond", arguments).value("ok", false)) return;
    if (mood == 2) {
        news.push_back(line.customer.name + " declines " + item + " for " + lineName(line));
        return;
    }
    news.push_back(line.customer.name + " accepts " + item + " for " + lineName(line));
    const auto entered = world_.enterSubstitute(line.key.id, item, day);
    if (!entered.empty()) news.push_back(entered);
}

/// Two in three alerts are taken on; the rest climb on.
void People::acknowledge(const Case& subject, Timestamp now, std::vector<std::string>& news) {
    const auto since = alertedSince(subject);
    if (!since || now < *since + kCalls || subject.id % 3 == 0) return;
    const auto& line = subject.line;
    const nlohmann::json arguments{{"line", line.key.id},
                                   {"author", line.sales_rep.name},
                                   {"note", "will call " + line.customer.name}};
    if (command_("ack", arguments).value("ok", false))
        news.push_back(line.sales_rep.name + " takes on " + lineName(line) + " and calls " +
                       line.customer.name);
}

}  // namespace backorderd::demo
