#include "demo/demo.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "app/operations.hpp"
#include "app/wiring.hpp"
#include "demo/people.hpp"
#include "demo/story.hpp"
#include "demo/world.hpp"
#include "net/net.hpp"
#include "rehearsal/rehearsal.hpp"
#include "store/store.hpp"

namespace backorderd::demo {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr int kDays = 42;
constexpr Date kFirstDay{std::chrono::local_days{std::chrono::year{2026} / 3 / 2}};
constexpr const char* kSource = "erp";

/// A settings file as a company would write it; the other subcommands work on it afterwards.
std::string settingsText(const Options& options) {
    const auto config = fs::absolute(options.config_dir).lexically_normal().string();
    return "# Written by `backorderd demo`. Try: backorderd lines --config THIS_FILE\n"
           "data_dir: store\n"
           "rules_dir: " + config + "/rules.d\n"
           "templates_dir: " + config + "/templates\n"
           "control_socket: control.sock\n"
           "house:\n"
           "  name: Hansa Pumpen & Armaturen\n"
           "  from_name: Hansa Pumpen Auftragsservice\n"
           "  from_address: orders@hansa-pumps.example\n"
           "  reply_to: orders@hansa-pumps.example\n"
           "  phone: \"+49 40 5550 1234\"\n"
           "  language: en\n"
           "  timezone: Europe/Berlin\n"
           "sources:\n"
           "  - name: " + std::string{kSource} + "\n"
           "    kind: files\n"
           "    folder: erp\n"
           "    poll_every: 1h\n"
           "senders:\n"
           "  - name: mail\n"
           "    kind: file\n"
           "    folder: mail\n"
           "log:\n"
           "  level: error\n";
}

std::string dayTitle(Date day) {
    static constexpr const char* kNames[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    return std::string{kNames[std::chrono::weekday{day}.iso_encoding() - 1]} + ' ' +
           formatDate(day);
}

/// The simulated weeks: moves the clock from one thing that is due to the next.
class Play {
public:
    Play(rehearsal::Driver& driver, rehearsal::VirtualClock& clock, World& world, Store& store,
         People& people, Story& story)
        : driver_{driver},
          clock_{clock},
          world_{world},
          store_{store},
          people_{people},
          story_{story} {}

    void run() {
        for (int i = 0; i < kDays; ++i) {
            const Date day = kFirstDay + std::chrono::days{i};
            story_.progress(i);
            news_.clear();
            for (int hour = 0; hour < 24; ++hour) passHour(day, hour);
            tell(day);
        }
        story_.progress(kDays);
    }

private:
    void passHour(Date day, int hour) {
        const Timestamp start = Timestamp{day.time_since_epoch()} + std::chrono::hours{hour};
        clock_.advanceTo(start);
        for (auto& sentence : world_.passHour(day, hour)) news_.push_back(std::move(sentence));
        for (auto& sentence : people_.passHour(start, day, hour))
            news_.push_back(std::move(sentence));
        const auto report = driver_.poll(kSource);
        if (report.end != app::PollReport::End::Complete)
            news_.push_back("the ERP could not be read: " + report.reason);
        driver_.runUntil(start + 1h);
    }

    void tell(Date day) {
        MessageFilter filter;
        filter.state = MessageState::Sent;
        filter.limit = 1000;
        std::vector<std::string> mails;
        for (const auto& message : store_.messages(store_.listMessages(filter))) {
            if (message.id <= last_told_) continue;
            newest_ = std::max(newest_, message.id);
            mails.push_back("    -> " + message.recipient.address + "  \"" + message.subject +
                            "\"");
        }
        std::reverse(mails.begin(), mails.end());  // The list begins with the newest.
        last_told_ = newest_;
        if (news_.empty() && mails.empty()) return;
        story_.line(dayTitle(day));
        for (const auto& sentence : news_) story_.line("    " + sentence);
        for (const auto& mail : mails) story_.line(mail);
    }

    rehearsal::Driver& driver_;
    rehearsal::VirtualClock& clock_;
    World& world_;
    Store& store_;
    People& people_;
    Story& story_;
    std::vector<std::string> news_;
    MessageId last_told_ = 0, newest_ = 0;
};

/// Who got how many, and about what.
void sumUp(Store& store, Story& story) {
    MessageFilter filter;
    filter.limit = 100'000;
    std::map<std::string, std::map<std::string, int>> received;
    int sent = 0;
    for (const auto& message : store.messages(store.listMessages(filter))) {
        if (message.state != MessageState::Sent) continue;
        ++sent;
        for (const auto& notice : store.notices(message.notices))
            ++received[message.recipient.address][std::string{topicName(notice.topic)}];
    }
    story.line("");
    story.line(std::to_string(sent) + " mails went out in " + std::to_string(kDays / 7) +
               " weeks:");
    for (const auto& [address, topics] : received) {
        std::string text;
        for (const auto& [topic, count] : topics)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + topic;
        story.line("  " + address + ": " + text);
    }
}

/// The line about which most was said.
std::string mostTold(Store& store) {
    CaseFilter filter;
    filter.include_closed = true;
    filter.limit = 10'000;
    std::string best;
    std::size_t most = 0;
    for (const auto& subject : store.cases(store.listCases(filter))) {
        const auto told = subject.notices.size() + subject.events.size();
        if (told <= most) continue;
        most = told;
        best = subject.line.key.id;
    }
    return best;
}

/// One operation, to its end.
nlohmann::json answerOf(asio::io_context& context, app::Operations& operations,
                        const std::string& name, const nlohmann::json& arguments) {
    nlohmann::json result;
    asio::co_spawn(context, operations.call(name, arguments),
                   [&result](std::exception_ptr failure, const nlohmann::json& answer) {
                       if (failure) std::rethrow_exception(failure);
                       result = answer;
                   });
    context.restart();
    context.poll();
    return result;
}

/// Only what an earlier demo left is removed, never anything else in the folder.
void prepareFolder(const Options& options) {
    for (const char* part : {"store", "mail", "erp"}) {
        fs::remove_all(fs::path{options.out} / part);
        fs::create_directories(fs::path{options.out} / part);
    }
    std::ofstream file{fs::path{options.out} / "backorderd.yaml"};
    file << settingsText(options);
    file.close();
    if (!file) throw std::runtime_error("cannot write to " + options.out);
}

}  // namespace

int run(const Options& options, nlohmann::json& interesting) {
    prepareFolder(options);
    const auto settings_file = (fs::path{options.out} / "backorderd.yaml").string();
    asio::io_context context{1};
    rehearsal::VirtualClock clock{Timestamp{kFirstDay.time_since_epoch()}};
    net::Net net{context.get_executor()};
    auto setup = app::loadSetup(settings_file, net, clock);
    if (!setup) {
        std::fputs(formatProblems(setup.error()).c_str(), stderr);
        return 1;
    }
    World world{options.seed, kFirstDay, kSource};
    setup->ends.sources.front().connector = rehearsal::connectTo(
        [&] {
            const Date today{std::chrono::floor<std::chrono::days>(clock.now()).time_since_epoch()};
            return rehearsal::Books{world.lines(today), world.goods()};
        },
        clock);
    app::Log log{setup->settings->log};
    const auto store = store::openStore(setup->settings->data_dir);
    app::Engine engine{context.get_executor(), *store,          clock,
                       log,                    *setup->settings, std::move(setup->policy),
                       std::move(setup->ends)};
    Story story{(fs::path{options.out} / "story.txt").string(), kDays};
    rehearsal::Driver driver{context, clock, engine};
    app::Operations operations{*store, clock, [&engine]() -> app::Engine& { return engine; },
                               [](bool) -> asio::awaitable<Problems> { co_return Problems{}; }};
    People people{*store, world, [&](const std::string& name, const nlohmann::json& arguments) {
                      return answerOf(context, operations, name, arguments);
                  }};
    Play play{driver, clock, world, *store, people, story};
    play.run();
    sumUp(*store, story);
    const auto explained = answerOf(context, operations, "explain", {{"line", mostTold(*store)}});
    if (explained.value("ok", false)) interesting = explained["result"].front();
    return 0;
}

}  // namespace backorderd::demo
