#include "demo/story.hpp"

#include <unistd.h>

#include <stdexcept>

namespace backorderd::demo {
namespace {

constexpr int kBarWidth = 42;
constexpr const char* kClearLine = "\r\033[2K";

}  // namespace

Story::Story(const std::string& file, int days)
    : file_{std::fopen(file.c_str(), "w")}, days_{days}, terminal_{isatty(STDOUT_FILENO) == 1} {
    if (!file_) throw std::runtime_error("cannot write " + file);
}

Story::~Story() {
    if (terminal_) std::fputs(kClearLine, stdout);
    std::fclose(file_);
}

void Story::line(const std::string& text) {
    if (terminal_) std::fputs(kClearLine, stdout);
    std::printf("%s\n", text.c_str());
    std::fprintf(file_, "%s\n", text.c_str());
}

void Story::progress(int day) {
    if (!terminal_) return;
    const int done = day * kBarWidth / days_;
    std::printf("%s[%s%s] day %d of %d", kClearLine,
                std::string(static_cast<std::size_t>(done), '#').c_str(),
                std::string(static_cast<std::size_t>(kBarWidth - done), '.').c_str(), day, days_);
    std::fflush(stdout);
}

}  // namespace backorderd::demo
