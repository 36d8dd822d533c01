#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/suppression_file.hpp"
#include "app/system_clock.hpp"
#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;

constexpr std::streamoff kFileBytesMax = 64 << 20;
/// The daemon takes requests of up to 1 MiB; JSON may write a byte as six.
constexpr std::size_t kBatchBytesMax = 150'000;

struct FileOptions {
    Common common;
    std::string file, author, reason;
    bool partial = false;
};

/// Empty where it cannot be read, which standard error says.
std::optional<std::string> readWhole(const std::string& file) {
    std::ifstream in{file, std::ios::binary};
    in.seekg(0, std::ios::end);
    const std::streamoff bytes = in.tellg();
    if (!in || bytes > kFileBytesMax) {
        std::fprintf(stderr, "backorderd: cannot read %s%s\n", file.c_str(),
                     in ? ": it is larger than 64 MiB" : "");
        return std::nullopt;
    }
    in.seekg(0);
    return std::string{std::istreambuf_iterator<char>{in}, {}};
}

json entryOf(const app::SuppressionText& row) {
    return {{"channel", row.channel}, {"address", row.address}, {"kind", row.kind},
            {"reason", row.reason},   {"source", row.source},   {"since", row.since}};
}

std::size_t bytesOf(const app::SuppressionText& row) {
    constexpr std::size_t kNames = 100;
    return row.channel.size() + row.address.size() + row.kind.size() + row.reason.size() +
           row.source.size() + row.since.size() + kNames;
}

/// All rows are known to be good, so a batch that fails is the daemon's end; what was taken before
/// stays, and the same file can be imported again.
int send(const FileOptions& options, const std::vector<app::SuppressionText>& rows) {
    std::size_t sent = 0;
    while (sent < rows.size()) {
        json entries = json::array();
        std::size_t bytes = 0;
        for (; sent < rows.size() && bytes < kBatchBytesMax; ++sent) {
            entries.push_back(entryOf(rows[sent]));
            bytes += bytesOf(rows[sent]);
        }
        const json arguments{{"entries", std::move(entries)},
                             {"author", options.author},
                             {"reason", options.reason}};
        json result;
        if (const int exit = ask(options.common, "suppress.add", arguments, result)) return exit;
    }
    return kDone;
}

int importFile(const FileOptions& options) {
    const auto text = readWhole(options.file);
    if (!text) return kNo;
    const app::SystemClock clock;
    const AuditEntry why{clock.now(), options.author, "suppress import", options.file,
                         options.reason};
    const auto read = app::readSuppressionFile(*text, options.file, why);
    std::fputs(formatProblems(read.problems).c_str(), stderr);
    const bool taken = read.problems.empty() || options.partial;
    if (taken)
        if (const int exit = send(options, read.rows)) return exit;
    const auto added = taken ? read.rows.size() : 0;
    if (options.common.json)
        printJson({{"added", added}, {"refused", read.problems.size()}});
    else
        std::printf("%zu addresses taken, %zu problems%s\n", added, read.problems.size(),
                    taken ? "" : "; --partial takes what is good");
    return read.problems.empty() ? kDone : kNo;
}

int exportFile(const FileOptions& options) {
    json list;
    if (const int exit = ask(options.common, "suppress.list", json::object(), list)) return exit;
    std::vector<app::SuppressionText> rows;
    for (const auto& entry : list)
        rows.push_back({cell(entry, "channel"), cell(entry, "address"), cell(entry, "kind"),
                        cell(entry, "reason"), cell(entry, "source"), cell(entry, "at")});
    return printOrWrite(app::writeSuppressionFile(rows), options.file);
}

}  // namespace

void addSuppressionFiles(CLI::App& suppress, Action& action) {
    const auto options = std::make_shared<FileOptions>();
    const auto addConfig = [options](CLI::App& sub) {
        sub.add_option("-c,--config", options->common.config, "Settings file")
            ->capture_default_str();
    };
    auto* in = suppress.add_subcommand("import", "Add the addresses of a CSV file");
    addConfig(*in);
    in->add_flag("--json", options->common.json, "Answer as JSON");
    in->add_option("file", options->file, "With a header; it has a column 'address'")->required();
    in->add_flag("--partial", options->partial, "Take the good rows where others are bad");
    in->add_option("--author", options->author, "Who does it")->required();
    in->add_option("--reason", options->reason, "Why, for rows that do not say")->required();
    in->callback([&action, options] { action = [options] { return importFile(*options); }; });

    auto* out = suppress.add_subcommand("export", "Write the list as a CSV file");
    addConfig(*out);
    out->add_option("file", options->file, "A new file (default: standard output)");
    out->callback([&action, options] { action = [options] { return exportFile(*options); }; });
}

}  // namespace backorderd::cli
