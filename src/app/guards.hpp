#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/log.hpp"
#include "app/operations_alert.hpp"
#include "app/policy.hpp"
#include "app/silence_digest.hpp"
#include "backorderd/store.hpp"
#include "config/config.hpp"

namespace backorderd::app {

/// Who stands between a due notice and the wire: the blast radius, silences and suppressions. Asked
/// once for each group that is due, after it has been looked at anew.
class Guards {
public:
    /// References must outlive the guards; the policy may be exchanged between calls.
    Guards(Store& store, Log& log, const Policy& policy, const config::GuardSettings& settings,
           OperationsAlert& alert);

    void usePolicy(const Policy& policy) { policy_ = &policy; }

    /// Begins a piece of work: reads the silences anew, says which have ended and, day by day,
    /// which still hold, and holds everything that is due where it is too much at once. True where
    /// it was held.
    bool begin(Timestamp now);

    struct Ruling {
        std::vector<Notice> pass;
        std::vector<Notice> stopped;  ///< as they are to be stored: Suppressed, or put off
    };
    /// Asks silences and suppressions of each notice of a group. `cases` has all of theirs.
    Ruling rule(std::vector<Notice> group, const std::map<CaseId, Case>& cases, Timestamp now);
    /// Reads the silences anew, as `begin` does.
    void readSilences(Timestamp now);
    /// Whether a notice that passed and waits in a message would be stopped by now.
    bool wouldStop(const Notice& notice, const Case& subject, Timestamp now) const;

private:
    struct Watch {
        Silence silence;
        Condition condition;
    };
    void tellEnded(Timestamp now);
    bool holdStorm(Timestamp now);
    bool silence(Notice& notice, const Case& subject, Timestamp now);
    const Silence* silenceOf(const Notice& notice, const Case& subject, Timestamp now) const;
    bool suppress(Notice& notice, Timestamp now);
    std::optional<Suppression> suppressionOf(const Notice& notice) const;
    bool isCritical(const Notice& notice) const;

    Store& store_;
    Log& log_;
    const Policy* policy_;
    const config::GuardSettings& settings_;
    OperationsAlert& alert_;
    SilenceDigest silence_digest_;
    std::vector<Watch> watches_;
};

/// Whether a silence's matchers fit a case; what cannot be read any more fits nothing.
bool fits(const Silence& silence, const Case& subject, Timestamp now);

/// The silence in words: `silence 12 of anna until …: reason`.
std::string describeSilence(const Silence& silence);

}  // namespace backorderd::app
