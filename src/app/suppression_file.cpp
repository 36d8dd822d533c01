#include "app/suppression_file.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "app/declined.hpp"
#include "codec/csv.hpp"

namespace backorderd::app {
namespace {

using Member = std::string SuppressionText::*;
struct Column {
    const char* name;
    Member member;
};
/// The names and their order are what other programs read: do not change.
constexpr std::array kColumns{
    Column{"channel", &SuppressionText::channel}, Column{"address", &SuppressionText::address},
    Column{"kind", &SuppressionText::kind},       Column{"reason", &SuppressionText::reason},
    Column{"source", &SuppressionText::source},   Column{"since", &SuppressionText::since}};

constexpr std::size_t kFieldBytesMax = 64u << 10;
constexpr std::size_t kRowsMax = 100'000;

/// Rows one after the other, with the line that each begins in.
class Rows {
public:
    Rows(std::string_view text, std::string name)
        : rest_{text},
          name_{std::move(name)},
          splitter_{codec::guessDelimiter(text.substr(0, text.find('\n'))), kFieldBytesMax} {}

    /// The next row that is not blank; false at the end, or where the file goes on no more.
    bool next(Problems& problems) {
        while (!rest_.empty()) {
            line_ += std::exchange(lines_read_, 0);
            const auto row = splitter_.split(rest_, true, fields_);
            if (row.end != codec::CsvRow::End::Complete) {
                problem(problems, row.end == codec::CsvRow::End::Broken ? std::string{row.fault}
                                                                        : "the row has no end");
                return false;
            }
            row_ = rest_.substr(0, row.bytes);
            const auto taken = rest_.substr(0, row.next);
            lines_read_ = static_cast<int>(std::count(taken.begin(), taken.end(), '\n'));
            rest_.remove_prefix(row.next);
            if (fields_.size() > 1 || !text(0).empty()) return true;
        }
        return false;
    }

    std::size_t size() const { return fields_.size(); }
    std::string text(std::size_t field) {
        return std::string{codec::restoredCsvText(codec::csvText(row_, fields_[field], scratch_))};
    }
    void problem(Problems& problems, std::string text) const {
        problems.push_back({{name_, line_, 0}, std::move(text)});
    }

private:
    std::string_view rest_, row_;
    std::string name_, scratch_;
    codec::CsvSplitter splitter_;
    std::vector<codec::CsvField> fields_;
    int line_ = 1, lines_read_ = 0;
};

/// What each column of the header goes to; empty where the header is none, and `problems` says why.
std::vector<Member> readHeader(Rows& rows, Problems& problems) {
    std::vector<Member> members;
    if (!rows.next(problems)) {
        if (problems.empty()) rows.problem(problems, "the file is empty; it begins with a header");
        return {};
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto name = rows.text(i);
        const auto* const column =
            std::find_if(kColumns.begin(), kColumns.end(),
                         [&](const Column& known) { return known.name == name; });
        if (column == kColumns.end())
            rows.problem(problems,
                         "there is no column '" + name +
                             "'; there are channel, address, kind, reason, source, since");
        else if (!seen.insert(name).second)
            rows.problem(problems, "the column '" + name + "' stands twice in the header");
        else
            members.push_back(column->member);
    }
    if (problems.empty() && !seen.contains("address"))
        rows.problem(problems, "the header has no column 'address'");
    return problems.empty() ? members : std::vector<Member>{};
}

}  // namespace

SuppressionFile readSuppressionFile(std::string_view text, const std::string& name,
                                    const AuditEntry& why) {
    SuppressionFile file;
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    Rows rows{text, name};
    const auto members = readHeader(rows, file.problems);
    while (!members.empty() && rows.next(file.problems)) {
        if (file.rows.size() == kRowsMax) {
            rows.problem(file.problems, "a file has at most 100000 rows; the rest is left out");
            break;
        }
        if (rows.size() != members.size()) {
            rows.problem(file.problems, "the row has " + std::to_string(rows.size()) +
                                            " columns, and the header has " +
                                            std::to_string(members.size()));
            continue;
        }
        SuppressionText row;
        for (std::size_t i = 0; i < members.size(); ++i) row.*members[i] = rows.text(i);
        if (row.source.empty()) row.source = "import";
        try {
            suppressionOf(row, why);
            file.rows.push_back(std::move(row));
        } catch (const Declined& declined) {
            rows.problem(file.problems, declined.reason);
        }
    }
    return file;
}

std::string writeSuppressionFile(const std::vector<SuppressionText>& rows) {
    std::string text;
    for (const auto& column : kColumns) text.append(text.empty() ? "" : ",").append(column.name);
    text += "\r\n";
    for (const auto& row : rows) {
        for (const auto& column : kColumns) {
            if (column.member != kColumns.front().member) text += ',';
            codec::appendCsvField(text, row.*column.member);
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace backorderd::app
