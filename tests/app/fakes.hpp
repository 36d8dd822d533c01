#pragma once

#include <stdlib.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "backorderd/sender.hpp"
#include "codec/codec.hpp"

/// What stands around the engine in its tests: a clock, an ERP and mailboxes in the test's hand.
namespace backorderd::app::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A folder that goes when the test does.
class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "backorderd-XXXXXX");
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

class FakeClock final : public Clock {
public:
    Timestamp now() const override { return wall; }
    SteadyTime steady() const override { return monotonic; }
    void advance(std::chrono::seconds span) {
        wall += span;
        monotonic += span;
    }
    Timestamp wall = *parseTimestamp("2026-03-02T09:00:00Z");
    SteadyTime monotonic{};
};

/// An ERP that the test changes by hand, and that can fail at any point of a read.
struct FakeErp {
    std::vector<OrderLine> lines;
    std::vector<OrderLine> closed;  ///< what `find` still knows
    Goods goods;
    bool complete = true;
    bool goods_read = true;
    std::optional<Timestamp> as_of;    ///< empty: now
    std::set<std::string> unreadable;  ///< lines whose records cannot be decoded
    std::set<std::string> find_fails;  ///< lines that cannot be looked up
    std::vector<std::string> finds;    ///< look-ups so far
    std::function<void()> before_find;
    std::optional<std::string> fails_after_page;
    bool can_find = false;
    std::vector<Connector::Note> notes;
    const Clock* clock = nullptr;
    bool tells_changes = false;
    std::vector<OrderLine> changes;      ///< what the next reads of changes show
    std::set<std::string> no_backorder;  ///< lines that are none by the ERP's own definition
    std::string bookmark;                ///< at the end of each read
    std::vector<std::string> reads;      ///< so far: `all`, `since BOOKMARK`
    bool hangs = false;                  ///< no read ever ends

    OrderLine& line(const std::string& id) {
        for (auto& entry : lines)
            if (entry.key.id == id) return entry;
        throw std::out_of_range(id);
    }
};

class FakeReader final : public SnapshotReader {
public:
    explicit FakeReader(const FakeErp& erp, bool all = true)
        : erp_{erp}, all_{all}, lines_{all ? erp.lines : erp.changes} {
        for (const auto& line : lines_)
            records_.push_back({line.key.id, std::hash<std::string>{}(codec::encodeLine(line)),
                                erp.no_backorder.contains(line.key.id)});
    }
    asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (erp_.hangs) {
            asio::steady_timer never(co_await asio::this_coro::executor, SteadyTime::max());
            co_await never.async_wait(asio::use_awaitable);
        }
        if (!std::exchange(read_, true)) {
            Page page;
            page.records = records_;
            co_return page;
        }
        if (erp_.fails_after_page) {
            Failure failure{Failure::Again::Later, *erp_.fails_after_page};
            co_return failure;
        }
        SnapshotEnd end;
        end.complete = all_ && erp_.complete && erp_.goods_read;
        end.read_through = erp_.complete;
        end.goods_read = all_ && erp_.goods_read;
        end.bookmark = erp_.bookmark;
        end.why_incomplete = erp_.complete ? "" : "the end is missing";
        end.as_of = erp_.as_of.value_or(erp_.clock->now());
        end.goods = erp_.goods;
        co_return end;
    }
    Result<OrderLine> decode(std::size_t index) override {
        const auto& line = lines_.at(index);
        if (!erp_.unreadable.contains(line.key.id)) return line;
        return Problems{{{}, "'ten' is no number, in line " + line.key.id}};
    }

private:
    const FakeErp& erp_;
    bool all_;
    std::vector<OrderLine> lines_;
    std::vector<LineRecord> records_;
    bool read_ = false;
};

class FakeConnector final : public Connector {
public:
    explicit FakeConnector(FakeErp& erp) : erp_{erp} {}
    Capabilities capabilities() const override {
        return {.find = erp_.can_find, .annotate = true, .changes = erp_.tells_changes};
    }
    std::unique_ptr<SnapshotReader> read() override {
        erp_.reads.emplace_back("all");
        return std::make_unique<FakeReader>(erp_);
    }
    std::unique_ptr<SnapshotReader> readChanges(const std::string& bookmark) override {
        erp_.reads.push_back("since " + bookmark);
        return std::make_unique<FakeReader>(erp_, /*all=*/false);
    }
    asio::awaitable<Found> find(std::string_view line_id) override {
        if (erp_.before_find) erp_.before_find();
        erp_.finds.emplace_back(line_id);
        if (erp_.find_fails.contains(std::string{line_id})) {
            Failure failure{Failure::Again::Later, "cannot be read"};
            co_return failure;
        }
        for (const auto& line : erp_.closed)
            if (line.key.id == line_id) co_return line;
        co_return LineGone{};
    }
    asio::awaitable<std::optional<Failure>> annotate(const Note& note) override {
        erp_.notes.push_back(note);
        co_return std::nullopt;
    }
    asio::awaitable<Probe> probe() override { co_return Probe{}; }

private:
    FakeErp& erp_;
};

/// A mailbox, and what the next attempts meet on the way to it.
struct FakeMailbox {
    std::vector<Message> received;
    std::deque<Outcome> next;  ///< outcomes of the coming attempts; then Accepted
    bool die_on_wire = false;  ///< the attempt never returns from the wire
    int attempts = 0;
    std::string unsendable;         ///< why no message can go there; empty: each can
    std::optional<Outcome> always;  ///< of each attempt for which `next` has nothing
    int parallel = 4;
};

class FakeSender final : public Sender {
public:
    explicit FakeSender(FakeMailbox& mailbox, Channel channel = Channel::Email)
        : mailbox_{mailbox}, channel_{channel} {}
    Channel channel() const override { return channel_; }
    OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }
    int parallel() const override { return mailbox_.parallel; }
    std::string whyUnsendable(const Message&) const override { return mailbox_.unsendable; }
    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        ++mailbox_.attempts;
        Outcome outcome = mailbox_.always.value_or(Accepted{"250 ok"});
        if (!mailbox_.next.empty()) {
            outcome = mailbox_.next.front();
            mailbox_.next.pop_front();
        }
        if (std::holds_alternative<TryLater>(outcome) || std::holds_alternative<Refused>(outcome))
            co_return outcome;
        co_await gate.beforeWire(message.id);
        mailbox_.received.push_back(message);
        co_return outcome;
    }

private:
    FakeMailbox& mailbox_;
    Channel channel_;
};

}  // namespace backorderd::app::test
