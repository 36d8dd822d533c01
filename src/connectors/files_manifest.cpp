#include "connectors/files_manifest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace backorderd::connectors::files {
namespace {

constexpr std::size_t kManifestBytesMax = std::size_t{1} << 20;
constexpr std::size_t kSumDigits = 64;
constexpr std::size_t kSliceBytes = std::size_t{4} << 20;

/// `<64 digits> <blank or *>name`; false: the line is none.
bool readSum(std::string line, Sums& sums) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) return true;
    if (line.size() < kSumDigits + 3 || line[kSumDigits] != ' ') return false;
    std::string sum = line.substr(0, kSumDigits);
    for (char& digit : sum) {
        digit = static_cast<char>(std::tolower(static_cast<unsigned char>(digit)));
        if (std::string_view{"0123456789abcdef"}.find(digit) == std::string_view::npos)
            return false;
    }
    if (line[kSumDigits + 1] != ' ' && line[kSumDigits + 1] != '*') return false;
    std::string name = line.substr(kSumDigits + 2);
    if (name.starts_with("./")) name.erase(0, 2);
    if (name.empty() || name.find('/') != std::string::npos) return false;
    return sums.emplace(std::move(name), std::move(sum)).second;
}

/// A file on its way through SHA-256.
class Summing {
public:
    explicit Summing(const std::string& path)
        : file_{::open(path.c_str(), O_RDONLY | O_CLOEXEC)},
          open_error_{file_ < 0 ? errno : 0},
          digest_{EVP_MD_CTX_new()} {
        if (!digest_ || EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr) != 1)
            throw std::runtime_error("OpenSSL has no SHA-256");
    }
    ~Summing() {
        if (file_ >= 0) ::close(file_);
    }
    Summing(const Summing&) = delete;
    Summing& operator=(const Summing&) = delete;

    enum class Slice { More, End, Unreadable };
    Slice addSlice() {
        if (open_error_ != 0) errno = open_error_;
        if (file_ < 0) return Slice::Unreadable;
        std::array<char, 64 * 1024> bytes;
        for (std::size_t done = 0; done < kSliceBytes;) {
            const ssize_t got = ::read(file_, bytes.data(), bytes.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return Slice::Unreadable;
            if (got == 0) return Slice::End;
            EVP_DigestUpdate(digest_.get(), bytes.data(), static_cast<std::size_t>(got));
            done += static_cast<std::size_t>(got);
        }
        return Slice::More;
    }
    std::string sum() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
        unsigned size = 0;
        EVP_DigestFinal_ex(digest_.get(), bytes.data(), &size);
        std::string text;
        for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
        return text;
    }

private:
    struct Free {
        void operator()(EVP_MD_CTX* digest) const { EVP_MD_CTX_free(digest); }
    };
    int file_;
    int open_error_;
    std::unique_ptr<EVP_MD_CTX, Free> digest_;
};

}  // namespace

std::variant<Sums, Failure> readManifest(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::string text(kManifestBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad())
        return Failure{Failure::Again::Later, fmt::format("'{}' cannot be read", path)};
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kManifestBytesMax)
        return Failure{Failure::Again::Later,
                       fmt::format("'{}' is longer than {} bytes", path, kManifestBytesMax)};
    Sums sums;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        ++number;
        if (!readSum(text.substr(begin, end - begin), sums))
            return Failure{Failure::Again::Later,
                           fmt::format("{}:{}: this is no line of sha256sum, or a file stands "
                                       "twice: write the sum, two blanks and the file's name",
                                       path, number)};
        begin = end + 1;
    }
    return sums;
}

boost::asio::awaitable<std::optional<Failure>> verifySums(const Listing& listing, bool fetched,
                                                          VerifiedFiles& verified, net::Net& net) {
    VerifiedFiles now_verified;
    for (const DataFile& file : allFiles(listing)) {
        const std::string name = file.path.substr(file.path.rfind('/') + 1);
        const std::pair<Stamp, std::string> wanted{file.stamp, listing.sums.at(name)};
        now_verified.push_back(wanted);
        if (std::find(verified.begin(), verified.end(), wanted) != verified.end()) continue;
        Summing summing{file.path};
        auto slice = summing.addSlice();
        for (; slice == Summing::Slice::More; slice = summing.addSlice())
            co_await net.pause(std::chrono::milliseconds{0});
        std::string why;
        if (slice == Summing::Slice::Unreadable)
            why = fmt::format("'{}' cannot be read: {}", file.path, std::strerror(errno));
        else if (const std::string sum = summing.sum(); sum != wanted.second)
            why = fmt::format(
                "'{}' has the SHA-256 {}…, and the manifest says {}…: it was cut "
                "off or damaged on its way, or is still being written",
                file.path, sum.substr(0, 12), wanted.second.substr(0, 12));
        if (why.empty()) continue;
        if (fetched) ::unlink(file.path.c_str());
        std::optional<Failure> failure = Failure{Failure::Again::Later, std::move(why)};
        co_return failure;
    }
    verified = std::move(now_verified);
    co_return std::nullopt;
}

}  // namespace backorderd::connectors::files
