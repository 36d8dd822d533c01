// How fast a full outbox empties: mails from a store on the disk through the dispatcher and the
// SMTP sender into smtp-sink, with every mark and outcome durable in the store and in the send
// journal, beside Postfix's own generator with as many connections in the same run.
//
//   bench_dispatch [--mails N] [--bytes N] [--connections N] [--ahead N] [--rounds N] [--hang]
//                  [--json] [--dir DIR]
//
// --hang: in place of the generator, the same outbox once more, beside a second sender whose
// receiver accepts connections and never says a word; the ratio says what the first one keeps.
// --ahead: how many mails may be marked before their turn (`outbox.mark_ahead`).
// DIR holds store and journal (default: a new folder below $TMPDIR), so that a real disk can be
// named. The log is written as by a daemon, to DIR/log.

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/dispatching.hpp"
#include "app/system_clock.hpp"
#include "net/net.hpp"
#include "senders/senders.hpp"
#include "store/journal.hpp"
#include "store/store.hpp"
#include "support/run_coroutine.hpp"
#include "support/smtp_sink.hpp"

namespace {

using namespace backorderd;
namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{600};

struct Arguments {
    int mails = 20'000;
    int bytes = 4096;
    int connections = 20;
    int rounds = 3;
    int ahead = 100;
    bool hang = false;
    bool json = false;
    std::string dir;
};

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    const std::map<std::string, int*> numbers{{"--mails", &arguments.mails},
                                              {"--bytes", &arguments.bytes},
                                              {"--connections", &arguments.connections},
                                              {"--rounds", &arguments.rounds},
                                              {"--ahead", &arguments.ahead}};
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--hang") {
            arguments.hang = true;
        } else if (word == "--json") {
            arguments.json = true;
        } else if (word == "--dir" && i + 1 < argc) {
            arguments.dir = argv[++i];
        } else if (const auto at = numbers.find(word); at != numbers.end() && i + 1 < argc) {
            *at->second = std::max(at->first == "--ahead" ? 0 : 1, std::atoi(argv[++i]));
        } else {
            std::fputs("see the head of tests/bench/dispatch.cpp\n", stderr);
            std::exit(2);
        }
    }
    return arguments;
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A case that wants its customer told of one thing.
CaseChange caseWithNotice(int number, Timestamp now) {
    CaseChange change;
    auto& line = change.after.line;
    const auto id = std::to_string(number);
    line.key = {"erp", id};
    line.order = {"o" + id, "SO" + id, "PO" + id, {}};
    line.item = {"PX-100", "Circulation pump", "pumps", "", {}};
    line.ordered = Decimal{10};
    line.customer = {"C" + id, "Example Ltd", "gold", "GB", {}};
    line.contact = {"Ann Example", "ann" + id + "@example.net", "", "buyer", "en", "UTC"};
    change.after.opened_at = now;
    change.fingerprint = static_cast<std::uint64_t>(number);
    change.new_events = {{1, now, LineOpened{line.open(), line.promise, false}}};
    Notice notice;
    notice.key = "opened/1";
    notice.rule = "everyone";
    notice.template_name = "opened";
    notice.recipient = {Channel::Email, line.contact.email, "Ann Example", "en", "UTC"};
    notice.fact_at = notice.ready_at = notice.due_at = notice.state_at = now;
    notice.reason = "The line was opened.";
    change.new_notices = {std::move(notice)};
    return change;
}

Message mailFor(const CaseChange& change, const std::string& sender, int bytes) {
    const auto& notice = change.new_notices.front();
    Message message;
    message.stable_id = fmt::format("{:032x}@example.com", notice.id);
    message.sender = sender;
    message.recipient = notice.recipient;
    message.subject = "Your order";
    message.envelope_from = "orders@example.com";
    message.document = "Subject: Your order\r\n\r\n";
    while (message.document.size() + 72 <= static_cast<std::size_t>(bytes))
        message.document += std::string(70, 'x') + "\r\n";
    message.created_at = message.state_at = notice.state_at;
    message.notices = {notice.id};
    return message;
}

/// Mails that are ready to leave, with the cases and notices behind them.
void fill(Store& store, const std::string& sender, int first, const Arguments& arguments) {
    constexpr int kSlice = 1000;
    const app::SystemClock clock;
    const auto now = clock.now();
    for (int done = 0; done < arguments.mails; done += kSlice) {
        std::vector<CaseChange> changes;
        for (int i = done; i < std::min(done + kSlice, arguments.mails); ++i)
            changes.push_back(caseWithNotice(first + i, now));
        store.commit(changes);
        std::vector<Message> mails;
        for (const auto& change : changes)
            mails.push_back(mailFor(change, sender, arguments.bytes));
        store.freeze(mails);
    }
}

std::int64_t sent(Store& store) {
    for (const auto& [state, count] : store.counts().messages)
        if (state == MessageState::Sent) return count;
    return 0;
}

/// A receiver that is reached and never says a word.
class SilentReceiver {
public:
    explicit SilentReceiver(asio::io_context& io)
        : acceptor_{io, {asio::ip::address_v4::loopback(), 0}} {}
    std::string url() const {
        return fmt::format("smtp://127.0.0.1:{}", acceptor_.local_endpoint().port());
    }
    void close() { acceptor_.close(); }

private:
    asio::ip::tcp::acceptor acceptor_;  // The system accepts for it, up to its backlog.
};

