#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "senders/kinds.hpp"

namespace backorderd::senders {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// As many as may share one durable record of the gate; the writing itself is one at a time.
constexpr int kParallel = 16;
constexpr std::size_t kNameBytesMax = 200;

class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

std::string because(std::string_view what, const fs::path& path) {
    return fmt::format("{} {}: {}", what, path.string(), std::strerror(errno));
}

/// Writes and syncs a file. nullopt: done; otherwise what went wrong.
std::optional<std::string> writeFile(const fs::path& path, std::string_view bytes) {
    const Descriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (file.get() < 0) return because("cannot create", path);
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return because("cannot write", path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) return because("cannot sync", path);
    return std::nullopt;
}

std::optional<std::string> syncFolder(const fs::path& folder) {
    const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || ::fsync(directory.get()) != 0) return because("cannot sync", folder);
    return std::nullopt;
}

/// The id as a file name. Two ids that differ have names that differ.
std::string fileName(const std::string& stable_id) {
    std::string name;
    for (const char c : stable_id) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') ||
                           std::string_view("@._+=-").find(c) != std::string_view::npos;
        name += plain ? c : '_';
    }
    if (name.starts_with('.')) name[0] = '_';
    if (name == stable_id && !name.empty() && name.size() <= kNameBytesMax) return name;
    // FNV-1a tells apart what the letters no longer do.
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : stable_id) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 1099511628211u;
    }
    return fmt::format("{}-{:016x}", name.substr(0, kNameBytesMax), hash);
}

class FileSender final : public Sender {
public:
    FileSender(Channel channel, fs::path folder, bool maildir)
        : channel_(channel), folder_(std::move(folder)), maildir_(maildir) {}

    Channel channel() const override { return channel_; }
    /// The same message has the same file name: a repeat replaces, and doubles nothing.
    OnUnknown onUnknown() const override { return OnUnknown::SendAgain; }
    int parallel() const override { return kParallel; }

    asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override {
        const std::string name = fileName(message.stable_id);
        const fs::path folder = maildir_ ? folder_ / "new" : folder_;
        const fs::path target = folder / (maildir_ ? name : name + ".eml");
        const fs::path unfinished =
            maildir_ ? folder_ / "tmp" / name : folder / ("." + name + ".tmp");

        if (const auto failed = makeFolders()) co_return TryLater{*failed, {}};
        if (const auto failed = writeFile(unfinished, message.document)) {
            ::unlink(unfinished.c_str());
            co_return TryLater{*failed, {}};
        }
        co_await gate.beforeWire(message.id);
        if (::rename(unfinished.c_str(), target.c_str()) != 0)
            co_return TryLater{because("cannot rename to", target), {}};
        // The file is there, and may be gone after a power loss.
        if (const auto failed = syncFolder(folder)) co_return Unknown{*failed};
        co_return Accepted{target.string()};
    }

private:
    std::optional<std::string> makeFolders() const {
        const std::vector<fs::path> wanted =
            maildir_ ? std::vector{folder_ / "tmp", folder_ / "new", folder_ / "cur"}
                     : std::vector{folder_};
        for (const fs::path& folder : wanted) {
            std::error_code failed;
            fs::create_directories(folder, failed);
            if (failed)
                return fmt::format("cannot create {}: {}", folder.string(), failed.message());
        }
        return std::nullopt;
    }

    Channel channel_;
    fs::path folder_;
    bool maildir_;
};

}  // namespace

std::unique_ptr<Sender> makeFileSender(config::Section& section, const Environment&) {
    const std::string folder =
        section.path("folder", "", "Where the files go; it is made where it is missing.");
    if (folder.empty())
        section.problem("folder", "'folder' is missing: say where the files are to go");
    const std::string format =
        section.choice("format", {"eml", "maildir"}, "eml",
                       "One .eml file each, or a Maildir that mail programs can open.");
    const Channel channel = readChannel(section);
    return std::make_unique<FileSender>(channel, folder, format == "maildir");
}

}  // namespace backorderd::senders
