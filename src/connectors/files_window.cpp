#include "connectors/files_window.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace backorderd::connectors::files {
namespace {

struct Position {
    std::int64_t line;
    std::int64_t column_bytes;
};

/// Goes on from a position over text. memchr leaps over the long lines of an export.
Position advance(Position position, const char* from, const char* to) {
    while (from < to) {
        const void* found = std::memchr(from, '\n', static_cast<std::size_t>(to - from));
        if (found == nullptr) {
            position.column_bytes += to - from;
            break;
        }
        ++position.line;
        position.column_bytes = 0;
        from = static_cast<const char*>(found) + 1;
    }
    return position;
}

int toInt(std::int64_t count) {
    return static_cast<int>(std::min<std::int64_t>(count, std::numeric_limits<int>::max()));
}

}  // namespace

WindowMemory::WindowMemory(std::size_t bytes)
    : bytes_{bytes}, memory_{std::make_unique_for_overwrite<char[]>(bytes + kPaddingBytes)} {
    std::memset(memory_.get() + bytes, 0, kPaddingBytes);
}

Window::Window(ByteReader bytes, WindowMemory& memory, std::string path)
    : bytes_{std::move(bytes)},
      memory_{memory},
      path_{std::move(path)},
      begin_{memory.data()},
      end_{memory.data()} {}

bool Window::refill() {
    char* const start = memory_.data();
    const auto position = advance({line_, column_bytes_}, start, begin_);
    line_ = position.line;
    column_bytes_ = position.column_bytes;
    const auto rest = static_cast<std::size_t>(end_ - begin_);
    std::memmove(start, begin_, rest);
    begin_ = start;
    end_ = start + rest;
    while (!ended_ && memory_.bytes() - static_cast<std::size_t>(end_ - start) >= 8) {
        const std::size_t got =
            bytes_.read(end_, memory_.bytes() - static_cast<std::size_t>(end_ - start));
        ended_ = got == 0;
        end_ += got;
    }
    return !bytes_.failure();
}

std::size_t Window::readableFrom(const char* at) const {
    return static_cast<std::size_t>(memory_.data() + memory_.bytes() - at) +
           WindowMemory::kPaddingBytes;
}

Place Window::placeOf(const char* at) const {
    const auto position = advance({line_, column_bytes_}, memory_.data(), at);
    return {path_, toInt(position.line), toInt(position.column_bytes + 1)};
}

}  // namespace backorderd::connectors::files
