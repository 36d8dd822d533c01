#include "app/suppression_file.hpp"

#include <gmock/gmock.h>

namespace backorderd::app {
namespace suppression_file_test {

const AuditEntry kWhy{*parseTimestamp("2026-03-02T09:00:00Z"), "ann", "suppress import", "no.csv",
                      "the old list"};

std::string toldOf(std::string_view text) {
    return formatProblems(readSuppressionFile(text, "no.csv", kWhy).problems);
}

TEST(SuppressionFile, ReadsColumnsInAnyOrderAndFillsInWhatIsMissing) {
    const auto file = readSuppressionFile(
        "\xEF\xBB\xBFreason;address;kind\r\n\"asked; twice\";C1@Example.com;optional\r\n"
        "\r\n;'@example.org;\r\n",
        "no.csv", kWhy);
    EXPECT_EQ(formatProblems(file.problems), "");
    ASSERT_EQ(file.rows.size(), 2u);
    const auto first = suppressionOf(file.rows[0], kWhy);
    EXPECT_EQ(first.address, "c1@example.com");
    EXPECT_EQ(first.kind, SuppressionKind::Optional);
    EXPECT_EQ(first.reason, "asked; twice");
    EXPECT_EQ(first.source, "import");
    EXPECT_EQ(first.at, kWhy.at);
    const auto second = suppressionOf(file.rows[1], kWhy);
    EXPECT_EQ(second.address, "@example.org");
    EXPECT_EQ(second.kind, SuppressionKind::All);
    EXPECT_EQ(second.reason, "the old list");
}

struct BadFile {
    const char* text;
    const char* told;
};

TEST(SuppressionFile, NamesEveryBadRowWithItsLine) {
    const BadFile kBad[] = {
        {"", "no.csv:1: the file is empty; it begins with a header"},
        {"name\nann\n",
         "no.csv:1: there is no column 'name'; there are channel, address, kind, reason, source, "
         "since"},
        {"kind\nall\n", "no.csv:1: the header has no column 'address'"},
        {"address,address\na@b.c,a@b.c\n",
         "no.csv:1: the column 'address' stands twice in the header"},
        {"address,kind\na@b.c,all\n\nb@b.c\n",
         "no.csv:4: the row has 1 columns, and the header has 2"},
        {"address,reason\na@b.c,\"two\nlines\"\nnobody,x\n",
         "no.csv:4: 'nobody' is no address; write ann@example.com, or @example.com for all of a "
         "domain"},
        {"address,channel\n0170 1234,sms\n",
         "no.csv:2: '0170 1234' is no address; write the number with its country, +49301234567"},
        {"address,kind\na@b.c,most\n", "no.csv:2: a kind is 'all' or 'optional', not 'most'"},
        {"address,channel\na@b.c,fax\n", "no.csv:2: there is no channel 'fax'"},
        {"address,since\na@b.c,2027-01-01\n", "no.csv:2: '2027-01-01' is still to come"},
        {"address,since\na@b.c,soon\n",
         "no.csv:2: 'soon' is no moment; write 2026-03-20 or 2026-03-20T09:00:00Z"},
    };
    for (const auto& bad : kBad)
        EXPECT_THAT(toldOf(bad.text), testing::StartsWith(bad.told)) << bad.text;
}

TEST(SuppressionFile, GoodRowsAreReadBesideBadOnes) {
    const auto file = readSuppressionFile("address\na@b.c\nnobody\nc@b.c\n", "no.csv", kWhy);
    EXPECT_EQ(file.problems.size(), 1u);
    EXPECT_EQ(file.rows.size(), 2u);
}

TEST(SuppressionFile, WhatIsWrittenIsReadBack) {
    const std::vector<SuppressionText> rows{
        {"email", "@example.com", "all", "=HYPERLINK(\"x\")", "operator", "2026-03-01T00:00:00Z"},
        {"sms", "+49301234567", "optional", "said \"stop\",\ntwice", "refused",
         "2026-02-01T08:30:00Z"}};
    const auto text = writeSuppressionFile(rows);
    EXPECT_THAT(text, testing::StartsWith("channel,address,kind,reason,source,since\r\n"
                                          "email,'@example.com,all,\"'=HYPERLINK("));
    const auto file = readSuppressionFile(text, "no.csv", kWhy);
    EXPECT_EQ(formatProblems(file.problems), "");
    EXPECT_EQ(writeSuppressionFile(file.rows), text);
}

}  // namespace suppression_file_test
}  // namespace backorderd::app
