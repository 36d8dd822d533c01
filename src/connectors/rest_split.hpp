#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/rest_json.hpp"

namespace backorderd::connectors::rest {

/// An answer taken apart without reading its records.
struct SplitAnswer {
    std::string rest;                       ///< the answer with an empty list in the list's place
    std::vector<std::string_view> records;  ///< as they stand in the answer, in its order
};

/// Takes the list that the pointer leads to out of an answer; `answer` may move in memory for it,
/// and is what the records look into, each with room behind it for `JsonTree::read`. Empty where it
/// is not plain: no JSON, no list there, or elements that are no objects.
std::optional<SplitAnswer> splitAnswer(std::string& answer, const Pointer& pointer);

}  // namespace backorderd::connectors::rest
