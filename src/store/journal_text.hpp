#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/journal.hpp"

namespace backorderd::store {

/// One line of a send journal, with the line break. A persisted format, version 1: do not change.
///
///     1 SEQ SECONDS WHAT MESSAGE NOTICE,NOTICE CHECKSUM
///
/// SEQ counts the records; SECONDS is the instant since 1970 in UTC; WHAT is `wire`, `sent`,
/// `not_sent` or `unknown`; MESSAGE and NOTICE are hashes of 32 hexadecimal digits, `-` where there
/// are none; CHECKSUM is the XXH3 of what stands before it and its space, 16 hexadecimal digits.
std::string journalLine(const JournalRecord& record);
/// Reads a line without its line break; nullopt where it is damaged.
std::optional<JournalRecord> parseJournalLine(std::string_view line);

}  // namespace backorderd::store
