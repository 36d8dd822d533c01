#include "connectors/sql_worker.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace backorderd::connectors::sql {
namespace {

namespace asio = boost::asio;

/// Each hanging call holds a thread and a connection: a database that hangs for days must not
/// gather them.
constexpr std::size_t kLeftMax = 4;

/// The meeting of the two threads. Whoever moves first from `Waiting` decides: the work says that
/// it is done, or the loop says that nobody waits any more, and the loop is then not touched.
struct Meeting {
    enum class State { Waiting, Telling, Told, Abandoned };
    std::atomic<State> state{State::Waiting};
    asio::steady_timer* alarm = nullptr;  ///< of the loop alone; null once it has left
    bool done = false;                    ///< of the loop alone
};

void tell(const std::shared_ptr<Meeting>& meeting, const asio::any_io_executor& loop) {
    auto expected = Meeting::State::Waiting;
    if (!meeting->state.compare_exchange_strong(expected, Meeting::State::Telling)) return;
    asio::post(loop, [meeting] {
        meeting->done = true;
        if (meeting->alarm != nullptr) meeting->alarm->cancel();
    });
    meeting->state = Meeting::State::Told;
}

/// Leaves the meeting also where the waiting coroutine is destroyed half-way.
struct Leaving {
    Meeting& meeting;

    ~Leaving() {
        meeting.alarm = nullptr;
        auto expected = Meeting::State::Waiting;
        if (meeting.state.compare_exchange_strong(expected, Meeting::State::Abandoned)) return;
        // The other thread is between two lines: the loop must outlive them.
        while (meeting.state == Meeting::State::Telling) continue;
    }
};

}  // namespace

struct Worker::Thread {
    asio::thread_pool* pool = new asio::thread_pool{1};
    std::shared_ptr<std::atomic<int>> open = std::make_shared<std::atomic<int>>(0);

    ~Thread() {
        if (*open == 0) {
            delete pool;
            return;
        }
        // Not joined: a driver that hangs would stop the daemon's end. The thread ends by itself
        // once its work is done.
        asio::post(*pool, [pool = pool] { pool->stop(); });
    }
};

Worker::Worker() : thread_{std::make_unique<Thread>()} {}
Worker::~Worker() = default;

void Worker::later(std::function<void()> work) {
    ++*thread_->open;
    asio::post(*thread_->pool, [work = std::move(work), open = thread_->open]() mutable {
        work();
        work = nullptr;  // what it holds ends on this thread
        --*open;
    });
}

asio::awaitable<Worker::Outcome> Worker::run(std::function<void()> work,
                                             std::chrono::seconds limit) {
    std::erase_if(left_, [](const auto& thread) { return *thread->open == 0; });
    if (left_.size() >= kLeftMax) co_return Outcome::Refused;
    const auto loop = co_await asio::this_coro::executor;
    const auto meeting = std::make_shared<Meeting>();
    asio::steady_timer alarm{loop, limit};
    meeting->alarm = &alarm;
    const Leaving leaving{*meeting};
    later([work = std::move(work), meeting, loop] {
        work();
        tell(meeting, loop);
    });
    boost::system::error_code ignored;
    while (!meeting->done && alarm.expiry() > asio::steady_timer::clock_type::now())
        co_await alarm.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (meeting->done) co_return Outcome::Done;
    left_.push_back(std::exchange(thread_, std::make_unique<Thread>()));
    co_return Outcome::Late;
}

}  // namespace backorderd::connectors::sql
