#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/source_trial.hpp"
#include "app/system_clock.hpp"
#include "cli/cli.hpp"

namespace backorderd::cli {
namespace connector_try {

using nlohmann::json;

/// Bytes of a raw record's line beside which there is room for what is made of it.
constexpr std::size_t kRawWidth = 56;

struct Options {
    Common common;
    std::string what, source;
    app::TrialLimits limits;
};

/// At most so many bytes, cut between two characters.
std::string shortened(std::string text) {
    if (text.size() <= kRawWidth) return text;
    std::size_t end = kRawWidth;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    return text.substr(0, end) + "…";
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) lines.push_back(shortened(line));
    return lines;
}

/// The record as JSON where it is some, else as a text.
json rawOf(const std::string& raw) {
    json read = json::parse(raw, nullptr, false);
    return read.is_discarded() ? json(raw) : read;
}

json rowOf(const app::TriedRecord& record) {
    json row{{"raw", record.raw.empty() ? json() : rawOf(record.raw)},
             {"problems", record.problems},
             {"line", nullptr}};
    if (record.columns.empty()) return row;
    row["backorder"] = record.backorder;
    for (const auto& [name, text] : record.columns) row["line"][name] = text;
    return row;
}

json documentOf(const app::LoneSource& source, const app::Trial& trial) {
    json records = json::array();
    for (const auto* group : {&trial.readable, &trial.unreadable})
        for (const auto& record : *group) records.push_back(rowOf(record));
    json document{{"source", source.name},
                  {"kind", source.kind},
                  {"records", std::move(records)},
                  {"lines", trial.lines},
                  {"unreadable", trial.unreadable_lines},
                  {"pages", trial.pages},
                  {"requests", trial.requests ? json(*trial.requests) : json()},
                  {"empty", trial.empty},
                  {"failure", trial.failure},
                  {"read_to_the_end", trial.end.has_value()},
                  {"complete", trial.end && trial.end->complete},
                  {"why_incomplete", trial.end ? trial.end->why_incomplete : std::string{}}};
    if (trial.end)
        document["goods"] = {{"stock", trial.end->goods.stock.size()},
                             {"items", trial.end->goods.items.size()},
                             {"supply", trial.end->goods.supply.size()},
                             {"alternates", trial.end->goods.alternates.size()}};
    return document;
}

void print(const app::TriedRecord& record) {
    const bool readable = !record.columns.empty();
    const auto left = linesOf(record.raw);
    std::vector<std::string> right = record.problems;
    if (readable && !record.backorder)
        right.emplace_back("(no back order, by the source's definition)");
    for (const auto& [name, text] : record.columns) right.push_back(name + ": " + text);
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
        auto& row = rows.emplace_back();
        row.push_back(i < left.size() ? left[i] : "");
        if (i < right.size()) row.push_back(right[i]);
    }
    printTable({"AS IT CAME", readable ? "AS IT IS READ" : "CANNOT BE READ"}, rows, "");
    std::printf("\n");
}

void printEnd(const SnapshotEnd& end) {
    std::printf("goods: %zu of stock, %zu items, %zu of supply, %zu alternates\n",
                end.goods.stock.size(), end.goods.items.size(), end.goods.supply.size(),
                end.goods.alternates.size());
    if (end.complete)
        std::printf("complete: yes, what is absent may be taken for gone\n");
    else
        std::printf("complete: no: %s\n", end.why_incomplete.c_str());
}

void print(const app::LoneSource& source, const app::Trial& trial) {
    for (const auto* group : {&trial.readable, &trial.unreadable})
        for (const auto& record : *group) print(record);
    std::printf("%s (%s): %zu read, %zu cannot be read; pages: %zu", source.name.c_str(),
                source.kind.c_str(), trial.lines, trial.unreadable_lines, trial.pages);
    if (trial.requests) std::printf(", requests: %zu", *trial.requests);
    std::printf("\n");
    std::string empty;
    for (const auto& name : trial.empty) empty += (empty.empty() ? "" : ", ") + name;
    if (!empty.empty()) std::printf("empty in each of them: %s\n", empty.c_str());
    if (!trial.failure.empty())
        std::printf("failed: %s\n", trial.failure.c_str());
    else if (trial.end)
        printEnd(*trial.end);
    else
        std::printf("not read to its end: whether it is complete is not known\n");
}

int tryIt(const Options& options) {
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    const auto source =
        app::loadSource(options.common.config, options.what, options.source, net, clock);
    if (source.has_error()) {
        std::fputs(formatProblems(source.error()).c_str(), stderr);
        return kNo;
    }
    std::fputs(formatProblems(source->warnings).c_str(), stderr);
    app::Trial trial;
    bool done = false;
    boost::asio::co_spawn(context, app::tryOut(*source->connector, options.limits),
                          [&](std::exception_ptr failure, app::Trial made) {
                              if (failure) std::rethrow_exception(failure);
                              trial = std::move(made);
                              done = true;
                          });
    while (!done && context.run_one() > 0) {
    }
    if (options.common.json)
        printJson(documentOf(*source, trial));
    else
        print(*source, trial);
    return trial.failure.empty() && trial.unreadable_lines == 0 ? kDone : kNo;
}

}  // namespace connector_try

void addConnector(CLI::App& app, Action& action) {
    const auto options = std::make_shared<connector_try::Options>();
    auto* connector =
        app.add_subcommand("connector", "What a source gives, and what is made of it");
    connector->require_subcommand(1);
    auto* sub = connector->add_subcommand(
        "try", "Read a source, show its first records raw and mapped, and keep nothing");
    sub->add_option("-c,--config", options->common.config, "Settings file")->capture_default_str();
    sub->add_flag("--json", options->common.json, "Answer as JSON");
    sub->add_option("what", options->what, "A source of the settings, or the file of a mapping")
        ->required();
    sub->add_option("--source", options->source,
                    "With a file: use this source's address and credentials (default: the only one "
                    "of kind rest)");
    sub->add_option("--records", options->limits.records, "Show so many")->capture_default_str();
    sub->add_option("--pages", options->limits.pages, "Read no more pages than so many");
    sub->callback(
        [&action, options] { action = [options] { return connector_try::tryIt(*options); }; });
}

}  // namespace backorderd::cli
