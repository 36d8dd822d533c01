#pragma once

#include <optional>

#include "app/log.hpp"
#include "backorderd/store.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// Removes what concerns persons when its time has come: once an hour, in small pieces.
class Care {
public:
    /// References must outlive it.
    Care(Store& store, Log& log, const config::RetentionSettings& retention)
        : store_{store}, log_{log}, retention_{retention} {}

    /// Does a piece of what is due; true where more is due at once.
    bool work(Timestamp now);

private:
    Store& store_;
    Log& log_;
    const config::RetentionSettings& retention_;
    std::optional<Timestamp> next_round_;
    int documents_ = 0, cases_ = 0;  ///< removed in this round
};

}  // namespace backorderd::app
