#include "senders/return_path.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace backorderd::senders {
namespace return_path_test {

const std::string kKey(32, 'k');
const std::string kId = "0123456789abcdef0123456789abcdef";

TEST(ReturnPath, NamesTheMessageItBelongsTo) {
    const auto path = signedReturnPath("bounces@example.com", kId + "@example.com", kKey);
    EXPECT_TRUE(path.starts_with("bounces+" + kId + "-")) << path;
    EXPECT_TRUE(path.ends_with("@example.com")) << path;
    EXPECT_EQ(messageOfReturnPath(path, kKey), kId);
    const auto longest = signedReturnPath("orders-bounces@example.com", kId + "@x", kKey);
    EXPECT_LE(longest.find('@'), 64u) << longest;
}

TEST(ReturnPath, SurvivesAServerThatChangesTheCase) {
    auto path = signedReturnPath("bounces@example.com", kId + "@example.com", kKey);
    std::transform(path.begin(), path.end(), path.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    EXPECT_EQ(messageOfReturnPath(path, kKey), kId);
}

TEST(ReturnPath, NobodyElseCanMakeOne) {
    const auto path = signedReturnPath("b@example.com", kId + "@example.com", kKey);
    EXPECT_EQ(messageOfReturnPath(path, std::string(32, 'x')), std::nullopt);
    for (std::size_t i = 2; i < path.find('@'); ++i)
        for (const int bit : {1, 2, 4, 8, 16}) {
            auto other = path;
            other[i] = static_cast<char>(other[i] ^ bit);
            EXPECT_EQ(messageOfReturnPath(other, kKey), std::nullopt) << other;
        }
    for (const char* foreign :
         {"", "@", "b@example.com", "b+-@x", "b+x-@x", "+-aaaaaaaaaaaaaaaa@x"})
        EXPECT_EQ(messageOfReturnPath(foreign, kKey), std::nullopt) << foreign;
}

TEST(ReturnPath, AnIdOfAnotherFormLeavesTheAddressAsItIs) {
    EXPECT_EQ(signedReturnPath("b@example.com", "a.b+c@example.com", kKey), "b@example.com");
}

}  // namespace return_path_test
}  // namespace backorderd::senders
