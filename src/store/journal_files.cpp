#include "store/journal_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>

#include "store/journal.hpp"

namespace backorderd::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kHashBytes = 16;
constexpr mode_t kPrivateMode = 0600;

template <class Bytes>
std::string hexDigits(const Bytes& bytes, std::size_t count) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        text += kDigits[bytes[i] >> 4];
        text += kDigits[bytes[i] & 0xf];
    }
    return text;
}

/// The two numbers behind `FILE.`; a file that has other words there is none of ours.
bool parseClosedName(const std::string& name, const std::string& prefix, ClosedSegment& segment) {
    if (!name.starts_with(prefix)) return false;
    const char* const end = name.data() + name.size();
    const auto [dot, error] = std::from_chars(name.data() + prefix.size(), end, segment.last_seq);
    if (error != std::errc{} || dot == end || *dot != '.') return false;
    std::int64_t seconds = 0;
    const auto [rest, unread] = std::from_chars(dot + 1, end, seconds);
    segment.last_at = Timestamp{std::chrono::seconds{seconds}};
    return unread == std::errc{} && rest == end;
}

std::string newKey() {
    std::array<unsigned char, kKeyBytes> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw StoreBroken("the system has no random numbers for the send journal's key");
    return hexDigits(bytes, bytes.size());
}

void writeKey(const fs::path& file, const std::string& key) {
    const int descriptor =
        open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kPrivateMode);
    const std::string text = key + '\n';
    const bool done =
        descriptor >= 0 &&
        write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(descriptor) == 0;
    const int why = errno;
    if (descriptor >= 0) close(descriptor);
    if (done) return;
    unlink(file.c_str());  // It may be on no disk, though it can be read.
    refuseJournal(file, fmt::format("it cannot be written ({})", std::strerror(why)));
}

}  // namespace

void refuseJournal(const fs::path& file, const std::string& text) {
    throw JournalRefused(
        fmt::format("the send journal {} cannot be used: {}", file.string(), text));
}

fs::path closedName(const fs::path& file, std::uint64_t last_seq, Timestamp last_at) {
    return fmt::format("{}.{}.{}", file.string(), last_seq, last_at.time_since_epoch().count());
}

bool journalFileExists(const fs::path& file) {
    std::error_code failed;
    const bool exists = fs::exists(file, failed);
    if (failed) refuseJournal(file, fmt::format("it cannot be looked at ({})", failed.message()));
    return exists;
}

std::vector<ClosedSegment> closedSegments(const fs::path& file) {
    std::vector<ClosedSegment> segments;
    std::error_code failed;
    const fs::directory_iterator entries{file.parent_path(), failed};
    if (failed)
        refuseJournal(file, fmt::format("its directory cannot be read ({})", failed.message()));
    for (const auto& entry : entries) {
        ClosedSegment segment{entry.path(), 0, {}};
        if (parseClosedName(entry.path().filename(), file.filename().string() + '.', segment))
            segments.push_back(segment);
    }
    std::sort(segments.begin(), segments.end(),
              [](const auto& a, const auto& b) { return a.last_seq < b.last_seq; });
    return segments;
}

std::string journalKey(const fs::path& file, bool journal_exists) {
    const fs::path key_file = file.string() + ".key";
    std::error_code ignored;
    if (fs::file_size(key_file, ignored) == 0 && !journal_exists) fs::remove(key_file, ignored);
    if (!fs::exists(key_file)) {
        if (journal_exists)
            refuseJournal(file, fmt::format("its key {} is missing. Restore it from a backup; or "
                                            "move the journal away, and a new one is begun",
                                            key_file.string()));
        writeKey(key_file, newKey());
        syncDirectory(file.parent_path());
    }
    std::string key = journalBytes(key_file);
    if (!key.empty() && key.back() == '\n') key.pop_back();
    if (key.size() != 2 * kKeyBytes)
        refuseJournal(file, fmt::format("its key {} is damaged. Restore it from a backup; or move "
                                        "key and journal away, and a new one is begun",
                                        key_file.string()));
    return key;
}

void KeyedHash::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

void KeyedHash::Free::operator()(ossl_lib_ctx_st* library) const { OSSL_LIB_CTX_free(library); }

// OpenSSL's own library context crashes where there was no memory to make it.
KeyedHash::KeyedHash(const std::string& key) : library_{OSSL_LIB_CTX_new()} {
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac{
        library_ ? EVP_MAC_fetch(library_.get(), OSSL_MAC_NAME_HMAC, nullptr) : nullptr,
        &EVP_MAC_free};
    context_.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
    std::string digest = OSSL_DIGEST_NAME_SHA2_256;
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    if (!context_ ||
        EVP_MAC_init(context_.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                     parameters.data()) != 1)
        throw StoreBroken("the send journal's hash cannot be computed");
}

std::string KeyedHash::operator()(std::string_view text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    std::size_t size = 0;
    // Without a key, the one before counts.
    if (EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1 ||
        EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(text.data()),
                       text.size()) != 1 ||
        EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) != 1)
        throw StoreBroken("the send journal's hash cannot be computed");
    return hexDigits(digest, kHashBytes);
}

std::string journalBytes(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in.is_open())
        refuseJournal(file, fmt::format("it cannot be read ({}). The user that runs backorderd "
                                        "must own it",
                                        std::strerror(errno)));
    return {std::istreambuf_iterator<char>{in}, {}};
}

void syncDirectory(const fs::path& directory) {
    // A name without a folder lies in the current one.
    const char* const name = directory.empty() ? "." : directory.c_str();
    const int descriptor = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool done = descriptor >= 0 && fsync(descriptor) == 0;
    const int why = errno;
    if (descriptor >= 0) close(descriptor);
    if (!done)
        throw StoreBroken(fmt::format("syncing {}: {}", directory.string(), std::strerror(why)));
}

}  // namespace backorderd::store
