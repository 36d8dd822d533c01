#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace sender_settings_test {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Settings whose one sender has these keys as well.
std::string withSender(std::string_view keys, std::string_view rest = "") {
    return "house: { name: Example Pumps, from_address: orders@example.com }\n"
           "sources: [ { name: erp, kind: files, folder: drop } ]\n"
           "senders: [ { name: mail, kind: stdout" +
           std::string(keys) + " } ]\n" + std::string(rest);
}

Result<Settings> load(const std::string& text) {
    const TemporaryFolder folder;
    auto settings = loadSettings(folder.write("backorderd.yaml", text));
    // What neither connector nor sender reads is unknown.
    if (settings) {
        (void)settings->sources.at(0).section.path("folder", "", "");
        const auto unread = findUnread(*settings);
        if (hasErrors(unread)) return unread;
    }
    return settings;
}

TEST(SenderSettings, HaveNoLimitAndTheRetriesOfTheOutbox) {
    const auto settings = load(withSender(
        "", "outbox: { retry_first: 10s, retry_longest: 1h, retry_factor: 3, keep: 2d }\n"));
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    const auto& mail = settings->senders.at(0);
    EXPECT_EQ(mail.rate.per_second, 0);
    EXPECT_EQ(mail.domain_rate.per_second, 0);
    EXPECT_EQ(mail.schedule.first, 10s);
    EXPECT_EQ(mail.schedule.longest, 1h);
    EXPECT_EQ(mail.schedule.factor, 3);
    EXPECT_EQ(mail.schedule.keep, 48h);
}

TEST(SenderSettings, ShareWhatOneHostBears) {
    const auto none = load(withSender(""));
    ASSERT_TRUE(none) << formatProblems(none.error());
    EXPECT_EQ(none->outbox.per_host.parallel, 100);
    EXPECT_EQ(none->outbox.per_host.rate.per_second, 0);
    const auto said =
        load(withSender("", "outbox: { per_host: { parallel: 3, per_second: 1.5, burst: 10 } }\n"));
    ASSERT_TRUE(said) << formatProblems(said.error());
    EXPECT_EQ(said->outbox.per_host.parallel, 3);
    EXPECT_EQ(said->outbox.per_host.rate.per_second, 1.5);
    EXPECT_EQ(said->outbox.per_host.rate.burst, 10);
}

TEST(SenderSettings, SayWhatIsOfTheirOwn) {
    const auto settings =
        load(withSender(", rate: { per_second: 10, burst: 20 }, domain_rate: { per_second: 0.5 },"
                        " schedule: { first: 5s, longest: 30m, factor: 1.5, keep: 12h }"));
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    const auto& mail = settings->senders.at(0);
    EXPECT_EQ(mail.rate.per_second, 10);
    EXPECT_EQ(mail.rate.burst, 20);
    EXPECT_EQ(mail.domain_rate.per_second, 0.5);
    EXPECT_EQ(mail.domain_rate.burst, 1);
    EXPECT_EQ(mail.schedule.first, 5s);
    EXPECT_EQ(mail.schedule.longest, 30min);
    EXPECT_EQ(mail.schedule.factor, 1.5);
    EXPECT_EQ(mail.schedule.keep, 12h);
}

struct Mistake {
    std::string name, keys, said;
};

class SenderMistake : public testing::TestWithParam<Mistake> {};

TEST_P(SenderMistake, IsNamed) {
    const auto settings = load(withSender(", " + GetParam().keys));
    ASSERT_FALSE(settings);
    EXPECT_THAT(formatProblems(settings.error()), HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Table, SenderMistake,
    testing::Values(Mistake{"TooFast", "rate: { per_second: 1001 }",
                            "'per_second' must be from 0 to 1000, not 1001"},
                    Mistake{"NoBurst", "rate: { per_second: 1, burst: 0 }",
                            "'burst' must be from 1 to 10000, not 0"},
                    Mistake{"ABurstOfNothing", "domain_rate: { burst: 5 }",
                            "'burst' without 'per_second' limits nothing; add 'per_second'"},
                    Mistake{"Misspelt", "rate: { per_secnd: 1 }",
                            "unknown key 'per_secnd' in 'senders[].rate' (did you mean "
                            "'per_second'?)"},
                    Mistake{"LongestBelowFirst", "schedule: { first: 1h, longest: 1m }",
                            "'longest' must not be shorter than 'first'"}),
    [](const auto& row) { return row.param.name; });

TEST(SenderSettings, KeepNothingLongerThanItsText) {
    const auto settings =
        load(withSender(", schedule: { keep: 20d }", "retention: { bodies: 10d }\n"));
    ASSERT_FALSE(settings);
    EXPECT_THAT(formatProblems(settings.error()),
                HasSubstr("'schedule.keep' must not be longer than 'retention.bodies'"));
}

}  // namespace sender_settings_test
}  // namespace backorderd::config
