#include "app/disk_watch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

namespace backorderd::app {
namespace {

/// Beside the database. Made anew where it is missing.
constexpr const char* kReserveFile = "backorderd.reserve";
constexpr mode_t kReserveMode = 0600;
constexpr std::uint64_t kMib = std::uint64_t{1} << 20;

std::optional<std::uint64_t> freeBytesOf(const std::string& folder) {
    struct statvfs room {};
    if (statvfs(folder.c_str(), &room) != 0) return std::nullopt;
    return std::uint64_t{room.f_bavail} * room.f_frsize;
}

}  // namespace

DiskWatch::DiskWatch(const config::Settings& settings, FreeBytes free_bytes)
    : data_dir_{settings.data_dir},
      journal_dir_{std::filesystem::path{settings.journal}.parent_path()},
      reserve_file_{std::filesystem::path{settings.data_dir} / kReserveFile},
      free_min_{static_cast<std::uint64_t>(settings.disk.free_min_mib) * kMib},
      reserve_bytes_{static_cast<std::uint64_t>(settings.disk.reserve_mib) * kMib},
      free_bytes_{free_bytes ? std::move(free_bytes) : freeBytesOf} {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(reserve_file_, missing);
    has_reserve_ = !missing && bytes == reserve_bytes_;
}

std::string DiskWatch::whyLow() const {
    for (const auto& folder : {data_dir_, journal_dir_}) {
        const auto room = free_bytes_(folder);
        if (room && *room < free_min_)
            return fmt::format(
                "{} MiB are free in {}, and less than disk.free_min_mib ({} MiB) is too little",
                *room / kMib, folder, free_min_ / kMib);
    }
    return "";
}

void DiskWatch::keepReserve() {
    const auto room = free_bytes_(data_dir_);
    if (has_reserve_ || (room && *room < free_min_ + reserve_bytes_)) return;
    const int descriptor =
        open(reserve_file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kReserveMode);
    if (descriptor < 0) return;
    has_reserve_ = posix_fallocate(descriptor, 0, static_cast<off_t>(reserve_bytes_)) == 0;
    close(descriptor);
    if (!has_reserve_) unlink(reserve_file_.c_str());
}

bool DiskWatch::giveUpReserve() {
    if (!has_reserve_) return false;
    has_reserve_ = false;
    return unlink(reserve_file_.c_str()) == 0;
}

}  // namespace backorderd::app
