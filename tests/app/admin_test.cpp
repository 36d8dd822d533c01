#include "app/admin.hpp"

#include <gmock/gmock.h>

#include <cstdio>

#include "rig.hpp"

// What the daemon says of itself to those who watch it.

namespace backorderd::app::test {
namespace admin_test {

using testing::HasSubstr;

net::ServedResponse get(Rig& rig, const std::string& target, const std::string& method = "GET") {
    return answerAdmin({method, target, ""},
                       Watched{*rig.engine, *rig.store, *rig.log, rig.clock.now()});
}

TEST(Health, IsReadyOnlyWithFreshDataAndOpenGates) {
    Rig rig;
    EXPECT_EQ(get(rig, "/health/live").status, 200);
    EXPECT_EQ(get(rig, "/health/ready").status, 503);
    EXPECT_THAT(get(rig, "/health/ready").body, HasSubstr("never been read"));
    rig.poll();
    EXPECT_EQ(get(rig, "/health/ready").status, 200) << get(rig, "/health/ready").body;
    rig.clock.advance(25h);
    EXPECT_THAT(get(rig, "/health/ready").body, HasSubstr("older than max_age"));
    rig.poll();
    rig.engine->pause({rig.clock.now(), "ann", "pause", "", "the printer is on fire"});
    EXPECT_EQ(get(rig, "/health/ready").status, 503);
    EXPECT_THAT(get(rig, "/health/ready").body, HasSubstr("the printer is on fire"));
    EXPECT_EQ(get(rig, "/health/live").status, 200) << "a restart would not help";
}

TEST(Metrics, TellWhatTheDaemonDoes) {
    Rig rig;
    rig.erp.lines = {sampleLine("1"), sampleLine("2")};
    rig.poll();
    rig.work();
    const auto text = get(rig, "/metrics").body;
    for (const char* line :
         {"backorderd_messages{state=\"sent\"} 2", "backorderd_notices{state=\"sent\"} 2",
          "backorderd_source_fresh{source=\"erp\"} 1", "backorderd_gate_up{gate=\"restored\"} 0",
          "backorderd_events_total{event=\"poll.complete\"} 1",
          "backorderd_notice_lateness_seconds 0"})
        EXPECT_THAT(text, HasSubstr(line)) << text;
}

TEST(Metrics, SayForHowLongSomethingDueHasNotLeft) {
    Rig rig;
    rig.engine->pause({rig.clock.now(), "ann", "pause", "", "stocktaking"});
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.pass(10min);
    const auto text = get(rig, "/metrics").body;
    EXPECT_THAT(text, HasSubstr("backorderd_gate_up{gate=\"paused\"} 1"));
    EXPECT_THAT(text, HasSubstr("backorderd_notice_lateness_seconds 600"));
}

/// Prometheus' own reader: Debian's package `prometheus`.
TEST(Metrics, PrometheusReadsThem) {
    Rig rig;
    rig.erp.lines = {sampleLine("1")};
    rig.poll();
    rig.work();
    std::FILE* const reader = popen("promtool check metrics 2>&1", "w");
    ASSERT_NE(reader, nullptr);
    const auto text = get(rig, "/metrics").body;
    std::fwrite(text.data(), 1, text.size(), reader);
    EXPECT_EQ(pclose(reader), 0) << text;
}

TEST(Admin, AnswersNothingElse) {
    Rig rig;
    EXPECT_EQ(get(rig, "/").status, 404);
    EXPECT_EQ(get(rig, "/metrics", "POST").status, 405);
    EXPECT_EQ(get(rig, "/hooks/erp/erp").status, 404);
}

}  // namespace admin_test
}  // namespace backorderd::app::test
