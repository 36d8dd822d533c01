#include "app/erp_hooks.hpp"

#include <gmock/gmock.h>

#include "net/webhook_signature.hpp"
#include "rig.hpp"

// What an ERP may say by itself, and what comes of it.

namespace backorderd::app::test {
namespace erp_hooks_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kOld = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr const char* kNew = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr const char* kOther = "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";

class Hooks : public testing::Test {
protected:
    Hooks() {
        config::SourceSettings source;
        source.name = "erp";
        source.push.on = true;
        source.push.secret = Secret{std::string{kOld} + " " + kNew};
        source.push.per_minute = 3;
        settings_.sources.push_back(source);
        source.name = "mute";
        source.push.on = false;
        settings_.sources.push_back(source);
        const auto ask = [this](const std::string& name, const std::string& line) {
            asked_.push_back(name + ":" + line);
        };
        hooks_.emplace(settings_, clock_, ask);
    }
    net::ServedRequest signedBy(const std::string& key, const std::string& id,
                                const std::string& body = "", std::chrono::seconds skew = 0s) {
        const auto at = clock_.now() + skew;
        net::ServedRequest request{"POST", "/hooks/erp/erp", body};
        request.headers = {
            {"webhook-id", id},
            {"webhook-timestamp", std::to_string(at.time_since_epoch().count())},
            {"webhook-signature",
             "v1a,unknown " + net::webhookSignature({*net::webhookKey(key)}, id, at, body)}};
        return request;
    }
    int post(const net::ServedRequest& request) {
        answer_ = hooks_->answer(request);
        return answer_.status;
    }

    config::Settings settings_ = Rig::emptySettings();
    FakeClock clock_;
    std::vector<std::string> asked_;
    std::optional<ErpHooks> hooks_;
    net::ServedResponse answer_;
};

TEST_F(Hooks, WhatIsSignedByOneOfTheKeysIsTaken) {
    EXPECT_EQ(post(signedBy(kOld, "m1")), 202);
    EXPECT_EQ(post(signedBy(kNew, "m2", R"({"line":"4711","more":[1]})")), 202);
    EXPECT_THAT(asked_, ElementsAre("erp:", "erp:4711"));
}

TEST_F(Hooks, WhatIsNotIsRefused) {
    EXPECT_EQ(post(signedBy(kOther, "m1")), 401);
    auto changed = signedBy(kOld, "m1", R"({"line":"1"})");
    changed.body = R"({"line":"2"})";
    EXPECT_EQ(post(changed), 401);
    for (const char* missing : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
        auto bare = signedBy(kOld, "m1");
        std::erase_if(bare.headers, [&](const auto& header) { return header.first == missing; });
        EXPECT_EQ(post(bare), 401) << missing;
    }
    EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(Hooks, WhatIsOldOrOfTheFutureIsRefused) {
    EXPECT_EQ(post(signedBy(kOld, "m1", "", -5min)), 202);
    EXPECT_EQ(post(signedBy(kOld, "m2", "", -5min - 1s)), 401);
    EXPECT_THAT(answer_.body, HasSubstr("2026-03-02T09:00:00Z"));
    EXPECT_EQ(post(signedBy(kOld, "m3", "", 5min + 1s)), 401);
}

TEST_F(Hooks, AnIdIsTakenOnce) {
    const auto request = signedBy(kOld, "m1");
    EXPECT_EQ(post(request), 202);
    EXPECT_EQ(post(request), 200) << "a refusal would have it repeated for days";
    clock_.advance(5min);
    EXPECT_EQ(post(request), 200) << "still within the tolerance";
    clock_.advance(1s);
    EXPECT_EQ(post(request), 401) << "too old";
    EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(Hooks, MoreThanTheSettingsAllowAreRefused) {
    for (const char* id : {"m1", "m2", "m3"}) EXPECT_EQ(post(signedBy(kOld, id)), 202);
    EXPECT_EQ(post(signedBy(kOld, "m4")), 429);
    clock_.advance(1min);
    EXPECT_EQ(post(signedBy(kOld, "m4")), 202) << "it was not taken before";
}

TEST_F(Hooks, ElsewhereIsNothing) {
    for (const char* target : {"/", "/hooks/erp/", "/hooks/erp/mute", "/hooks/erp/nobody",
                               "/hooks/erp/erp/", "/hooks/erp/erp?x", "/metrics"}) {
        auto request = signedBy(kOld, "m1");
        request.target = target;
        EXPECT_EQ(post(request), 404) << target;
    }
    auto read = signedBy(kOld, "m1");
    read.method = "GET";
    EXPECT_EQ(post(read), 405);
}

TEST_F(Hooks, ABodyIsAnObjectWithTheIdOfALine) {
    for (const char* body : {"[]", "1", "{", R"({"line":5})", R"({"line":null})"})
        EXPECT_EQ(post(signedBy(kOld, "m1", body)), 400) << body;
    EXPECT_EQ(post(signedBy(kOld, "m1", R"({"line":")" + std::string(201, '1') + "\"}")), 400);
    EXPECT_THAT(asked_, IsEmpty());
}

// -- What the engine makes of it ----------------------------------------------------------------

class Pushed : public Rig {
public:
    Pushed() {
        settings.sources[0].poll_jitter = 0;
        settings.sources[0].poll_every = 1h;
        erp.lines = {sampleLine("1"), sampleLine("2")};
        poll();
        work();
        mailbox.received.clear();
        erp.reads.clear();
    }
    std::optional<PollReport> pollDue() {
        std::optional<PollReport> report;
        asio::co_spawn(*context, engine->pollDue("erp"),
                       [&](std::exception_ptr failure, std::optional<PollReport> said) {
                           if (failure) std::rethrow_exception(failure);
                           report = std::move(said);
                       });
        context->restart();
        context->poll();
        return report;
    }
};

TEST(Push, ManyWordsAreOnePollThatKeepsItsDistance) {
    Pushed rig;
    rig.clock.advance(2s);
    for (int i = 0; i < 50; ++i) rig.engine->changed("erp", "");
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 8s);
    rig.clock.advance(8s);
    rig.pollDue();
    EXPECT_THAT(rig.erp.reads, ElementsAre("all"));
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 1h);
}

