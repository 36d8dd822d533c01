#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace backorderd::codec {

/// A field of a CSV row, as offsets from the row's first byte, quotes not included.
struct CsvField {
    std::uint32_t at = 0;
    std::uint32_t bytes = 0;
    bool quoted = false;
    bool doubled = false;  ///< holds doubled quotes
};

/// What was found at the front of a text.
struct CsvRow {
    enum class End {
        Complete,   ///< a row; `next` is where the next one begins
        NeedsMore,  ///< the text ends within a row
        Broken,     ///< not a row: `fault`, which stands at `fault_at`
    };
    End end = End::Complete;
    std::size_t bytes = 0;  ///< of the row, without its line end
    std::size_t next = 0;
    std::string_view fault;
    std::size_t fault_at = 0;
};

/// Takes rows apart as RFC 4180 says; lines may end in LF or CR LF. A quote within a field that
/// does not begin with one stands for itself (5" pipe).
class CsvSplitter {
public:
    explicit CsvSplitter(char delimiter, std::size_t field_bytes_max);

    /// `whole`: nothing follows behind the text, so its end ends the row. A row without line end is
    /// taken as it is.
    CsvRow split(std::string_view text, bool whole, std::vector<CsvField>& fields) const;

private:
    struct Field;
    Field quotedField(std::string_view text, std::size_t at, bool whole) const;
    Field plainField(std::string_view text, std::size_t at, bool whole) const;

    char delimiter_;
    std::size_t field_bytes_max_;
    std::array<bool, 256> ends_plain_field_{};
};

/// The text of a field: blanks around an unquoted one are left out, doubled quotes are single.
/// `scratch` holds the text where it differs from the bytes of the row.
std::string_view csvText(std::string_view row, const CsvField& field, std::string& scratch);

/// The sign that separates the columns of a header: of `,` `;` tab and `|`, the one that stands in
/// it most often outside quotes; a comma where none does.
char guessDelimiter(std::string_view header);

/// Appends a text as one field (RFC 4180). A spreadsheet must not calculate what somebody else
/// wrote: a text that begins with `=`, `+`, `-`, `@`, tab or CR gets an apostrophe before it.
void appendCsvField(std::string& row, std::string_view text);
/// The text that `appendCsvField` wrote, from what `csvText` found.
std::string_view restoredCsvText(std::string_view text);

}  // namespace backorderd::codec
