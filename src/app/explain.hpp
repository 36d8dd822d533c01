#pragma once

#include <nlohmann/json_fwd.hpp>

#include "backorderd/decision.hpp"
#include "backorderd/message.hpp"
#include "backorderd/snapshot.hpp"

namespace backorderd::app {

/// A case in one row of a list.
nlohmann::json lineRow(const Case& subject, Timestamp now);
nlohmann::json noticeRow(const Notice& notice);
nlohmann::json messageRow(const Message& message);

/// The whole story of a case, and what comes next and why: made of the same decision that the
/// daemon acts on.
nlohmann::json explainCase(const Case& subject, const Decision& decision,
                           const std::vector<StockLevel>& stock, Timestamp now);

}  // namespace backorderd::app
