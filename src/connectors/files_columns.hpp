#pragma once

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "connectors/files_settings.hpp"
#include "connectors/line_reader.hpp"

namespace backorderd::connectors::files {

/// Attributes of an item begin so, in files of lines as in those of items.
inline constexpr std::string_view kItemAttributes = "item.attributes.";

/// What a file is there for.
enum class FileRole { Lines, Stock, Supply, Items, Alternates };

/// The member of a JSON file of that role that holds its list.
std::string_view listNameOf(FileRole role);
/// The key of the settings that maps the columns of such files.
std::string_view columnsKeyOf(FileRole role);
/// Our names of the columns that a file of that role can have (open families not among them).
std::span<const std::string_view> columnNamesOf(FileRole role);
/// Whether a file of that role can have a column of that name.
bool isColumnOf(FileRole role, std::string_view name);

/// Which of our columns a file's own headers stand for. Columns are counted from 0.
class Columns {
public:
    Columns(FileRole role, const ColumnNames& names, std::size_t columns_max);

    struct Column {
        LineColumn target;
        std::string header;     ///< the file's own name for it
        bool required = false;  ///< a CSV file without it is not read
        int twin = -1;          ///< another column that the same header stands for
    };

    /// The column that a header stands for, or -1 where it stands for none. Attributes become
    /// columns when they are first asked for.
    int find(std::string_view header);
    std::size_t size() const { return columns_.size(); }
    const Column& operator[](std::size_t column) const { return columns_[column]; }
    /// The column of one of our names, or -1.
    int named(std::string_view name) const;
    FileRole role() const { return role_; }
    /// Headers that were asked for and stand for nothing; at most `columns_max`.
    const std::set<std::string, std::less<>>& unknown() const { return unknown_; }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    int add(Column column);

    FileRole role_;
    std::size_t columns_max_;
    std::vector<Column> columns_;
    std::unordered_map<std::string, int, Hash, std::equal_to<>> by_header_;
    std::set<std::string, std::less<>> unknown_;
};

}  // namespace backorderd::connectors::files
