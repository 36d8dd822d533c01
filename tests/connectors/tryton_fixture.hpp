#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <memory>
#include <string>

#include "backorderd/clock.hpp"
#include "connectors/contract.hpp"
#include "connectors/fake_tryton.hpp"
#include "connectors/tryton.hpp"

namespace backorderd::test {

class TrytonClock final : public Clock {
public:
    Timestamp now() const override { return *parseTimestamp("2026-11-23T09:00:00Z"); }
    SteadyTime steady() const override { return at; }

    SteadyTime at{};
};

/// A fake server that holds what a real one once answered, and the connector to it.
class TrytonTest : public testing::Test {
protected:
    TrytonTest() : server_{io_}, net_{io_.get_executor()} {
        using json = nlohmann::json;
        ::setenv("BACKORDERD_TEST_PASSWORD", "secret", 1);
        server_.tables["sale.line"] = FakeTryton::recorded("open_lines.json");
        server_.tables["stock.location"] =
            json::array({{{"id", 5}, {"name", "Warehouse"}, {"storage_location", 3}}});
        server_.tables["product.product"] =
            json::array({product(2, "PX-100", 4), product(3, "PX-200", 0), product(4, "SE-018", 98),
                         product(5, "VA-050", 0), product(6, "MO-24", 2)});
        server_.tables["stock.move"] =
            json::array({move(15, "supplier", "draft", 2, 20, "purchase.line,1"),
                         move(20, "storage", "assigned", 2, 4, "stock.move,3"),
                         move(22, "supplier", "draft", 6, 3, "purchase.line,2"),
                         move(23, "storage", "assigned", 6, 2, "stock.move,7")});
        server_.tables["party.contact_mechanism"] = json::array(
            {{{"id", 2}, {"party", 3}, {"type", "email"}, {"value", "buying@kestrel.example"}},
             {{"id", 3}, {"party", 4}, {"type", "email"}, {"value", "einkauf@bergmann.example"}}});
    }

    static nlohmann::json product(int id, const char* code, double on_hand) {
        return {{"id", id},
                {"code", code},
                {"name", code},
                {"quantity", on_hand},
                {"default_uom.", {{"factor", 1.0}}}};
    }

    static nlohmann::json move(int id, const char* from, const char* state, int product,
                               double quantity, const char* origin) {
        return {{"id", id},
                {"from_location.type", from},
                {"state", state},
                {"product", product},
                {"internal_quantity", quantity},
                {"origin", origin},
                {"purchase.", {{"number", "P" + std::to_string(id)}, {"warehouse", 5}}}};
    }

    std::unique_ptr<Connector> make(const std::string& settings = {}) {
        auto section = config::Section::fromText(
            "url: " + server_.url() +
                "\ndatabase: erp\nuser: backorderd\npassword: { env: BACKORDERD_TEST_PASSWORD }\n" +
                settings,
            "test.yaml");
        const connectors::Environment environment{"erp", net_, clock_};
        auto connector = connectors::makeTryton(section, environment);
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector;
    }

    /// The reason why a snapshot fails, and the same of `again`.
    std::string failureOf(Connector& connector, Failure::Again again) {
        const auto whole = readWhole(io_, connector);
        if (!whole.failure) return "no failure";
        EXPECT_EQ(whole.failure->again, again) << whole.failure->reason;
        return whole.failure->reason;
    }

    boost::asio::io_context io_;
    FakeTryton server_;
    net::Net net_;
    TrytonClock clock_;
};

}  // namespace backorderd::test
