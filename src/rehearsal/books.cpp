#include "rehearsal/books.hpp"

#include <utility>

#include "codec/codec.hpp"

namespace backorderd::rehearsal {
namespace {

namespace asio = boost::asio;

class BooksReader final : public SnapshotReader {
public:
    BooksReader(Books books, Timestamp as_of) : lines_{std::move(books.lines)} {
        end_.complete = true;
        end_.as_of = as_of;
        end_.goods = std::move(books.goods);
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

class BooksConnector final : public Connector {
public:
    BooksConnector(std::function<Books()> books, const Clock& clock)
        : books_{std::move(books)}, clock_{clock} {}

    Capabilities capabilities() const override { return {.find = true}; }
    std::unique_ptr<SnapshotReader> read() override {
        return std::make_unique<BooksReader>(books_(), clock_.now());
    }
    asio::awaitable<Found> find(std::string_view line_id) override {
        for (auto& line : books_().lines)
            if (line.key.id == line_id) co_return std::move(line);
        co_return LineGone{};
    }
    asio::awaitable<std::optional<Failure>> annotate(const Note&) override {
        co_return std::nullopt;
    }
    asio::awaitable<Probe> probe() override { co_return Probe{true, "a made-up ERP"}; }

private:
    std::function<Books()> books_;
    const Clock& clock_;
};

}  // namespace

std::unique_ptr<Connector> connectTo(std::function<Books()> books, const Clock& clock) {
    return std::make_unique<BooksConnector>(std::move(books), clock);
}

}  // namespace backorderd::rehearsal
