#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
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
    std::optional<Stamp> marker;  ///< or the manifest
    /// What the manifest says: the sum of each file, and which of its files are not there.
    std::map<std::string, std::string> sums;
    std::vector<std::string> missing;

    bool operator==(const Listing&) const = default;
};

std::variant<Listing, Failure> listFolder(const FilesSettings& settings);

/// Whether it is there. What cannot be looked at is not: whoever reads it then learns why.
bool isThere(const std::filesystem::path& path);
/// What lies in a folder, in no order; `error` says why it cannot be read to its end.
std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder,
                                             std::error_code& error);

/// Whether a file of that name says that an export is whole: the marker or the manifest.
bool isProof(const FilesSettings& settings, const std::string& name);
/// Whether a file of that name is part of an export: data, marker or manifest.
bool isOfExport(const FilesSettings& settings, const std::string& name);

/// Every file of a listing, whatever it holds.
std::vector<DataFile> allFiles(const Listing& listing);

/// Why the files cannot be read yet, if so.
std::optional<Failure> whyNotReady(const Listing& listing, const FilesSettings& settings,
                                   Timestamp now);

/// The moment of which the files of lines tell: the last change to any of them.
Timestamp asOf(const Listing& listing);

}  // namespace backorderd::connectors::files
