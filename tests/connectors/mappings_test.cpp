#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "backorderd/clock.hpp"
#include "connectors/connectors.hpp"
#include "connectors/contract.hpp"
#include "connectors/vendors/shipped_mappings.hpp"

/// Every mapping that is shipped, against the stub of its vendor.
namespace backorderd::test {
namespace mappings_test {

using namespace vendors;
using testing::HasSubstr;

class MappingClock final : public Clock {
public:
    Timestamp now() const override { return *parseTimestamp("2026-11-23T09:00:00Z"); }
    SteadyTime steady() const override { return {}; }
};

class ShippedMappings : public testing::TestWithParam<ShippedMapping> {
protected:
    ShippedMappings() : net_{io_.get_executor()} {
        ::setenv("BACKORDERD_TEST_PASSWORD", "secret", 1);
        ::setenv("BACKORDERD_TEST_CS", "cs_secret", 1);
        std::string name = (std::filesystem::temp_directory_path() / "mapping-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder_ = name;
        server_ = std::make_unique<VendorServer>(
            io_, [this](const Request& request) { return answer_(request); });
    }
    ~ShippedMappings() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    /// The shipped file, but for the address where Microsoft gives out tokens.
    std::string mappingFile() const {
        std::ifstream shipped{std::string{BACKORDERD_SOURCE_DIR} + "/config/connectors/" +
                              GetParam().name + ".yaml"};
        std::stringstream text;
        text << shipped.rdbuf();
        std::string made = text.str();
        const std::string microsoft = "https://login.microsoftonline.com";
        if (const auto at = made.find(microsoft); at != std::string::npos)
            made.replace(at, microsoft.size(), server_->url());
        const std::string file = (folder_ / (GetParam().name + ".yaml")).string();
        std::ofstream{file} << made;
        return file;
    }

    std::unique_ptr<Connector> make(int orders, StubWish wish = {}) {
        answer_ = GetParam().stub(Books::of(orders), server_->url(), wish);
        const connectors::Environment environment{"erp", net_, clock_};
        auto section = config::Section::fromText(
            "url: " + server_->url() + "\nmapping: " + mappingFile() + "\n" + GetParam().settings,
            "test.yaml");
        auto connector = connectors::makeConnector("rest", section, environment);
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector;
    }

    static std::string dateOf(const Promise& promise) {
        return promise.to ? formatDate(*promise.to) : "";
    }
    /// id, order, item, ordered and shipped, promise, mail, language, customer.
    static std::string summary(const OrderLine& line) {
        return line.key.id + " " + line.order.number + " " + line.item.id + " " +
               line.ordered.toString() + "-" + line.shipped.toString() + " " +
               dateOf(line.promise) + " " + line.contact.email + " " + line.contact.language + " " +
               line.customer.id;
    }

    boost::asio::io_context io_;
    net::Net net_;
    MappingClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<VendorServer> server_;
    VendorServer::Answer answer_;
};

TEST_P(ShippedMappings, HoldsTheContract) { exerciseConnector(io_, *make(45), "erp"); }

TEST_P(ShippedMappings, SaysWhatAUserWouldSee) {
    const auto whole = readWhole(io_, *make(45));
    ASSERT_FALSE(whole.failure) << whole.failure->reason;
    std::vector<std::string> lines;
    for (const auto& line : whole.lines) lines.push_back(summary(line));
    EXPECT_THAT(lines, testing::Contains(GetParam().third_order));
    std::vector<std::string> stocked;
    for (const auto& level : whole.end->goods.stock)
        if (level.free.isPositive()) stocked.push_back(level.item);
    EXPECT_THAT(stocked, testing::Contains("SE-018"));
}

TEST_P(ShippedMappings, TakesForBackOrdersWhatItsPageSays) {
    const auto connector = make(4);
    const auto reader = connector->read();
    std::map<std::string, bool> back;
    for (;;) {
        const auto step = runCoroutine(io_, reader->next());
        const auto* page = std::get_if<Page>(&step);
        if (page == nullptr) break;
        for (std::size_t i = 0; i < page->records.size(); ++i)
            back[reader->decode(i)->item.id] = !page->records[i].known_only;
    }
    EXPECT_TRUE(back.at("PX-100")) << "nothing of it lies in stock";
    EXPECT_TRUE(back.at("PX-200")) << "two lie in stock, more are wanted";
    EXPECT_EQ(back.at("SE-018"), !GetParam().looks_at_stock) << "98 lie in stock";
}

TEST_P(ShippedMappings, ReadsAllPagesAlsoWhereLoginsEndMeanwhile) {
    StubWish wish;
    if (GetParam().logs_in) wish.calls_per_login = 2;
    const auto whole = readWhole(io_, *make(GetParam().orders_of_pages, wish));
    ASSERT_FALSE(whole.failure) << whole.failure->reason;
    EXPECT_TRUE(whole.end->complete) << whole.end->why_incomplete;
    EXPECT_EQ(whole.fingerprints.size(), Books::of(GetParam().orders_of_pages).lines.size());
    EXPECT_GT(whole.pages, 1);
}

/// Of a poll that finds nothing new.
std::size_t quietRequests(const std::string& mapping) {
    static const std::map<std::string, std::size_t> kRequests{
        {"acumatica", 2}, {"business-central", 1}, {"erpnext", 2}, {"katana", 1}, {"sap-b1", 2}};
    const auto known = kRequests.find(mapping);
    return known == kRequests.end() ? 0 : known->second;
}

TEST_P(ShippedMappings, AsksLittleWhereNothingChanged) {
    const auto connector = make(45);
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.end);
    if (!connector->capabilities().changes) {
        EXPECT_EQ(quietRequests(GetParam().name), 0u);
        return;
    }
    std::vector<std::string> asked;
    server_->overlay = [&](const Request& request) {
        asked.push_back(request.path);
        return std::optional<Reply>{};
    };
    const auto reader = connector->readChanges(whole.end->bookmark);
    for (;;) {
        const auto step = runCoroutine(io_, reader->next());
        ASSERT_FALSE(std::holds_alternative<Failure>(step)) << std::get<Failure>(step).reason;
        if (std::holds_alternative<SnapshotEnd>(step)) break;
    }
    EXPECT_EQ(asked.size(), quietRequests(GetParam().name)) << testing::PrintToString(asked);
}

TEST_P(ShippedMappings, LeavesAServerAloneThatAsksForIt) {
    const auto connector = make(45);
    server_->overlay = [](const Request&) {
        return Reply{429, "slow down", "text/plain", {{"Retry-After", "30"}}};
    };
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(whole.failure->again, Failure::Again::Later);
    const std::size_t asked = server_->calls.size();
    EXPECT_TRUE(readWhole(io_, *connector).failure);
    EXPECT_EQ(server_->calls.size(), asked) << "nothing is asked before the time has passed";
}

TEST_P(ShippedMappings, TakesAPageOfHtmlForAFailure) {
    const auto connector = make(45);
    server_->overlay = [](const Request& request) {
        const bool login = request.path.find("ogin") != std::string::npos ||
                           request.path.find("token") != std::string::npos;
        return login
                   ? std::nullopt
                   : std::optional{Reply{200, "<!doctype html><title>Log in</title>", "text/html"}};
    };
    const auto whole = readWhole(io_, *connector);
    ASSERT_TRUE(whole.failure);
    EXPECT_EQ(whole.failure->again, Failure::Again::Later);
    EXPECT_THAT(whole.failure->reason, HasSubstr("not JSON"));
}

TEST_P(ShippedMappings, SaysWhichRightIsMissing) {
    StubWish wish;
    wish.without_right_to_orders = true;
    const auto whole = readWhole(io_, *make(45, wish));
    ASSERT_TRUE(whole.failure);
    if (GetParam().lacks_rights_by_status)
        EXPECT_THAT(whole.failure->reason, HasSubstr("lacks a right"));
    else
        EXPECT_FALSE(whole.failure->reason.empty());
}

INSTANTIATE_TEST_SUITE_P(Rest, ShippedMappings, testing::ValuesIn(shippedMappings()),
                         [](const auto& each) {
                             std::string name = each.param.name;
                             std::erase(name, '-');
                             return name;
                         });

}  // namespace mappings_test
}  // namespace backorderd::test
