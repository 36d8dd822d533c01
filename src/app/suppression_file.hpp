#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/suppressing.hpp"
#include "backorderd/problem.hpp"

/// The suppression list as a CSV file. Pure.
namespace backorderd::app {

/// What a file holds: the rows that can be taken, and a problem for each that cannot.
struct SuppressionFile {
    std::vector<SuppressionText> rows;
    Problems problems;
};

/// Reads a file whose header names `address` and any of `channel`, `kind`, `reason`, `source` and
/// `since`; other columns are a problem. `name` is what problems call it. `why` is the act: its
/// moment is that of rows without `since`.
SuppressionFile readSuppressionFile(std::string_view text, const std::string& name,
                                    const AuditEntry& why);

/// The list as a file that `readSuppressionFile` reads back, with defused formulas.
std::string writeSuppressionFile(const std::vector<SuppressionText>& rows);

}  // namespace backorderd::app
