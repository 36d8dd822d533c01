// What reading pages of an ERP over HTTP costs beside the bytes alone: a server on this machine
// gives pages of 10,000 records of about 700 bytes, and in turn they are
//
//   walked   each value of each page visited with the streaming parser, without a server
//   fetched  each page asked for over HTTP and thrown away
//   read     by the connector `rest` with a mapping, for the first time
//   again    once more, with nothing changed
//
//   bench_rest [--lines N] [--changed N]
//
// `--changed N`: of a thousand records so many are others when they are read again. Prints one JSON
// object a step: step, wall_s, cpu_s, peak_mb, requests, and in ratio how many times the CPU of the
// first step it took.

#include <fmt/format.h>
#include <signal.h>
#include <simdjson.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "connectors/connectors.hpp"
#include "support/run_coroutine.hpp"
#include "support/still_clock.hpp"

namespace {

using namespace backorderd;
namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

constexpr std::size_t kPageLines = 10'000;
constexpr std::chrono::hours kLimit{1};

constexpr std::string_view kMapping = R"(title: Bench ERP
requests:
  lines:
    path: /lines
    query: { offset: "{offset}", limit: "{size}" }
    records: /data
    paging: { kind: offset, size: 10000 }
    total: /total
backorder: positive(subtract(/qty, /delivered))
fields:
  line: /id
  order.id: /order/id
  order.number: /order/number
  order.reference: /order/reference
  order.date: date(/order/date, 'iso')
  position: /position
  item.id: /item/sku
  item.name: /item/name
  item.category: /item/group
  unit: /unit
  ordered: /qty
  shipped: /delivered
  unit_price: /price
  currency: /currency
  promise: date(/due, 'iso')
  requested: date(/wanted, 'iso')
  warehouse: /warehouse
  supply.reference: /supply/number
  supply.expected: date(/supply/due, 'iso')
  customer.id: /customer/no
  customer.name: /customer/name
  customer.country: /customer/country
  contact.name: /contact/name
  contact.email: /contact/email
  contact.language: /contact/language
  sales_rep.name: /rep/name
complete: total
)";

std::string record(std::size_t i, bool changed) {
    return fmt::format(
        R"({{"id":"L{0:07}","position":{1},"order":{{"id":{2},"number":"SO-{2:07}","reference":"PO {2} of the customer","date":"2026-03-{3:02}T08:15:00Z"}},"item":{{"sku":"PX-{4:05}","name":"Pump {4}, with a seal of \u201ctype B\u201d","group":"pumps"}},"unit":"pcs","qty":{5},"delivered":{6},"price":"{7}.50","currency":"EUR","due":"2026-12-{3:02}T00:00:00Z","wanted":"2026-11-{3:02}","warehouse":"MAIN","supply":{{"number":"PO-{4:05}","due":"2026-12-01"}},"customer":{{"no":"C{8:05}","name":"Customer {8} & Sons Ltd","country":"GB"}},"contact":{{"name":"Anna Example {8}","email":"buying{8}@customer.example","language":"en-GB"}},"rep":{{"name":"Ben Example"}},"notes":"call before delivery, gate 4, between eight and noon","modified":"2026-03-{3:02}T10:00:00Z"}})",
        i, 1 + i % 3, i / 3, 1 + i % 28, i % 5000, 10 + i % 90, i % 10, changed ? 11 : 10,
        i % 20'000);
}

/// The pages, as they are at first or when they are read again.
class Pages {
public:
    Pages(std::size_t lines, std::size_t changed_permille)
        : lines_{lines}, changed_permille_{changed_permille} {}

    std::string page(std::size_t offset, bool again) const {
        std::string text = R"({"data":[)";
        const std::size_t end = std::min(offset + kPageLines, lines_);
        for (std::size_t i = offset; i < end; ++i) {
            if (i > offset) text += ',';
            text += record(i, again && i * 7 % 1000 < changed_permille_);
        }
        return text + fmt::format(R"(],"total":{}}})", lines_);
    }
    std::size_t lines() const { return lines_; }

private:
    std::size_t lines_ = 0, changed_permille_ = 0;
};

/// Serves the pages in a process of its own, made beforehand; it ends with the object. Those of
/// `/lines` as at first, and once all have been asked for, as they are the second time.
class Server {
public:
    explicit Server(const Pages& pages) {
        asio::io_context io{1};
        Tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
        port_ = acceptor.local_endpoint().port();
        int ready[2];
        if (::pipe(ready) != 0) throw std::runtime_error("there is no pipe");
        child_ = ::fork();
        char sign = 0;
        if (child_ != 0) {
            ::close(ready[1]);
            // What is measured meanwhile would share the machine with the making of pages.
            if (::read(ready[0], &sign, 1) != 1) throw std::runtime_error("the server has ended");
            ::close(ready[0]);
            return;
        }
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        std::vector<std::string> first, again;
        for (std::size_t at = 0; at < pages.lines(); at += kPageLines) {
            first.push_back(pages.page(at, false));
            again.push_back(pages.page(at, true));
        }
        // Behind the last full page a reader finds an empty one.
        first.push_back(pages.page(pages.lines(), false));
        again.push_back(first.back());
        if (::write(ready[1], &sign, 1) != 1) ::_exit(1);
        while (true) serve(acceptor.accept(), first, again);
    }
    ~Server() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }

private:
    static void serve(Tcp::socket socket, const std::vector<std::string>& first,
                      const std::vector<std::string>& again) {
        socket.set_option(Tcp::no_delay(true));
        static std::size_t asked = 0;
        std::string heard;
        boost::system::error_code closed;
        while (true) {
            const auto end =
                asio::read_until(socket, asio::dynamic_buffer(heard), "\r\n\r\n", closed);
            if (closed) return;
            const std::size_t at = std::stoul(heard.substr(heard.find("offset=") + 7)) / kPageLines;
            heard.erase(0, end);
            // The first two rounds are those that fetch, without the empty page, and that read.
            const auto& pages = asked++ < 2 * first.size() - 1 ? first : again;
            const std::string head = fmt::format(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                pages[at].size());
            asio::write(socket, std::array{asio::buffer(head), asio::buffer(pages[at])}, closed);
            if (closed) return;
        }
    }

    std::uint16_t port_ = 0;
    pid_t child_ = -1;
};

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

