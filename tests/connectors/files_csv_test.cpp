#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_csv_test {

using namespace std::string_literals;

struct CsvCase {
    std::string name;
    std::string settings;
    std::string text;
    std::string told;  ///< all problems, one a line
    std::string ids;   ///< of the lines that were read
};

void PrintTo(const CsvCase& given, std::ostream* out) { *out << given.name; }

class CsvTraps : public FilesTest, public testing::WithParamInterface<CsvCase> {};

TEST_P(CsvTraps, AreReadOrNamedWithTheirPlace) {
    const auto& given = GetParam();
    write("lines.csv", given.text);
    const auto whole = read(given.settings);
    EXPECT_EQ(told(whole.problems), given.told);
    EXPECT_EQ(idsOf(whole), given.ids);
    ASSERT_TRUE(whole.end);
    EXPECT_EQ(whole.end->complete, given.told.empty()) << whole.end->why_incomplete;
}

const std::string kHead{kHeader};

const CsvCase kCsvCases[] = {
    {"HeaderAloneIsAGenuineZero", "", kHead, "", ""},
    {"CarriageReturns", "", "line,order.number,item.id,ordered,customer.id\r\n1,S,P,1,C\r\n", "",
     "1"},
    {"NoFinalLineEnd", "", kHead + "1,S,P,1,C\n2,S,P,1,C", "", "1 2"},
    {"CutOffInALastRowWithoutLineEnd", "", kHead + "1,S,P,1,C\n2,S,P",
     "lines.csv:3:1: the row has 3 columns, and the header has 5", "1"},
    {"BlankLines", "", kHead + "\n1,S,P,1,C\n\r\n\n2,S,P,1,C\n\n", "", "1 2"},
    {"ByteOrderMark", "", "\xEF\xBB\xBF" + kHead + "1,S,P,1,C\n", "", "1"},
    {"Utf16", "csv: {encoding: utf-16}",
     [] {
         std::string wide = "\xFF\xFE";
         for (const char c : kHead + "1,S,P,1,C\n") wide += {c, '\0'};
         return wide;
     }(),
     "", "1"},
    {"QuotedDelimiterQuoteAndLineEnd", "", kHead + "\"a,\"\"b\"\"\nc\",S,P,1,C\n2,S,P,1,C\n", "",
     "a,\"b\"\nc 2"},
    {"QuoteWithinAPlainField", "", kHead + "1,S,5\" pipe,1,C\n", "", "1"},
    {"BlanksAroundPlainFields", "", kHead + " 1 ,S,P, 1 ,C\n", "", "1"},
    {"Semicolons", "", "line;order.number;item.id;ordered;customer.id\n1;S;a,b;1;C\n", "", "1"},
    {"Tabs", "", "line\torder.number\titem.id\tordered\tcustomer.id\n1\tS\tP\t1\tC\n", "", "1"},
    {"SetDelimiter", "csv: {delimiter: '|'}",
     "line|order.number|item.id|ordered|customer.id|a,b,c,d,e,f\n1|S|P|1|C|\n", "", "1"},
    {"SepLineOfSpreadsheets", "",
     "sep=;\nline;order.number;item.id;ordered;customer.id\n1;S;P;1;C\n", "", "1"},
    {"DecimalComma", "csv: {decimal: ',', thousands: '.'}", kHead + "1,S,P,\"1.234,5\",C\n", "",
     "1"},
    {"RaggedRows", "", kHead + "1,S,P,1\n2,S,P,1,C\n3,S,P,1,C,more\n",
     "lines.csv:2:1: the row has 4 columns, and the header has 5\n"
     "lines.csv:4:1: the row has 6 columns, and the header has 5",
     "2"},
    {"NoId", "", kHead + ",S,P,1,C\n2,S,P,1,C\n", "lines.csv:2:1: the row has no line id", "2"},
    {"BadNumber", "", kHead + "1,S,P,many,C\n2,S,P,1,C\n",
     "lines.csv:2:7: 'many' is not a number of at most 1,000,000,000 either way, which 'ordered' "
     "must be",
     "2"},
    {"BadNumberOfAnotherCountry", "csv: {decimal: ',', thousands: '.'}", kHead + "1,S,P,1.5,C\n",
     "lines.csv:2:7: '1.5' is not a number, which 'ordered' must be, as this file writes them "
     "(decimal sign ',', groups of three digits with '.')",
     ""},
    {"BadDate", "",
     "line,order.number,item.id,ordered,customer.id,promise\n1,S,P,1,C,02.03.2026\n2,S,P,1,C,\n",
     "lines.csv:2:11: '02.03.2026' is not a date, which 'promise' must be, as this file writes "
     "them "
     "('%Y-%m-%d')",
     "2"},
    {"SeveralFaultsOfOneRow", "",
     "line,order.number,item.id,ordered,customer.id,promise\n1,S,P,x,C,soon\n",
     "lines.csv:2:7: 'x' is not a number of at most 1,000,000,000 either way, which 'ordered' must "
     "be\n"
     "lines.csv:2:11: 'soon' is not a date, which 'promise' must be, as this file writes them "
     "('%Y-%m-%d')",
     ""},
    {"QuantityOutOfRange", "", kHead + "1,S,P,9000000000,C\n",
     "lines.csv:2:7: '9000000000' is not a number of at most 1,000,000,000 either way, which "
     "'ordered' must be",
     ""},
    {"TextBehindTheClosingQuote", "", kHead + "1,S,\"P\"x,1,C\n2,S,P,1,C\n",
     "lines.csv:2:8: text stands behind the closing quote: a quote within a quoted field must be "
     "doubled",
     "2"},
    {"QuoteNeverClosed", "", kHead + "1,S,\"P,1,C\n2,S,P,1,C\n3,S,P,1,C\n",
     "lines.csv:2:5: a quote opens here and is not closed within limits.field_bytes_max or the "
     "file",
     "2 3"},
    {"Nul", "", kHead + "1,S,P\0X,1,C\n2,S,P,1,C\n"s,
     "lines.csv:2:1: the row holds a NUL character: is csv.encoding utf-16?", "2"},
    {"WrongEncoding", "", kHead + "1,S,K\xF6ln,1,C\n2,S,P,1,C\n",
     "lines.csv:2:1: the row is not utf-8: say in csv.encoding what the file is written in (utf-8, "
     "windows-1252, iso-8859-1, utf-16)",
     "2"},
    {"ByteThatTheEncodingDoesNotHave", "csv: {encoding: windows-1252}",
     kHead + "1,S,K\x81ln,1,C\n2,S,P,1,C\n",
     "lines.csv:2:1: the row is not windows-1252: say in csv.encoding what the file is written in "
     "(utf-8, windows-1252, iso-8859-1, utf-16)",
     "2"},
    {"EmptyFile", "", "",
     "lines.csv: the file is empty: a file without rows still has its header, so this looks like "
     "an export that failed",
     ""},
    {"NoIdColumn", "", "order.number,item.id,ordered,customer.id\nS,P,1,C\n",
     "lines.csv: the header has no column 'line': name the column that holds it under 'columns'",
     ""},
    {"ColumnOfTheSettingsMissing", "columns: {promise: Liefertermin}", kHead + "1,S,P,1,C\n",
     "lines.csv: the header has no column 'Liefertermin', which the settings name for 'promise'",
     ""},
    {"ColumnTwice", "", "line,order.number,item.id,ordered,customer.id,item.id\n1,S,P,1,C,Q\n",
     "lines.csv:1:47: the column 'item.id' stands twice in the header", ""},
    {"UnknownColumnTwice", "", "line,x,order.number,item.id,ordered,customer.id,x\n1,,S,P,1,C,\n",
     "", "1"},
    {"TooManyColumns", "limits: {columns_max: 5}",
     "line,order.number,item.id,ordered,customer.id,x\n1,S,P,1,C,\n",
     "lines.csv: the header has 6 columns, and limits.columns_max is 5", ""},
    {"LongField", "limits: {field_bytes_max: 64}",
     kHead + "1,S," + std::string(65, 'x') + ",1,C\n2,S,P,1,C\n",
     "lines.csv:2:5: the field is longer than limits.field_bytes_max", "2"},
    {"LongRow", "limits: {record_bytes_max: 1024}",
     kHead + "1," + std::string(600, 'x') + "," + std::string(600, 'y') + ",1,C\n2,S,P,1,C\n",
     "lines.csv:2:1: the row is longer than limits.record_bytes_max", "2"},
    {"FieldOfTenMegabytes", "", kHead + "1,S," + std::string(10u << 20, 'x') + ",1,C\n2,S,P,1,C\n",
     "lines.csv:2:5: the field is longer than limits.field_bytes_max", "2"},
    {"QuotedFieldOfTenMegabytes", "",
     kHead + "1,S,\"" + std::string(10u << 20, 'x') + "\",1,C\n2,S,P,1,C\n",
     "lines.csv:2:5: a quote opens here and is not closed within limits.field_bytes_max or the "
     "file",
     "2"},
    {"LargeFile", "limits: {file_bytes_max: 1024}", kHead + std::string(1024, '\n'),
     "lines.csv: the file has 1070 bytes, and limits.file_bytes_max is 1024", ""},
};

