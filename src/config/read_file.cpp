#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "config/yaml_node.hpp"

namespace backorderd::config {
namespace {

class Descriptor {
public:
    // Not blocking: a pipe in the place of a file must not stop us.
    explicit Descriptor(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

}  // namespace

std::optional<std::string> readFile(const std::string& path, std::string& reason) {
    const Descriptor file(path);
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        reason = std::strerror(errno);
        return std::nullopt;
    }
    if (!S_ISREG(status.st_mode)) {
        reason = S_ISDIR(status.st_mode) ? "it is a folder" : "it is not a regular file";
        return std::nullopt;
    }
    std::string content;
    while (content.size() <= kFileBytesMax) {
        char buffer[65536];
        const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
        if (count == 0) return content;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            reason = std::strerror(errno);
            return std::nullopt;
        }
        content.append(buffer, static_cast<std::size_t>(count));
    }
    reason = fmt::format("it is larger than {} MiB", kFileBytesMax >> 20);
    return std::nullopt;
}

}  // namespace backorderd::config
