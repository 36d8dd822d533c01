#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/log.hpp"
#include "backorderd/store.hpp"

namespace backorderd::app {

/// Why nothing is sent. The names are persisted: do not change.
enum class GateName {
    Paused,       ///< an operator said so
    Restored,     ///< an older copy of the database is in use
    Environment,  ///< the database belongs elsewhere
    Clock,        ///< the machine's clock cannot be trusted
    Journal,      ///< the send journal is gone, or another one
    Disk,         ///< the disk is full, and what became of a message could not be written down
};
inline constexpr std::array kGateNames{GateName::Paused, GateName::Restored, GateName::Environment,
                                       GateName::Clock,  GateName::Journal,  GateName::Disk};
std::string_view gateText(GateName name);  ///< `restored`
std::optional<GateName> parseGate(std::string_view text);

struct Gate {
    GateName name{};
    std::string reason;  ///< for a person
    Timestamp since{};
    /// It falls by itself when the wall clock shows this; empty: it does not.
    std::optional<Timestamp> falls_at;
};

/// Gates that are up: while any is, nothing is prepared, claimed or written to an ERP; polls and
/// evaluation go on. They are kept in the store, so that a restart does not lower them.
class Gates {
public:
    /// `kept` false: none is ever up, and the store is not asked; a rehearsal sends nothing anyway.
    Gates(Store& store, Log& log, bool kept);

    bool open() const { return up_.empty(); }
    const std::vector<Gate>& up() const { return up_; }
    const Gate* find(GateName name) const;

    /// One that is up already keeps its moment and its reason.
    void raise(Gate gate);
    /// Lowers one that a machine raised and that has passed; nothing where it is not up.
    void fall(GateName name, Timestamp now);
    /// An operator lowers it; false where it is not up.
    bool lower(GateName name, const AuditEntry& why);

    /// `HELD (restored, clock)`; empty while none is up.
    std::string summary() const;

private:
    bool remove(GateName name);

    Store& store_;
    Log& log_;
    bool kept_;
    std::vector<Gate> up_;
};

}  // namespace backorderd::app
