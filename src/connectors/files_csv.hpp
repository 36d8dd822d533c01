#pragma once

#include <memory>

#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// A CSV file with a header. A file whose header cannot be used has no records and one problem for
/// each thing that is wrong with it. `columns` and `settings` outlive the file.
std::unique_ptr<RecordFile> openCsv(Window window, Columns& columns, Keys keys,
                                    const FilesSettings& settings);

}  // namespace backorderd::connectors::files
