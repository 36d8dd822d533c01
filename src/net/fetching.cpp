#include "net/fetching.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "net/remote_folder.hpp"

namespace backorderd::net {

namespace asio = boost::asio;

namespace {

using Outcome = std::variant<Fetched, TransferError>;

/// Everything that is wanted, by name, with its size and time.
std::variant<std::vector<RemoteFile>, TransferError> look(RemoteServer& server,
                                                          const FetchRequest& request) {
    auto names = server.names();
    if (auto* error = std::get_if<TransferError>(&names)) return std::move(*error);
    std::vector<RemoteFile> files;
    for (const std::string& name : std::get<std::vector<std::string>>(names)) {
        if (!request.wanted(name)) continue;
        if (files.size() == request.files_max)
            return server.error("more than " + std::to_string(request.files_max) +
                                " files in the folder are wanted: let old ones be removed there");
        auto file = server.look(name);
        if (auto* error = std::get_if<TransferError>(&file)) return std::move(*error);
        files.push_back(std::get<RemoteFile>(std::move(file)));
    }
    return files;
}

std::vector<RemoteFile> newOnes(const std::vector<RemoteFile>& files, const FetchRequest& request) {
    std::vector<RemoteFile> fresh;
    for (const RemoteFile& file : files)
        if (std::find(request.have.begin(), request.have.end(), file) == request.have.end())
            fresh.push_back(file);
    return request.all_or_none && !fresh.empty() ? files : fresh;
}

Outcome fetchAll(const FetchRequest& request, FetchWhat what, const std::atomic<bool>& stop) {
    RemoteServer server{request, stop};
    auto before = look(server, request);
    if (auto* error = std::get_if<TransferError>(&before)) return std::move(*error);
    Fetched fetched{std::get<std::vector<RemoteFile>>(std::move(before)), {}};
    if (what == FetchWhat::List) return fetched;
    for (const RemoteFile& file : newOnes(fetched.files, request)) {
        if (auto error = server.fetch(file, request.into + '/' + file.name))
            return std::move(*error);
        fetched.names.push_back(file.name);
    }
    if (fetched.names.empty()) return fetched;
    auto after = look(server, request);
    if (auto* error = std::get_if<TransferError>(&after)) return std::move(*error);
    if (std::get<std::vector<RemoteFile>>(after) != fetched.files)
        return server.error("files were changed while they were fetched");
    return fetched;
}

/// One fetch on a thread of its own, because libcurl 7.88 blocks where an SFTP transfer ends, and
/// because files are written. What both threads touch is `stop` and the event alone; the outcome is
/// the loop's once the thread has ended.
class FetchThread {
public:
    FetchThread(const asio::any_io_executor& executor, FetchRequest request, FetchWhat what)
        : event_{executor, ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}, request_{std::move(request)} {
        asio::post(thread_, [this, what] {
            outcome_ = fetchAll(request_, what, stop_);
            (void)::eventfd_write(event_.native_handle(), 1);
        });
    }
    /// Left early, as when the daemon ends: curl looks at `stop` at least once a second.
    ~FetchThread() {
        stop_ = true;
        thread_.join();
    }
    FetchThread(const FetchThread&) = delete;
    FetchThread& operator=(const FetchThread&) = delete;

    asio::awaitable<void> ended() {
        co_await event_.async_wait(asio::posix::descriptor_base::wait_read, asio::use_awaitable);
        thread_.join();
    }
    Outcome& outcome() { return *outcome_; }

private:
    asio::posix::stream_descriptor event_;
    FetchRequest request_;
    std::atomic<bool> stop_{false};
    std::optional<Outcome> outcome_;
    asio::thread_pool thread_{1};
};

}  // namespace

asio::awaitable<Outcome> fetchFiles(FetchRequest request, FetchWhat what) {
    const auto executor = co_await asio::this_coro::executor;
    FetchThread thread{executor, std::move(request), what};
    co_await thread.ended();
    co_return std::move(thread.outcome());
}

}  // namespace backorderd::net
