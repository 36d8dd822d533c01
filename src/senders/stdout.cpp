#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace asio = boost::asio;

namespace {

constexpr int kPatienceMilliseconds = 5000;

/// What is on the screen cannot be taken back, and nobody suffers from seeing it twice.
class StdoutSender final : public Sender {
public:
    explicit StdoutSender(Channel channel) : channel_(channel) {}

    Channel channel() const override { return channel_; }
    OnUnknown onUnknown() const override { return OnUnknown::SendAgain; }
    int parallel() const override { return 1; }

    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        std::string frame = fmt::format("--- {} to {}, {} bytes ---\n", message.stable_id,
                                        message.recipient.address, message.document.size());
        frame += message.document;
        if (!frame.ends_with('\n')) frame += '\n';
        frame += fmt::format("--- end of {} ---\n", message.stable_id);
        co_await gate.beforeWire(message.id);
        co_return write(frame);
    }

private:
    static Outcome write(std::string_view bytes) {
        const std::size_t whole = bytes.size();
        while (!bytes.empty()) {
            const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
            if (written >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(written));
                continue;
            }
            if (errno == EINTR || (errno == EAGAIN && becomesWritable())) continue;
            const std::string why =
                fmt::format("cannot write to standard output: {}", std::strerror(errno));
            if (bytes.size() == whole) return TryLater{why, {}};
            return Unknown{why};
        }
        return Accepted{"written to standard output"};
    }

    static bool becomesWritable() {
        pollfd out{STDOUT_FILENO, POLLOUT, 0};
        const int ready = ::poll(&out, 1, kPatienceMilliseconds);
        if (ready == 0) errno = EAGAIN;
        return ready > 0;
    }

    Channel channel_;
};

}  // namespace

std::unique_ptr<Sender> makeStdoutSender(config::Section& section, const Environment&) {
    return std::make_unique<StdoutSender>(readChannel(section));
}

}  // namespace backorderd::senders
