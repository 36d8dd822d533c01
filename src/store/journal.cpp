#include "store/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "store/journal_files.hpp"
#include "store/journal_text.hpp"

namespace backorderd::store {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuseDamage(const fs::path& file, int line) {
    refuseJournal(file, fmt::format("line {} is damaged. Restore the file from a backup of its "
                                    "directory; or move the whole directory away, and a new "
                                    "journal is begun, and nothing is sent until an operator says "
                                    "'backorderd resume journal'",
                                    line));
}

/// The sound records of a file.
struct Content {
    std::vector<JournalRecord> records;
    std::size_t sound_bytes = 0;  ///< what stands behind them is damaged
    int damaged_line = 0;         ///< 0: nothing is
    bool more_behind = false;     ///< sound records stand behind the damage
};

Content readContent(std::string_view bytes) {
    Content content;
    int line_number = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        ++line_number;
        const auto end = bytes.find('\n', at);
        auto record =
            end == bytes.npos ? std::nullopt : parseJournalLine(bytes.substr(at, end - at));
        if (record && !content.records.empty() && record->seq <= content.records.back().seq)
            record.reset();
        at = end == bytes.npos ? bytes.size() : end + 1;
        if (record && content.damaged_line == 0) {
            content.records.push_back(std::move(*record));
            content.sound_bytes = at;
        } else if (record) {
            content.more_behind = true;
        } else if (content.damaged_line == 0) {
            content.damaged_line = line_number;
        }
    }
    return content;
}

class FileJournal final : public SendJournal {
public:
    FileJournal(fs::path file, Timestamp now, JournalOptions options)
        : file_{std::move(file)}, options_{std::move(options)} {
        if (!options_.sync) options_.sync = [](int descriptor) { return fdatasync(descriptor); };
        makeDirectory();
        const auto closed = closedSegments(file_);
        new_ = closed.empty() && !journalFileExists(file_);
        hash_.emplace(journalKey(file_, !new_));
        if (!closed.empty()) last_ = {closed.back().last_seq, closed.back().last_at};
        openCurrent();
        std::error_code ignored;
        for (const auto& segment : closed)
            if (segment.last_at + options_.keep < now) fs::remove(segment.path, ignored);
    }
    ~FileJournal() override {
        if (descriptor_ >= 0) close(descriptor_);
    }
    FileJournal(const FileJournal&) = delete;
    FileJournal& operator=(const FileJournal&) = delete;

    std::string hash(std::string_view text) const override { return (*hash_)(text); }
    std::string id() const override { return hash("backorderd journal"); }
    bool isNew() const override { return new_; }
    std::string cutOff() const override { return cut_off_; }
    std::uint64_t lastSeq() const override { return last_.seq; }

    std::vector<JournalRecord> after(std::uint64_t seq) const override {
        std::vector<JournalRecord> found;
        if (last_.seq <= seq) return found;
        for (const auto& segment : closedSegments(file_))
            if (segment.last_seq > seq) addRecords(segment.path, seq, found);
        addRecords(file_, seq, found);
        return found;
    }

    void append(std::span<JournalRecord> records, std::uint64_t first, bool durable) override {
        if (records.empty()) return;
        if (first <= last_.seq) throw std::logic_error{"a send journal's numbers only grow"};
        std::string text;
        for (auto& record : records) {
            record.seq = first++;
            text += journalLine(record);
        }
        writeOut(text);
        last_ = {records.back().seq, records.back().at};
        if (durable) sync();
        if (bytes_ > options_.segment_bytes) rotate();
    }

private:
    struct Last {
        std::uint64_t seq = 0;
        Timestamp at{};
    };

    void makeDirectory() {
        const auto directory = file_.parent_path();
        std::error_code failed;
        fs::create_directories(directory.parent_path(), failed);
        if (mkdir(directory.c_str(), 0700) == 0)
            syncDirectory(directory.parent_path());
        else if (errno != EEXIST)
            refuseJournal(file_, fmt::format("its directory cannot be made ({}). Make {}, and give "
                                             "it to the user that runs backorderd",
                                             std::strerror(errno), directory.string()));
    }

