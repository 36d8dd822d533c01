#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// The machine's memory and system calls, which fail once at a chosen place: the program's own
/// malloc and wrappers of libc stand before the real ones, for every library in it.
namespace backorderd::torture {

/// What a fault is for; of calls, all that fail in the same way.
enum class Call : std::uint8_t {
    Allocate,
    Open,
    Read,
    Write,
    Sync,
    Truncate,
    Close,
    Rename,
    Unlink,
    Stat,
    Control,  ///< fcntl, flock
    Map,
    Folder,  ///< mkdir, opendir
    Random,
    Socket,
    Connect,
    Send,
    Receive,
    Wait,  ///< poll, epoll_wait
};
std::string_view callName(Call call);

/// A write of which a half is done. Beside them, errors are those of errno.
inline constexpr int kShortWrite = -1;  ///< and the call says so
inline constexpr int kTornWrite = -2;   ///< and the call fails with ENOSPC
/// With what a call of this kind is made to fail, one run each.
const std::vector<int>& errorsOf(Call call);
std::string_view errorName(int error);

/// What passes between `arm` and `disarm`, in memory that processes share.
struct Trace {
    static constexpr std::size_t kMax = 1'000'000;
    std::size_t count = 0;
    bool failed = false;  ///< the fault came: to `call`, with `error`
    Call call{};
    int error = 0;
    Call calls[kMax];           ///< of calls, in their order
    std::uint64_t sites[kMax];  ///< of allocations: a hash of the functions that led there
};
Trace& sharedTrace();

struct Fault {
    bool of_memory = true;   ///< the n-th allocation; false: the n-th call
    std::size_t number = 0;  ///< from 1 on; 0: nothing fails, and all is traced
    std::size_t choice = 0;  ///< which of `errorsOf` the call
};

/// From now on, in this thread.
void arm(const Fault& fault);
void disarm();

/// For the wrappers: whether it is this call that fails. Then errno is set.
bool comesNow(Call call);

}  // namespace backorderd::torture
