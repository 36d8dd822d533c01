#pragma once

#include <string>
#include <vector>

namespace backorderd::test::vendors {

/// What the company behind every vendor's stub has sold, so that each ERP tells of the same lines.
struct Books {
    struct Customer {
        int id;
        std::string code;
        std::string name;
        std::string email;
        std::string language;  ///< ISO 639-1
        std::string country;
    };
    struct Ware {
        int id;
        std::string code;
        std::string name;
        int on_hand;
    };
    struct Line {
        int id;
        int order;
        int position;
        int customer;  ///< counts in `customers`
        int ware;      ///< counts in `wares`
        int ordered;
        int shipped;
        std::string ship_by;  ///< the day that the customer was told
    };

    std::vector<Customer> customers;
    std::vector<Ware> wares;
    std::vector<Line> lines;

    /// Orders 1 to `orders`, each with one line and every fifth with two; all have something open.
    static Books of(int orders) {
        Books books{
            {{11, "KESTREL", "Kestrel Instruments Ltd", "buying@kestrel.example", "en", "GB"},
             {12, "BERGMANN", "Bergmann & Söhne", "einkauf@bergmann.example", "de", "DE"}},
            {{101, "PX-100", "Pump, small", 0},
             {102, "PX-200", "Pump, large", 2},
             {103, "SE-018", "Sensor 18 mm", 98}},
            {}};
        for (int order = 1; order <= orders; ++order)
            for (int position = 1; position <= (order % 5 == 0 ? 2 : 1); ++position)
                books.lines.push_back({order * 10 + position, order, position, order % 2,
                                       (order + position) % 3, 10 + order % 5, order % 4,
                                       dayOfDecember(1 + order % 28)});
        return books;
    }

    const Customer& customerOf(const Line& line) const {
        return customers[static_cast<std::size_t>(line.customer)];
    }
    const Ware& wareOf(const Line& line) const {
        return wares[static_cast<std::size_t>(line.ware)];
    }
    /// The order's lines, ascending by position.
    std::vector<Line> linesOf(int order) const {
        std::vector<Line> found;
        for (const Line& line : lines)
            if (line.order == order) found.push_back(line);
        return found;
    }
    int orders() const { return lines.empty() ? 0 : lines.back().order; }

    static std::string dayOfDecember(int day) {
        return std::string{"2026-12-"} + (day < 10 ? "0" : "") + std::to_string(day);
    }
};

}  // namespace backorderd::test::vendors
