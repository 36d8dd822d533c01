#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace backorderd::test {

/// What the server says, and what it then waits to hear.
struct Turn {
    std::string say;    ///< sent as it is; may be empty
    std::string until;  ///< read until these bytes have come; empty: no reading
};

enum class AtEnd {
    Close,
    Reset,  ///< closes with RST
    Hang,   ///< keeps reading, says nothing more
    Stall,  ///< neither reads nor says anything
};

struct Script {
    std::vector<Turn> turns;
    AtEnd at_end = AtEnd::Close;
};

/// A server on loopback that plays one script for each connection (the last one again for all
/// further ones), for faults that no real server has on command.
class ScriptedServer {
public:
    ScriptedServer(boost::asio::io_context& io, std::vector<Script> scripts)
        : state_(std::make_shared<State>(io, std::move(scripts))) {
        boost::asio::co_spawn(io, acceptLoop(state_), rethrow);
    }
    ~ScriptedServer() {
        boost::system::error_code ignored;  // Nobody is reached there any more.
        state_->acceptor.close(ignored);
    }
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    unsigned short port() const { return state_->acceptor.local_endpoint().port(); }
    /// What each connection has sent so far.
    const std::deque<std::string>& heard() const { return state_->heard; }
    /// How many connections the other side, or the script, has ended.
    int ended() const { return state_->ended; }

private:
    using Tcp = boost::asio::ip::tcp;

    /// Shared with the connections, which end with the loop and not with the server.
    struct State {
        State(boost::asio::io_context& io, std::vector<Script> its_scripts)
            : acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}),
              scripts(std::move(its_scripts)) {}
        Tcp::acceptor acceptor;
        std::vector<Script> scripts;
        std::deque<std::string> heard;  // a deque keeps its elements in their places
        std::vector<Tcp::socket> stalled;
        int ended = 0;
    };
    using Shared = std::shared_ptr<State>;

    static void rethrow(std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    }

    static boost::asio::awaitable<void> acceptLoop(Shared state) {
        const auto executor = state->acceptor.get_executor();
        while (true) {
            boost::system::error_code failed;
            Tcp::socket socket = co_await state->acceptor.async_accept(
                boost::asio::redirect_error(boost::asio::use_awaitable, failed));
            if (failed) co_return;  // the server is gone
            const std::size_t turn = std::min(state->heard.size(), state->scripts.size() - 1);
            std::string& heard = state->heard.emplace_back();
            boost::asio::co_spawn(
                executor, play(std::move(socket), state->scripts[turn], heard, state), rethrow);
        }
    }

    static boost::asio::awaitable<void> play(Tcp::socket socket, Script script, std::string& heard,
                                             Shared state) {
        struct Ended {
            Shared& state;
            ~Ended() { ++state->ended; }
        };
        const Ended at_return{state};
        std::size_t read_to = 0;
        for (const Turn& turn : script.turns) {
            boost::system::error_code failed;
            co_await boost::asio::async_write(
                socket, boost::asio::buffer(turn.say),
                boost::asio::redirect_error(boost::asio::use_awaitable, failed));
            while (!failed && !turn.until.empty() &&
                   heard.find(turn.until, read_to) == std::string::npos)
                failed = co_await readSome(socket, heard);
            if (failed) co_return;
            if (!turn.until.empty()) read_to = heard.find(turn.until, read_to) + turn.until.size();
        }
        if (script.at_end == AtEnd::Reset) {
            socket.set_option(boost::asio::socket_base::linger(true, 0));
            co_return;
        }
        if (script.at_end == AtEnd::Stall) state->stalled.push_back(std::move(socket));
        while (script.at_end == AtEnd::Hang) {
            const boost::system::error_code failed = co_await readSome(socket, heard);
            if (failed) break;
        }
    }

    static boost::asio::awaitable<boost::system::error_code> readSome(Tcp::socket& socket,
                                                                      std::string& heard) {
        std::string chunk(4096, '\0');
        boost::system::error_code failed;
        const std::size_t size = co_await socket.async_read_some(
            boost::asio::buffer(chunk),
            boost::asio::redirect_error(boost::asio::use_awaitable, failed));
        heard.append(chunk, 0, size);
        co_return failed;
    }

    Shared state_;
};

}  // namespace backorderd::test