rusage usage() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return used;
}

/// Every value below this one.
std::size_t walk(simdjson::ondemand::value value) {
    std::size_t bytes = 0;
    switch (value.type()) {
        case simdjson::ondemand::json_type::object:
            for (auto field : value.get_object()) bytes += walk(field.value());
            return bytes;
        case simdjson::ondemand::json_type::array:
            for (auto element : value.get_array()) bytes += walk(element.value());
            return bytes;
        case simdjson::ondemand::json_type::string:
            return std::string_view{value.get_string()}.size();
        case simdjson::ondemand::json_type::number:
            return static_cast<std::size_t>(double{value.get_double()});
        default:
            return 1;
    }
}

double walk(const Pages& pages) {
    simdjson::ondemand::parser parser;
    std::size_t bytes = 0;
    double cpu = 0;
    for (std::size_t at = 0; at < pages.lines(); at += kPageLines) {
        const simdjson::padded_string page{pages.page(at, false)};
        const rusage before = usage();
        auto document = parser.iterate(page);
        for (auto field : document.get_object()) bytes += walk(field.value());
        const rusage after = usage();
        cpu += seconds(after.ru_utime) - seconds(before.ru_utime) + seconds(after.ru_stime) -
               seconds(before.ru_stime);
    }
    if (bytes == 0) throw std::runtime_error("nothing was walked");
    return cpu;
}

asio::awaitable<std::size_t> fetch(net::Net& net, const std::string& url, std::size_t lines) {
    std::size_t requests = 0;
    for (std::size_t at = 0; at < lines; at += kPageLines, ++requests) {
        net::HttpRequest request;
        request.url = fmt::format("{}/lines?offset={}", url, at);
        const auto answer = co_await net.http(request);
        if (!std::holds_alternative<net::HttpResponse>(answer))
            throw std::runtime_error("the server does not answer");
    }
    co_return requests;
}

asio::awaitable<std::size_t> readAll(Connector& connector) {
    const std::size_t before = *connector.requests();
    const auto reader = connector.read();
    while (true) {
        const auto step = co_await reader->next();
        if (const auto* failure = std::get_if<Failure>(&step))
            throw std::runtime_error(failure->reason);
        if (const auto* end = std::get_if<SnapshotEnd>(&step)) {
            if (!end->complete) throw std::runtime_error(end->why_incomplete);
            co_return *connector.requests() - before;
        }
    }
}

void print(const char* step, double wall, double cpu, std::size_t requests, double alone) {
    std::printf(
        R"({"step":"%s","wall_s":%.2f,"cpu_s":%.2f,"ratio":%.2f,"peak_mb":%.0f,"requests":%zu})"
        "\n",
        step, wall, cpu, cpu / alone, static_cast<double>(usage().ru_maxrss) / 1024, requests);
    std::fflush(stdout);
}

/// Runs one step to its end, and prints what it took.
void measure(const char* step, asio::io_context& io, asio::awaitable<std::size_t> work,
             double alone) {
    const rusage before = usage();
    const auto start = std::chrono::steady_clock::now();
    const std::size_t requests = test::runCoroutine(io, std::move(work), kLimit);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const rusage after = usage();
    const double cpu = seconds(after.ru_utime) - seconds(before.ru_utime) +
                       seconds(after.ru_stime) - seconds(before.ru_stime);
    print(step, wall.count(), cpu, requests, alone);
}

}  // namespace

int main(int argc, char** argv) {
    std::size_t lines = 1'000'000, changed = 0;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::string_view{argv[i]} == "--lines") lines = std::stoul(argv[i + 1]);
        if (std::string_view{argv[i]} == "--changed") changed = std::stoul(argv[i + 1]);
    }
    const Pages pages{lines, changed};
    const Server server{pages};
    const std::string mapping =
        std::filesystem::temp_directory_path() / fmt::format("bench-rest-{}.yaml", ::getpid());
    std::ofstream{mapping} << kMapping;
    const double alone = walk(pages);
    print("walked", alone, alone, 0, alone);

    asio::io_context io{1};
    const test::StillClock clock;
    net::Net net{io.get_executor()};
    const auto section = config::Section::fromText(
        "url: " + server.url() + "\nmapping: " + mapping + "\n", "bench.yaml");
    const auto connector = connectors::makeConnector("rest", section, {"erp", net, clock});
    if (!connector) {
        std::fputs(formatProblems(section.problems()).c_str(), stderr);
        return 1;
    }
    const std::string url = server.url();
    measure("fetched", io, fetch(net, url, lines), alone);
    measure("read", io, readAll(*connector), alone);
    measure("again", io, readAll(*connector), alone);
    std::filesystem::remove(mapping);
    return 0;
}
