#include "connectors/files_record.hpp"

#include <utility>

namespace backorderd::connectors::files {

void ProblemList::add(Problems& to, Place place, std::string text) {
    ++count_;
    if (count_ > kListedMax) return;
    if (count_ == kListedMax) text += " (further problems of this file are not listed)";
    to.push_back({std::move(place), std::move(text), Severity::Error});
}

}  // namespace backorderd::connectors::files
