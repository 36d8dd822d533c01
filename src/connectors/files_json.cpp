#include "connectors/files_json.hpp"

#include <fmt/format.h>

#include <deque>
#include <utility>

#include "connectors/files_json_flat.hpp"
#include "connectors/files_json_scan.hpp"

namespace backorderd::connectors::files {
namespace {

constexpr auto kNowhere = std::string_view::npos;
constexpr const char* kObjectTooLong = "the object is longer than limits.record_bytes_max";

class JsonFile final : public RecordFile {
public:
    JsonFile(Window window, Columns& columns, Keys keys, const FilesSettings& settings)
        : window_{std::move(window)},
          columns_{columns},
          keys_{keys},
          limits_{settings.limits},
          flattener_{columns, settings.limits.field_bytes_max} {}

    bool next(Batch& batch) override;
    std::optional<Problem> cells(const Record& record, std::vector<Cell>& cells) override;
    std::uint64_t shape() const override { return 0; }
    const ValueFormat& values() const override { return kValues; }
    const Window& window() const override { return window_; }
    std::size_t unlistedProblems() const override { return list_.unlisted(); }
    bool brokeOff() const override { return broke_off_; }

private:
    static inline const ValueFormat kValues{};

    enum class Mode { Unknown, Lines, Sequence, List, Tail, Done };
    /// What may come next in a list.
    enum class Expect { ObjectOrEnd, Object, CommaOrEnd };

    void begin(Batch& batch);
    /// Each takes one thing off the front; false where the batch ends here.
    bool takeLine(std::string_view& text, Batch& batch);
    bool takeFromList(std::string_view& text, Batch& batch);
    bool takeObject(std::string_view& text, Batch& batch);
    bool takeTail(std::string_view& text, Batch& batch);
    bool take(std::string_view& text, Batch& batch);
    void takeRecord(std::string_view object, Batch& batch);
    bool skipLongObject(std::string_view& text);
    /// The rest of the file makes no sense.
    bool giveUp(const char* at, std::string text, Batch& batch);
    bool atEnd(const char* at, Batch& batch);
    void problem(Batch& batch, const char* at, std::string text) {
        list_.add(batch.problems, window_.placeOf(at), std::move(text));
    }

