#include "app/spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "backorderd/store.hpp"

namespace backorderd::app {
namespace {

/// What stands before the id and the line. Lives no longer than the process that wrote it.
struct SpoolHead {
    std::uint64_t fingerprint;
    std::uint64_t committed;
    std::int64_t case_id;
    std::uint32_t id_bytes;
    std::uint32_t line_bytes;
    bool has_committed;
    bool is_new;
};

/// A file without a name; -1 where there can be none.
int openNamelessFile(const std::string& folder) {
    constexpr mode_t kOnlyOurs = 0600;
    const int nameless = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOnlyOurs);
    if (nameless >= 0) return nameless;
    // Not every file system can do that.
    std::string name = folder + "/spool-XXXXXX";
    const int named = mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) unlink(name.c_str());
    return named;
}

}  // namespace

bool Spool::add(const HeldRecord& record) {
    SpoolHead head{};
    head.fingerprint = record.fingerprint;
    head.committed = record.committed.value_or(0);
    head.case_id = record.case_id;
    head.id_bytes = static_cast<std::uint32_t>(record.id.size());
    head.line_bytes = static_cast<std::uint32_t>(record.line.size());
    head.has_committed = record.committed.has_value();
    head.is_new = record.is_new;
    const auto bytes = sizeof head + record.id.size() + record.line.size();
    if (!memory_.empty() && memory_.size() + bytes > limits_.memory_bytes_max && !flush())
        return false;
    memory_.append(reinterpret_cast<const char*>(&head), sizeof head);
    memory_.append(record.id).append(record.line);
    ++size_;
    return true;
}

bool Spool::flush() {
    if (!file_) {
        const auto folder = limits_.folder.empty() ? std::filesystem::temp_directory_path().string()
                                                   : limits_.folder;
        const int descriptor = openNamelessFile(folder);
        if (descriptor < 0) return false;
        file_.reset(fdopen(descriptor, "w+"));
        if (!file_) return false;
        std::setvbuf(file_.get(), nullptr, _IOFBF, std::size_t{64} << 10);
    }
    // Flushed at once, so that a disk that is full shows here and not while reading. What a failed
    // write left behind the last whole record is overwritten, or never read.
    if (std::fseek(file_.get(), static_cast<long>(file_bytes_), SEEK_SET) != 0 ||
        std::fwrite(memory_.data(), 1, memory_.size(), file_.get()) != memory_.size() ||
        std::fflush(file_.get()) != 0)
        return false;
    file_bytes_ += memory_.size();
    memory_.clear();
    return true;
}

std::optional<HeldRecord> Spool::take() {
    if (size_ == 0) return std::nullopt;
    if (!std::exchange(reading_, true) && file_) std::rewind(file_.get());
    SpoolHead head{};
    read(&head, sizeof head);
    HeldRecord record;
    record.fingerprint = head.fingerprint;
    if (head.has_committed) record.committed = head.committed;
    record.case_id = head.case_id;
    record.is_new = head.is_new;
    record.id.resize(head.id_bytes);
    read(record.id.data(), record.id.size());
    record.line.resize(head.line_bytes);
    read(record.line.data(), record.line.size());
    --size_;
    return record;
}

void Spool::read(void* to, std::size_t bytes) {
    if (bytes == 0) return;
    if (file_read_ < file_bytes_) {
        if (std::fread(to, 1, bytes, file_.get()) != bytes)
            throw StoreBroken("changed lines that were set aside in a file cannot be read back");
        file_read_ += bytes;
        return;
    }
    std::memcpy(to, memory_.data() + memory_read_, bytes);
    memory_read_ += bytes;
}

}  // namespace backorderd::app
