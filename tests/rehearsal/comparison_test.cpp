#include "rehearsal/comparison.hpp"

#include <gmock/gmock.h>

#include "rehearsal/samples.hpp"

namespace backorderd::rehearsal {
namespace comparison_test {

using test::sampleMessage;
using testing::IsEmpty;
using testing::SizeIs;

config::ExpectedMessage expectation(const std::string& to, const std::string& template_name = {}) {
    config::ExpectedMessage expected;
    expected.to = to;
    expected.template_name = template_name;
    return expected;
}

TEST(Fits, EveryPartThatIsGivenMustFit) {
    const auto sent =
        sampleMessage("2026-03-05T10:00:00Z", Topic::PromiseChanged, "promise-changed");
    auto expected = expectation("ann@example.com", "promise-changed");
    expected.topic = Topic::PromiseChanged;
    expected.channel = Channel::Email;
    expected.rule = "everyone";
    expected.line = "SO100/1";
    expected.subject = "SO100";
    expected.contains = {"10 April", "Your order"};
    EXPECT_TRUE(fits(expected, sent));
    const auto differs = [&](auto change) {
        auto other = expected;
        change(other);
        EXPECT_FALSE(fits(other, sent)) << describe(other);
    };
    differs([](auto& e) { e.to = "bob@example.com"; });
    differs([](auto& e) { e.template_name = "opened"; });
    differs([](auto& e) { e.topic = Topic::Opened; });
    differs([](auto& e) { e.channel = Channel::Sms; });
    differs([](auto& e) { e.rule = "nobody"; });
    differs([](auto& e) { e.line = "SO100/2"; });
    differs([](auto& e) { e.subject = "SO101"; });
    differs([](auto& e) { e.contains.push_back("11 April"); });
}

TEST(Fits, RuleAndLineAreThoseOfOneNotice) {
    auto sent = sampleMessage("2026-03-05T10:00:00Z", Topic::Opened, "digest");
    sent.notices.push_back(sent.notices.front());
    sent.notices.back().line = "SO100/2";
    sent.notices.back().rule = "others";
    config::ExpectedMessage expected;
    expected.line = "SO100/2";
    expected.rule = "others";
    EXPECT_TRUE(fits(expected, sent));
    expected.rule = "everyone";
    EXPECT_FALSE(fits(expected, sent));
}

TEST(Compare, TheOrderDoesNotMatter) {
    const std::vector sent{
        sampleMessage("2026-03-05T10:00:00Z", Topic::Opened, "opened", "a@x.org"),
        sampleMessage("2026-03-05T11:00:00Z", Topic::Status, "status", "b@x.org")};
    const std::vector expected{expectation("b@x.org"), expectation("a@x.org")};
    const auto comparison = compare(expected, sent);
    EXPECT_THAT(comparison.missing, IsEmpty());
    EXPECT_THAT(comparison.unexpected, IsEmpty());
}

// The wide expectation comes first and could take the message that only the narrow one fits.
TEST(Compare, AWideExpectationLeavesTheMessageThatANarrowOneNeeds) {
    const std::vector sent{
        sampleMessage("2026-03-05T10:00:00Z", Topic::Opened, "opened", "a@x.org"),
        sampleMessage("2026-03-05T11:00:00Z", Topic::Status, "status", "b@x.org")};
    const std::vector expected{expectation(""), expectation("a@x.org", "opened")};
    EXPECT_THAT(compare(expected, sent).missing, IsEmpty());
}

TEST(Compare, EachMessageFulfilsOneExpectation) {
    const std::vector sent{sampleMessage("2026-03-05T10:00:00Z", Topic::Opened, "opened")};
    const std::vector expected{expectation("ann@example.com"), expectation("ann@example.com")};
    const auto comparison = compare(expected, sent);
    EXPECT_THAT(comparison.missing, SizeIs(1));
    EXPECT_THAT(comparison.unexpected, IsEmpty());
    EXPECT_THAT(compare({}, sent).unexpected, SizeIs(1));
}

}  // namespace comparison_test
}  // namespace backorderd::rehearsal
