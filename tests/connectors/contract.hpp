#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/connector.hpp"
#include "support/run_coroutine.hpp"

/// What every connector promises, whatever its ERP: `exerciseConnector` on a connector whose ERP
/// holds at least one line and does not change meanwhile.
namespace backorderd::test {

/// Everything that one snapshot gave, every record decoded.
struct WholeSnapshot {
    std::vector<OrderLine> lines;  ///< in the order of the pages
    std::map<std::string, std::uint64_t> fingerprints;
    Problems problems;  ///< of pages and of decoding
    std::optional<SnapshotEnd> end;
    std::optional<Failure> failure;
    int pages = 0;
};

inline WholeSnapshot readWhole(boost::asio::io_context& io, Connector& connector) {
    constexpr int kPagesMax = 100'000;
    WholeSnapshot whole;
    const auto reader = connector.read();
    EXPECT_NE(reader, nullptr) << "read() must not return null";
    while (reader && whole.pages < kPagesMax) {
        auto step = runCoroutine(io, reader->next());
        if (auto* end = std::get_if<SnapshotEnd>(&step)) {
            whole.end = std::move(*end);
            return whole;
        }
        if (auto* failure = std::get_if<Failure>(&step)) {
            whole.failure = std::move(*failure);
            return whole;
        }
        const auto& page = std::get<Page>(step);
        ++whole.pages;
        whole.problems.insert(whole.problems.end(), page.problems.begin(), page.problems.end());
        for (std::size_t i = 0; i < page.records.size(); ++i) {
            whole.fingerprints.emplace(page.records[i].id, page.records[i].fingerprint);
            auto line = reader->decode(i);
            if (line) {
                whole.lines.push_back(std::move(*line));
                continue;
            }
            const Problems problems = line.error();
            EXPECT_FALSE(problems.empty()) << "a record that is refused must say why";
            whole.problems.insert(whole.problems.end(), problems.begin(), problems.end());
        }
    }
    return whole;
}

/// A snapshot that is well: complete, each line once, decoded under the id that its record has.
inline void expectSoundSnapshot(const WholeSnapshot& whole, const std::string& source) {
    ASSERT_FALSE(whole.failure) << whole.failure->reason;
    ASSERT_TRUE(whole.end);
    EXPECT_TRUE(whole.end->complete) << whole.end->why_incomplete;
    EXPECT_EQ(whole.end->why_incomplete, "");
    EXPECT_GT(whole.end->as_of, Timestamp{});
    EXPECT_EQ(formatProblems(whole.problems), "");
    EXPECT_EQ(whole.lines.size(), whole.fingerprints.size()) << "a line came twice";
    std::set<std::string> decoded;
    for (const auto& line : whole.lines) {
        EXPECT_EQ(line.key.source, source);
        EXPECT_TRUE(whole.fingerprints.contains(line.key.id)) << line.key.id;
        EXPECT_FALSE(line.order.number.empty()) << line.key.id;
        EXPECT_FALSE(line.item.id.empty()) << line.key.id;
        EXPECT_FALSE(line.customer.id.empty()) << line.key.id;
        decoded.insert(line.key.id);
    }
    EXPECT_EQ(decoded.size(), whole.fingerprints.size());
    EXPECT_FALSE(whole.lines.empty()) << "the contract needs an ERP with at least one line";
}

/// What the store takes without a second look.
inline void expectSoundGoods(const Goods& goods) {
    std::set<std::string> items;
    for (const auto& item : goods.items) {
        EXPECT_NE(item.item.id, "");
        EXPECT_TRUE(items.insert(item.item.id).second) << item.item.id << " stands twice";
        EXPECT_GE(item.price.amount, Decimal{}) << item.item.id;
        EXPECT_GE(item.lead_time_days.value_or(0), 0) << item.item.id;
        EXPECT_LE(item.lead_time_days.value_or(0), 3650) << item.item.id;
    }
    std::set<std::pair<std::string, std::string>> places;
    for (const auto& level : goods.stock) {
        EXPECT_NE(level.item, "");
        EXPECT_TRUE(places.emplace(level.item, level.warehouse).second)
            << level.item << " in " << level.warehouse << " stands twice";
    }
    for (const auto& [item, substitute] : goods.alternates) {
        EXPECT_NE(item, "");
        EXPECT_NE(substitute, "");
        EXPECT_NE(item, substitute);
    }
    for (const auto& coming : goods.supply) {
        EXPECT_NE(coming.item, "");
        EXPECT_TRUE(coming.supply.covered()) << coming.item;
    }
}

/// A record that does not change keeps its fingerprint and means the same line.
inline void expectRepeatable(boost::asio::io_context& io, Connector& connector,
                             const WholeSnapshot& first) {
    const auto second = readWhole(io, connector);
    ASSERT_TRUE(second.end);
    EXPECT_EQ(second.fingerprints, first.fingerprints);
    EXPECT_EQ(second.lines, first.lines);
    EXPECT_EQ(second.end->goods, first.end->goods);
}

/// A reader that is left half-way does not keep the next one from its work.
inline void expectReaderCanBeLeft(boost::asio::io_context& io, Connector& connector,
                                  const WholeSnapshot& first) {
    {
        const auto left = connector.read();
        ASSERT_NE(left, nullptr);
        (void)runCoroutine(io, left->next());
    }
    EXPECT_EQ(readWhole(io, connector).fingerprints, first.fingerprints);
}

/// A look-up gives the line that the snapshot gave; what does not exist is gone.
inline void expectFind(boost::asio::io_context& io, Connector& connector,
                       const WholeSnapshot& first) {
    const auto& line = first.lines.front();
    const auto found = runCoroutine(io, connector.find(line.key.id));
    ASSERT_TRUE(std::holds_alternative<OrderLine>(found));
    EXPECT_EQ(std::get<OrderLine>(found), line);
    const auto missing = runCoroutine(io, connector.find("999999999"));
    EXPECT_TRUE(std::holds_alternative<LineGone>(missing));
}

/// A note stands once, however often it is written.
inline void expectAnnotate(boost::asio::io_context& io, Connector& connector,
                           const WholeSnapshot& first) {
    const Connector::Note note{first.lines.front().order.id, "The customer was told.",
                               "contract-1"};
    for (int i = 0; i < 2; ++i) {
        const auto failure = runCoroutine(io, connector.annotate(note));
        EXPECT_FALSE(failure) << failure->reason;
    }
}

inline void exerciseConnector(boost::asio::io_context& io, Connector& connector,
                              const std::string& source) {
    const auto first = readWhole(io, connector);
    expectSoundSnapshot(first, source);
    if (first.end) expectSoundGoods(first.end->goods);
    if (testing::Test::HasFailure()) return;
    expectRepeatable(io, connector, first);
    expectReaderCanBeLeft(io, connector, first);
    if (connector.capabilities().find) expectFind(io, connector, first);
    if (connector.capabilities().annotate) expectAnnotate(io, connector, first);
    const auto probe = runCoroutine(io, connector.probe());
    EXPECT_TRUE(probe.ok) << probe.text;
    EXPECT_NE(probe.text, "");
}

}  // namespace backorderd::test
