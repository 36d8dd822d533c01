#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "backorderd/dates.hpp"
#include "connectors/files_bytes.hpp"
#include "connectors/files_columns.hpp"

namespace backorderd::connectors::files {

struct DataFile {
    std::string path;
    FileFormat format = FileFormat::Csv;
    Stamp stamp;

    bool operator==(const DataFile&) const = default;
};

/// What lies in the folder, each in the order of the names.
struct Listing {
    std::vector<DataFile> lines;
    std::vector<DataFile> stock;
    std::vector<DataFile> supply;
    std::vector<DataFile> items;
    std::vector<DataFile> alternates;
    std::optional<Stamp> marker;

    bool operator==(const Listing&) const = default;
};

std::variant<Listing, Failure> listFolder(const FilesSettings& settings);

/// Why the files cannot be read yet, if so.
std::optional<Failure> whyNotReady(const Listing& listing, const FilesSettings& settings,
                                   Timestamp now);

/// The moment of which the files of lines tell: the last change to any of them.
Timestamp asOf(const Listing& listing);

}  // namespace backorderd::connectors::files
