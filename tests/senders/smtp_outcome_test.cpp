#include "senders/smtp_outcome.hpp"

#include <gtest/gtest.h>

namespace backorderd::senders {
namespace smtp_outcome_test {

using net::SmtpStage;

struct OutcomeCase {
    std::string name;
    SmtpStage stage;
    int last_reply;
    std::string text;
    bool asked, sent;
    std::size_t outcome;  ///< index in the variant
    bool address_invalid = false;
};

constexpr std::size_t kAccepted = 0, kTryLater = 1, kRefused = 2, kUnknown = 3;

class SmtpOutcome : public testing::TestWithParam<OutcomeCase> {};

TEST_P(SmtpOutcome, FollowsTheTable) {
    const OutcomeCase& given = GetParam();
    net::SmtpResult result;
    result.stage = given.stage;
    result.last_reply = given.last_reply;
    result.last_reply_text = given.text;
    result.body_asked = given.asked;
    result.body_sent = given.sent;
    result.rcpt_refused = given.stage == SmtpStage::Rcpt && given.last_reply >= 400;
    const Outcome outcome = outcomeOf(result);
    EXPECT_EQ(outcome.index(), given.outcome);
    const auto* refused = std::get_if<Refused>(&outcome);
    EXPECT_EQ(refused != nullptr && refused->address_invalid, given.address_invalid);
}

INSTANTIATE_TEST_SUITE_P(
    All, SmtpOutcome,
    testing::Values(
        OutcomeCase{"NotTried", SmtpStage::Check, 0, "", false, false, kRefused},
        OutcomeCase{"NobodyThere", SmtpStage::Connect, 0, "", false, false, kTryLater},
        OutcomeCase{"HostRefuses", SmtpStage::Connect, 554, "no", false, false, kTryLater},
        OutcomeCase{"LogInRefused", SmtpStage::Connect, 535, "5.7.8 no", false, false, kTryLater},
        OutcomeCase{"LogInWanted", SmtpStage::Mail, 530, "5.7.0 no", false, false, kTryLater},
        OutcomeCase{"SilentAtMail", SmtpStage::Mail, 0, "", false, false, kTryLater},
        OutcomeCase{"SilentAtRcpt", SmtpStage::Rcpt, 250, "ok", false, false, kTryLater},
        OutcomeCase{"MailForNow", SmtpStage::Mail, 451, "", false, false, kTryLater},
        OutcomeCase{"MailForGood", SmtpStage::Mail, 552, "5.3.4 too big", false, false, kRefused},
        OutcomeCase{"Greylisted", SmtpStage::Rcpt, 450, "4.2.0 greylisted", false, false,
                    kTryLater},
        OutcomeCase{"NoMailbox", SmtpStage::Rcpt, 550, "5.1.1 who?", false, false, kRefused, true},
        OutcomeCase{"NoMailboxPlain", SmtpStage::Rcpt, 553, "who?", false, false, kRefused, true},
        OutcomeCase{"Disabled", SmtpStage::Rcpt, 550, "5.2.1 gone", false, false, kRefused, true},
        OutcomeCase{"Policy", SmtpStage::Rcpt, 550, "5.7.1 spam?", false, false, kRefused},
        OutcomeCase{"MailboxFull", SmtpStage::Rcpt, 552, "5.2.2 full", false, false, kRefused},
        OutcomeCase{"NumbersAreNoStatus", SmtpStage::Rcpt, 550, "10.0.0.1 who?", false, false,
                    kRefused, true},
        OutcomeCase{"DataSaysOk", SmtpStage::Data, 250, "ok", false, false, kTryLater},
        OutcomeCase{"BodyUnsent", SmtpStage::Body, 354, "go", true, false, kTryLater},
        OutcomeCase{"BodyUnsentRefused", SmtpStage::Body, 552, "big", true, false, kRefused},
        OutcomeCase{"BodyUnanswered", SmtpStage::Body, 354, "go", true, true, kUnknown},
        OutcomeCase{"BodyForNow", SmtpStage::Body, 451, "later", true, true, kTryLater},
        OutcomeCase{"BodyForGood", SmtpStage::Body, 550, "5.1.1 no", true, true, kRefused},
        OutcomeCase{"Accepted", SmtpStage::Body, 250, "queued", true, true, kAccepted}),
    [](const auto& one) { return one.param.name; });

}  // namespace smtp_outcome_test
}  // namespace backorderd::senders
