#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "backorderd/case.hpp"

namespace backorderd::app {

/// A record that differs from what is known, while its snapshot has not been judged.
struct HeldRecord {
    std::string id;
    std::uint64_t fingerprint = 0;
    std::optional<std::uint64_t> committed;  ///< the fingerprint of what the store holds
    CaseId case_id = 0;
    bool is_new = false;
    std::string line;  ///< as `codec::encodeLine` writes it; empty: known to be thrown away
};

/// Records in the order in which they came, in memory up to a limit and beyond it in a file that
/// has no name: nothing is left of it when the process ends, however it ends.
class Spool {
public:
    struct Limits {
        std::string folder;  ///< of the file; empty: the system's folder for temporary files
        std::size_t memory_bytes_max = std::size_t{8} << 20;
    };
    explicit Spool(Limits limits) : limits_{std::move(limits)} {}

    /// False, for good, where neither memory nor disk has room; what was added before is kept.
    bool add(const HeldRecord& record);
    bool empty() const { return size_ == 0; }

    /// Takes the next record out; nullopt: there is none left. After the first `take` nothing may
    /// be added. Records that cannot be read back are `StoreBroken`.
    std::optional<HeldRecord> take();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    bool flush();
    void read(void* to, std::size_t bytes);

    Limits limits_;
    std::string memory_;  ///< what came last
    std::size_t memory_read_ = 0;
    std::unique_ptr<std::FILE, Close> file_;  ///< what came before
    std::uint64_t file_bytes_ = 0, file_read_ = 0;
    std::size_t size_ = 0;
    bool reading_ = false;
};

}  // namespace backorderd::app
