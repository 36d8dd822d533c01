#pragma once

#include <exception>

namespace backorderd::app {

/// How every coroutine of the shell ends: an exception in it is our own bug, or a store that cannot
/// be written. The process ends, and the next start is safe.
inline void rethrow(std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
}

}  // namespace backorderd::app
