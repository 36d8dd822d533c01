#include "connectors/files_reader.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <utility>

#include "connectors/files_fetch.hpp"
#include "connectors/files_goods.hpp"
#include "connectors/files_line.hpp"
#include "connectors/files_open.hpp"
#include "connectors/files_take.hpp"

namespace backorderd::connectors::files {
namespace {

/// Room for a page of 10,000 lines of 800 bytes.
constexpr std::size_t kWindowBytes = std::size_t{8} << 20;
constexpr std::size_t kProblemsKept = 100;

class FolderReader final : public SnapshotReader {
public:
    explicit FolderReader(const FolderAccess& access)
        : settings_{access.settings},
          clock_{access.clock},
          net_{access.net},
          verified_{access.verified},
          columns_{FileRole::Lines, settings_.columns, settings_.limits.columns_max},
          maker_{access.source, columns_, settings_.kinds},
          memory_{kWindowBytes},
          reading_hash_{readingHash(settings_)} {}

    boost::asio::awaitable<std::variant<Page, SnapshotEnd, Failure>> next() override {
        if (!std::exchange(begun_, true)) {
            auto failure = co_await begin();
            if (failure) co_return std::move(*failure);
        }
        co_return nextPage();
    }
    Result<OrderLine> decode(std::size_t index) override;
    std::string raw(std::size_t index) override {
        return std::string{batch_.records.at(index).bytes};
    }

private:
    std::variant<Page, SnapshotEnd, Failure> nextPage();
    boost::asio::awaitable<std::optional<Failure>> begin();
    boost::asio::awaitable<std::optional<Failure>> takeWhole();
    boost::asio::awaitable<std::optional<Failure>> verify();
    std::optional<Failure> list();
    std::optional<Failure> readJoined();
    /// All files of a role, in which each row is kept in memory.
    template <class Read>
    std::optional<Failure> readAll(const std::vector<DataFile>& files, FileRole role,
                                   const ColumnNames& names, Read read);
    std::optional<Failure> openLines();
    std::variant<std::unique_ptr<RecordFile>, Failure> open(const DataFile& file, Columns& columns,
                                                            Keys keys);
    void fillPage();
    const SupplyTable::Entry* supplyOf(const Record& record) const;
    SnapshotEnd end();
    std::string whyChanged() const;
    void keepProblems(Problems problems);
    void keepFirst(const Problems& problems);

