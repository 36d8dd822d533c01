#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace backorderd::connectors::sql {

/// Runs calls that block, one after the other, on a thread of their own: the drivers of databases
/// know no other way. What is handed over belongs to that thread until it is done.
class Worker {
public:
    Worker();
    /// Does not wait: what hangs is left to hang.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Waits on the loop until the work is done. False where it takes longer than `limit`: the
    /// thread is then given up with all that the work holds, and the next work gets a new one.
    boost::asio::awaitable<bool> run(std::function<void()> work, std::chrono::seconds limit);
    /// Runs the work when its turn comes; nobody waits for it.
    void later(std::function<void()> work);

private:
    struct Thread;
    std::unique_ptr<Thread> thread_;
};

}  // namespace backorderd::connectors::sql
