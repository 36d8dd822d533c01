// A receiver that is down for as long as messages are kept, with ten thousand of them waiting.

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "app/rig.hpp"

namespace backorderd::app {
namespace outage_test {

using namespace app::test;

constexpr int kLines = BACKORDERD_QUEUED;
constexpr int kShipped = kLines / 5;  // while nobody could be told
constexpr int kMoved = kLines / 5;
constexpr const char* kFacts = R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d }
      shipped: { template: shipped }
)";
const Promise kLater = Promise::on(*parseDate("2026-04-17"));

class Outage : public testing::Test {
protected:
    Outage() : rig{kFacts} {
        rig.settings.guards.blast_radius_max = 2 * kLines;
        rig.settings.guards.mass_change_share = 1.0;
        rig.erp.can_find = true;
        rig.mailbox.parallel = 100;
        rig.crash();
        rig.start();
        for (int i = 0; i < kLines; ++i) {
            auto line = sampleLine(std::to_string(i));
            line.order.number = "SO" + std::to_string(i);
            line.contact.email = "c" + std::to_string(i) + "@example.com";
            rig.erp.lines.push_back(line);
        }
        rig.mailbox.always = TryLater{"nobody there", {}, true};
    }

    /// The first lines ship, and the next get a new date.
    void timePassesInTheErp() {
        for (int i = 0; i < kShipped + kMoved; ++i) {
            auto& line = rig.erp.lines[static_cast<std::size_t>(i)];
            if (i < kShipped)
                line.shipped = line.ordered;
            else
                line.promise = kLater;
        }
        rig.poll();
    }

    /// The lines told of, each with the topics in the order of arrival.
    std::map<int, std::vector<std::string>> told() {
        std::map<int, std::vector<std::string>> lines;
        for (const auto& message : rig.mailbox.received)
            for (const auto& notice : rig.store->notices(message.notices))
                lines[std::stoi(notice.recipient.address.substr(1))].emplace_back(
                    topicName(notice.topic));
        return lines;
    }

    std::map<NoticeState, int> noticesByState() {
        std::map<NoticeState, int> states;
        CaseFilter filter;
        filter.include_closed = true;
        filter.limit = kLines;
        const auto ids = rig.store->listCases(filter);
        for (const auto& subject : rig.store->cases(ids))
            for (const auto& notice : subject.notices) {
                ++states[notice.state];
                EXPECT_FALSE(notice.state == NoticeState::Superseded &&
                             notice.state_reason.empty());
            }
        return states;
    }

    Rig rig;
};

TEST_F(Outage, FiveDaysLoseNothingAndSendNothingOutdated) {
    rig.poll();
    rig.work();
    for (int day = 1; day < 5; ++day) {
        rig.pass(24h);
        if (day == 3) timePassesInTheErp();
        // What waits is known by number, also while it waits.
        EXPECT_GE(rig.store->counts().messages.size(), 1u);
    }
    rig.pass(24h - 15min);
    ASSERT_TRUE(rig.mailbox.received.empty());
    rig.mailbox.always.reset();
    rig.poll();
    rig.pass(5h);  // The longest wait between two attempts is four.

    const auto lines = told();
    EXPECT_EQ(lines.size(), static_cast<std::size_t>(kLines - kShipped))
        << "who was never told of the delay is not told of its end";
    for (const auto& [number, topics] : lines) {
        ASSERT_GE(number, kShipped) << "shipped before it could be told";
        ASSERT_EQ(topics, std::vector<std::string>{"opened"}) << number;
    }
    for (const auto& message : rig.mailbox.received) {
        const int number = std::stoi(message.recipient.address.substr(1));
        const bool new_date = message.document.find("17 April 2026") != std::string::npos;
        ASSERT_EQ(new_date, number < kShipped + kMoved) << message.document;
    }
    const auto states = noticesByState();
    int visible = 0;
    for (const auto& [state, count] : states) visible += count;
    EXPECT_EQ(states.at(NoticeState::Sent), kLines - kShipped);
    EXPECT_GE(visible, kLines) << "none is just gone";
    for (const auto& [state, count] : states)
        EXPECT_TRUE(state == NoticeState::Sent || state == NoticeState::Superseded)
            << noticeStateName(state) << ": " << count;
}

}  // namespace outage_test
}  // namespace backorderd::app
