#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/line.hpp"
#include "config/section.hpp"
#include "connectors/files_values.hpp"
#include "net/net.hpp"

namespace backorderd::connectors::files {

enum class FileFormat { Auto, Csv, Json };

/// A name of ours and the file's own header for it.
using ColumnNames = std::vector<std::pair<std::string, std::string>>;

struct Limits {
    std::size_t file_bytes_max = std::size_t{4} << 30;
    std::size_t record_bytes_max = std::size_t{1} << 20;
    std::size_t field_bytes_max = std::size_t{64} << 10;
    std::size_t columns_max = 512;
    std::size_t joined_rows_max = 1'000'000;
};

/// What the settings say of a drop folder.
struct FilesSettings {
    std::string folder;
    std::string lines = "lines*";
    std::string stock = "stock*";
    std::string supply = "supply*";
    std::string items = "items*";
    std::string alternates = "alternates*";
    FileFormat format = FileFormat::Auto;
    char delimiter = '\0';  ///< NUL: found out from the header
    std::string encoding = "utf-8";
    ValueFormat csv_values;
    ColumnNames columns;
    ColumnNames stock_columns;
    ColumnNames supply_columns;
    ColumnNames items_columns;
    ColumnNames alternates_columns;
    KindWords kinds;
    std::chrono::seconds settle{5};
    std::string marker;
    std::string manifest;
    std::optional<net::RemoteFolder> remote;  ///< where the files are fetched from
    std::chrono::seconds fetch_timeout{600};
    std::size_t keep_processed = 0;  ///< 0: files stay where the export put them
    Limits limits;
};

/// Reads and checks the section; what is wrong is in the section afterwards.
FilesSettings readFilesSettings(config::Section& section);

/// A hash of all that decides how the bytes of a record become a line: where it changes, every line
/// is looked at anew.
std::uint64_t readingHash(const FilesSettings& settings);

}  // namespace backorderd::connectors::files
