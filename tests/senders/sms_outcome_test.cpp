#include <fmt/format.h>
#include <gtest/gtest.h>

#include "senders/attempt.hpp"
#include "senders/kannel_outcome.hpp"
#include "senders/twilio_outcome.hpp"

namespace backorderd::senders {
namespace sms_outcome_test {

struct CodeCase {
    int status, code;
    Meant outcome;
};

// https://www.twilio.com/docs/api/errors
TEST(TwilioCodes, AreToldApart) {
    for (const CodeCase& row :
         {CodeCase{400, 21211, Meant::BadAddress}, CodeCase{400, 21214, Meant::BadAddress},
          CodeCase{400, 21265, Meant::BadAddress}, CodeCase{400, 21610, Meant::BadAddress},
          CodeCase{400, 21614, Meant::BadAddress}, CodeCase{400, 21635, Meant::BadAddress},
          CodeCase{400, 21602, Meant::Refused},    CodeCase{400, 21612, Meant::Refused},
          CodeCase{400, 21617, Meant::Refused},    CodeCase{401, 20003, Meant::TryLater},
          CodeCase{404, 20404, Meant::TryLater},   CodeCase{400, 21212, Meant::TryLater},
          CodeCase{403, 21408, Meant::TryLater},   CodeCase{400, 21606, Meant::TryLater},
          CodeCase{400, 21660, Meant::TryLater},   CodeCase{400, 21703, Meant::TryLater},
          CodeCase{429, 20429, Meant::TryLater},   CodeCase{429, 21611, Meant::TryLater},
          CodeCase{429, 14107, Meant::TryLater},   CodeCase{503, 20503, Meant::TryLater},
          CodeCase{400, 99999, Meant::Refused},    CodeCase{429, 99999, Meant::TryLater},
          CodeCase{500, 20500, Meant::Unknown},    CodeCase{504, 20504, Meant::Unknown}}) {
        net::HttpResponse response;
        response.status = row.status;
        response.body =
            fmt::format(R"({{"code": {}, "message": "m", "status": {}}})", row.code, row.status);
        EXPECT_EQ(meant(twilioOutcome(response)), row.outcome) << row.code;
    }
}

struct AnswerCase {
    int status;
    std::string body;
    Meant outcome;
};

TEST(TwilioAnswers, CountWithAMessageId) {
    for (const AnswerCase& row : {
             AnswerCase{201, R"({"sid": "SM1", "status": "accepted"})", Meant::Accepted},
             AnswerCase{200, R"({"sid": "SM1", "status": "scheduled"})", Meant::Accepted},
             AnswerCase{201, R"({"sid": "SM1", "status": "failed", "error_code": 30007})",
                        Meant::Refused},
             AnswerCase{201, R"({"sid": "SM1", "status": "failed", "error_code": 21610})",
                        Meant::BadAddress},
             AnswerCase{201, R"({"sid": 5})", Meant::Unknown},
             AnswerCase{201, "", Meant::Unknown},
             AnswerCase{201, R"(["SM1"])", Meant::Unknown},
             AnswerCase{201, R"({"sid": "SM1")", Meant::Unknown},
             AnswerCase{400, "", Meant::Refused},
             AnswerCase{400, R"({"code": "21211"})", Meant::Refused},
             AnswerCase{400, R"({"code": 1e300})", Meant::Refused},
         }) {
        net::HttpResponse response;
        response.status = row.status;
        response.body = row.body;
        EXPECT_EQ(meant(twilioOutcome(response)), row.outcome) << row.body;
    }
}

TEST(KannelAnswers, AreToldApart) {
    for (const AnswerCase& row : {
             AnswerCase{202, "0: Accepted for delivery", Meant::Accepted},
             AnswerCase{202, "3: Queued for later delivery", Meant::Accepted},
             AnswerCase{202, "Sent.", Meant::Accepted},
             AnswerCase{202, "Sent. Message splits: 2", Meant::Accepted},
             AnswerCase{202, "", Meant::Unknown},
             AnswerCase{200, "0: Accepted for delivery", Meant::Unknown},
             AnswerCase{403, "Not routable. Do not try again.", Meant::Refused},
             AnswerCase{403, "Authorization failed for sendsms", Meant::TryLater},
             AnswerCase{400, "Missing receiver(s) number(s), rejected", Meant::Refused},
             AnswerCase{400, "Sender missing and no global set, rejected", Meant::TryLater},
             AnswerCase{406, "Number(s) has/have been denied by white- and/or black-lists.",
                        Meant::Refused},
             AnswerCase{404, "Unknown request.", Meant::TryLater},
             AnswerCase{503, "Temporal failure, try again later.", Meant::TryLater},
             AnswerCase{500, "Sending failed.", Meant::Unknown},
         }) {
        net::HttpResponse response;
        response.status = row.status;
        response.body = row.body;
        EXPECT_EQ(meant(kannelOutcome(response)), row.outcome) << row.body;
    }
}

}  // namespace sms_outcome_test
}  // namespace backorderd::senders
