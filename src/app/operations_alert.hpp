#pragma once

#include <optional>
#include <string>

#include "app/log.hpp"
#include "backorderd/store.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// Calls operations: by the log at once and, where the settings name an address and a sender serves
/// mail, by a mail that no guard stops.
class OperationsAlert {
public:
    /// `mail_sender`: the name of the sender that serves mail; empty: there is none. References
    /// must outlive the alert.
    OperationsAlert(Store& store, Log& log, const config::Settings& settings,
                    std::string mail_sender);

    struct Call {
        std::string_view kind;  ///< `blast_radius`; a name of the log's event, `operations.KIND`
        std::string subject;
        std::string text;
        std::string to{};  ///< whom it is mailed to; empty: operations
    };
    /// Says it in the log, and by mail unless one of the same kind to the same reader left less
    /// than an hour ago, also before a restart.
    void raise(const Call& call, Timestamp now);

private:
    bool mayMail(const std::string& key, const std::string& to, Timestamp now) const;

    Store& store_;
    Log& log_;
    const config::Settings& settings_;
    std::string mail_sender_;
};

}  // namespace backorderd::app
