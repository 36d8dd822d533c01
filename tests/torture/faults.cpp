#include "torture/faults.hpp"

#include <execinfo.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>

namespace backorderd::torture {
namespace {

thread_local bool armed = false;
Fault planned;
Trace* trace = nullptr;
bool shows = false;  ///< the place of the fault

_Unwind_Reason_Code addFrame(_Unwind_Context* context, void* hash) {
    auto& sum = *static_cast<std::uint64_t*>(hash);
    sum = (sum ^ _Unwind_GetIP(context)) * 0x100000001b3u;
    return _URC_NO_REASON;
}

std::uint64_t site() {
    std::uint64_t hash = 0xcbf29ce484222325u;
    _Unwind_Backtrace(addFrame, &hash);
    return hash;
}

/// For whoever looks for the cause of a failure.
void showPlace() {
    std::array<void*, 80> frames{};
    backtrace_symbols_fd(frames.data(), backtrace(frames.data(), frames.size()), STDERR_FILENO);
}

}  // namespace

std::string_view callName(Call call) {
    static constexpr std::array<std::string_view, 19> kNames{
        "allocation", "open",    "read", "write",   "sync", "truncate", "close",
        "rename",     "unlink",  "stat", "fcntl",   "mmap", "folder",   "random",
        "socket",     "connect", "send", "receive", "wait"};
    return kNames.at(static_cast<std::size_t>(call));
}

const std::vector<int>& errorsOf(Call call) {
    static const std::array<std::vector<int>, 19> errors{
        {{ENOMEM},
         {EIO, EMFILE},
         {EIO, EINTR},
         {EIO, ENOSPC, EINTR, kShortWrite, kTornWrite},
         {EIO, EINTR},
         {EIO, ENOSPC},
         {EIO},
         {EIO, ENOSPC},
         {EIO},
         {EIO, ENOMEM},
         {EINTR, ENOLCK},
         {ENOMEM},
         {EIO, EMFILE},
         {EINTR},
         {EMFILE},
         {ECONNREFUSED, ENETUNREACH},
         {ECONNRESET, EPIPE},
         {ECONNRESET, ETIMEDOUT},
         {EINTR}}};
    return errors.at(static_cast<std::size_t>(call));
}

std::string_view errorName(int error) {
    if (error == kShortWrite) return "short";
    if (error == kTornWrite) return "torn";
    const char* const name = strerrorname_np(error);
    return name ? name : "?";
}

Trace& sharedTrace() {
    if (!trace) {
        void* const place =
            mmap(nullptr, sizeof(Trace), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (place == MAP_FAILED) throw std::bad_alloc();
        trace = static_cast<Trace*>(place);  // Zeros are what it begins with.
    }
    return *trace;
}

void arm(const Fault& fault) {
    // The first time they load what they need.
    site();
    errorsOf(Call::Allocate);
    planned = fault;
    shows = getenv("BACKORDERD_KEEP") != nullptr;
    sharedTrace().count = 0;
    trace->failed = false;
    armed = true;
}

bool comesNow(Call call) {
    if (!armed) return false;
    const bool of_memory = call == Call::Allocate;
    if (of_memory != planned.of_memory) return false;
    armed = false;  // What is done to trace it is not traced.
    const auto number = ++trace->count;
    if (planned.number == 0 && number <= Trace::kMax) {
        trace->calls[number - 1] = call;
        if (of_memory) trace->sites[number - 1] = site();
    }
    const bool now = number == planned.number;
    armed = !now;
    if (!now) return false;
    const auto& errors = errorsOf(call);
    trace->failed = true;
    trace->call = call;
    trace->error = errors[planned.choice % errors.size()];
    if (shows) showPlace();
    errno = trace->error;
    return true;
}

void disarm() { armed = false; }

}  // namespace backorderd::torture

using backorderd::torture::Call;
using backorderd::torture::comesNow;

// -- Memory
// ----------------------------------------------------------------------------------------

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept {
    return comesNow(Call::Allocate) ? nullptr : __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
    return comesNow(Call::Allocate) ? nullptr : __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
    return comesNow(Call::Allocate) ? nullptr : __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    return comesNow(Call::Allocate) ? nullptr : __libc_memalign(alignment, size);
}
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
    if (comesNow(Call::Allocate)) return ENOMEM;
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}

}  // extern "C"
