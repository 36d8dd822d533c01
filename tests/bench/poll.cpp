// One step of the polling benchmark, in a process of its own so that its peak memory is its own:
// a poll of a settings file's first source through connector, diff, rules and store.
//
//   bench_poll --config FILE --step cold|unchanged|changed|start
//
// Prints one JSON object: step, wall_s, cpu_s, peak_mb, lines, lines_per_s, changed, opened, and in
// longest_pause_s for how long at most the loop did nothing else: a mail that was due waited no
// longer.

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "app/engine.hpp"
#include "app/system_clock.hpp"
#include "app/wiring.hpp"
#include "bench/pauses.hpp"
#include "net/net.hpp"
#include "store/store.hpp"

namespace {

using namespace backorderd;

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpuSeconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peakMegabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

struct Arguments {
    std::string config;
    std::string step;
};

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--config") arguments.config = argv[i + 1];
        if (name == "--step") arguments.step = argv[i + 1];
    }
    return arguments;
}

app::PollReport pollOnce(boost::asio::io_context& context, app::Engine& engine,
                         std::chrono::duration<double>& longest_pause) {
    app::PollReport report;
    bool busy = true;
    boost::asio::co_spawn(context, bench::watchPauses(busy, longest_pause), boost::asio::detached);
    boost::asio::co_spawn(context, engine.poll(engine.sourceNames().front()),
                          [&](std::exception_ptr failure, std::optional<app::PollReport> said) {
                              if (failure) std::rethrow_exception(failure);
                              busy = false;
                              report = std::move(said).value();
                          });
    context.run();
    return report;
}

int measure(const Arguments& arguments) {
    const auto begun = std::chrono::steady_clock::now();
    const double cpu_begun = cpuSeconds();
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    auto setup = app::loadSetup(arguments.config, net, clock);
    if (!setup) {
        std::fputs(formatProblems(setup.error()).c_str(), stderr);
        return 1;
    }
    app::Log log{setup->settings->log};
    const auto store = store::openStore(setup->settings->data_dir);
    app::Engine engine{
        context.get_executor(), *store, clock, log, *setup->settings, std::move(setup->policy),
        std::move(setup->ends)};
    app::PollReport report;
    std::chrono::duration<double> longest_pause{};
    if (arguments.step != "start") report = pollOnce(context, engine, longest_pause);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
    const bool polled = arguments.step != "start";
    if (polled && report.end != app::PollReport::End::Complete) {
        std::fprintf(stderr, "the poll was not complete: %s\n", report.reason.c_str());
        return 1;
    }
    nlohmann::ordered_json row{{"step", arguments.step},
                               {"wall_s", wall.count()},
                               {"cpu_s", cpuSeconds() - cpu_begun},
                               {"peak_mb", peakMegabytes()},
                               {"lines", report.lines},
                               {"lines_per_s", static_cast<double>(report.lines) / wall.count()},
                               {"changed", report.changed},
                               {"opened", report.opened},
                               {"longest_pause_s", longest_pause.count()}};
    std::printf("%s\n", row.dump().c_str());
    return 0;
}

}  // namespace

int main(int argc, char** argv) { return measure(parse(argc, argv)); }
