#include <gtest/gtest.h>

#include "outbox/outbox.hpp"
#include "outbox/samples.hpp"

namespace backorderd {
namespace stable_id_test {

using outbox::stableId;

Notice noticeOf(CaseId case_id, std::string key) {
    Notice notice = sampleNotice(std::move(key));
    notice.case_id = case_id;
    return notice;
}

TEST(StableId, IsTheSameForEver) {
    // Ids that have left stand in mailboxes: a change of this value is a change of the format.
    EXPECT_EQ(stableId({noticeOf(7, "opened/1")}), "fdc4a37349f08d56807df0a42aabda49");
    EXPECT_EQ(stableId({noticeOf(7, "opened/1"), noticeOf(8, "status/2026-03-16")}),
              "704259ad76027f55550617598c304ee2");
}

TEST(StableId, DoesNotDependOnTheOrderOfTheNotices) {
    EXPECT_EQ(stableId({noticeOf(7, "opened/1"), noticeOf(8, "opened/1")}),
              stableId({noticeOf(8, "opened/1"), noticeOf(7, "opened/1")}));
}

TEST(StableId, DoesNotDependOnWordsAndDueTimes) {
    Notice other = noticeOf(7, "opened/1");
    other.id = 99;
    other.rule = "another policy";
    other.template_name = "another template";
    other.recipient.name = "A. Lovelace";
    other.recipient.language = "de";
    other.due_at += std::chrono::hours{5};
    other.state = NoticeState::Bundled;
    EXPECT_EQ(stableId({noticeOf(7, "opened/1")}), stableId({other}));
}

TEST(StableId, DiffersByCaseKeyRecipientChannelAndTimeOfPlanning) {
    const std::string id = stableId({noticeOf(7, "opened/1")});
    EXPECT_NE(id, stableId({noticeOf(8, "opened/1")}));
    EXPECT_NE(id, stableId({noticeOf(7, "opened/2")}));
    Notice to_bob = noticeOf(7, "opened/1");
    to_bob.recipient.address = "bob@example.com";
    EXPECT_NE(id, stableId({to_bob}));
    Notice planned_anew = noticeOf(7, "opened/1");
    planned_anew.state_at += std::chrono::seconds{1};
    EXPECT_NE(id, stableId({planned_anew}));
    Notice by_sms = noticeOf(7, "opened/1");
    by_sms.recipient.channel = Channel::Sms;
    EXPECT_NE(id, stableId({by_sms}));
}

TEST(StableId, CannotBeMadeEqualByAKeyThatLooksLikeTwo) {
    const Notice first = noticeOf(1, "a");
    const Notice second = noticeOf(2, "b");
    for (const char* joined : {"a2b", "a:2b", "a1:21:b", "a\n2\nb"})
        EXPECT_NE(stableId({first, second}), stableId({noticeOf(1, joined)}));
    EXPECT_NE(stableId({noticeOf(1, "1a")}), stableId({noticeOf(11, "a")}));
}

TEST(StableId, OfNothingIsOurOwnBug) { EXPECT_THROW(stableId({}), std::logic_error); }

}  // namespace stable_id_test
}  // namespace backorderd
