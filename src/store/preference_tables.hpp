#pragma once

#include <string_view>
#include <vector>

#include "backorderd/store.hpp"
#include "store/query.hpp"

namespace backorderd::store {

/// Table preference. Callers hold the transaction.
class PreferenceTables {
public:
    explicit PreferenceTables(SQLite::Database& database);

    void set(const Preference& preference);
    /// False where there is none.
    bool clear(std::string_view contact);
    std::vector<Preference> all();
    /// Makes the cases due of which something is planned.
    void lookAtPlanned(Timestamp at);

private:
    Query set_, clear_, all_, look_;
};

}  // namespace backorderd::store
