#pragma once

#include <memory>
#include <string>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "connectors/files_manifest.hpp"
#include "connectors/files_settings.hpp"

namespace backorderd::connectors::files {

/// What a read needs; all of it outlives the reader.
struct FolderAccess {
    const FilesSettings& settings;
    const std::string& source;
    const Clock& clock;
    net::Net& net;
    VerifiedFiles& verified;
};

/// Reads one snapshot of the folder, once what there is to fetch has been fetched.
std::unique_ptr<SnapshotReader> readFolderSnapshot(const FolderAccess& access);

}  // namespace backorderd::connectors::files
