// Very many notices that are due in the same moment.

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "app/rig.hpp"

namespace backorderd::app {
namespace storm_test {

using namespace app::test;
using nlohmann::json;

// Without optimization a tenth has to do; tests/integration/storm.py has 100,000.
constexpr int kLines = BACKORDERD_QUEUED;
constexpr int kCustomers = 100;

constexpr const char* kDigests = R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
      promise_changed: { template: promise-changed, min_change: 2d, settle: 1h }
    digest: { by: customer, window: 2h, template: digest }
)";
constexpr const char* kOneByOne = R"(version: 1
cadence:
  - name: everyone
    match: {}
    messages:
      opened: { template: opened }
)";

struct Storm {
    explicit Storm(const char* rules, int customers) : rig{rules} {
        rig.settings.guards.mass_change_share = 1.0;
        rig.mailbox.parallel = 100;
        rig.crash();
        rig.start();
        for (int i = 0; i < kLines; ++i) {
            auto line = sampleLine(std::to_string(i));
            const auto customer = std::to_string(i % customers);
            line.order.number = "SO" + std::to_string(i);
            line.customer.id = "C" + customer;
            line.contact.email = "c" + customer + "@example.com";
            rig.erp.lines.push_back(line);
        }
    }
    /// As `Rig::work`, and how many messages were made in the largest of its pieces.
    std::size_t workAndFindLargestPiece() {
        std::size_t largest = 0;
        std::int64_t before = messages();
        bool more = true;
        while (more || !rig.engine->idle()) {
            more = rig.engine->work();
            largest = std::max(largest, static_cast<std::size_t>(messages() - before));
            before = messages();
            rig.context->restart();
            rig.context->poll();
        }
        return largest;
    }
    std::int64_t messages() const {
        std::int64_t all = 0;
        for (const auto& [state, count] : rig.store->counts().messages) all += count;
        return all;
    }
    json approveAll() {
        return rig.ask("queue.approve", {{"guard", "blast_radius"},
                                         {"author", "anna"},
                                         {"reason", "they are meant"},
                                         {"yes", true}});
    }
    Rig rig;
};

TEST(Storm, ManyNoticesForOneCustomerAreOneMessage) {
    Storm storm{kDigests, kCustomers};
    auto& rig = storm.rig;
    rig.poll();
    rig.pass(1h);
    EXPECT_TRUE(rig.mailbox.received.empty()) << "the window of the digest is open";
    // Of what changes meanwhile the latest is told, as part of the one message.
    for (auto& line : rig.erp.lines) line.promise = Promise::on(*parseDate("2026-04-10"));
    rig.poll();
    for (auto& line : rig.erp.lines) line.promise = Promise::on(*parseDate("2026-04-17"));
    rig.poll();
    rig.pass(6h);
    ASSERT_EQ(rig.mailbox.received.size(), static_cast<std::size_t>(kCustomers))
        << "one each, and fewer than the cap";
    std::set<std::string> addresses;
    std::size_t notices = 0;
    for (const auto& message : rig.mailbox.received) {
        addresses.insert(message.recipient.address);
        notices += message.notices.size();
        EXPECT_EQ(message.document.find("10 April 2026"), std::string::npos);
    }
    EXPECT_EQ(addresses.size(), static_cast<std::size_t>(kCustomers));
    EXPECT_EQ(notices, static_cast<std::size_t>(kLines));
}

TEST(Storm, MoreMessagesThanTheCapAreHeldUntilSomebodyLooked) {
    Storm storm{kOneByOne, kLines};
    auto& rig = storm.rig;
    rig.poll();
    rig.work();
    EXPECT_TRUE(rig.mailbox.received.empty());
    const auto held = rig.ask("queue.held", json::object());
    EXPECT_EQ(held["result"]["count"], kLines);
    rig.pass(24h);
    EXPECT_TRUE(rig.mailbox.received.empty()) << "time alone lets nothing go";

    const auto approved = storm.approveAll();
    ASSERT_TRUE(approved.value("ok", false)) << approved.dump();
    const auto largest = storm.workAndFindLargestPiece();
    EXPECT_EQ(rig.mailbox.received.size(), static_cast<std::size_t>(kLines));
    EXPECT_LE(largest, 50u) << "polls and answers have their turn in between";
}

}  // namespace storm_test
}  // namespace backorderd::app
