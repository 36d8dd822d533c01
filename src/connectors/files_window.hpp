#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "backorderd/problem.hpp"
#include "connectors/files_bytes.hpp"

namespace backorderd::connectors::files {

/// Memory for a window, kept from file to file. The bytes behind it are there to be read past the
/// end of the text, as simdjson does.
class WindowMemory {
public:
    explicit WindowMemory(std::size_t bytes);
    char* data() { return memory_.get(); }
    std::size_t bytes() const { return bytes_; }
    static constexpr std::size_t kPaddingBytes = 64;

private:
    std::size_t bytes_;
    std::unique_ptr<char[]> memory_;
};

/// The part of a file that is in memory: it moves forward over the file, so that a file of any size
/// is read in the same memory.
class Window {
public:
    /// `memory` outlives the window and belongs to it meanwhile.
    Window(ByteReader bytes, WindowMemory& memory, std::string path);

    /// What is in memory and not yet consumed.
    std::string_view text() const { return {begin_, static_cast<std::size_t>(end_ - begin_)}; }
    /// Gives up the front of the text. It stays where it is until the next `refill`.
    void consume(std::size_t bytes) { begin_ += bytes; }
    /// Drops what is consumed and reads on. False: the disk failed.
    bool refill();
    /// Nothing follows behind `text()`.
    bool isWhole() const { return ended_; }
    const std::optional<Failure>& failure() const { return bytes_.failure(); }
    /// Readable bytes from there on, padding included.
    std::size_t readableFrom(const char* at) const;
    /// Where in the file that is. `at` points into the window.
    Place placeOf(const char* at) const;
    Place wholeFile() const { return {path_, 0, 0}; }

private:
    ByteReader bytes_;
    WindowMemory& memory_;
    std::string path_;
    char* begin_;
    char* end_;
    std::int64_t line_ = 1;          ///< of the first byte in memory
    std::int64_t column_bytes_ = 0;  ///< of that line, before the first byte in memory
    bool ended_ = false;
};

}  // namespace backorderd::connectors::files
