#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.hpp"
#include "config/temporary_folder.hpp"

namespace backorderd::config {
namespace settings_test {

using namespace std::chrono_literals;

constexpr std::string_view kLeast =
    "house: { name: Example Pumps, from_address: orders@example.com }\n"
    "sources:\n  - { name: erp, kind: files, folder: drop }\n"
    "senders:\n  - { name: mail, kind: smtp, url: smtp://localhost:25 }\n";

TEST(Settings, HaveADefaultForAllButAFew) {
    const TemporaryFolder folder;
    const auto settings = loadSettings(folder.write("backorderd.yaml", kLeast));
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    EXPECT_EQ(settings->data_dir, "/var/lib/backorderd");
    EXPECT_EQ(settings->rules_dir, folder.path() + "/rules.d");
    EXPECT_EQ(settings->templates_dir, folder.path() + "/templates");
    EXPECT_EQ(settings->control_socket, "/run/backorderd/control.sock");
    EXPECT_EQ(settings->stop_within, 30s);
    EXPECT_EQ(settings->slice_lines, 2000);
    EXPECT_EQ(settings->house.from_name, "Example Pumps");
    EXPECT_EQ(settings->house.message_id_domain, "example.com");
    EXPECT_EQ(settings->house.language, "en");
    EXPECT_EQ(settings->outbox.retry_first, 1min);
    EXPECT_EQ(settings->outbox.retry_longest, 4h);
    EXPECT_EQ(settings->outbox.keep, 120h);
    EXPECT_EQ(settings->outbox.claim_batch, 100);
    EXPECT_EQ(settings->outbox.mark_ahead, 100);
    EXPECT_EQ(settings->log.format, "text");
    EXPECT_FALSE(settings->log.personal_data);
    EXPECT_EQ(settings->sources.at(0).poll_every, 5min);
    EXPECT_EQ(settings->sources.at(0).max_age, 26h);
    EXPECT_TRUE(settings->sources.at(0).adopt);
    EXPECT_FALSE(settings->sources.at(0).write_notes);
}

TEST(Settings, TakeWhatIsWritten) {
    const TemporaryFolder folder;
    std::string text(kLeast);
    text +=
        "data_dir: state\nstop_within: 1m\nslice_lines: 500\n"
        "outbox: { retry_first: 10s, retry_longest: 1h, retry_factor: 3, retry_jitter: 0, "
        "keep: 2d, claim_batch: 7 }\nlog: { format: json, level: debug, personal_data: true }\n";
    const auto settings = loadSettings(folder.write("backorderd.yaml", text));
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    EXPECT_EQ(settings->data_dir, folder.path() + "/state");
    EXPECT_EQ(settings->stop_within, 1min);
    EXPECT_EQ(settings->slice_lines, 500);
    EXPECT_EQ(settings->outbox.retry_first, 10s);
    EXPECT_EQ(settings->outbox.retry_factor, 3);
    EXPECT_EQ(settings->outbox.retry_jitter, 0);
    EXPECT_EQ(settings->outbox.keep, 48h);
    EXPECT_EQ(settings->log.format, "json");
    EXPECT_TRUE(settings->log.personal_data);
}

TEST(Settings, ConnectorsAndSendersReadOnInTheirOwnSection) {
    const TemporaryFolder folder;
    std::string text(kLeast);
    text += "  - { name: copy, kind: file, foldr: out }\n";
    auto settings = loadSettings(folder.write("backorderd.yaml", text));
    ASSERT_TRUE(settings) << formatProblems(settings.error());
    Section source = settings->sources.at(0).section;
    EXPECT_EQ(source.path("folder", "", ""), folder.path() + "/drop");
    EXPECT_EQ(settings->senders.at(0).section.text("url", "", ""), "smtp://localhost:25");
    (void)settings->senders.at(1).section.path("folder", "", "");
    EXPECT_EQ(formatProblems(findUnread(*settings)),
              folder.path() +
                  "/backorderd.yaml:6:31: unknown key 'foldr' in 'senders[]' (did you mean "
                  "'folder'?)\n");
}

TEST(Settings, WithProblemsCanStillBeReadToTheEnd) {
    const TemporaryFolder folder;
    const std::string file =
        folder.write("backorderd.yaml", std::string(kLeast) + "slice_lines: 1\n");
    EXPECT_TRUE(loadSettings(file).has_error());
    Problems problems;
    auto settings = readSettings(file, problems);
    ASSERT_TRUE(settings);
    EXPECT_EQ(problems.size(), 1U);
    // Nobody has read `folder` and `url`.
    EXPECT_EQ(findUnread(*settings).size(), 3U);
}

TEST(Settings, AWarningDoesNotKeepThemFromLoading) {
    const TemporaryFolder folder;
    auto settings = loadSettings(folder.write("backorderd.yaml", kLeast));
    ASSERT_TRUE(settings);
    Section section = settings->sources.at(0).section;
    (void)section.path("folder", "", "");
    section.problem("folder", "is empty", Severity::Warning);
    (void)settings->senders.at(0).section.text("url", "", "");
    EXPECT_FALSE(hasErrors(findUnread(*settings)));
}

TEST(Settings, AFileThatIsNoFileIsAProblem) {
    const TemporaryFolder folder;
    const auto settings = loadSettings(folder.path());
    ASSERT_TRUE(settings.has_error());
    EXPECT_EQ(formatProblems(settings.error()),
              folder.path() +
                  ": cannot read the settings: it is a folder; name the file with --config\n");
}

}  // namespace settings_test
}  // namespace backorderd::config
