#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/files_record.hpp"

namespace backorderd::connectors::files {

/// Takes JSON objects apart. Objects within an object become columns with dots:
/// `{"customer": {"tier": "gold"}}` is `customer.tier`.
class JsonFlattener {
public:
    /// `columns` outlives it.
    JsonFlattener(Columns& columns, std::size_t field_bytes_max);
    ~JsonFlattener();

    /// An object in memory that is readable for `readable_bytes`, of which at least 64 lie behind
    /// it.
    struct Text {
        std::string_view object;
        std::size_t readable_bytes = 0;
    };
    struct Fault {
        std::string text;  ///< empty: none
        const char* at = nullptr;
    };

    /// Texts of the columns `line` and `item.id`, where `keys` asks for them, found without reading
    /// the rest. A text that is not as it stands in the object is put into `kept`.
    Fault readKeys(Text text, Keys keys, Record& record, std::string& kept_line,
                   std::string& kept_item);
    /// All columns that are known.
    Fault readCells(Text text, std::vector<Cell>& cells);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace backorderd::connectors::files
