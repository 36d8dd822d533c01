// For how long at most what is decided over many lines together keeps the loop from all else: stock
// of one item arrives for which very many lines wait, and of another that could be offered to all
// of them. On a store of its own on the disk, with senders that accept everything.
//
//   bench_passes [LINES]
//
// Prints one JSON object: lines, advised and offered (how many were), wall_s, and in
// longest_pause_s how long a mail that was due waited at most.

#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "app/engine.hpp"
#include "bench/pauses.hpp"
#include "rehearsal/books.hpp"
#include "rehearsal/recorder.hpp"
#include "rehearsal/virtual_clock.hpp"
#include "store/store.hpp"

namespace {

using namespace backorderd;
using namespace std::chrono_literals;
namespace asio = boost::asio;

constexpr const char* kRules = R"(version: 1
teams: { warehouse: { email: [stock@example.com] } }
cadence: [ { name: all, match: {}, messages: { opened: { template: opened } } } ]
substitution:
  - { name: alternates, match: {}, candidates: { from: [erp] }, offer: { template: offer } }
fulfilment: [ { name: all, match: {}, to: warehouse } ]
)";

OrderLine lineOf(int number) {
    const auto text = std::to_string(number);
    OrderLine line;
    line.key = {"erp", text};
    line.order = {"o" + text, "SO" + text, "", {}};
    line.position = "1";
    line.item = {"PX-100", "Circulation pump", "pumps", "", {}};
    line.unit = "pcs";
    line.ordered = Decimal{1 + number % 9};
    line.unit_price = {Decimal{20 + number % 90}, "EUR"};
    line.promise = Promise::on(*parseDate("2026-05-01"));
    line.customer = {"C" + std::to_string(number % 5000), "Example Ltd", "gold", "GB", {}};
    line.contact = {"Ann", "ann" + std::to_string(number % 5000) + "@example.com", "", "", "en",
                    ""};
    return line;
}

config::Settings settingsIn(const std::string& folder) {
    config::Settings settings;
    settings.data_dir = folder + "/store";
    settings.rules_dir = folder + "/rules";
    settings.templates_dir = BACKORDERD_SOURCE_DIR "/config/templates";
    settings.slice_lines = 2000;
    settings.house.from_address = "orders@example.com";
    settings.house.language = "en";
    settings.house.timezone = "UTC";
    settings.guards.blast_radius_max = 1'000'000'000;
    settings.outbox = {1min, 4h, 2.0, 0.0, 48h, 1000};
    settings.log.format = "text";
    settings.log.level = "off";
    config::SourceSettings source;
    source.name = "erp";
    source.poll_every = 1h;
    source.max_age = 24h;
    source.adopt = true;
    settings.sources.push_back(std::move(source));
    std::filesystem::create_directories(settings.rules_dir);
    std::ofstream{settings.rules_dir + "/rules.yaml"} << kRules;
    return settings;
}

template <class Wanted>
std::size_t countOf(Store& store) {
    std::size_t found = 0;
    CaseFilter filter;
    filter.limit = 1000;
    for (auto ids = store.listCases(filter); !ids.empty(); ids = store.listCases(filter)) {
        filter.after = ids.back();
        for (const auto& subject : store.cases(ids))
            for (const auto& entry : subject.events)
                found += std::holds_alternative<Wanted>(entry.event) ? 1U : 0U;
    }
    return found;
}

/// As the daemon drives it.
asio::awaitable<void> workUntilQuiet(app::Engine& engine, bool& busy) {
    const auto executor = co_await asio::this_coro::executor;
    for (bool more = true; more || !engine.idle();) {
        more = engine.work();
        co_await asio::post(executor, asio::use_awaitable);
    }
    busy = false;
}

int measure(int lines, const std::string& folder) {
    const auto settings = settingsIn(folder);
    Problems warnings;
    auto policy = app::loadPolicy(settings, warnings);
    if (!policy) return std::fputs(formatProblems(policy.error()).c_str(), stderr), 1;
    rehearsal::Books books;
    for (int number = 1; number <= lines; ++number) books.lines.push_back(lineOf(number));
    books.goods.stock = {{"OTHER", "", Decimal{5}}};
    books.goods.alternates = {{"PX-100", "PX-110"}};

    asio::io_context context{1};
    const rehearsal::VirtualClock clock{*parseTimestamp("2026-03-02T09:00:00Z")};
    const auto store = store::openStore(settings.data_dir);
    rehearsal::Recorder recorder{clock, *store, rehearsal::Recorder::Words::None};
    app::Log log{settings.log};
    app::Ends ends;
    ends.sources.push_back({"erp", rehearsal::connectTo([&] { return books; }, clock)});
    ends.senders.push_back({"mail", recorder.sender(Channel::Email)});
    auto writer = recorder.writer(policy->templates);
    app::Engine engine{context.get_executor(), *store,         clock, log, settings,
                       std::move(*policy),     std::move(ends)};
    engine.useWriter(std::move(writer));
    const auto poll = [&] {
        asio::co_spawn(context, engine.poll("erp"), asio::detached);
        context.restart();
        context.run();
    };
    const auto work = [&](std::chrono::duration<double>& longest_pause) {
        bool busy = true;
        asio::co_spawn(context, bench::watchPauses(busy, longest_pause), asio::detached);
        asio::co_spawn(context, workUntilQuiet(engine, busy), asio::detached);
        context.restart();
        context.run();
    };
    std::chrono::duration<double> ignored{}, longest_pause{};
    poll();
    work(ignored);
    books.goods.stock = {{"OTHER", "", Decimal{5}},
                         {"PX-100", "", Decimal{2 * lines}},
                         {"PX-110", "", Decimal{3 * lines}}};
    poll();
    const auto begun = std::chrono::steady_clock::now();
    work(longest_pause);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
    const nlohmann::ordered_json row{{"lines", lines},
                                     {"advised", countOf<AllocationProposed>(*store)},
                                     {"offered", countOf<OfferMade>(*store)},
                                     {"wall_s", wall.count()},
                                     {"longest_pause_s", longest_pause.count()}};
    std::printf("%s\n", row.dump().c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder = std::filesystem::temp_directory_path() / "backorderd-passes-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return 1;
    const int status = measure(argc > 1 ? std::stoi(argv[1]) : 100'000, folder);
    std::filesystem::remove_all(folder);
    return status;
}
