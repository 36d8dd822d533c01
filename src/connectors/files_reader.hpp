#pragma once

#include <memory>
#include <string>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "connectors/files_settings.hpp"

namespace backorderd::connectors::files {

/// Reads one snapshot of the folder. `settings` and `clock` outlive the reader.
std::unique_ptr<SnapshotReader> readFolderSnapshot(const FilesSettings& settings,
                                                   const std::string& source, const Clock& clock);

}  // namespace backorderd::connectors::files
