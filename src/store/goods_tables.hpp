#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Tables stock, item, alternate, item_supply and stock_hold: what can be had, and what offers hold
/// of it. Callers hold the transaction.
class GoodsTables {
public:
    explicit GoodsTables(SQLite::Database& database);

    Store::GoodsChange save(std::int64_t source_id, const Goods& goods);
    Goods all(std::int64_t source_id);
    Goods of(std::int64_t source_id, std::span<const std::string> items);

    /// Replaces what the offers of a case hold.
    void hold(CaseId case_id, std::int64_t source_id, std::span<const StockHold> holds);
    std::vector<StockHold> held(std::int64_t source_id, Timestamp now, CaseId except);

private:
    /// A query of all rows of a source, and the same of some items.
    struct Reading {
        Reading(SQLite::Database& database, const std::string& columns_and_table,
                const std::string& order);
        Rows rows(std::int64_t source_id, const std::string& items) {
            return items.empty() ? all.rows(source_id) : some.rows(source_id, items);
        }
        Query all, some;
    };
    bool saveStock(std::int64_t source_id, std::span<const StockLevel> stock,
                   std::vector<std::string>& arrived);
    bool saveItems(std::int64_t source_id, std::span<const CatalogueItem> items);
    bool saveAlternates(std::int64_t source_id, std::span<const Alternate> alternates);
    bool saveSupply(std::int64_t source_id, std::span<const ItemSupply> supply);
    /// `items`: a JSON list of their ids; empty: all.
    Goods read(std::int64_t source_id, const std::string& items);

    Reading stock_, items_, alternates_, supply_;
    Query put_stock_, delete_stock_, put_item_, delete_item_;
    Query put_alternate_, delete_alternate_, put_supply_, delete_supply_;
    Query delete_hold_, put_hold_, held_;
};

}  // namespace backorderd::store
