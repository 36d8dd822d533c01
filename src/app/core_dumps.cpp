#include "app/core_dumps.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace backorderd::app {

void forbidCoreDumps() {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    // A core that is piped to a program, as to systemd-coredump, does not ask for the limit.
    prctl(PR_SET_DUMPABLE, 0);
}

}  // namespace backorderd::app
