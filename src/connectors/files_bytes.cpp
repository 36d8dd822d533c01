#include "connectors/files_bytes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <iconv.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace backorderd::connectors::files {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kNotInEncoding = '\xFF';
const iconv_t kNoConversion = reinterpret_cast<iconv_t>(-1);

std::string iconvName(const std::string& encoding) {
    if (encoding == "windows-1252") return "CP1252";
    if (encoding == "iso-8859-1") return "ISO-8859-1";
    return "UTF-16";
}

}  // namespace

Stamp Stamp::of(const struct stat& status) {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
            std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

struct ByteReader::Handle {
    std::string path;
    int file = -1;
    iconv_t conversion = kNoConversion;
    std::size_t unit_bytes = 1;  ///< of the foreign encoding
    std::array<char, 64 * 1024> foreign{};
    std::size_t foreign_begin = 0;
    std::size_t foreign_end = 0;
    bool foreign_ended = false;

    ~Handle() {
        if (conversion != kNoConversion) iconv_close(conversion);
        if (file >= 0) ::close(file);
    }
};

ByteReader::ByteReader(std::unique_ptr<Handle> handle) : handle_{std::move(handle)} {}
ByteReader::ByteReader(ByteReader&&) noexcept = default;
ByteReader& ByteReader::operator=(ByteReader&&) noexcept = default;
ByteReader::~ByteReader() = default;

std::variant<ByteReader, Failure> ByteReader::open(const std::string& path,
                                                   const std::string& encoding) {
    auto handle = std::make_unique<Handle>();
    handle->path = path;
    handle->file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle->file < 0)
        return Failure{Failure::Again::Later,
                       fmt::format("'{}' cannot be opened: {}", path, std::strerror(errno))};
    (void)::posix_fadvise(handle->file, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (encoding != "utf-8") {
        handle->conversion = iconv_open("UTF-8", iconvName(encoding).c_str());
        if (handle->conversion == kNoConversion)
            return Failure{Failure::Again::Never,
                           fmt::format("this system cannot convert from {} (package libc-bin, "
                                       "gconv modules): write the file as UTF-8",
                                       encoding)};
        handle->unit_bytes = encoding == "utf-16" ? 2 : 1;
    }
    return ByteReader{std::move(handle)};
}

std::size_t ByteReader::readRaw(char* to, std::size_t room) {
    for (;;) {
        const ssize_t got = ::read(handle_->file, to, room);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno == EINTR) continue;
        failure_ = Failure{Failure::Again::Later, fmt::format("'{}' cannot be read: {}",
                                                              handle_->path, std::strerror(errno))};
        return 0;
    }
}

std::size_t ByteReader::read(char* to, std::size_t room) {
    std::size_t got = 0;
    while (got < room) {
        const std::size_t more = handle_->conversion == kNoConversion
                                     ? readRaw(to + got, room - got)
                                     : convert(to + got, room - got);
        if (more == 0) break;
        got += more;
        if (room - got < 8) break;
    }
    if (std::exchange(at_start_, false) && std::string_view{to, got}.starts_with(kByteOrderMark)) {
        got -= kByteOrderMark.size();
        std::memmove(to, to + kByteOrderMark.size(), got);
    }
    return got;
}

std::size_t ByteReader::convert(char* to, std::size_t room) {
    Handle& in = *handle_;
    char* out = to;
    std::size_t out_room = room;
    while (out == to) {
        if (in.foreign_begin == in.foreign_end || in.foreign_end - in.foreign_begin < 4) {
            const std::size_t rest = in.foreign_end - in.foreign_begin;
            std::memmove(in.foreign.data(), in.foreign.data() + in.foreign_begin, rest);
            const std::size_t got = readRaw(in.foreign.data() + rest, in.foreign.size() - rest);
            in.foreign_begin = 0;
            in.foreign_end = rest + got;
            if (in.foreign_end == 0 || failure_) return 0;
            in.foreign_ended = got == 0;
        }
        char* from = in.foreign.data() + in.foreign_begin;
        std::size_t from_left = in.foreign_end - in.foreign_begin;
        const std::size_t done = iconv(in.conversion, &from, &from_left, &out, &out_room);
        const int error = done == static_cast<std::size_t>(-1) ? errno : 0;
        in.foreign_begin = in.foreign_end - from_left;
        if (error == E2BIG) break;
        // Half a character at the end of what was read is completed by what follows, if any does.
        if (error == EILSEQ || (error == EINVAL && in.foreign_ended)) {
            if (out_room == 0) break;
            *out++ = kNotInEncoding;
            --out_room;
            in.foreign_begin += std::min(in.unit_bytes, in.foreign_end - in.foreign_begin);
        }
    }
    return static_cast<std::size_t>(out - to);
}

}  // namespace backorderd::connectors::files
