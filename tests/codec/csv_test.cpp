#include "codec/csv.hpp"

#include <gmock/gmock.h>

#include <random>

namespace backorderd::codec {
namespace csv_test {

constexpr std::size_t kFieldBytesMax = 4096;

/// The one field of a row, as a reader of CSV has it.
std::string fieldOf(const std::string& row) {
    std::vector<CsvField> fields;
    const auto read = CsvSplitter{',', kFieldBytesMax}.split(row, true, fields);
    EXPECT_EQ(read.end, CsvRow::End::Complete) << row;
    EXPECT_EQ(fields.size(), 1u) << row;
    std::string scratch;
    return std::string{csvText(row, fields.at(0), scratch)};
}

std::string written(const std::string& text) {
    std::string row;
    appendCsvField(row, text);
    return row;
}

TEST(Csv, AFieldIsQuotedWhereItMustBe) {
    EXPECT_EQ(written("plain text"), "plain text");
    EXPECT_EQ(written("a,b"), "\"a,b\"");
    EXPECT_EQ(written("5\" pipe"), "\"5\"\" pipe\"");
    EXPECT_EQ(written(" edge"), "\" edge\"");
    EXPECT_EQ(written("=1+1"), "'=1+1");
    EXPECT_EQ(written("@example.com"), "'@example.com");
    EXPECT_EQ(written("\tx"), "\"'\tx\"");
    EXPECT_EQ(written("it's"), "it's");
}

TEST(Csv, WhatASpreadsheetWouldNotCalculateIsLeftAlone) {
    EXPECT_EQ(restoredCsvText("'quoted'"), "'quoted'");
    EXPECT_EQ(restoredCsvText("+49301234567"), "+49301234567");
    EXPECT_EQ(restoredCsvText("'+49301234567"), "+49301234567");
}

TEST(Csv, EveryTextComesBackAndNoneIsAFormula) {
    std::mt19937 random{20260302};
    constexpr std::string_view kSigns = "=+-@\t\r\n'\",;| ax";
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 6, ' ');
        for (char& sign : text) sign = kSigns[random() % kSigns.size()];
        const auto row = written(text);
        const auto field = fieldOf(row);
        EXPECT_EQ(restoredCsvText(field), text) << row;
        const bool formula =
            !field.empty() && std::string_view{"=+-@\t\r"}.find(field[0]) != std::string_view::npos;
        EXPECT_FALSE(formula) << row;
    }
}

}  // namespace csv_test
}  // namespace backorderd::codec
