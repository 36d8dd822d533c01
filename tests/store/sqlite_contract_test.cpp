#include "contract_cases.hpp"
#include "contract_outbox.hpp"
#include "store/store.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace {

class SqlitePlace final : public StorePlace {
public:
    std::unique_ptr<Store> open() override { return openStore(directory_ / "data"); }

private:
    TemporaryDirectory directory_;
};

std::unique_ptr<StorePlace> makeSqlitePlace() { return std::make_unique<SqlitePlace>(); }

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(MakePlace{makeSqlitePlace}));

}  // namespace
}  // namespace backorderd::store
