#include "codec/csv.hpp"

#include <cstring>

namespace backorderd::codec {
namespace {

constexpr std::string_view kTooLong = "the field is longer than limits.field_bytes_max";
constexpr std::string_view kUnclosed =
    "a quote opens here and is not closed within limits.field_bytes_max or the file";
constexpr std::string_view kBehindQuote =
    "text stands behind the closing quote: a quote within a quoted field must be doubled";

constexpr std::string_view kNeedsQuotes = "\",;|\t\r\n";

bool isBlank(char c) { return c == ' ' || c == '\t'; }

/// What a spreadsheet would calculate; also behind apostrophes, of which the first was put there by
/// us or will be taken for ours.
bool isFormula(std::string_view text) {
    const auto first = text.find_first_not_of('\'');
    return first != std::string_view::npos &&
           std::string_view{"=+-@\t\r"}.find(text[first]) != std::string_view::npos;
}

}  // namespace

/// How reading one field went, and where the row goes on.
struct CsvSplitter::Field {
    enum class End { Delimiter, Row, NeedsMore, Broken };
    End end = End::Delimiter;
    CsvField field;
    std::size_t next = 0;
    std::size_t row_bytes = 0;
    std::string_view fault;
    std::size_t fault_at = 0;
};

CsvSplitter::CsvSplitter(char delimiter, std::size_t field_bytes_max)
    : delimiter_{delimiter}, field_bytes_max_{field_bytes_max} {
    ends_plain_field_[static_cast<unsigned char>(delimiter)] = true;
    ends_plain_field_[static_cast<unsigned char>('\n')] = true;
}

CsvRow CsvSplitter::split(std::string_view text, bool whole, std::vector<CsvField>& fields) const {
    fields.clear();
    std::size_t at = 0;
    for (;;) {
        const bool quoted = at < text.size() && text[at] == '"';
        const Field read = quoted ? quotedField(text, at, whole) : plainField(text, at, whole);
        switch (read.end) {
            case Field::End::NeedsMore:
                return {CsvRow::End::NeedsMore, 0, 0, {}, 0};
            case Field::End::Broken:
                return {CsvRow::End::Broken, 0, 0, read.fault, read.fault_at};
            case Field::End::Row:
                fields.push_back(read.field);
                return {CsvRow::End::Complete, read.row_bytes, read.next, {}, 0};
            case Field::End::Delimiter:
                fields.push_back(read.field);
                at = read.next;
        }
    }
}

CsvSplitter::Field CsvSplitter::plainField(std::string_view text, std::size_t at,
                                           bool whole) const {
    Field read;
    std::size_t end = at;
    while (end < text.size() && !ends_plain_field_[static_cast<unsigned char>(text[end])]) ++end;
    if (end - at > field_bytes_max_) {
        read.end = Field::End::Broken;
        read.fault = kTooLong;
        read.fault_at = at;
        return read;
    }
    const bool at_end = end == text.size();
    if (at_end && !whole) {
        read.end = Field::End::NeedsMore;
        return read;
    }
    read.end = at_end || text[end] == '\n' ? Field::End::Row : Field::End::Delimiter;
    read.next = at_end ? end : end + 1;
    if (read.end == Field::End::Row && end > at && text[end - 1] == '\r') --end;
    read.row_bytes = end;
    read.field = {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end - at), false,
                  false};
    return read;
}

CsvSplitter::Field CsvSplitter::quotedField(std::string_view text, std::size_t at,
                                            bool whole) const {
    Field read;
    const std::size_t begin = at + 1;
    std::size_t quote = begin;
    for (;;) {
        quote = text.find('"', quote);
        const std::size_t end = std::min(quote, text.size());
        const bool unclosed = quote == std::string_view::npos;
        if (end - begin > field_bytes_max_ || (unclosed && whole)) {
            read.end = Field::End::Broken;
            read.fault = kUnclosed;
            read.fault_at = at;
            return read;
        }
        if (unclosed || (quote + 1 == text.size() && !whole)) {
            read.end = Field::End::NeedsMore;
            return read;
        }
        if (quote + 1 == text.size() || text[quote + 1] != '"') break;
        read.field.doubled = true;
        quote += 2;
    }
    read.field.at = static_cast<std::uint32_t>(begin);
    read.field.bytes = static_cast<std::uint32_t>(quote - begin);
    read.field.quoted = true;
    std::size_t behind = quote + 1;
    read.row_bytes = behind;
    read.end = Field::End::Row;
    if (behind < text.size() && text[behind] == delimiter_) {
        read.end = Field::End::Delimiter;
    } else {
        if (behind < text.size() && text[behind] == '\r') ++behind;
        if (behind == text.size() && !whole) {
            read.end = Field::End::NeedsMore;
            return read;
        }
        if (behind < text.size() && text[behind] != '\n') {
            read.end = Field::End::Broken;
            read.fault = kBehindQuote;
            read.fault_at = quote + 1;
            return read;
        }
    }
    read.next = std::min(behind + 1, text.size());
    return read;
}

std::string_view csvText(std::string_view row, const CsvField& field, std::string& scratch) {
    auto text = row.substr(field.at, field.bytes);
    if (!field.quoted) {
        while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
        while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
        return text;
    }
    if (!field.doubled) return text;
    scratch.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        scratch += text[i];
        if (text[i] == '"') ++i;
    }
    return scratch;
}

char guessDelimiter(std::string_view header) {
    constexpr std::string_view kCandidates = ",;\t|";
    std::array<int, kCandidates.size()> counts{};
    bool quoted = false;
    for (const char c : header) {
        if (c == '"') quoted = !quoted;
        const auto candidate = kCandidates.find(c);
        if (!quoted && candidate != std::string_view::npos) ++counts[candidate];
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < counts.size(); ++i)
        if (counts[i] > counts[best]) best = i;
    return kCandidates[best];
}

void appendCsvField(std::string& row, std::string_view text) {
    const std::string_view defusing = isFormula(text) ? "'" : "";
    const bool plain = text.find_first_of(kNeedsQuotes) == std::string_view::npos &&
                       (text.empty() || (!isBlank(text.front()) && !isBlank(text.back())));
    if (plain) {
        row.append(defusing).append(text);
        return;
    }
    row.append("\"").append(defusing);
    for (const char c : text) row.append(c == '"' ? 2 : 1, c);
    row += '"';
}

std::string_view restoredCsvText(std::string_view text) {
    return text.starts_with('\'') && isFormula(text) ? text.substr(1) : text;
}

}  // namespace backorderd::codec
