#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace backorderd::test {

/// Runs a coroutine to its end on `io` and returns its value, or throws what it threw. What takes
/// longer than `limit` is a failed test, not a test that hangs. Other work on `io` stays for the
/// next call.
template <class T>
T runCoroutine(boost::asio::io_context& io, boost::asio::awaitable<T> work,
               std::chrono::seconds limit = std::chrono::seconds(30)) {
    std::optional<T> value;
    std::exception_ptr thrown;
    bool ended = false;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr failure, T result) {
        ended = true;
        thrown = failure;
        if (!failure) value = std::move(result);
        io.stop();
    });
    io.restart();
    io.run_for(limit);
    if (!ended) throw std::runtime_error("the coroutine did not end in time");
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
}

/// Runs `io` until `done()`.
template <class Done>
void runUntil(boost::asio::io_context& io, Done done,
              std::chrono::seconds limit = std::chrono::seconds(30)) {
    const auto end = std::chrono::steady_clock::now() + limit;
    io.restart();
    while (!done()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("what was waited for did not come in time");
        io.run_one_for(std::chrono::milliseconds(100));
        if (io.stopped()) io.restart();
    }
}

}  // namespace backorderd::test
