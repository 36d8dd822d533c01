#pragma once

#include <memory>

#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// A JSON file: one object a line, a list of objects, or an object whose member `lines` (`stock`,
/// `supply`, `items`, `alternates`) is that list. `columns` and `settings` outlive the file.
std::unique_ptr<RecordFile> openJson(Window window, Columns& columns, Keys keys,
                                     const FilesSettings& settings);

}  // namespace backorderd::connectors::files
