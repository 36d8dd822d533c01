#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "backorderd/dates.hpp"
#include "connectors/files_folder.hpp"

/// Whole exports are taken out of the drop folder, so that an export program may write the next one
/// under any names at any time, and what was read can be looked at later:
///
///     folder/current/             the export that polls read, until a newer one is whole
///     folder/processed/TIME/      the ones before it, by the time of their lines, each with
///                                 result.json
///
/// An export stays `current` after it was read, so that it can be read again: after a crash, or
/// where an operator accepts what was quarantined.
namespace backorderd::connectors::files {

std::string currentFolder(const FilesSettings& settings);

/// Goes on with what a crash has interrupted.
std::optional<Failure> resumeTaking(const FilesSettings& settings);
/// Makes a whole export, as `listFolder` listed it, the current one, and the one before it a
/// processed one; the oldest of those are removed.
std::optional<Failure> takeExport(const FilesSettings& settings, const Listing& listing);

/// What the reading of the current export came to.
struct ReadingResult {
    Timestamp read_at{};
    Timestamp as_of{};
    std::size_t lines = 0;
    bool complete = false;
    std::string why_incomplete;
    Problems problems;  ///< the first ones
};
/// Writes it beside the export that was read, where it can be written; `settings.folder` is the
/// export's.
void keepResult(const FilesSettings& settings, const ReadingResult& result);

}  // namespace backorderd::connectors::files