    void openCurrent() {
        descriptor_ = open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (descriptor_ < 0)
            refuseJournal(file_, fmt::format("it cannot be opened for writing ({}). The user that "
                                             "runs backorderd must own it",
                                             std::strerror(errno)));
        if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
            const int why = errno;
            close(std::exchange(descriptor_, -1));
            refuseJournal(file_, why == EWOULDBLOCK
                                     ? "another backorderd writes to it. Each database has a "
                                       "journal of its own"
                                     : fmt::format("it cannot be locked ({})", std::strerror(why)));
        }
        try {
            takeUp();
        } catch (...) {
            close(std::exchange(descriptor_, -1));
            throw;
        }
    }

    /// What a crash left unfinished at the end was never followed by a send: it is cut off.
    void takeUp() {
        const auto bytes = journalBytes(file_);
        const auto content = readContent(bytes);
        if (content.more_behind) refuseDamage(file_, content.damaged_line);
        if (content.damaged_line != 0) {
            cut_off_ = fmt::format("{}:{}: {} bytes that a crash left unfinished", file_.string(),
                                   content.damaged_line, bytes.size() - content.sound_bytes);
            if (ftruncate(descriptor_, static_cast<off_t>(content.sound_bytes)) != 0)
                throw StoreBroken(
                    fmt::format("cutting {}: {}", file_.string(), std::strerror(errno)));
        }
        bytes_ = content.sound_bytes;
        if (!content.records.empty())
            last_ = {content.records.back().seq, content.records.back().at};
        if (bytes.empty() || content.damaged_line != 0) {
            sync();
            syncDirectory(file_.parent_path());
        }
    }

    void addRecords(const fs::path& file, std::uint64_t seq,
                    std::vector<JournalRecord>& found) const {
        auto content = readContent(journalBytes(file));
        if (content.damaged_line != 0) refuseDamage(file, content.damaged_line);
        for (auto& record : content.records)
            if (record.seq > seq) found.push_back(std::move(record));
    }

    void writeOut(std::string_view text) {
        while (!text.empty()) {
            const auto written = write(descriptor_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0 && errno == ENOSPC && options_.make_room && options_.make_room())
                continue;
            if (written < 0) fail("writing");
            text.remove_prefix(static_cast<std::size_t>(written));
            bytes_ += static_cast<std::size_t>(written);
        }
    }

    // A sync that failed is never tried again: the system may have dropped the bytes and report
    // success the second time.
    void sync() {
        if (options_.sync(descriptor_) != 0) fail("syncing");
    }

    [[noreturn]] void fail(std::string_view what) const {
        throw StoreBroken(
            fmt::format("{} the send journal {}: {}", what, file_.string(), std::strerror(errno)));
    }

    void rotate() {
        sync();
        const auto closed = closedName(file_, last_.seq, last_.at);
        if (rename(file_.c_str(), closed.c_str()) != 0) fail("renaming");
        close(std::exchange(descriptor_, -1));
        openCurrent();
    }

    fs::path file_;
    JournalOptions options_;
    std::optional<KeyedHash> hash_;
    std::string cut_off_;
    Last last_;
    std::uint64_t bytes_ = 0;
    int descriptor_ = -1;
    bool new_ = false;
};

}  // namespace

std::unique_ptr<SendJournal> openJournal(const std::string& file, Timestamp now,
                                         const JournalOptions& options) {
    return std::make_unique<FileJournal>(fs::path{file}, now, options);
}

std::string identityText(const NoticeIdentity& notice) {
    std::string text = "backorderd notice 2";
    for (const auto& part : {notice.source, notice.line_id, notice.occasion, notice.address})
        text += fmt::format("|{}:{}", part.size(), part);
    return text;
}

}  // namespace backorderd::store
