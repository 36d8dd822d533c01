#include "store/goods_tables.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "codec/codec.hpp"

namespace backorderd::store {
namespace {

using StockKey = std::pair<std::string, std::string>;  // item, warehouse

std::map<std::string, Decimal> sumByItem(const std::map<StockKey, Decimal>& stock) {
    std::map<std::string, Decimal> sums;
    for (const auto& [key, free] : stock) sums[key.first] = sums[key.first] + free;
    return sums;
}

/// Items of which more is free than before; less than nothing is nothing.
std::vector<std::string> arrivals(const std::map<StockKey, Decimal>& before,
                                  const std::map<StockKey, Decimal>& now) {
    std::vector<std::string> arrived;
    const auto was = sumByItem(before);
    for (const auto& [item, free] : sumByItem(now)) {
        const auto old = was.find(item);
        if (free > std::max(old == was.end() ? Decimal{} : old->second, Decimal{}))
            arrived.push_back(item);
    }
    return arrived;
}

/// The row says just this. Compared as it is stored, because a catalogue is long and seldom
/// changes.
bool says(const Rows& row, const CatalogueItem& item) {
    return row.view(1) == item.item.name && row.view(2) == item.item.category &&
           row.view(3) == codec::encodeAttributes(item.item.attributes) &&
           row.view(4) == item.price.amount.toString() && row.view(5) == item.price.currency &&
           row.isNull(6) == !item.lead_time_days &&
           (!item.lead_time_days || row.integer(6) == *item.lead_time_days);
}

CatalogueItem readItem(const Rows& row) {
    CatalogueItem item;
    item.item.id = row.text(0);
    item.item.name = row.text(1);
    item.item.category = row.text(2);
    item.item.attributes = codec::decodeAttributes(row.view(3));
    item.price = {row.decimal(4), row.text(5)};
    if (!row.isNull(6)) item.lead_time_days = static_cast<int>(row.integer(6));
    return item;
}

ItemSupply readSupply(const Rows& row) {
    ItemSupply supply{row.text(0), {row.text(2), row.maybeDate(3), {}}};
    if (!row.isNull(4)) supply.supply.quantity = row.decimal(4);
    return supply;
}

}  // namespace

GoodsTables::Reading::Reading(SQLite::Database& database, const std::string& columns_and_table,
                              const std::string& order)
    : all{database,
          ("SELECT " + columns_and_table + " WHERE source_id = ?1 ORDER BY " + order).c_str()},
      some{database, ("SELECT " + columns_and_table +
                      " WHERE source_id = ?1 AND item IN (SELECT value FROM json_each(?2))"
                      " ORDER BY " +
                      order)
                         .c_str()} {}

GoodsTables::GoodsTables(SQLite::Database& database)
    : stock_{database, "item, warehouse, free FROM stock", "item, warehouse"},
      items_{database,
             "item, name, category, attributes, price, currency, lead_time_days FROM item", "item"},
      alternates_{database, "item, substitute FROM alternate", "item, substitute"},
      supply_{database, "item, seq, reference, expected, quantity FROM item_supply", "item, seq"},
      put_stock_{database,
                 "INSERT INTO stock (source_id, item, warehouse, free) VALUES (?1, ?2, ?3, ?4)"
                 " ON CONFLICT DO UPDATE SET free = excluded.free"},
      delete_stock_{database,
                    "DELETE FROM stock WHERE source_id = ?1 AND item = ?2 AND warehouse = ?3"},
      put_item_{database,
                "INSERT OR REPLACE INTO item (source_id, item, name, category, attributes, price,"
                " currency, lead_time_days) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"},
      delete_item_{database, "DELETE FROM item WHERE source_id = ?1 AND item = ?2"},
      put_alternate_{database,
                     "INSERT INTO alternate (source_id, item, substitute) VALUES (?1, ?2, ?3)"},
      delete_alternate_{
          database, "DELETE FROM alternate WHERE source_id = ?1 AND item = ?2 AND substitute = ?3"},
      put_supply_{database,
                  "INSERT INTO item_supply (source_id, item, seq, reference, expected, quantity)"
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      delete_supply_{database, "DELETE FROM item_supply WHERE source_id = ?1 AND item = ?2"},
      delete_hold_{database, "DELETE FROM stock_hold WHERE case_id = ?1"},
      put_hold_{database,
                "INSERT INTO stock_hold (case_id, source_id, item, warehouse, quantity, until)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      held_{database,
            "SELECT item, warehouse, quantity FROM stock_hold"
            " WHERE source_id = ?1 AND until > ?2 AND case_id <> ?3 ORDER BY item, warehouse"} {}

Store::GoodsChange GoodsTables::save(std::int64_t source_id, const Goods& goods) {
    Store::GoodsChange change;
    change.any = saveStock(source_id, goods.stock, change.arrived);
    change.any |= saveItems(source_id, goods.items);
    change.any |= saveAlternates(source_id, goods.alternates);
    change.any |= saveSupply(source_id, goods.supply);
    return change;
}

// Only differences are written: most polls find everything as it was.
bool GoodsTables::saveStock(std::int64_t source_id, std::span<const StockLevel> stock,
                            std::vector<std::string>& arrived) {
    std::map<StockKey, Decimal> before, wanted;
    for (const auto& level : stock) wanted[{level.item, level.warehouse}] = level.free;
    {
        auto rows = stock_.rows(source_id, "");
        while (rows.next()) before[{rows.text(0), rows.text(1)}] = rows.decimal(2);
    }
    if (before == wanted) return false;
    // A source that told of no stock at all before has begun to, or had lost its files.
    if (!before.empty()) arrived = arrivals(before, wanted);
    for (const auto& [key, free] : before)
        if (!wanted.contains(key)) delete_stock_.run(source_id, key.first, key.second);
    for (const auto& [key, free] : wanted) {
        const auto old = before.find(key);
        if (old == before.end() || old->second != free)
            put_stock_.run(source_id, key.first, key.second, free);
    }
    return true;
}

bool GoodsTables::saveItems(std::int64_t source_id, std::span<const CatalogueItem> items) {
    std::map<std::string_view, const CatalogueItem*> wanted;
    for (const auto& item : items) wanted[item.item.id] = &item;
    std::vector<std::string> gone;
    {
        auto rows = items_.rows(source_id, "");
        while (rows.next()) {
            const auto found = wanted.find(rows.view(0));
            if (found == wanted.end())
                gone.push_back(rows.text(0));
            else if (says(rows, *found->second))
                wanted.erase(found);
        }
    }
    for (const auto& item : gone) delete_item_.run(source_id, item);
    for (const auto& [id, item] : wanted)
        put_item_.run(source_id, id, item->item.name, item->item.category,
                      codec::encodeAttributes(item->item.attributes), item->price.amount,
                      item->price.currency, item->lead_time_days);
    return !gone.empty() || !wanted.empty();
}

bool GoodsTables::saveAlternates(std::int64_t source_id, std::span<const Alternate> alternates) {
    std::set<Alternate> wanted{alternates.begin(), alternates.end()};
    std::vector<Alternate> gone;
    {
        auto rows = alternates_.rows(source_id, "");
        while (rows.next()) {
            Alternate there{rows.text(0), rows.text(1)};
            if (wanted.erase(there) == 0) gone.push_back(std::move(there));
        }
    }
    for (const auto& [item, substitute] : gone) delete_alternate_.run(source_id, item, substitute);
    for (const auto& [item, substitute] : wanted) put_alternate_.run(source_id, item, substitute);
    return !gone.empty() || !wanted.empty();
}

bool GoodsTables::saveSupply(std::int64_t source_id, std::span<const ItemSupply> supply) {
    std::map<std::string, std::vector<Supply>> wanted, before;
    for (const auto& coming : supply) wanted[coming.item].push_back(coming.supply);
    {
        auto rows = supply_.rows(source_id, "");
        while (rows.next()) before[rows.text(0)].push_back(readSupply(rows).supply);
    }
    if (before == wanted) return false;
    for (const auto& [item, list] : before)
        if (const auto at = wanted.find(item); at == wanted.end() || at->second != list)
            delete_supply_.run(source_id, item);
    for (const auto& [item, list] : wanted) {
        if (const auto at = before.find(item); at != before.end() && at->second == list) continue;
        std::int64_t seq = 0;
        for (const auto& coming : list)
            put_supply_.run(source_id, item, ++seq, coming.reference, coming.expected,
                            coming.quantity);
    }
    return true;
}

Goods GoodsTables::all(std::int64_t source_id) { return read(source_id, ""); }

Goods GoodsTables::of(std::int64_t source_id, std::span<const std::string> items) {
    return read(source_id, codec::encodeTexts(items));
}

Goods GoodsTables::read(std::int64_t source_id, const std::string& items) {
    Goods goods;
    {
        auto rows = stock_.rows(source_id, items);
        while (rows.next()) goods.stock.push_back({rows.text(0), rows.text(1), rows.decimal(2)});
    }
    {
        auto rows = items_.rows(source_id, items);
        while (rows.next()) goods.items.push_back(readItem(rows));
    }
    {
        auto rows = alternates_.rows(source_id, items);
        while (rows.next()) goods.alternates.push_back({rows.text(0), rows.text(1)});
    }
    auto rows = supply_.rows(source_id, items);
    while (rows.next()) goods.supply.push_back(readSupply(rows));
    return goods;
}

void GoodsTables::hold(CaseId case_id, std::int64_t source_id, std::span<const StockHold> holds) {
    delete_hold_.run(case_id);
    for (const auto& hold : holds)
        put_hold_.run(case_id, source_id, hold.item, hold.warehouse, hold.quantity, hold.until);
}

std::vector<StockHold> GoodsTables::held(std::int64_t source_id, Timestamp now, CaseId except) {
    std::vector<StockHold> held;
    auto rows = held_.rows(source_id, now, except);
    while (rows.next()) {
        const auto item = rows.view(0), warehouse = rows.view(1);
        if (held.empty() || held.back().item != item || held.back().warehouse != warehouse)
            held.push_back({std::string{item}, std::string{warehouse}, {}, {}});
        held.back().quantity = held.back().quantity + rows.decimal(2);
    }
    return held;
}

}  // namespace backorderd::store
