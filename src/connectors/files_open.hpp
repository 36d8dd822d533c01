#pragma once

#include <memory>
#include <variant>

#include "connectors/files_folder.hpp"
#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// Opens a file of the folder; null where it is too large, which is then told in `problems`.
/// `columns`, `memory` and `settings` outlive the file.
std::variant<std::unique_ptr<RecordFile>, Failure> openRecords(const DataFile& file,
                                                               Columns& columns, Keys keys,
                                                               const FilesSettings& settings,
                                                               WindowMemory& memory,
                                                               Problems& problems);

}  // namespace backorderd::connectors::files
