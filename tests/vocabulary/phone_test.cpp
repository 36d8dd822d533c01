#include "backorderd/phone.hpp"

#include <gtest/gtest.h>

namespace backorderd {
namespace {

TEST(PhoneNumber, IsReadAsPeopleWriteIt) {
    struct Row {
        const char* written;
        const char* number;
    };
    for (const Row& row :
         {Row{"+4930123456", "+4930123456"}, Row{"+49 30 12 34-56", "+4930123456"},
          Row{"+49 (0)30 / 123456", "+4930123456"}, Row{"0049 30 123456", "+4930123456"},
          Row{"+1 (202) 555-0123", "+12025550123"}, Row{"+43.664.1234567", "+436641234567"}})
        EXPECT_EQ(phoneNumberOf(row.written), row.number) << row.written;
}

TEST(PhoneNumber, IsNotGuessedAt) {
    for (const auto* written :
         {"", "+", "0170 1234567", "(0)170 1234567", "170 1234567", "+49 170 1234 ext. 5",
          "+4930123456, +4930123457", "+0301234567", "+49 30", "+1234567890123456", "++4930123456",
          "+49+30123456", "+4930123456\r\n", "call me"})
        EXPECT_EQ(phoneNumberOf(written), std::nullopt) << written;
}

}  // namespace
}  // namespace backorderd
