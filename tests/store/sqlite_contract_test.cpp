#include <filesystem>

#include "contract_cases.hpp"
#include "contract_goods.hpp"
#include "contract_guards.hpp"
#include "contract_outbox.hpp"
#include "contract_passes.hpp"
#include "contract_persons.hpp"
#include "contract_preferences.hpp"
#include "store/store.hpp"
#include "temporary_directory.hpp"

namespace backorderd::store {
namespace sqlite_contract_test {

class SqlitePlace : public StorePlace {
public:
    std::unique_ptr<Store> open() override { return openStore(directory_ / "data"); }
    std::unique_ptr<Store> reopen(std::unique_ptr<Store> store) override {
        store.reset();
        return open();
    }
    std::string newFile() override {
        return directory_ / ("file-" + std::to_string(++files_)).c_str();
    }
    std::unique_ptr<Store> openBackup(const std::string& file) override {
        const auto data = newFile();
        std::filesystem::create_directory(data);
        std::filesystem::copy_file(file, data + "/" + kDatabaseFile);
        return openStore(data, {.create = false});
    }

private:
    TemporaryDirectory directory_;
    int files_ = 0;
};

/// A store in memory has no second life but as a copy of what it wrote.
class ScratchPlace final : public SqlitePlace {
public:
    std::unique_ptr<Store> open() override { return openScratch(); }
    std::unique_ptr<Store> reopen(std::unique_ptr<Store> store) override {
        const auto file = newFile();
        store->backup(file);
        return openScratchCopy(file);
    }
    std::unique_ptr<Store> openBackup(const std::string& file) override {
        return openScratchCopy(file);
    }
};

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(MakePlace{[] {
                             return std::make_unique<SqlitePlace>();
                         }}));
INSTANTIATE_TEST_SUITE_P(Scratch, StoreContract, testing::Values(MakePlace{[] {
                             return std::make_unique<ScratchPlace>();
                         }}));

}  // namespace sqlite_contract_test
}  // namespace backorderd::store
