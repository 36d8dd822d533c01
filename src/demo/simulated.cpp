#include "demo/simulated.hpp"

#include <functional>
#include <utility>

#include "codec/codec.hpp"

namespace backorderd::demo {
namespace {

namespace asio = boost::asio;

class Reader final : public SnapshotReader {
public:
    Reader(std::vector<OrderLine> lines, std::vector<StockLevel> stock, Timestamp as_of)
        : lines_{std::move(lines)} {
        end_.complete = true;
        end_.as_of = as_of;
        end_.goods.stock = std::move(stock);
        for (const auto& line : lines_)
            records_.push_back({line.key.id, std::hash<std::string>{}(codec::encodeLine(line))});
    }

    asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (std::exchange(read_, true)) co_return end_;
        Page page;
        page.records = records_;
        co_return page;
    }

    Result<OrderLine> decode(std::size_t index) override { return lines_.at(index); }

private:
    std::vector<OrderLine> lines_;
    std::vector<LineRecord> records_;
    SnapshotEnd end_;
    bool read_ = false;
};

class SimulatedErp final : public Connector {
public:
    SimulatedErp(const World& world, const Clock& clock) : world_{world}, clock_{clock} {}

    Capabilities capabilities() const override { return {}; }

    std::unique_ptr<SnapshotReader> read() override {
        const auto now = clock_.now();
        const Date today{std::chrono::floor<std::chrono::days>(now).time_since_epoch()};
        return std::make_unique<Reader>(world_.lines(today), world_.stock(), now);
    }
    asio::awaitable<Found> find(std::string_view) override { co_return LineGone{}; }
    asio::awaitable<std::optional<Failure>> annotate(const Note&) override {
        co_return std::nullopt;
    }
    asio::awaitable<Probe> probe() override { co_return Probe{true, "a simulated ERP"}; }

private:
    const World& world_;
    const Clock& clock_;
};

}  // namespace

std::unique_ptr<Connector> connectTo(const World& world, const Clock& clock) {
    return std::make_unique<SimulatedErp>(world, clock);
}

}  // namespace backorderd::demo
