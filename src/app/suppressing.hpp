#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/engine.hpp"
#include "backorderd/store.hpp"

/// To whom nothing goes, as operators say it. Arguments and answers as Operations has them; what
/// cannot be done is thrown as `Declined`.
namespace backorderd::app {

/// An entry of the list as somebody wrote it; what is empty has its default.
struct SuppressionText {
    std::string channel;  ///< `email`
    std::string address;
    std::string kind;    ///< `all`
    std::string reason;  ///< that of the act
    std::string source;  ///< `operator`
    std::string since;   ///< the moment of the act
};

/// The entry, by whom and why as `why` says. Throws `Declined` with what is wrong.
Suppression suppressionOf(const SuppressionText& text, const AuditEntry& why);

/// `entries`, each with the members of `SuppressionText`; all or none are taken. `source` is that
/// of the entries that have none.
nlohmann::json addSuppressions(Engine& engine, Store& store, const nlohmann::json& arguments,
                               Timestamp now);
nlohmann::json listSuppressions(Store& store);
/// `channel`, `address`.
nlohmann::json removeSuppression(Store& store, const nlohmann::json& arguments, Timestamp now);

}  // namespace backorderd::app
