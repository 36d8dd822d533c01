#pragma once

namespace backorderd::app {

/// From here on the process leaves no core dump, and no other process of its user may look into its
/// memory: both would hold passwords and addresses. Where the kernel refuses, nothing is changed.
void forbidCoreDumps();

}  // namespace backorderd::app
