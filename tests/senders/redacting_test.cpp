#include "senders/redacting.hpp"

#include <gtest/gtest.h>

namespace backorderd::senders {
namespace redacting_test {

std::string redact(const std::string& secret, const std::string& text) {
    auto secrets = std::make_shared<std::vector<Secret>>();
    secrets->emplace_back(secret);
    return Redactor{secrets}.redacted(text);
}

struct EchoCase {
    const char* name;
    const char* secret;
    const char* text;
    const char* redacted;
};

// The base64 is that of `printf '\0me\0correct horse' | base64` and of other beginnings.
TEST(Redactor, BlanksWhatReceiversRepeat) {
    for (const auto& [name, secret, text, redacted] : {
             EchoCase{"plain", "hunter2-long", "535 no: hunter2-long is wrong",
                      "535 no: … is wrong"},
             EchoCase{"twice", "hunter2", "hunter2 hunter2", "… …"},
             EchoCase{"in an address", "p&w=d!x", "GET /sendsms?pw=p%26w%3Dd%21x&to=1",
                      "GET /sendsms?pw=…&to=1"},
             EchoCase{"AUTH PLAIN", "correct horse",
                      "bad AUTH PLAIN AG1lAGNvcnJlY3QgaG9yc2U=", "bad AUTH PLAIN AG1lAG…U="},
             EchoCase{"basic", "correct horse", "Basic bWU6Y29ycmVjdCBob3JzZQ==", "Basic bWU6…Q=="},
             EchoCase{"cut off", "a-long-token-of-many-bytes", "400 token a-long-token-of",
                      "400 token …"},
             EchoCase{"path of an address", "https://hooks.example.com/services/T0/B0/xyzxyz",
                      "404 /services/T0/B0/xyzxyz at hooks.example.com",
                      "404 /… at "
                      "hooks.example.com"},
             EchoCase{"one of several keys", "whsec_AAAAAAAA\nwhsec_BBBBBBBB",
                      "bad key whsec_BBBBBBBB", "bad key …"},
             EchoCase{"too short to tell", "abc", "abc is a word", "abc is a word"},
             EchoCase{"nothing of it", "hunter2", "250 ok", "250 ok"},
         })
        EXPECT_EQ(redact(secret, text), redacted) << name;
}

TEST(Redactor, FollowsASecretThatIsRenewed) {
    auto secrets = std::make_shared<std::vector<Secret>>();
    Redactor redactor{secrets};
    EXPECT_EQ(redactor.redacted("token-one token-two"), "token-one token-two");
    secrets->emplace_back("token-one");
    EXPECT_EQ(redactor.redacted("token-one"), "…");
    secrets->front() = Secret{"token-two"};
    EXPECT_EQ(redactor.redacted("no token-two"), "no …");
}

}  // namespace redacting_test
}  // namespace backorderd::senders
