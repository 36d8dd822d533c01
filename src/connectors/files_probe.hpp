#pragma once

#include "backorderd/connector.hpp"
#include "connectors/files_settings.hpp"

namespace backorderd::connectors::files {

/// Says what lies in the folder and which columns of it are read, from the beginning of the first
/// file of each sort.
Probe probeFolder(const FilesSettings& settings, Timestamp now);

}  // namespace backorderd::connectors::files
