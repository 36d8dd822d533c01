#pragma once

#include <string>
#include <vector>

#include "connectors/tryton_query.hpp"

namespace backorderd::connectors::tryton {

/// The bookmark behind a read of everything, from the open lines that were listed at its beginning;
/// empty where there were none.
std::string firstBookmark(const std::vector<OpenLine>& open);

}  // namespace backorderd::connectors::tryton
