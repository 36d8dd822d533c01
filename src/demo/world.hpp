#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "backorderd/line.hpp"
#include "backorderd/snapshot.hpp"

namespace backorderd::demo {

/// A small distributor of pumps and valves, as its ERP sees it: orders, purchases that come late,
/// shelves that are empty. One seed decides everything.
class World {
public:
    World(std::uint32_t seed, Date first_day, std::string source);

    /// Lets the next hour of office life pass and returns what happened in it, in sentences.
    std::vector<std::string> passHour(Date day, int hour);

    /// Every line that is open, or was closed within the last week, as an ERP would export it.
    std::vector<OrderLine> lines(Date today) const;
    /// Catalogue, alternates, free stock and what is on order.
    Goods goods() const;

    /// Sales enter an accepted substitute: the line now carries it, from the shelf. Returns the
    /// sentence that tells it; empty where the line has ended or the shelf is empty.
    std::string enterSubstitute(const std::string& line_id, const std::string& item, Date day);

private:
    struct Purchase {
        std::string number;
        int product = 0;
        int quantity = 0;
        Date expected;
        Date arrives;  ///< what nobody knows yet
        bool arrived = false;
    };
    struct Sold {
        OrderLine line;
        int product = 0;
        Date closed;
        bool done = false;
        bool substituted = false;  ///< carries another item than the one sold
        Date ready_since;
        Date ordered;
    };

    int roll(int sides);
    void orderArrives(Date day, std::vector<std::string>& news);
    void sell(int buyer, int order_number, int position, int product, int quantity, Date day);
    Purchase& purchaseFor(int product, Date day);
    void supplierWrites(Date day, std::vector<std::string>& news);
    void goodsArrive(Date day, std::vector<std::string>& news);
    void reserve(Date day, std::vector<std::string>& news);
    void ship(Date day, std::vector<std::string>& news);
    void customersCancel(Date day, std::vector<std::string>& news);

    std::mt19937 random_;
    std::string source_;
    std::vector<Purchase> purchases_;
    std::vector<Sold> sold_;
    std::vector<int> free_;        ///< by product: arrived and reserved for nobody
    std::vector<int> spare_free_;  ///< by spare
    int next_order_ = 4711;
    int next_purchase_ = 880;
};

}  // namespace backorderd::demo
