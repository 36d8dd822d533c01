#include "connectors/files_csv.hpp"

#include <fmt/format.h>
#include <simdjson.h>
#include <xxhash.h>

#include <cstring>
#include <deque>
#include <utility>

#include "codec/csv.hpp"

namespace backorderd::connectors::files {
namespace {

using codec::CsvField;
using codec::CsvRow;
using codec::CsvSplitter;
using codec::csvText;
using codec::guessDelimiter;

class CsvFile final : public RecordFile {
public:
    CsvFile(Window window, Columns& columns, Keys keys, const FilesSettings& settings)
        : window_{std::move(window)},
          columns_{columns},
          keys_{keys},
          settings_{settings},
          splitter_{settings.delimiter, settings.limits.field_bytes_max} {}

    bool next(Batch& batch) override;
    std::optional<Problem> cells(const Record& record, std::vector<Cell>& cells) override;
    std::uint64_t shape() const override { return header_hash_; }
    const ValueFormat& values() const override { return settings_.csv_values; }
    const Window& window() const override { return window_; }
    std::size_t unlistedProblems() const override { return list_.unlisted(); }
    bool brokeOff() const override { return broke_off_; }

private:
    bool readHeader(Batch& batch);
    void bindHeader(std::string_view header, Batch& batch);
    void checkHeader(Batch& batch);
    void splitRows(Batch& batch);
    /// One row at the front of `text`; false where the batch ends here.
    bool takeRow(std::string_view& text, Batch& batch);
    void takeRecord(std::string_view row, Batch& batch);
    void keepGoodText(std::string_view consumed, Batch& batch);
    bool skipBrokenLine();
    std::string_view keyText(std::string_view row, int header_position);
    void problem(Batch& batch, const char* at, std::string text) {
        row_is_bad_ = true;
        list_.add(batch.problems, window_.placeOf(at), std::move(text));
    }
    void problemOfFile(Batch& batch, std::string text) {
        list_.add(batch.problems, window_.wholeFile(), std::move(text));
    }