    Window window_;
    Columns& columns_;
    Keys keys_;
    const Limits& limits_;
    JsonFlattener flattener_;
    ProblemList list_;
    Mode mode_ = Mode::Unknown;
    Expect expect_ = Expect::ObjectOrEnd;
    bool wrapped_ = false;  ///< the list is a member of an object
    bool broke_off_ = false;
    bool skipping_ = false;              ///< within a record that is too long for the window
    JsonScanner scanner_;                ///< of the record that is skipped, and of the tail
    std::deque<std::string> key_texts_;  ///< keys that are not as they stand in the file
};

bool JsonFile::next(Batch& batch) {
    batch.records.clear();
    batch.problems.clear();
    key_texts_.clear();
    if (mode_ == Mode::Done || !window_.refill()) return false;
    if (mode_ == Mode::Unknown) begin(batch);
    auto text = window_.text();
    const auto bytes = text.size();
    while (mode_ != Mode::Done && batch.records.size() < kBatchRecords)
        if (!take(text, batch)) break;
    window_.consume(bytes - text.size());
    return true;
}

/// Finds out how the file is laid out.
void JsonFile::begin(Batch& batch) {
    auto text = window_.text();
    const auto bytes = text.size();
    skipJsonSpace(text);
    if (text.empty()) {
        list_.add(batch.problems, window_.wholeFile(),
                  "the file is empty: a list without lines is written [], so this looks like an "
                  "export that failed");
        mode_ = Mode::Done;
        broke_off_ = true;
        return;
    }
    if (text.front() == '[') {
        mode_ = Mode::List;
        text.remove_prefix(1);
    } else if (text.front() != '{') {
        giveUp(text.data(), "neither a list of objects nor an object begins here: is this JSON?",
               batch);
    } else if (const auto list = findListMember(text, listNameOf(columns_.role()))) {
        mode_ = Mode::List;
        wrapped_ = true;
        text.remove_prefix(*list);
    } else {
        const auto line_end = text.find('\n');
        const auto object_end = JsonScanner{}.run(text.substr(0, line_end));
        const bool line_by_line = object_end != kNowhere || line_end == kNowhere ||
                                  text.substr(line_end + 1).starts_with('{');
        mode_ = line_by_line ? Mode::Lines : Mode::Sequence;
    }
    window_.consume(bytes - text.size());
}

bool JsonFile::take(std::string_view& text, Batch& batch) {
    if (skipping_ && !skipLongObject(text)) return false;
    switch (mode_) {
        case Mode::Lines:
            return takeLine(text, batch);
        case Mode::Sequence:
        case Mode::List:
            return takeFromList(text, batch);
        case Mode::Tail:
            return takeTail(text, batch);
        case Mode::Unknown:
        case Mode::Done:
            return false;
    }
    return false;
}

bool JsonFile::takeLine(std::string_view& text, Batch& batch) {
    if (text.empty()) return atEnd(text.data(), batch);
    const auto line_end = text.find('\n');
    auto line = text.substr(0, line_end);
    if (line_end == kNowhere && !window_.isWhole()) {
        if (text.data() != window_.text().data()) return false;
        problem(batch, text.data(), kObjectTooLong);
        text = {text.data() + text.size(), 0};
        skipping_ = true;
        return false;
    }
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    skipJsonSpace(line);
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (line.empty()) return true;
    if (line.front() != '{') {
        problem(batch, line.data(), "an object is expected here, one a line");
    } else if (line_end == kNowhere && JsonScanner{}.run(line) != line.size()) {
        problem(batch, line.data(), "the file ends within this object: was it cut off?");
        broke_off_ = true;
    } else {
        takeRecord(line, batch);
    }
    return true;
}

bool JsonFile::takeFromList(std::string_view& text, Batch& batch) {
    skipJsonSpace(text);
    if (text.empty()) return atEnd(text.data(), batch);
    const char c = text.front();
    if (mode_ == Mode::Sequence) {
        if (c == '{') return takeObject(text, batch);
        return giveUp(text.data(), "an object is expected here", batch);
    }
    if (c == ']' && expect_ != Expect::Object) {
        text.remove_prefix(1);
        mode_ = Mode::Tail;
        scanner_ = JsonScanner{1};
        return true;
    }
    if (expect_ == Expect::CommaOrEnd) {
        if (c != ',') return giveUp(text.data(), "a comma or ] is expected here", batch);
        text.remove_prefix(1);
        expect_ = Expect::Object;
        return true;
    }
    if (c != '{') return giveUp(text.data(), "an object is expected here", batch);
    return takeObject(text, batch);
}

bool JsonFile::takeObject(std::string_view& text, Batch& batch) {
    JsonScanner scanner;
    const auto bytes = scanner.run(text);
    if (bytes != kNowhere) {
        expect_ = Expect::CommaOrEnd;
        takeRecord(text.substr(0, bytes), batch);
        text.remove_prefix(bytes);
        return true;
    }
    if (window_.isWhole())
        return giveUp(text.data(), "the file ends within this object: was it cut off?", batch);
    if (text.data() != window_.text().data()) return false;
    problem(batch, text.data(), kObjectTooLong);
    skipping_ = true;
    scanner_ = scanner;
    text = {text.data() + text.size(), 0};
    return false;
}

/// False: the record goes on behind the window.
bool JsonFile::skipLongObject(std::string_view& text) {
    const bool by_line = mode_ == Mode::Lines;
    const auto end = by_line ? text.find('\n') : scanner_.run(text);
    if (end == kNowhere) {
        text = {text.data() + text.size(), 0};
        // Without its end there is nothing behind it either.
        if (window_.isWhole()) {
            mode_ = Mode::Done;
            broke_off_ = true;
        }
        return false;
    }
    text.remove_prefix(end);
    skipping_ = false;
    expect_ = Expect::CommaOrEnd;
    return true;
}

bool JsonFile::takeTail(std::string_view& text, Batch& batch) {
    if (wrapped_) {
        const auto end = scanner_.run(text);
        text.remove_prefix(std::min(end, text.size()));
        if (end != kNowhere)
            wrapped_ = false;
        else
            return atEnd(text.data(), batch);
    }
    skipJsonSpace(text);
    if (!text.empty()) return giveUp(text.data(), "text stands behind the end of the list", batch);
    return atEnd(text.data(), batch);
}

/// The text in memory is used up: the file has ended, as it should or too early, or goes on.
bool JsonFile::atEnd(const char* at, Batch& batch) {
    if (!window_.isWhole()) return false;
    const bool closed = mode_ != Mode::List && (mode_ != Mode::Tail || !wrapped_);
    if (!closed) problem(batch, at, "the file ends before the list is closed: was it cut off?");
    broke_off_ |= !closed;
    mode_ = Mode::Done;
    return false;
}

bool JsonFile::giveUp(const char* at, std::string text, Batch& batch) {
    problem(batch, at, std::move(text) + "; the rest of the file is not read");
    mode_ = Mode::Done;
    broke_off_ = true;
    return false;
}

void JsonFile::takeRecord(std::string_view object, Batch& batch) {
    if (object.size() > limits_.record_bytes_max)
        return problem(batch, object.data(), kObjectTooLong);
    Record record{object, {}, {}};
    if (keys_.line || keys_.item) {
        std::string line_text;
        std::string item_text;
        const JsonFlattener::Text text{object, window_.readableFrom(object.data())};
        const auto fault = flattener_.readKeys(text, keys_, record, line_text, item_text);
        if (!fault.text.empty()) return problem(batch, fault.at, fault.text);
        if (!line_text.empty()) record.line = key_texts_.emplace_back(std::move(line_text));
        if (!item_text.empty()) record.item = key_texts_.emplace_back(std::move(item_text));
        if (keys_.line && record.line.empty())
            return problem(batch, object.data(), "the object has no line id");
    }
    batch.records.push_back(record);
}

std::optional<Problem> JsonFile::cells(const Record& record, std::vector<Cell>& cells) {
    cells.clear();
    const JsonFlattener::Text text{record.bytes, window_.readableFrom(record.bytes.data())};
    const auto fault = flattener_.readCells(text, cells);
    if (fault.text.empty()) return std::nullopt;
    return Problem{window_.placeOf(fault.at), fault.text, Severity::Error};
}

}  // namespace

std::unique_ptr<RecordFile> openJson(Window window, Columns& columns, Keys keys,
                                     const FilesSettings& settings) {
    return std::make_unique<JsonFile>(std::move(window), columns, keys, settings);
}

}  // namespace backorderd::connectors::files
