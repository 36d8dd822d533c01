#include "net/curl_multi.hpp"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <new>
#include <stdexcept>
#include <unordered_map>

namespace backorderd::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// One transfer under way; lives in the coroutine that awaits it. `done` never expires: it is
/// cancelled when curl reports the end.
struct Transfer {
    asio::steady_timer done;
    bool finished = false;
    CURLcode result = CURLE_OK;
};

/// One socket of curl's that curl wants to hear of. The descriptor belongs to curl: it is released,
/// never closed.
struct Watch {
    Watch(const asio::any_io_executor& executor, curl_socket_t socket)
        : descriptor(executor, socket) {}
    ~Watch() { descriptor.release(); }

    asio::posix::stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false;  ///< a wait is under way
    bool writing = false;
};

/// What a callback of curl's answers where it could not do its work: no exception may pass through
/// curl. Curl then ends all transfers, of now and to come.
constexpr int kGiveUp = -1;

/// A transfer whose socket or time curl could not write down would never end, and none that is
/// begun behind it would be any better off.
void endWithoutMemory(CURLMcode code) {
    if (code == CURLM_OUT_OF_MEMORY || code == CURLM_ABORTED_BY_CALLBACK) throw std::bad_alloc();
}

void initCurlOnce() {
    static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (done != CURLE_OK) throw std::runtime_error("libcurl cannot be initialised");
}

}  // namespace

struct CurlMulti::State : std::enable_shared_from_this<CurlMulti::State> {
    explicit State(asio::any_io_executor on) : executor(std::move(on)), timer(executor) {
        initCurlOnce();
        multi = curl_multi_init();
        if (multi == nullptr) throw std::bad_alloc();
        curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &State::socketChanged);
        curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
        curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &State::timerChanged);
        curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    }
    // Closes the kept connections, which calls back into `watches`.
    ~State() { curl_multi_cleanup(multi); }

    static int socketChanged(CURL*, curl_socket_t socket, int what, void* self, void*);
    static int timerChanged(CURLM*, long milliseconds, void* self);
    static int closeSocket(void* self, curl_socket_t socket);

    void want(curl_socket_t socket, int what);
    void arm(curl_socket_t socket);
    void ready(curl_socket_t socket, int side);
    void act(curl_socket_t socket, int side);

    asio::any_io_executor executor;
    asio::steady_timer timer;
    CURLM* multi = nullptr;
    // Shared with the handlers of their waits: a handler whose watch is gone does nothing, so that
    // a descriptor number that is used again cannot be taken for the old socket.
    std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches;
};

int CurlMulti::State::socketChanged(CURL*, curl_socket_t socket, int what, void* self, void*) {
    auto& state = *static_cast<State*>(self);
    if (what == CURL_POLL_REMOVE) {
        state.watches.erase(socket);
        return 0;
    }
    try {
        state.want(socket, what);
        return 0;
    } catch (const std::exception&) {
        return kGiveUp;
    }
}

int CurlMulti::State::timerChanged(CURLM*, long milliseconds, void* self) {
    auto& state = *static_cast<State*>(self);
    if (milliseconds < 0) {
        state.timer.cancel();
        return 0;
    }
    try {
        // Also at once means later: curl must not be called from its own callback.
        state.timer.expires_after(std::chrono::milliseconds(milliseconds));
        state.timer.async_wait([weak = state.weak_from_this()](const error_code& failure) {
            const auto alive = weak.lock();
            if (!failure && alive) alive->act(CURL_SOCKET_TIMEOUT, 0);
        });
        return 0;
    } catch (const std::exception&) {
        return kGiveUp;
    }
}

/// curl tells of a closed socket in `socketChanged` first; a watch that is still there would stay
/// in the reactor under a number that the next socket gets.
int CurlMulti::State::closeSocket(void* self, curl_socket_t socket) {
    static_cast<State*>(self)->watches.erase(socket);
    return ::close(socket);
}

void CurlMulti::State::want(curl_socket_t socket, int what) {
    auto& watch = watches[socket];
    if (!watch) watch = std::make_shared<Watch>(executor, socket);
    watch->wanted = what;
    arm(socket);
}

void CurlMulti::State::arm(curl_socket_t socket) {
    const auto found = watches.find(socket);
    if (found == watches.end()) return;
    const std::shared_ptr<Watch>& watch = found->second;
    const auto waitFor = [&](int side, bool& waiting,
                             asio::posix::descriptor_base::wait_type type) {
        if ((watch->wanted & side) == 0 || waiting) return;
        waiting = true;
        watch->descriptor.async_wait(
            type, [self = weak_from_this(), held = std::weak_ptr<Watch>(watch), socket,
                   side](const error_code&) {
                const auto state = self.lock();
                const auto still = held.lock();
                if (!state || !still) return;
                (side == CURL_POLL_IN ? still->reading : still->writing) = false;
                if ((still->wanted & side) != 0) state->ready(socket, side);
            });
    };
    waitFor(CURL_POLL_IN, watch->reading, asio::posix::descriptor_base::wait_read);
    waitFor(CURL_POLL_OUT, watch->writing, asio::posix::descriptor_base::wait_write);
}

void CurlMulti::State::ready(curl_socket_t socket, int side) {
    act(socket, side == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT);
    arm(socket);
}

void CurlMulti::State::act(curl_socket_t socket, int side) {
    int running = 0;
    endWithoutMemory(curl_multi_socket_action(multi, socket, side, &running));
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        void* context = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        auto* transfer = static_cast<Transfer*>(context);
        transfer->finished = true;
        transfer->result = message->data.result;
        transfer->done.cancel();
    }
}

CurlMulti::CurlMulti(asio::any_io_executor executor)
    : state_(std::make_shared<State>(std::move(executor))) {}

CurlMulti::~CurlMulti() = default;

asio::awaitable<CURLcode> CurlMulti::perform(CURL* easy) {
    const std::shared_ptr<State> state = state_;
    Transfer transfer{asio::steady_timer(state->executor, asio::steady_timer::time_point::max())};
    curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &State::closeSocket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, state.get());

    struct RemoveUnfinished {
        const Transfer& transfer;
        State& state;
        CURL* easy;
        ~RemoveUnfinished() {
            if (!transfer.finished) curl_multi_remove_handle(state.multi, easy);
        }
    };
    const RemoveUnfinished guard{transfer, *state, easy};

    const auto added = curl_multi_add_handle(state->multi, easy);
    endWithoutMemory(added);
    if (added != CURLM_OK) co_return CURLE_FAILED_INIT;
    error_code ended;
    co_await transfer.done.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (!transfer.finished) throw boost::system::system_error(asio::error::operation_aborted);
    co_return transfer.result;
}

void CurlMulti::remove(CURL* easy) noexcept { curl_multi_remove_handle(state_->multi, easy); }

EasyHandle makeEasy(const char* protocols, char* error) {
    EasyHandle easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    CURL* handle = easy.get();
    error[0] = '\0';
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    // Without this, the end of a transfer whose name is still being looked up waits for the
    // look-up.
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
    return easy;
}

}  // namespace backorderd::net
