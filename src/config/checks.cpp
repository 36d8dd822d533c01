#include "config/checks.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

}  // namespace

void checkTimezone(Section& section, std::string_view key, const std::string& zone) {
    const bool known =
        std::filesystem::is_directory(kZoneFolder)
            ? std::filesystem::is_regular_file(std::filesystem::path(kZoneFolder) / zone)
            : true;
    if (!looksLikeTimezone(zone) || !known)
        section.problem(
            key, fmt::format("{} is no time zone; write one as Europe/Vienna or UTC", quote(zone)));
}

}  // namespace backorderd::config
