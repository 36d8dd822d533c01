#include "connectors/files_open.hpp"

#include <fmt/format.h>

#include <utility>

#include "connectors/files_csv.hpp"
#include "connectors/files_json.hpp"

namespace backorderd::connectors::files {

std::variant<std::unique_ptr<RecordFile>, Failure> openRecords(const DataFile& file,
                                                               Columns& columns, Keys keys,
                                                               const FilesSettings& settings,
                                                               WindowMemory& memory,
                                                               Problems& problems) {
    if (file.stamp.bytes > settings.limits.file_bytes_max) {
        auto text = fmt::format("the file has {} bytes, and limits.file_bytes_max is {}",
                                file.stamp.bytes, settings.limits.file_bytes_max);
        problems.push_back({{file.path, 0, 0}, std::move(text), Severity::Error});
        return std::unique_ptr<RecordFile>{};
    }
    const bool csv = file.format == FileFormat::Csv;
    auto bytes = ByteReader::open(file.path, csv ? settings.encoding : "utf-8");
    if (auto* failure = std::get_if<Failure>(&bytes)) return std::move(*failure);
    Window window{std::move(std::get<ByteReader>(bytes)), memory, file.path};
    return csv ? openCsv(std::move(window), columns, keys, settings)
               : openJson(std::move(window), columns, keys, settings);
}

}  // namespace backorderd::connectors::files
