#pragma once

#include <optional>

#include "app/operations_alert.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// Tells whoever silenced something, day by day, which silences they still hold and what those hold
/// back, so that none is forgotten. An author whose name is a mail address is written to; those of
/// the others stand in a mail to operations.
class SilenceDigest {
public:
    /// References must outlive the digest.
    SilenceDigest(Store& store, const config::GuardSettings& settings, OperationsAlert& alert)
        : store_{store}, settings_{settings}, alert_{alert} {}

    /// Tells where it is time to, also counted over a restart; cheap where it is not.
    void tellDue(Timestamp now);

private:
    void tell(Timestamp now);

    Store& store_;
    const config::GuardSettings& settings_;
    OperationsAlert& alert_;
    std::optional<Timestamp> next_;  ///< empty: to be read
};

}  // namespace backorderd::app
