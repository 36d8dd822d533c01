#pragma once

#include <algorithm>
#include <vector>

#include "backorderd/store.hpp"

namespace backorderd::rehearsal {

/// Calls back with the ids of the cases that a filter finds, a piece at a time.
template <class Callback>
void forEachPiece(Store& store, CaseFilter filter, Callback callback) {
    filter.limit = 1000;
    for (;;) {
        const auto ids = store.listCases(filter);
        if (ids.empty()) return;
        filter.after = *std::max_element(ids.begin(), ids.end());
        callback(ids);
    }
}

}  // namespace backorderd::rehearsal
