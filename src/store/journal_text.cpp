#include "store/journal_text.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>
#include <charconv>

namespace backorderd::store {
namespace {

constexpr std::string_view kJournalVersion = "1";
constexpr std::string_view kNoHashes = "-";
constexpr std::size_t kHashDigits = 32;
constexpr std::size_t kColumnsOfRecord = 7;

struct RecordKind {
    std::string_view name;
    JournalRecord::What what;
};
constexpr std::array kRecordKinds{
    RecordKind{"wire", JournalRecord::What::Wire},
    RecordKind{"sent", JournalRecord::What::Sent},
    RecordKind{"not_sent", JournalRecord::What::NotSent},
    RecordKind{"unknown", JournalRecord::What::Unknown},
};

std::string_view kindName(JournalRecord::What what) {
    for (const auto& kind : kRecordKinds)
        if (kind.what == what) return kind.name;
    throw std::logic_error{"a kind of record that nobody named"};
}

std::string checksumOf(std::string_view text) {
    return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

template <class Number>
bool readWhole(std::string_view text, Number& number) {
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && rest == text.data() + text.size();
}

std::vector<std::string_view> splitAt(char separator, std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

std::string journalLine(const JournalRecord& record) {
    std::string line =
        fmt::format("{} {} {} {} {} {}", kJournalVersion, record.seq,
                    record.at.time_since_epoch().count(), kindName(record.what), record.message,
                    record.notices.empty() ? std::string{kNoHashes}
                                           : fmt::format("{}", fmt::join(record.notices, ",")));
    return line + ' ' + checksumOf(line) + '\n';
}

std::optional<JournalRecord> parseJournalLine(std::string_view line) {
    const auto columns = splitAt(' ', line);
    if (columns.size() != kColumnsOfRecord || columns[0] != kJournalVersion) return std::nullopt;
    const auto checked = line.substr(0, line.size() - columns.back().size() - 1);
    if (columns.back() != checksumOf(checked)) return std::nullopt;
    JournalRecord record;
    std::int64_t seconds = 0;
    if (!readWhole(columns[1], record.seq) || !readWhole(columns[2], seconds)) return std::nullopt;
    record.at = Timestamp{std::chrono::seconds{seconds}};
    bool named = false;
    for (const auto& kind : kRecordKinds) {
        if (kind.name != columns[3]) continue;
        record.what = kind.what;
        named = true;
    }
    if (!named || columns[4].size() != kHashDigits) return std::nullopt;
    record.message = columns[4];
    if (columns[5] != kNoHashes)
        for (const auto hash : splitAt(',', columns[5])) record.notices.emplace_back(hash);
    return record;
}

}  // namespace backorderd::store