INSTANTIATE_TEST_SUITE_P(All, CsvTraps, testing::ValuesIn(kCsvCases),
                         [](const auto& test) { return test.param.name; });

using CsvValues = FilesTest;

TEST_F(CsvValues, AGermanExportBecomesALine) {
    write("lines.csv",
          "Pos-ID;Auftrag;Artikel;Bezeichnung;Menge;Preis;Liefertermin;Kunde;Art;Region;Egal\n"
          "4711;A-1;PX-1;\"Gr\xF6\xDF"
          "e \"\"M\"\"\";1.234,5;0,99;20.03.2026;C1;RST;S\xFC"
          "d;x\n");
    const auto whole = read(
        "columns: {line: Pos-ID, order.number: Auftrag, item.id: Artikel, item.name: Bezeichnung, "
        "ordered: Menge, unit_price: Preis, promise: Liefertermin, customer.id: Kunde, kind: Art, "
        "customer.attributes.region: Region}\n"
        "csv: {encoding: windows-1252, decimal: ',', thousands: '.', date: '%d.%m.%Y'}\n"
        "kinds: {RST: backorder, VOR: preorder}\n");
    EXPECT_EQ(told(whole.problems), "");
    ASSERT_EQ(whole.lines.size(), 1u);
    const auto& line = whole.lines.front();
    EXPECT_EQ(line.key, (LineKey{"erp", "4711"}));
    EXPECT_EQ(line.order.number, "A-1");
    EXPECT_EQ(line.order.id, "A-1");
    EXPECT_EQ(line.item.name, "Größe \"M\"");
    EXPECT_EQ(line.ordered, *Decimal::parse("1234.5"));
    EXPECT_EQ(line.unit_price.amount, *Decimal::parse("0.99"));
    EXPECT_EQ(line.promise, Promise::on(*parseDate("2026-03-20")));
    EXPECT_EQ(line.kind, LineKind::Backorder);
    EXPECT_EQ(line.customer.attributes.at("region"), "Süd");
}

