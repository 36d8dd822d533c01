#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "backorderd/problem.hpp"

namespace backorderd::connectors::files {

/// Tells whether a file is the one that it was.
struct Stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t changed_ns = 0;  ///< since the epoch

    static Stamp of(const struct stat& status);
    bool operator==(const Stamp&) const = default;
};

/// Reads a file from front to back as UTF-8, whatever it is written in. A byte that its encoding
/// does not have comes out as 0xFF, which UTF-8 does not have, so that it is found with the record
/// that it stands in. A byte order mark is left out.
class ByteReader {
public:
    static std::variant<ByteReader, Failure> open(const std::string& path,
                                                  const std::string& encoding);
    ByteReader(ByteReader&&) noexcept;
    ByteReader& operator=(ByteReader&&) noexcept;
    ~ByteReader();

    /// Puts up to `room` bytes (at least 8) into `to`. 0: the end, or `failure()`.
    std::size_t read(char* to, std::size_t room);
    const std::optional<Failure>& failure() const { return failure_; }

private:
    struct Handle;
    explicit ByteReader(std::unique_ptr<Handle> handle);
    std::size_t readRaw(char* to, std::size_t room);
    std::size_t convert(char* to, std::size_t room);

    std::unique_ptr<Handle> handle_;
    std::optional<Failure> failure_;
    bool at_start_ = true;
};

}  // namespace backorderd::connectors::files
