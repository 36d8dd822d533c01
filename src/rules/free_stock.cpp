#include "rules/free_stock.hpp"

#include <algorithm>

namespace backorderd::rules {
namespace {

template <class Places>
auto placeIn(Places& places, std::string_view warehouse) {
    return std::lower_bound(places.begin(), places.end(), warehouse,
                            [](const FreeStock::Place& place, std::string_view wanted) {
                                return place.warehouse < wanted;
                            });
}

}  // namespace

FreeStock::FreeStock(std::span<const StockLevel> levels, std::span<const StockHold> held) {
    for (const auto& level : levels) take(level.item, level.warehouse, Decimal{} - level.free);
    for (const auto& hold : held) take(hold.item, hold.warehouse, hold.quantity);
}

std::span<const FreeStock::Place> FreeStock::placesOf(std::string_view item) const {
    const auto found = items_.find(item);
    if (found == items_.end()) return {};
    return found->second;
}

Decimal FreeStock::at(std::string_view item, std::string_view warehouse) const {
    const auto places = placesOf(item);
    const auto place = placeIn(places, warehouse);
    if (place == places.end() || place->warehouse != warehouse) return {};
    return std::max(Decimal{}, place->free);
}

void FreeStock::take(std::string_view item, std::string_view warehouse, Decimal quantity) {
    auto& places = items_[item];
    auto place = placeIn(places, warehouse);
    if (place == places.end() || place->warehouse != warehouse)
        place = places.insert(place, {warehouse, Decimal{}});
    place->free = place->free - quantity;
}

}  // namespace backorderd::rules