TEST_F(CsvValues, OneHeaderMayStandForTwoColumns) {
    write("lines.csv", "line,order,item.id,ordered,customer.id\n1,A-1,P,1,C\n");
    const auto whole = read("columns: {order.number: order, order.reference: order}");
    ASSERT_EQ(whole.lines.size(), 1u) << told(whole.problems);
    EXPECT_EQ(whole.lines[0].order.number, "A-1");
    EXPECT_EQ(whole.lines[0].order.reference, "A-1");
}

TEST_F(CsvValues, TheFingerprintFollowsRowHeaderAndSettings) {
    const auto fingerprint = [&](const std::string& text, const std::string& settings) {
        write("lines.csv", text);
        return read(settings).fingerprints.at("1");
    };
    const auto usual = fingerprint(kHead + "1,S,P,1,C\n", "");
    EXPECT_EQ(fingerprint(kHead + "2,S,P,1,C\n1,S,P,1,C\n", ""), usual) << "elsewhere in the file";
    EXPECT_NE(fingerprint(kHead + "1,S,P,2,C\n", ""), usual) << "the row";
    EXPECT_NE(fingerprint("line,order.number,item.id,customer.id,ordered\n1,S,P,1,C\n", ""), usual)
        << "the header";
    EXPECT_NE(fingerprint(kHead + "1,S,P,1,C\n", "csv: {decimal: ','}"), usual) << "the settings";
}

TEST_F(CsvValues, ManyProblemsAreListedUpToANumber) {
    std::string text = kHead;
    for (int i = 0; i < 500; ++i) text += "bad\n";
    write("lines.csv", text);
    const auto whole = read();
    EXPECT_EQ(whole.problems.size(), 100u);
    EXPECT_THAT(whole.problems.back().text, testing::HasSubstr("further problems"));
    ASSERT_TRUE(whole.end);
    EXPECT_THAT(whole.end->why_incomplete, testing::HasSubstr("500 problems"));
}

}  // namespace files_csv_test
}  // namespace backorderd::test