    Window window_;
    Columns& columns_;
    Keys keys_;
    const FilesSettings& settings_;
    CsvSplitter splitter_;
    ProblemList list_;
    bool header_read_ = false;
    bool done_ = false;
    bool broke_off_ = false;
    bool row_is_bad_ = false;  ///< the row that was taken last
    bool skipping_ = false;    ///< within a line that is broken and goes on behind the window
    std::uint64_t header_hash_ = 0;
    std::vector<int> bound_;  ///< the column of each field, -1 where it is not read
    int line_field_ = -1;
    int item_field_ = -1;
    std::vector<CsvField> fields_;
    std::deque<std::string> key_texts_;  ///< keys that are not as they stand in the file
    std::deque<std::string> cell_texts_;
};

bool CsvFile::next(Batch& batch) {
    batch.records.clear();
    batch.problems.clear();
    key_texts_.clear();
    if (done_ || !window_.refill()) return false;
    if (!header_read_ && !readHeader(batch)) {
        done_ = broke_off_ = true;
        return true;
    }
    if (skipping_ && !skipBrokenLine()) return !window_.failure();
    splitRows(batch);
    return true;
}

bool CsvFile::readHeader(Batch& batch) {
    header_read_ = true;
    auto text = window_.text();
    if (text.starts_with("sep=") && text.size() > 5) {  // what Excel writes before the header
        splitter_ = CsvSplitter{text[4], settings_.limits.field_bytes_max};
        window_.consume(std::min(text.find('\n'), text.size() - 1) + 1);
        text = window_.text();
    } else if (settings_.delimiter == '\0') {
        const char delimiter = guessDelimiter(text.substr(0, text.find('\n')));
        splitter_ = CsvSplitter{delimiter, settings_.limits.field_bytes_max};
    }
    if (text.empty()) {
        problemOfFile(batch,
                      "the file is empty: a file without rows still has its header, so this "
                      "looks like an export that failed");
        return false;
    }
    const auto row = splitter_.split(text, window_.isWhole(), fields_);
    if (row.end != CsvRow::End::Complete) {
        problem(batch, text.data() + row.fault_at,
                fmt::format("the header cannot be read: {}",
                            row.end == CsvRow::End::Broken ? row.fault : "it has no end"));
        return false;
    }
    bindHeader(text.substr(0, row.bytes), batch);
    checkHeader(batch);
    window_.consume(row.next);
    return batch.problems.empty();
}

void CsvFile::bindHeader(std::string_view header, Batch& batch) {
    header_hash_ = XXH3_64bits(header.data(), header.size());
    if (fields_.size() > settings_.limits.columns_max) {
        problemOfFile(batch, fmt::format("the header has {} columns, and limits.columns_max is {}",
                                         fields_.size(), settings_.limits.columns_max));
        return;
    }
    if (!simdjson::validate_utf8(header.data(), header.size())) {
        problem(batch, header.data(),
                fmt::format("the header is not {}: say in csv.encoding what the file is written in "
                            "(utf-8, windows-1252, iso-8859-1, utf-16)",
                            settings_.encoding));
        return;
    }
    std::string scratch;
    std::vector<bool> taken;
    for (const auto& field : fields_) {
        const auto name = csvText(header, field, scratch);
        const int column = name.empty() ? -1 : columns_.find(name);
        bound_.push_back(column);
        if (column < 0) continue;
        const auto index = static_cast<std::size_t>(column);
        if (taken.size() <= index) taken.resize(columns_.size());
        if (taken[index])
            problem(batch, header.data() + field.at,
                    fmt::format("the column '{}' stands twice in the header", name));
        taken[index] = true;
    }
}

void CsvFile::checkHeader(Batch& batch) {
    if (!batch.problems.empty()) return;
    std::vector<bool> there(columns_.size());
    for (std::size_t i = 0; i < bound_.size(); ++i) {
        for (int column = bound_[i]; column >= 0;
             column = columns_[static_cast<std::size_t>(column)].twin) {
            const auto index = static_cast<std::size_t>(column);
            there[index] = true;
            const auto& name = columns_[index].target.name;
            if (keys_.line && name == "line") line_field_ = static_cast<int>(i);
            if (keys_.item && name == "item.id") item_field_ = static_cast<int>(i);
        }
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const auto& column = columns_[i];
        if (!column.required || there[i]) continue;
        problemOfFile(
            batch, column.header == column.target.name
                       ? fmt::format("the header has no column '{}': name the column that holds it "
                                     "under '{}'",
                                     column.header, columnsKeyOf(columns_.role()))
                       : fmt::format("the header has no column '{}', which the settings name for "
                                     "'{}'",
                                     column.header, column.target.name));
    }
}

void CsvFile::splitRows(Batch& batch) {
    const auto before = window_.text();
    auto text = before;
    while (batch.records.size() < kBatchRecords && !text.empty())
        if (!takeRow(text, batch)) break;
    const std::size_t consumed = before.size() - text.size();
    window_.consume(consumed);
    done_ = window_.isWhole() && text.empty();
    // A last row that makes no sense and has no end of line was cut off, and so was what followed.
    if (done_ && row_is_bad_ && !before.ends_with('\n')) broke_off_ = true;
    keepGoodText(before.substr(0, consumed), batch);
}

bool CsvFile::takeRow(std::string_view& text, Batch& batch) {
    row_is_bad_ = false;
    const auto row = splitter_.split(text, window_.isWhole(), fields_);
    const bool fills_window = text.data() == window_.text().data();
    if (row.end == CsvRow::End::Complete) {
        const auto bytes = text.substr(0, row.bytes);
        text.remove_prefix(row.next);
        takeRecord(bytes, batch);
        return true;
    }
    if (row.end == CsvRow::End::NeedsMore) {
        if (!fills_window) return false;  // what is left moves to the front, and the rest follows
        problem(batch, text.data(), "the row is longer than limits.record_bytes_max");
    } else {
        problem(batch, text.data() + row.fault_at, std::string{row.fault});
    }
    // The next row begins behind the line in which this one went wrong.
    const auto line_end = text.find('\n', row.fault_at);
    skipping_ = line_end == std::string_view::npos && !window_.isWhole();
    text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    return !skipping_;
}

void CsvFile::takeRecord(std::string_view row, Batch& batch) {
    if (fields_.size() == 1 && row.empty() && bound_.size() > 1) return;
    if (row.size() > settings_.limits.record_bytes_max)
        return problem(batch, row.data(), "the row is longer than limits.record_bytes_max");
    if (fields_.size() != bound_.size())
        return problem(batch, row.data(),
                       fmt::format("the row has {} columns, and the header has {}", fields_.size(),
                                   bound_.size()));
    const Record record{row, keyText(row, line_field_), keyText(row, item_field_)};
    if (line_field_ >= 0 && record.line.empty())
        return problem(batch, row.data() + fields_[static_cast<std::size_t>(line_field_)].at,
                       "the row has no line id");
    batch.records.push_back(record);
}

std::string_view CsvFile::keyText(std::string_view row, int header_position) {
    if (header_position < 0) return {};
    const auto& field = fields_[static_cast<std::size_t>(header_position)];
    if (!field.doubled) {
        std::string unused;
        return csvText(row, field, unused);
    }
    auto& text = key_texts_.emplace_back();
    return csvText(row, field, text);
}

/// Whole windows are checked at once, and records one by one only where something was found.
void CsvFile::keepGoodText(std::string_view consumed, Batch& batch) {
    const bool has_nul = consumed.find('\0') != std::string_view::npos;
    if (!has_nul && simdjson::validate_utf8(consumed.data(), consumed.size())) return;
    std::erase_if(batch.records, [&](const Record& record) {
        if (has_nul && record.bytes.find('\0') != std::string_view::npos) {
            problem(batch, record.bytes.data(),
                    "the row holds a NUL character: is csv.encoding utf-16?");
            return true;
        }
        if (simdjson::validate_utf8(record.bytes.data(), record.bytes.size())) return false;
        problem(batch, record.bytes.data(),
                fmt::format("the row is not {}: say in csv.encoding what the file is written in "
                            "(utf-8, windows-1252, iso-8859-1, utf-16)",
                            settings_.encoding));
        return true;
    });
}

/// False: the line goes on behind the window, too.
bool CsvFile::skipBrokenLine() {
    const auto text = window_.text();
    const auto line_end = text.find('\n');
    skipping_ = line_end == std::string_view::npos && !window_.isWhole();
    window_.consume(line_end == std::string_view::npos ? text.size() : line_end + 1);
    return !skipping_;
}

std::optional<Problem> CsvFile::cells(const Record& record, std::vector<Cell>& cells) {
    cells.clear();
    cell_texts_.clear();
    (void)splitter_.split(record.bytes, /*whole=*/true, fields_);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        if (bound_[i] < 0) continue;
        const auto& field = fields_[i];
        std::string unused;
        const auto text =
            csvText(record.bytes, field, field.doubled ? cell_texts_.emplace_back() : unused);
        cells.push_back({bound_[i], text, record.bytes.data() + field.at});
    }
    return std::nullopt;
}

}  // namespace

std::unique_ptr<RecordFile> openCsv(Window window, Columns& columns, Keys keys,
                                    const FilesSettings& settings) {
    return std::make_unique<CsvFile>(std::move(window), columns, keys, settings);
}

}  // namespace backorderd::connectors::files
