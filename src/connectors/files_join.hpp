#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backorderd/snapshot.hpp"
#include "connectors/files_rows.hpp"

namespace backorderd::connectors::files {

/// What supply files say, by line and by item.
class SupplyTable {
public:
    struct Entry {
        Supply supply;
        std::uint64_t hash = 0;
    };

    /// The supply of a line: a row that names the line goes before one that names its item. Null
    /// where there is none.
    const Entry* find(std::string_view line, std::string_view item) const;
    /// Of several rows for the same line or item the one expected first counts, one with a date
    /// before one without.
    void addForLine(std::string_view line, const Supply& supply);
    void addForItem(std::string_view item, const Supply& supply);
    bool empty() const { return by_line_.empty() && by_item_.empty(); }

private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Map = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;
    static void add(Map& map, std::string_view key, const Supply& supply);

    Map by_line_;
    Map by_item_;
};

/// Rows that name no line also go to `of_items`, each of them.
Joined readSupply(RecordFile& file, const Columns& columns, std::size_t& rows_left,
                  SupplyTable& table, std::vector<ItemSupply>& of_items);

}  // namespace backorderd::connectors::files
