#include "backorderd/sms_text.hpp"

#include <gtest/gtest.h>

namespace backorderd {
namespace {

std::string times(int count, std::string_view sign) {
    std::string text;
    for (int i = 0; i < count; ++i) text += sign;
    return text;
}

struct SizeCase {
    const char* name;
    std::string text;
    SmsSize size;
};
void PrintTo(const SizeCase& row, std::ostream* out) { *out << row.name; }

class SizeOfSms : public testing::TestWithParam<SizeCase> {};

TEST_P(SizeOfSms, IsWhatAGatewayCharges) { EXPECT_EQ(smsSize(GetParam().text), GetParam().size); }

constexpr auto kGsm = SmsAlphabet::Gsm7;
constexpr auto kUcs = SmsAlphabet::Ucs2;

INSTANTIATE_TEST_SUITE_P(
    Table, SizeOfSms,
    testing::Values(SizeCase{"Empty", "", {kGsm, 0, 1}}, SizeCase{"OneLetter", "a", {kGsm, 1, 1}},
                    SizeCase{"FullSingle", times(160, "a"), {kGsm, 160, 1}},
                    SizeCase{"OneOverSingle", times(161, "a"), {kGsm, 161, 2}},
                    SizeCase{"TwoFullSegments", times(306, "a"), {kGsm, 306, 2}},
                    SizeCase{"OneOverTwo", times(307, "a"), {kGsm, 307, 3}},
                    SizeCase{"FourFullSegments", times(612, "a"), {kGsm, 612, 4}},
                    SizeCase{"TenFullSegments", times(1530, "a"), {kGsm, 1530, 10}},
                    SizeCase{"GermanAndGreek", "äöüÄÖÜßñéΔΩ@£_\n", {kGsm, 15, 1}},
                    SizeCase{"ExtensionTakesTwo", "€[]{}\\~^|", {kGsm, 18, 1}},
                    SizeCase{"EightyEuros", times(80, "€"), {kGsm, 160, 1}},
                    SizeCase{"EightyOneEuros", times(81, "€"), {kGsm, 162, 2}},
                    // 153 has no room for half of a sign: 76 a segment.
                    SizeCase{"EscapesAreNotSplit", times(153, "€"), {kGsm, 306, 3}},
                    SizeCase{"SmallCedillaIsNotInIt", "ç", {kUcs, 1, 1}},
                    SizeCase{"BacktickIsNotInIt", "`", {kUcs, 1, 1}},
                    SizeCase{"TabIsNotInIt", "\t", {kUcs, 1, 1}},
                    SizeCase{"Cyrillic", times(70, "ж"), {kUcs, 70, 1}},
                    SizeCase{"OneOverSeventy", times(71, "ж"), {kUcs, 71, 2}},
                    SizeCase{"TwoFullUcs", times(134, "ж"), {kUcs, 134, 2}},
                    SizeCase{"OneOverTwoUcs", times(135, "ж"), {kUcs, 135, 3}},
                    SizeCase{"OneForeignSignMakesAllUcs", times(70, "a") + "ж", {kUcs, 71, 2}},
                    SizeCase{"EmojiTakesTwo", times(35, "😀"), {kUcs, 70, 1}},
                    SizeCase{"PairsAreNotSplit", times(67, "😀"), {kUcs, 134, 3}},
                    SizeCase{"BrokenBytes", "\xff\xc3", {kUcs, 2, 1}}),
    [](const auto& row) { return std::string{row.param.name}; });

TEST(SmsSigns, ReplaceTypographyWhereThatMakesAGsmText) {
    EXPECT_EQ(withSmsSigns("“Pump” – 12.–14.\u00a0März… don’t"),
              "\"Pump\" - 12.-14. März... don't");
    EXPECT_EQ(smsSize(withSmsSigns("10–12 €")).alphabet, SmsAlphabet::Gsm7);
}

TEST(SmsSigns, StayWhereTheTextIsNotGsmAnyway) {
    for (const auto* text : {"Насос – 12…", "œuvre – 3", "\xff–"})
        EXPECT_EQ(withSmsSigns(text), text);
}

}  // namespace
}  // namespace backorderd
