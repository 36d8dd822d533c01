// Lives of the engine in which each allocation, and each system call, fails once. tests/torture/run
// says how it is called; docs/reliability.md what it is for.

#include <fmt/format.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <unordered_map>

#include "torture/run.hpp"

namespace backorderd::torture {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::size_t sample = 0;  ///< 0: all
    bool sites = false;      ///< of allocations, the first and the last by each way to there
    int jobs = 1;
    std::optional<Scene> scene;
    std::optional<bool> of_memory;
    std::size_t only = 0;
    std::optional<std::size_t> choice;
    bool verbose = false;
};

Options optionsOf(int count, char** words) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        const auto value = [&] {
            if (++i >= count) throw std::invalid_argument(word + " needs a value");
            return std::string{words[i]};
        };
        if (word == "--sample")
            options.sample = std::stoul(value());
        else if (word == "--sites")
            options.sites = true;
        else if (word == "--verbose")
            options.verbose = true;
        else if (word == "--jobs")
            options.jobs = std::stoi(value());
        else if (word == "--of")
            options.of_memory = value() == "memory";
        else if (word == "--only")
            options.only = std::stoul(value());
        else if (word == "--choice")
            options.choice = std::stoul(value());
        else if (word == "--scene") {
            const auto name = value();
            for (const auto scene : kScenes)
                if (sceneName(scene) == name) options.scene = scene;
            if (!options.scene) throw std::invalid_argument("no scene " + name);
        } else
            throw std::invalid_argument("what is " + word + "?");
    }
    return options;
}

/// Of allocations that the same functions lead to, the first and the last.
std::vector<std::size_t> ofEachSite(const Trace& trace) {
    std::unordered_map<std::uint64_t, std::pair<std::size_t, std::size_t>> sites;
    for (std::size_t i = 0; i < std::min(trace.count, Trace::kMax); ++i)
        sites.try_emplace(trace.sites[i], i + 1, 0).first->second.second = i + 1;
    std::vector<std::size_t> numbers;
    for (const auto& [site, ends] : sites) {
        numbers.push_back(ends.first);
        if (ends.second != ends.first) numbers.push_back(ends.second);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

void addPoints(Place& place, Scene scene, bool of_memory, const Options& options,
               std::vector<Point>& points) {
    place.trace(scene, of_memory);
    const auto& trace = sharedTrace();
    const auto before = points.size();
    std::vector<std::size_t> numbers;
    if (of_memory && options.sites) {
        numbers = ofEachSite(trace);
    } else {
        for (std::size_t i = 1; i <= std::min(trace.count, Trace::kMax); ++i) numbers.push_back(i);
    }
    for (const auto number : numbers)
        for (std::size_t choice = 0; choice < errorsOf(trace.calls[number - 1]).size(); ++choice)
            points.push_back({scene, {of_memory, number, choice}});
    fmt::print("{}: {} {}, {} faults\n", sceneName(scene), trace.count,
               of_memory ? "allocations" : "system calls", points.size() - before);
    std::fflush(stdout);
}

std::vector<Point> pointsOf(Place& place, const Options& options) {
    std::vector<Point> points;
    for (const auto scene : kScenes)
        for (const bool of_memory : {true, false}) {
            if (options.scene.value_or(scene) != scene) continue;
            if (options.of_memory.value_or(of_memory) != of_memory) continue;
            addPoints(place, scene, of_memory, options, points);
        }
    if (options.only > 0)
        std::erase_if(points, [&](const Point& point) {
            return point.fault.number != options.only ||
                   options.choice.value_or(point.fault.choice) != point.fault.choice;
        });
    std::mt19937 dice{20260302};
    std::shuffle(points.begin(), points.end(), dice);
    if (options.sample > 0 && points.size() > options.sample) points.resize(options.sample);
    return points;
}

/// The share of one process; what it found stands in a file when it ends.
int work(const std::vector<Point>& points, int job, const Options& options,
         const std::string& folder) {
    Place place{folder};
    Endings endings;
    int failed = 0;
    for (auto i = static_cast<std::size_t>(job); i < points.size();
         i += static_cast<std::size_t>(options.jobs)) {
        const auto wrongs = place.suffer(points[i], endings);
        failed += !wrongs.empty();
        for (const auto& wrong : wrongs) fmt::print("FAILED {}: {}\n", describe(points[i]), wrong);
        std::fflush(stdout);
    }
    std::ofstream file{folder + ".endings"};
    for (const auto& [how, times] : endings) file << times << '\t' << how << '\n';
    file << failed << "\tfailed\n";
    return 0;
}

void addEndings(const std::string& file, Endings& endings) {
    std::ifstream in{file};
    int times = 0;
    std::string how;
    while (in >> times && std::getline(in >> std::ws, how)) endings[how] += times;
}

int torture(const Options& options, const std::string& folder) {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<Point> points;
    {
        Place place{folder + "/trace"};
        points = pointsOf(place, options);
    }
    std::vector<pid_t> workers;
    for (int job = 0; job < options.jobs; ++job) {
        std::fflush(stdout);
        workers.push_back(fork());
        if (workers.back() != 0) continue;
        int status = 1;
        try {
            status = work(points, job, options, fmt::format("{}/job-{}", folder, job));
        } catch (const std::exception& failure) {
            fmt::print("FAILED job {}: {}\n", job, failure.what());
        }
        std::fflush(stdout);
        _exit(status);
    }
    bool broken = false;
    Endings endings;
    for (int job = 0; job < options.jobs; ++job) {
        int status = 0;
        waitpid(workers.at(static_cast<std::size_t>(job)), &status, 0);
        broken = broken || status != 0;
        addEndings(fmt::format("{}/job-{}.endings", folder, job), endings);
    }
    const int failed = endings["failed"];
    endings.erase("failed");
    if (options.verbose)
        for (const auto& [how, times] : endings) fmt::print("{:8}  {}\n", times, how);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    fmt::print("{} faults, {} failed, {:.0f} s\n", points.size(), failed, took.count());
    return broken || failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace backorderd::torture

int main(int count, char** words) {
    using namespace backorderd::torture;
    signal(SIGPIPE, SIG_IGN);
    const rlimit none{};
    setrlimit(RLIMIT_CORE, &none);
    std::string folder = (fs::temp_directory_path() / "backorderd-torture-XXXXXX").string();
    if (!mkdtemp(folder.data())) return 2;
    int status = 2;
    try {
        status = torture(optionsOf(count, words), folder);
    } catch (const std::exception& failure) {
        fmt::print("{}\n", failure.what());
    }
    fs::remove_all(folder);
    return status;
}