    FilesSettings settings_;  ///< ours: the folder may become the one of the current export
    const Clock& clock_;
    net::Net& net_;
    VerifiedFiles& verified_;
    Columns columns_;
    LineMaker maker_;
    WindowMemory memory_;
    std::uint64_t reading_hash_;
    bool begun_ = false;
    Listing listing_;
    SupplyTable supply_;
    Goods goods_;
    std::size_t file_index_ = 0;
    std::unique_ptr<RecordFile> file_;
    std::uint64_t file_hash_ = 0;
    Batch batch_;
    std::vector<LineRecord> page_;
    Problems page_problems_;
    bool broke_off_ = false;  ///< whole files or parts of them are missing, not single records
    bool goods_read_ = true;
    std::size_t problem_count_ = 0;
    Problems first_problems_;
    std::size_t lines_ = 0;
};

std::variant<Page, SnapshotEnd, Failure> FolderReader::nextPage() {
    page_.clear();
    while (page_.empty() && page_problems_.empty()) {
        if (!file_) {
            if (file_index_ == listing_.lines.size()) return end();
            if (auto failure = openLines()) return std::move(*failure);
            continue;
        }
        if (file_->next(batch_)) {
            fillPage();
            continue;
        }
        if (file_->failure()) return *file_->failure();
        problem_count_ += file_->unlistedProblems();
        broke_off_ |= file_->brokeOff();
        file_.reset();
    }
    return Page{page_, std::exchange(page_problems_, {})};
}

boost::asio::awaitable<std::optional<Failure>> FolderReader::begin() {
    std::optional<Failure> failure;
    if (settings_.remote) failure = co_await fetchExport(settings_, clock_.now(), net_);
    if (!failure && settings_.keep_processed > 0) failure = co_await takeWhole();
    if (!failure) failure = list();
    if (!failure) failure = whyNotReady(listing_, settings_, clock_.now());
    if (!failure) failure = co_await verify();
    if (!failure) failure = readJoined();
    co_return failure;
}

/// Takes an export that is whole out of the folder; where there is none, the one that was taken
/// last is read once more.
boost::asio::awaitable<std::optional<Failure>> FolderReader::takeWhole() {
    auto failure = resumeTaking(settings_);
    if (!failure) failure = list();
    if (failure) co_return failure;
    auto unfinished = whyNotReady(listing_, settings_, clock_.now());
    if (!unfinished) {
        failure = co_await verify();
        if (!failure) failure = takeExport(settings_, listing_);
    } else if (listing_.marker || !isThere(currentFolder(settings_))) {
        failure = std::move(unfinished);
    }
    settings_.folder = currentFolder(settings_);
    co_return failure;
}

boost::asio::awaitable<std::optional<Failure>> FolderReader::verify() {
    if (settings_.manifest.empty()) co_return std::nullopt;
    co_return co_await verifySums(listing_, settings_.remote.has_value(), verified_, net_);
}

std::optional<Failure> FolderReader::list() {
    auto listed = listFolder(settings_);
    if (const auto* failure = std::get_if<Failure>(&listed)) return *failure;
    listing_ = std::move(std::get<Listing>(listed));
    return std::nullopt;
}

std::optional<Failure> FolderReader::readJoined() {
    auto failure =
        readAll(listing_.supply, FileRole::Supply, settings_.supply_columns,
                [this](RecordFile& file, const Columns& columns, std::size_t& rows_left) {
                    return readSupply(file, columns, rows_left, supply_, goods_.supply);
                });
    if (!failure)
        failure = readAll(listing_.stock, FileRole::Stock, settings_.stock_columns,
                          [this](RecordFile& file, const Columns& columns, std::size_t& rows_left) {
                              return readStock(file, columns, rows_left, goods_.stock);
                          });
    if (!failure)
        failure = readAll(listing_.items, FileRole::Items, settings_.items_columns,
                          [this](RecordFile& file, const Columns& columns, std::size_t& rows_left) {
                              return readItems(file, columns, rows_left, goods_.items);
                          });
    if (!failure)
        failure = readAll(listing_.alternates, FileRole::Alternates, settings_.alternates_columns,
                          [this](RecordFile& file, const Columns& columns, std::size_t& rows_left) {
                              return readAlternates(file, columns, rows_left, goods_.alternates);
                          });
    return failure;
}

template <class Read>
std::optional<Failure> FolderReader::readAll(const std::vector<DataFile>& files, FileRole role,
                                             const ColumnNames& names, Read read) {
    Columns columns{role, names, settings_.limits.columns_max};
    std::size_t rows_left = settings_.limits.joined_rows_max;
    for (const auto& file : files) {
        auto opened = open(file, columns, {});
        if (auto* failure = std::get_if<Failure>(&opened)) return std::move(*failure);
        const auto& records = std::get<std::unique_ptr<RecordFile>>(opened);
        if (!records) {
            goods_read_ = false;
            broke_off_ |= role == FileRole::Supply;
            continue;
        }
        auto joined = read(*records, columns, rows_left);
        goods_read_ &= joined.problems.empty();
        // Lines that lack a row of supply are many then, and look as if nothing was ordered.
        if (role == FileRole::Supply) broke_off_ |= records->brokeOff() || rows_left == 0;
        keepProblems(std::move(joined.problems));
        if (joined.failure) return std::move(joined.failure);
    }
    return std::nullopt;
}

std::optional<Failure> FolderReader::openLines() {
    const Keys keys{true, !supply_.empty()};
    auto opened = open(listing_.lines[file_index_++], columns_, keys);
    if (auto* failure = std::get_if<Failure>(&opened)) return std::move(*failure);
    file_ = std::move(std::get<std::unique_ptr<RecordFile>>(opened));
    broke_off_ |= !file_;
    file_hash_ = 0;
    return std::nullopt;
}

std::variant<std::unique_ptr<RecordFile>, Failure> FolderReader::open(const DataFile& file,
                                                                      Columns& columns, Keys keys) {
    Problems problems;
    auto opened = openRecords(file, columns, keys, settings_, memory_, problems);
    keepProblems(std::move(problems));
    return opened;
}

void FolderReader::fillPage() {
    keepProblems(std::move(batch_.problems));
    if (file_hash_ == 0) {
        const std::array<std::uint64_t, 2> parts{reading_hash_, file_->shape()};
        file_hash_ = XXH3_64bits(parts.data(), sizeof parts);
    }
    page_.reserve(batch_.records.size());
    lines_ += batch_.records.size();
    for (const auto& record : batch_.records) {
        auto fingerprint =
            XXH3_64bits_withSeed(record.bytes.data(), record.bytes.size(), file_hash_);
        if (const auto* entry = supplyOf(record)) {
            const std::array<std::uint64_t, 2> parts{fingerprint, entry->hash};
            fingerprint = XXH3_64bits(parts.data(), sizeof parts);
        }
        page_.push_back({record.line, fingerprint});
    }
}

const SupplyTable::Entry* FolderReader::supplyOf(const Record& record) const {
    return supply_.empty() ? nullptr : supply_.find(record.line, record.item);
}

Result<OrderLine> FolderReader::decode(std::size_t index) {
    const auto& record = batch_.records.at(index);
    const auto* entry = supplyOf(record);
    auto line = maker_.make(*file_, record, entry == nullptr ? nullptr : &entry->supply);
    if (line.has_error()) {
        keepFirst(line.error());
    }
    return line;
}

void FolderReader::keepProblems(Problems problems) {
    keepFirst(problems);
    std::move(problems.begin(), problems.end(), std::back_inserter(page_problems_));
}

void FolderReader::keepFirst(const Problems& problems) {
    problem_count_ += problems.size();
    for (const auto& problem : problems)
        if (first_problems_.size() < kProblemsKept) first_problems_.push_back(problem);
}

SnapshotEnd FolderReader::end() {
    SnapshotEnd snapshot;
    const auto changed = whyChanged();
    snapshot.read_through = changed.empty() && !broke_off_;
    snapshot.goods_read = goods_read_;
    snapshot.complete = changed.empty() && problem_count_ == 0;
    if (problem_count_ == 0)
        snapshot.why_incomplete = changed;
    else if (problem_count_ == 1)
        snapshot.why_incomplete = formatProblem(first_problems_.front());
    else
        snapshot.why_incomplete = fmt::format("{} problems, the first: {}", problem_count_,
                                              formatProblem(first_problems_.front()));
    snapshot.as_of = asOf(listing_);
    if (settings_.keep_processed > 0)
        keepResult(settings_, {clock_.now(), snapshot.as_of, lines_, snapshot.complete,
                               snapshot.why_incomplete, first_problems_});
    snapshot.goods = std::move(goods_);
    return snapshot;
}

/// Empty: the files are those that were there when the read began.
std::string FolderReader::whyChanged() const {
    const auto now = listFolder(settings_);
    if (const auto* failure = std::get_if<Failure>(&now)) return failure->reason;
    if (std::get<Listing>(now) != listing_)
        return fmt::format(
            "files in '{}' were changed while they were read; the next poll reads "
            "them again",
            settings_.folder);
    return {};
}

}  // namespace

std::unique_ptr<SnapshotReader> readFolderSnapshot(const FolderAccess& access) {
    return std::make_unique<FolderReader>(access);
}

}  // namespace backorderd::connectors::files