TEST(Push, AKnownLineIsLookedUpAlone) {
    Pushed rig;
    rig.erp.can_find = true;
    auto shipped = rig.erp.line("1");
    shipped.shipped = shipped.ordered;
    rig.erp.closed = {shipped};
    rig.clock.advance(30min);
    rig.engine->changed("erp", "1");
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 0s);
    EXPECT_EQ(rig.pollDue()->closed, 1U);
    EXPECT_THAT(rig.erp.reads, IsEmpty());
    EXPECT_THAT(rig.erp.finds, ElementsAre("1"));
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 30min) << "the next poll comes when it would have";
    rig.work();
    EXPECT_THAT(rig.topics(rig.mailbox), ElementsAre("shipped"));
}

TEST(Push, ALineThatNobodyKnowsIsReadByAPoll) {
    Pushed rig;
    rig.erp.can_find = true;
    rig.engine->changed("erp", "99");
    rig.clock.advance(10s);
    rig.pollDue();
    EXPECT_THAT(rig.erp.reads, ElementsAre("all"));
    EXPECT_THAT(rig.erp.finds, IsEmpty());
}

TEST(Push, ALineThatIsSaidToBeGoneIsNotClosedByThat) {
    Pushed rig;
    rig.erp.can_find = true;
    rig.engine->changed("erp", "1");  // `find` knows nothing of it, though the list does.
    rig.clock.advance(10s);
    rig.pollDue();
    EXPECT_FALSE(rig.caseOf("1").closed_at);
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 10s);
    rig.clock.advance(10s);
    rig.pollDue();
    EXPECT_THAT(rig.erp.reads, ElementsAre("all"));
    EXPECT_FALSE(rig.caseOf("1").closed_at);
}

TEST(Push, WhatComesDuringALookUpIsReadByAPoll) {
    Pushed rig;
    rig.erp.can_find = true;
    rig.erp.closed = {rig.erp.line("1")};
    rig.erp.before_find = [&rig] { rig.engine->changed("erp", ""); };
    rig.clock.advance(10s);
    rig.engine->changed("erp", "1");
    rig.pollDue();
    EXPECT_THAT(rig.erp.finds, ElementsAre("1"));
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 10s);
    rig.clock.advance(10s);
    rig.pollDue();
    EXPECT_THAT(rig.erp.reads, ElementsAre("all"));
}

TEST(Push, DoesNotShortenTheWaitAfterAFailure) {
    Pushed rig;
    rig.erp.fails_after_page = "down";
    for (int i = 0; i < 4; ++i) rig.poll();
    rig.engine->changed("erp", "");
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 80s);
}

TEST(Push, WhatComesDuringAPollIsReadByTheNext) {
    Pushed rig;
    rig.erp.hangs = true;
    asio::co_spawn(*rig.context, rig.engine->poll("erp"),
                   [](std::exception_ptr, std::optional<PollReport>) {});
    rig.context->restart();
    rig.context->poll();
    rig.engine->changed("erp", "");
    EXPECT_EQ(rig.engine->pollDueIn("erp"), 10s);
    EXPECT_FALSE(rig.pollDue()) << "never two at once";
}

}  // namespace erp_hooks_test
}  // namespace backorderd::app::test
