#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rig.hpp"

namespace backorderd::app::test {
namespace sms_test {

using testing::HasSubstr;

constexpr const char* kBySms = R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [sms]
    messages:
      opened: { template: opened, critical: true }
)";

constexpr const char* kMornings = R"(version: 1
cadence:
  - name: everyone
    match: {}
    channels: [sms]
    messages:
      opened: { template: opened, critical: true }
    send_window: { hours: "09:00-11:00", days: work_week, in: calendar }
)";

OrderLine lineByPhone() {
    auto line = sampleLine("1");
    line.contact.email.clear();
    line.contact.phone = "+44 7700 / 900 123";
    line.contact.timezone = "America/New_York";
    return line;
}

/// Whether a moment is within the window that SMS have by themselves, for a contact in New York in
/// winter: 9:00 to 20:00 is 14:00 to 1:00 UTC.
bool isInWindow(Timestamp at) {
    const auto seconds = at.time_since_epoch() % (24h);
    return seconds >= 14h || seconds < 1h;
}

TEST(Sms, LeavesInTheRecipientsDaytimeOnly) {
    Rig rig{kBySms};
    rig.erp.lines = {lineByPhone()};
    rig.poll();  // 9:00 UTC: four in the morning in New York.
    rig.work();
    EXPECT_EQ(rig.phone.attempts, 0);
    rig.pass(4h + 59min);
    EXPECT_EQ(rig.phone.attempts, 0);
    rig.pass(2min);
    ASSERT_EQ(rig.phone.received.size(), 1u);
    EXPECT_EQ(rig.phone.received[0].recipient.address, "+447700900123");
    EXPECT_EQ(rig.phone.received[0].document.find('\n'), std::string::npos);
}

TEST(Sms, IsNotTriedAgainAtNight) {
    Rig rig{kBySms};
    rig.settings.outbox.retry_first = 1h;
    rig.crash();
    rig.start();
    rig.clock.advance(15h + 30min);  // 0:30 UTC: 19:30 in New York.
    rig.erp.lines = {lineByPhone()};
    rig.phone.next = {TryLater{"busy", {}}};
    rig.poll();
    rig.work();
    ASSERT_EQ(rig.phone.attempts, 1);
    rig.pass(12h);
    EXPECT_EQ(rig.phone.attempts, 1);
    const auto message = rig.store->messages(rig.store->listMessages({})).at(0);
    EXPECT_EQ(message.state, MessageState::Deferred);
    EXPECT_THAT(message.state_reason, HasSubstr("shut until 2026-03-03T14:00:00Z"));
    rig.pass(2h);
    ASSERT_EQ(rig.phone.received.size(), 1u);
    EXPECT_TRUE(isInWindow(rig.clock.now()));
}

/// A mail of 9:00 that is refused once, and tried again after so long.
void deferAMail(Rig& rig, std::chrono::seconds retry_after) {
    rig.settings.outbox.retry_first = retry_after;
    rig.crash();
    rig.start();
    rig.erp.lines = {sampleLine("1")};
    rig.mailbox.next = {TryLater{"busy", {}}};
    rig.poll();
    rig.work();
    ASSERT_EQ(rig.mailbox.attempts, 1);
}

std::string mornings(const std::string& until) {
    return R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
    send_window: { days: work_week, in: calendar, hours: "08:00-)" +
           until + "\" }\n";
}

TEST(Mail, IsNotTriedAgainOutsideItsWindow) {
    Rig rig{mornings("10:00")};
    deferAMail(rig, 3h);
    rig.pass(22h);
    EXPECT_EQ(rig.mailbox.attempts, 1);
    const auto message = rig.store->messages(rig.store->listMessages({})).at(0);
    EXPECT_THAT(message.state_reason, HasSubstr("shut until 2026-03-03T08:00:00Z"));
    rig.pass(1h + 1min);
    EXPECT_EQ(rig.mailbox.received.size(), 1u);
}

TEST(Mail, IsNotTriedAgainMinutesBehindItsWindow) {
    Rig rig{mornings("09:05")};
    deferAMail(rig, 8min);
    rig.pass(22h);
    EXPECT_EQ(rig.mailbox.attempts, 1);
    rig.pass(2h);
    EXPECT_EQ(rig.mailbox.received.size(), 1u);
}

TEST(Sms, ThatACrashLeftBehindWaitsForTheWindow) {
    Rig rig{kMornings};
    rig.erp.lines = {lineByPhone()};
    rig.phone.next = {TryLater{"busy", {}}};
    rig.poll();
    rig.work();
    ASSERT_EQ(rig.phone.attempts, 1);
    rig.crash();
    rig.clock.advance(10h);
    rig.start();
    rig.pass(13h + 59min);
    EXPECT_EQ(rig.phone.attempts, 1);
    rig.pass(2min);
    EXPECT_EQ(rig.phone.received.size(), 1u);
}

TEST(Sms, ThatIsTooLongIsHeldBackUntilItIsMended) {
    Rig rig{kMornings};
    rig.erp.lines = {lineByPhone()};
    rig.phone.unsendable = "it takes 9 segments";
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.phone.attempts, 0);
    EXPECT_TRUE(rig.store->listMessages({}).empty());
    const auto notice = rig.onlyCase().notices.at(0);
    EXPECT_EQ(notice.state, NoticeState::Planned);
    EXPECT_EQ(notice.state_reason, "it takes 9 segments");
    rig.phone.unsendable.clear();
    rig.pass(1h + 1min);
    EXPECT_EQ(rig.phone.received.size(), 1u);
}

TEST(Sms, IsNotForATeamThatHasNoNumber) {
    Rig rig{R"(version: 1
teams:
  desk: { sender: sms }
cadence:
  - name: everyone
    match: {}
    channels: [email]
    messages: { opened: { template: opened } }
    no_contact: { alert: desk }
)"};
    auto line = sampleLine("1");
    line.contact.email.clear();
    rig.erp.lines = {line};
    rig.poll();
    rig.work();
    EXPECT_EQ(rig.phone.attempts, 0);
    EXPECT_THAT(rig.onlyCase().notices.at(0).state_reason, HasSubstr("no phone number"));
}

}  // namespace sms_test
}  // namespace backorderd::app::test
