#include "connectors/files_settings.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "connectors/files_columns.hpp"
#include "connectors/files_fetch.hpp"

namespace backorderd::connectors::files {
namespace {

using config::Section;

/// Raised whenever the same bytes are turned into a line in another way than before.
constexpr std::string_view kReadingVersion = "files 2";

std::vector<std::string> namesOf(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
}

ColumnNames readColumns(Section& section, std::string_view key, FileRole role,
                        std::string_view meaning) {
    ColumnNames columns = section.table(key, meaning);
    for (const auto& [name, header] : columns) {
        if (!isColumnOf(role, name)) {
            const auto near = nearestWord(name, namesOf(columnNamesOf(role)));
            section.problem(key, fmt::format("there is no column '{}'{}", name,
                                             near.empty() ? "; docs/fields.md lists them"
                                                          : " (did you mean '" + near + "'?)"));
        }
        if (header.empty())
            section.problem(key, fmt::format("'{}' has no header: write the name that the column "
                                             "has in the files",
                                             name));
    }
    return columns;
}

void readAllColumns(Section& section, FilesSettings& settings) {
    settings.columns = readColumns(section, "columns", FileRole::Lines,
                                   "Our name and the files' own name of each column of lines that "
                                   "is called otherwise than docs/fields.md says.");
    settings.stock_columns =
        readColumns(section, "stock_columns", FileRole::Stock,
                    "The same for item.id, warehouse and free in stock files.");
    settings.supply_columns =
        readColumns(section, "supply_columns", FileRole::Supply,
                    "The same for line, item.id, supply.reference, supply.expected and "
                    "supply.quantity in supply files.");
    settings.items_columns =
        readColumns(section, "items_columns", FileRole::Items,
                    "The same for item.id, item.name, item.category, item.attributes.*, price, "
                    "currency and lead_time_days in item files.");
    settings.alternates_columns =
        readColumns(section, "alternates_columns", FileRole::Alternates,
                    "The same for item.id and substitute in files of alternates.");
}

char readDelimiter(Section& csv) {
    const auto word = csv.choice("delimiter", {"auto", ",", ";", "\t", "tab", "|"}, "auto",
                                 "The sign between two columns; auto finds it in the header.");
    if (word == "auto") return '\0';
    return word == "tab" ? '\t' : word.front();
}

ValueFormat readValues(Section& csv) {
    ValueFormat format;
    format.decimal =
        csv.choice("decimal", {".", ","}, ".", "The decimal sign of numbers in CSV files.").front();
    format.thousands =
        csv.choice("thousands", {"", ".", ",", " ", "'"}, "",
                   "The sign between groups of three digits; empty: digits are not grouped.");
    format.date = csv.text("date", "%Y-%m-%d",
                           "How dates are written in CSV files: %Y or %y, %m, %d, other signs as "
                           "they are, %* at the end for a rest that does not matter.");
    if (const auto fault = dateFormatFault(format.date); !fault.empty())
        csv.problem("date",
                    fmt::format("'{}' is not a way to write a date: {}", format.date, fault));
    if (format.thousands == std::string_view{&format.decimal, 1})
        csv.problem("thousands", "the grouping sign and the decimal sign are the same");
    return format;
}

void readCsv(Section csv, FilesSettings& settings) {
    settings.delimiter = readDelimiter(csv);
    settings.csv_values = readValues(csv);
    settings.encoding =
        csv.choice("encoding", {"utf-8", "windows-1252", "iso-8859-1", "utf-16"}, "utf-8",
                   "The character encoding of CSV files. JSON files are always UTF-8.");
}

KindWords readKinds(Section& section) {
    KindWords kinds;
    for (const auto& [word, name] :
         section.table("kinds",
                       "The ERP's words for the kinds of a line: each word and "
                       "backorder, preorder, drop-ship or made-to-order.")) {
        if (const auto kind = parseKind(name))
            kinds.emplace_back(word, *kind);
        else
            section.problem("kinds", fmt::format("'{}' is not a kind of line: write backorder, "
                                                 "preorder, drop-ship or made-to-order",
                                                 name));
    }
    return kinds;
}

Limits readLimits(Section section) {
    const Limits defaults;
    const auto number = [&](std::string_view key, std::size_t fallback, std::int64_t min,
                            std::int64_t max, std::string_view meaning) {
        const Section::NumberBounds bounds{static_cast<std::int64_t>(fallback), min, max};
        return static_cast<std::size_t>(section.number(key, bounds, meaning));
    };
    Limits limits;
    limits.file_bytes_max = number("file_bytes_max", defaults.file_bytes_max, 1024,
                                   std::int64_t{1} << 40, "A larger file is not read.");
    limits.record_bytes_max =
        number("record_bytes_max", defaults.record_bytes_max, 1024, std::int64_t{4} << 20,
               "A longer row or JSON object is a bad one.");
    limits.field_bytes_max =
        number("field_bytes_max", defaults.field_bytes_max, 64, std::int64_t{1} << 20,
               "A row or JSON object with a longer value is a bad one.");
    limits.columns_max = number("columns_max", defaults.columns_max, 1, 4096,
                                "A file with more columns is not read.");
    limits.joined_rows_max =
        number("joined_rows_max", defaults.joined_rows_max, 1, 10'000'000,
               "More rows of stock, of supply, of items or of alternates than this are not read; "
               "they are held in memory.");
    return limits;
}

/// What says that an export is whole, and what becomes of it then.
void readProof(Section& section, FilesSettings& settings) {
    settings.marker = section.text(
        "marker", "",
        "A file that the export writes last: files are read only while it is there and not older "
        "than any of them.");
    settings.manifest = section.text(
        "manifest", "",
        "A file of SHA-256 sums, as sha256sum writes it: exactly the files that it names are read, "
        "once each of them is there and has its sum.");
    if (!settings.marker.empty() && !settings.manifest.empty())
        section.problem("manifest", "a manifest is a marker as well: leave 'marker' out");
    for (const auto* key : {"marker", "manifest"}) {
        const auto& name = key == std::string_view{"marker"} ? settings.marker : settings.manifest;
        if (name.find('/') != std::string::npos)
            section.problem(key, fmt::format("'{}' is the name of a file in 'folder', without a "
                                             "folder of its own",
                                             key));
    }
    settings.keep_processed = static_cast<std::size_t>(section.number(
        "keep_processed", {.fallback = 0, .min = 0, .max = 1000},
        "Where it is not 0, each whole export is taken out of the folder, and so many that a newer "
        "one replaced are kept, each with its result."));
    if (settings.keep_processed > 0 && settings.marker.empty() && settings.manifest.empty())
        section.problem("keep_processed",
                        "what is an export is only known by a 'marker' or a 'manifest': set one");
}

}  // namespace

FilesSettings readFilesSettings(Section& section) {
    FilesSettings settings;
    settings.folder = section.path("folder", "", "The folder that the ERP's export writes to.");
    if (settings.folder.empty())
        section.problem("folder", "'folder' is missing: name the folder that the export writes to");
    settings.lines = section.text("lines", "lines*", "Which files hold order lines; `*` and `?`.");
    settings.stock = section.text("stock", "stock*", "Which files hold free stock.");
    settings.supply = section.text("supply", "supply*", "Which files hold supply.");
    settings.items = section.text("items", "items*",
                                  "Which files hold the catalogue: items, their prices and lead "
                                  "times.");
    settings.alternates = section.text("alternates", "alternates*",
                                       "Which files hold what may be offered instead of an item.");
    const auto format = section.choice("format", {"auto", "csv", "json"}, "auto",
                                       "What the files hold; auto goes by the end of the name.");
    settings.format = format == "csv"    ? FileFormat::Csv
                      : format == "json" ? FileFormat::Json
                                         : FileFormat::Auto;
    readCsv(section.child("csv", "How CSV files are written."), settings);
    readAllColumns(section, settings);
    settings.kinds = readKinds(section);
    settings.settle = section.duration(
        "settle", {std::chrono::seconds{5}, std::chrono::seconds{0}, std::chrono::hours{1}},
        "Files changed less than this ago may still be being written: the poll ends, and the next "
        "one looks again. Not used where a marker or a manifest is set.");
    readProof(section, settings);
    const bool fetches = section.has("fetch");
    const auto fetch = readFetch(
        section.child("fetch", "Where the files are fetched from first, by SFTP or FTPS."),
        fetches);
    if (fetches) settings.remote = fetch.from;
    settings.fetch_timeout = fetch.timeout;
    settings.limits = readLimits(section.child("limits", "What no file may exceed."));
    return settings;
}

std::uint64_t readingHash(const FilesSettings& settings) {
    std::string all{kReadingVersion};
    const auto add = [&all](std::string_view text) {
        all += text;
        all += '\0';
    };
    add(std::string{settings.csv_values.decimal});
    add(settings.csv_values.thousands);
    add(settings.csv_values.date);
    for (const auto& [name, header] : settings.columns) {
        add(name);
        add(header);
    }
    for (const auto& [word, kind] : settings.kinds) {
        add(word);
        add(kindName(kind));
    }
    return XXH3_64bits(all.data(), all.size());
}

}  // namespace backorderd::connectors::files
