#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backorderd/snapshot.hpp"

namespace backorderd::rules {

/// What is free of each item in each warehouse, while it is being given away. Points into the goods
/// and holds it was made of.
class FreeStock {
public:
    /// Several levels of one item and warehouse add up; `held` is taken off at once, wherever it
    /// lies.
    explicit FreeStock(std::span<const StockLevel> levels, std::span<const StockHold> held = {});

    /// Below zero where more is held, or sold, than there is.
    struct Place {
        std::string_view warehouse;
        Decimal free;
    };
    /// Ascending by warehouse; empty where nothing is known of the item.
    std::span<const Place> placesOf(std::string_view item) const;
    /// Never below zero.
    Decimal at(std::string_view item, std::string_view warehouse) const;
    /// More than there is may be taken: then nothing is free.
    void take(std::string_view item, std::string_view warehouse, Decimal quantity);

private:
    std::unordered_map<std::string_view, std::vector<Place>> items_;
};

}  // namespace backorderd::rules
