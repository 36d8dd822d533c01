#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "config/config.hpp"

namespace backorderd::app {

/// Room on the disks of the store and of the send journal. What is sent must be written down also
/// where somebody else fills the disk: for that a file of some size, the reserve, is kept beside
/// the database, and given up when a write finds no room.
class DiskWatch {
public:
    /// Bytes that are free where a folder lies; empty: it cannot be told.
    using FreeBytes = std::function<std::optional<std::uint64_t>(const std::string& folder)>;
    /// `free_bytes` empty: as the system says.
    explicit DiskWatch(const config::Settings& settings, FreeBytes free_bytes = {});

    /// Why nothing is to be read in now; empty: there is room.
    std::string whyLow() const;
    bool hasReserve() const { return has_reserve_; }
    /// Makes the reserve where it is missing and there is room for it besides.
    void keepReserve();
    /// Gives its room to a write that found none; false where it is gone already.
    bool giveUpReserve();

private:
    std::string data_dir_, journal_dir_, reserve_file_;
    std::uint64_t free_min_ = 0, reserve_bytes_ = 0;
    FreeBytes free_bytes_;
    bool has_reserve_ = false;
};

}  // namespace backorderd::app
