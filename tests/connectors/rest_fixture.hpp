#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "connectors/contract.hpp"
#include "connectors/rest.hpp"
#include "support/http_stub.hpp"
#include "support/still_clock.hpp"

namespace backorderd::test {

inline constexpr std::string_view kRestFields = R"(
fields:
  line: /id
  order.id: /order
  order.number: join('-', 'SO', /order)
  item.id: /sku
  ordered: /qty
  shipped: /done
  promise: date(/due, '%d.%m.%Y')
  customer.id: /customer
  customer.name: lookup(customers, /customer, /name)
  contact.email: lookup(customers, /customer, /email)
)";
inline constexpr std::string_view kRestCustomers = R"(
  customers:
    path: /customers
    query: { ids: "{keys}" }
    records: /data
    key: /no
    load: keys
    batch: 2
)";

/// A server of five lines, and a connector to it by a mapping that a test completes.
class RestTest : public testing::Test {
protected:
    using json = nlohmann::json;

    RestTest() : server_{io_, [this](const HttpAsked& asked) { return serve(asked); }} {
        ::setenv("BACKORDERD_TEST_TOKEN", "t0ken", 1);
        for (int i = 1; i <= 5; ++i)
            lines_.push_back({{"id", std::to_string(i)},
                              {"order", 100 + i},
                              {"sku", "PX-" + std::to_string(i)},
                              {"qty", 10},
                              {"done", i == 5 ? 10 : 2},
                              {"due", "03.12.2026"},
                              {"customer", "C" + std::to_string(i % 3)},
                              {"modified", "2026-03-01 10:0" + std::to_string(i) + ":00"}});
    }

    static std::string parameter(const std::string& target, const std::string& name) {
        const auto at = target.find(name + "=");
        if (at == std::string::npos) return {};
        const auto begin = at + name.size() + 1;
        return target.substr(begin, std::min(target.find('&', begin), target.size()) - begin);
    }

    HttpAnswer serve(const HttpAsked& asked) {
        if (before_) {
            const auto given = before_(asked);
            if (given.status != 0) return given;
        }
        if (asked.target.starts_with("/customers")) {
            json data = json::array();
            const std::string keys = parameter(asked.target, "ids");
            for (const auto key : {"C0", "C1", "C2"})
                if (keys.find(key) != std::string::npos)
                    data.push_back({{"no", key},
                                    {"name", std::string{"Customer "} + key},
                                    {"email", std::string{key} + "@example.com"}});
            return {200, json{{"data", data}}.dump()};
        }
        if (asked.target.starts_with("/line/")) {
            for (const json& line : lines_)
                if (asked.target.substr(6) == line["id"]) return {200, line.dump()};
            return {404, R"({"error":"none"})"};
        }
        if (asked.target.starts_with("/stock"))
            return {200,
                    R"([{"sku":"PX-1","wh":"A","free":3},{"sku":"PX-1","wh":"A","free":"1.5"}])"};
        if (asked.target.starts_with("/notes")) {
            if (asked.method == "POST") notes_.push_back(json::parse(asked.body));
            return {200, notes_.dump()};
        }
        return page(asked);
    }

    /// Offset and page paging alike.
    HttpAnswer page(const HttpAsked& asked) {
        json data = json::array();
        const auto offset = std::stoul("0" + parameter(asked.target, "offset"));
        const auto after = parameter(asked.target, "after");
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (i < offset || data.size() == 2) continue;
            if (!after.empty() && lines_[i]["id"].get<std::string>() <= after) continue;
            data.push_back(lines_[i]);
        }
        json answer{{"data", data}, {"total", lines_.size()}};
        if (offset + 2 < lines_.size())
            answer["next"] = "/lines?offset=" + std::to_string(offset + 2);
        return {200, answer.dump()};
    }

    std::unique_ptr<Connector> make(const std::string& request, const std::string& rest,
                                    const std::string& settings = {}) {
        const std::string file = testing::TempDir() + "/mapping.yaml";
        std::ofstream{file} << "title: Test ERP\nrequests:\n  lines:\n    path: /lines\n"
                            << "    records: /data\n"
                            << request << kRestCustomers << rest << kRestFields;
        auto section = config::Section::fromText(
            "url: " + server_.url() + "\nmapping: " + file + "\n" + settings, "test.yaml");
        auto connector = connectors::makeRest(section, {"erp", net_, clock_});
        problems_ = formatProblems(section.problems());
        return connector;
    }

    std::unique_ptr<Connector> byOffset(const std::string& rest = {},
                                        const std::string& settings = {}) {
        auto made = make(
            "    query: { offset: '{offset}' }\n    paging: { kind: offset, size: 2 }\n"
            "    total: /total\n",
            rest + "complete: total\n", settings);
        EXPECT_NE(made, nullptr) << problems_;
        return made;
    }

    boost::asio::io_context io_;
    json lines_ = json::array();
    json notes_ = json::array();
    std::function<HttpAnswer(const HttpAsked&)> before_;
    HttpStub server_;
    net::Net net_{io_.get_executor()};
    StillClock clock_;
    std::string problems_;
};

}  // namespace backorderd::test
