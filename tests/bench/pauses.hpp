#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace backorderd::bench {

/// How late the loop came round to what was due, while `busy`.
inline boost::asio::awaitable<void> watchPauses(const bool& busy,
                                                std::chrono::duration<double>& longest) {
    constexpr std::chrono::milliseconds kTick{5};
    boost::asio::steady_timer timer{co_await boost::asio::this_coro::executor};
    while (busy) {
        timer.expires_after(kTick);
        co_await timer.async_wait(boost::asio::use_awaitable);
        longest = std::max<std::chrono::duration<double>>(
            longest, std::chrono::steady_clock::now() - timer.expiry());
    }
}

}  // namespace backorderd::bench
