#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

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

    enum class Outcome {
        Done,
        /// It takes longer than the limit: its thread is left to it with all that the work holds,
        /// and the next work gets a new one.
        Late,
        /// Not begun: so many threads were left to work that still hangs.
        Refused,
    };

    /// Waits on the loop until the work is done.
    boost::asio::awaitable<Outcome> run(std::function<void()> work, std::chrono::seconds limit);
    /// Runs the work when its turn comes; nobody waits for it.
    void later(std::function<void()> work);

private:
    struct Thread;
    std::unique_ptr<Thread> thread_;
    std::vector<std::unique_ptr<Thread>> left_;  ///< to work that came late, until it is done
};

}  // namespace backorderd::connectors::sql
