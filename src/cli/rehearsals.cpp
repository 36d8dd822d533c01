#include "cli/rehearsals.hpp"

#include <malloc.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "app/system_clock.hpp"
#include "app/wiring.hpp"
#include "rehearsal/rehearsal.hpp"
#include "rules/rules.hpp"
#include "store/store.hpp"

namespace backorderd::cli {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

int refuse(const Problems& problems) {
    std::fputs(formatProblems(problems).c_str(), stderr);
    return kNo;
}

int misused(const std::string& why) {
    std::fprintf(stderr, "backorderd: %s\n", why.c_str());
    return kUsage;
}

void print(const json& answer) {
    std::printf("%s\n", answer.dump(2, ' ', false, json::error_handler_t::replace).c_str());
}

/// A rehearsal takes and gives back the memory of thousands of cases many times a virtual day: with
/// glibc's usual bounds, each time through the kernel, for a tenth of the whole time.
void keepFreedMemory() {
    constexpr int kGibibyte = 1 << 30;
    mallopt(M_TRIM_THRESHOLD, kGibibyte);
    mallopt(M_MMAP_THRESHOLD, kGibibyte);
}

/// A file that goes when it has been read.
struct Removed {
    fs::path file;
    ~Removed() {
        std::error_code ignored;
        fs::remove(file, ignored);
    }
};

/// The store that a running daemon holds, as a copy that it writes beside it: a service may have a
/// temporary folder of its own.
std::unique_ptr<Store> copyByDaemon(const Common& common, const config::Settings& settings) {
    const auto name = "rehearsal-" + std::to_string(getpid()) + ".db";
    const auto file = fs::absolute(fs::path{settings.data_dir} / name).lexically_normal();
    json ignored;
    if (ask(common, "backup", {{"file", file.string()}, {"author", "rehearsal"}}, ignored) != kDone)
        return nullptr;
    const Removed removed{file};
    return store::openScratchCopy(file.string());
}

/// Null where it cannot be had; the reason is on standard error.
std::unique_ptr<Store> copyOfStore(const Common& common, const config::Settings& settings,
                                   const std::string& from) {
    try {
        return store::openScratchCopy(from.empty() ? settings.data_dir : from);
    } catch (const store::StoreRefused& refused) {
        if (from.empty() && refused.why() == store::StoreRefused::Why::InUse)
            return copyByDaemon(common, settings);
        std::fprintf(stderr, "backorderd: %s\n", refused.what());
        return nullptr;
    }
}

/// The two ends as the settings name them, with nothing behind.
rehearsal::Scene sceneOf(const app::Setup& setup) {
    rehearsal::Scene scene;
    scene.house = setup.settings->house;
    for (const auto& source : setup.ends.sources) scene.sources.push_back(source.name);
    for (const auto& sender : setup.ends.senders)
        scene.senders.emplace_back(sender.name, sender.sender->channel());
    return scene;
}

/// Empty where `text` is no moment.
std::optional<Timestamp> momentOf(const std::string& text) {
    return text.empty() ? app::SystemClock{}.now() : parseTimestamp(text);
}

/// `90d`, `4w` before `until`, or the beginning of a date in the house's zone.
std::optional<Timestamp> sinceOf(const std::string& text, Timestamp until,
                                 const std::string& timezone) {
    if (const auto date = parseDate(text)) return rules::instantOf(*date, 0, timezone);
    const auto period = parsePeriod(text);
    if (!period || period->count < 1 || period->unit == Period::Unit::BusinessDays)
        return std::nullopt;
    const Calendar utc;
    return until - (rules::addPeriod(until, *period, utc) - until);
}

}  // namespace

int simulate(const Common& common, const SimulateOptions& options) {
    const auto start = momentOf(options.rehearsed.moment);
    if (!start) return misused("--start takes a moment such as 2026-03-02T09:00:00Z");
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    const auto setup = app::loadSetup(common.config, net, clock);
    if (!setup) return refuse(setup.error());
    rehearsal::SimulationOptions simulated;
    simulated.start = *start;
    simulated.days = options.days;
    if (!options.scenario.empty()) {
        auto scenario = config::loadScenario(options.scenario);
        if (!scenario) return refuse(scenario.error());
        simulated.scenario = std::move(*scenario);
    }
    auto copy = copyOfStore(common, *setup->settings, options.rehearsed.from);
    if (!copy) return kUnreachable;
    keepFreedMemory();
    const auto result =
        rehearsal::simulate(sceneOf(*setup), setup->policy, std::move(copy), simulated);
    if (!options.html.empty()) {
        std::ofstream page{options.html};
        page << rehearsal::asPage(result, setup->settings->house.name);
        page.close();
        if (!page) {
            std::fprintf(stderr, "backorderd: cannot write %s\n", options.html.c_str());
            return kUnreachable;
        }
    }
    if (common.json)
        print(rehearsal::asJson(result));
    else
        std::fputs(rehearsal::inWords(result, options.messages).c_str(), stdout);
    return kDone;
}

int replay(const Common& common, const ReplayOptions& options) {
    const auto until = momentOf(options.rehearsed.moment);
    if (!until) return misused("--until takes a moment such as 2026-03-02T09:00:00Z");
    boost::asio::io_context context{1};
    const app::SystemClock clock;
    net::Net net{context.get_executor()};
    const auto setup = app::loadSetup(common.config, net, clock);
    if (!setup) return refuse(setup.error());
    const auto since = sinceOf(options.since, *until, setup->settings->house.timezone);
    if (!since || *since >= *until)
        return misused("--since takes a span such as 90d or 4w, or a date that has passed");
    auto others = *setup->settings;
    others.rules_dir = options.rules;
    Problems warnings;
    const auto other = app::loadPolicy(others, warnings);
    if (!other) return refuse(other.error());
    const auto copy = copyOfStore(common, *setup->settings, options.rehearsed.from);
    if (!copy) return kUnreachable;
    keepFreedMemory();
    const auto result = rehearsal::replay(sceneOf(*setup), setup->policy, *other, *copy,
                                          {*since, *until, std::chrono::minutes{5}});
    if (common.json)
        print(rehearsal::asJson(result));
    else
        std::fputs(rehearsal::inWords(result, options.examples).c_str(), stdout);
    const auto extra = result.difference.all.more;
    if (!options.extra_max || extra <= *options.extra_max) return kDone;
    std::fprintf(stderr, "backorderd: %zu more notices, and --max-extra allows %zu\n", extra,
                 *options.extra_max);
    return kNo;
}

}  // namespace backorderd::cli