app::NamedSender smtpSender(const std::string& name, const std::string& url,
                            const senders::Environment& environment, int connections) {
    const auto section = config::Section::fromText(
        fmt::format("url: {}\nconnections: {}\n", url, connections), "bench.yaml");
    return {name, senders::makeSender("smtp", section, environment)};
}

struct Round {
    double rate = 0;
    double cpu_us = 0;  ///< of this process, a mail
};

/// Fills a store and empties it. `beside_hanging`: it also holds as many mails of a second sender,
/// whose receiver hangs.
Round emptyOutbox(const fs::path& dir, const test::SmtpSink& sink, const Arguments& arguments,
                  bool beside_hanging) {
    fs::remove_all(dir / "store");
    fs::remove_all(dir / "journal");
    const auto store = store::openStore(dir / "store");
    fill(*store, "mail", 0, arguments);
    if (beside_hanging) fill(*store, "hanging", arguments.mails, arguments);

    asio::io_context io{1};
    net::Net net{io.get_executor()};
    const app::SystemClock clock;
    app::Log log{{"text", "info", false}};
    const auto journal = store::openJournal(dir / "journal/send.journal", clock.now());
    SilentReceiver silent{io};
    const senders::Environment environment{net, clock};
    std::vector<app::NamedSender> senders;
    senders.push_back(smtpSender("mail", sink.url(), environment, arguments.connections));
    senders.push_back(smtpSender("hanging", silent.url(), environment, arguments.connections));
    int left = arguments.mails;
    bool settled = false;
    // Nothing is noted; it is told of what was accepted.
    const auto count = [&left](const Message&, MessageState) {
        --left;
        return std::vector<Annotation>{};
    };
    app::Dispatcher::Settings settings;
    settings.mark_ahead = static_cast<std::size_t>(arguments.ahead);
    app::Dispatcher dispatcher{io.get_executor(), *store,   clock, log,
                               senders,           settings, count, journal.get()};
    dispatcher.onSettled([&] { settled = left == 0; });
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t cpu = std::clock();
    dispatcher.kick();
    test::runUntil(
        io, [&settled] { return settled; }, kPatience);
    const Round round{
        arguments.mails / secondsSince(start),
        1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / arguments.mails};
    dispatcher.stop();
    silent.close();
    test::runUntil(
        io, [&dispatcher] { return dispatcher.idle(); }, kPatience);
    if (sent(*store) != arguments.mails)
        throw std::runtime_error("outcomes are missing from the store");
    return round;
}

double generatorRate(const test::SmtpSink& sink, const Arguments& arguments) {
    const auto start = std::chrono::steady_clock::now();
    const auto command = fmt::format(
        "/usr/sbin/smtp-source -d -s {} -m {} -l {} -f orders@example.com -t ann@example.net "
        "127.0.0.1:{}",
        arguments.connections, arguments.mails, arguments.bytes, sink.port());
    if (std::system(command.c_str()) != 0) throw std::runtime_error("smtp-source failed");
    return arguments.mails / secondsSince(start);
}

int measure(const Arguments& arguments) {
    const test::ScratchFolder scratch;
    const fs::path dir = arguments.dir.empty() ? scratch.path() : fs::path{arguments.dir};
    fs::create_directories(dir);
    if (!std::freopen((dir / "log").c_str(), "w", stderr)) return 1;
    const test::SmtpSink sink({});
    const std::string other = arguments.hang ? "alone" : "smtp-source";
    std::vector<double> ratios;
    nlohmann::ordered_json rounds = nlohmann::ordered_json::array();
    for (int i = 0; i < arguments.rounds; ++i) {
        const double theirs = arguments.hang ? emptyOutbox(dir, sink, arguments, false).rate
                                             : generatorRate(sink, arguments);
        const auto ours = emptyOutbox(dir, sink, arguments, arguments.hang);
        ratios.push_back(ours.rate / theirs);
        rounds.push_back({{other, theirs},
                          {"backorderd", ours.rate},
                          {"cpu_us", ours.cpu_us},
                          {"ratio", ratios.back()}});
        if (!arguments.json)
            fmt::print(
                "{} {:.0f} mails/s, backorderd {:.0f} mails/s ({:.0f} us of CPU a mail), "
                "ratio {:.2f}\n",
                other, theirs, ours.rate, ours.cpu_us, ratios.back());
        std::fflush(stdout);
    }
    std::sort(ratios.begin(), ratios.end());
    const double median = ratios[ratios.size() / 2];
    if (!arguments.json) {
        fmt::print("median ratio {:.2f}\n", median);
        return 0;
    }
    const nlohmann::ordered_json result{{"mode", arguments.hang ? "hang" : "throughput"},
                                        {"mails", arguments.mails},
                                        {"bytes", arguments.bytes},
                                        {"connections", arguments.connections},
                                        {"rounds", rounds},
                                        {"median_ratio", median}};
    fmt::print("{}\n", result.dump());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return measure(parse(argc, argv));
    } catch (const std::exception& error) {
        fmt::print("{}\n", error.what());
        return 1;
    }
}
