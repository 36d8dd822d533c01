// Writes a snapshot of a made-up distributor for the `files` connector: the same numbers give the
// same files, byte for byte. Day 2 is day 1 with a share of the lines changed, in the same files.
//
//   bench_generate --lines 1000000 --day 1 --out DIR [--changed 0.02] [--format jsonl|csv]
//                  [--start 2026-03-02]

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace {

constexpr std::int64_t kLinesPerFile = 10'000;
constexpr std::int64_t kLinesPerOrder = 5;
constexpr std::int64_t kLinesPerCustomer = 25;
constexpr std::int64_t kItems = 8'000;

using Day = std::chrono::sys_days;

struct Options {
    std::int64_t lines = 0;
    int day = 1;
    std::string out;
    double changed = 0.02;
    bool csv = false;
    Day start{std::chrono::year{2026} / 3 / 2};
};

/// A number that looks random and depends on nothing but its arguments (splitmix64).
std::uint64_t dice(std::int64_t of, std::uint64_t about) {
    std::uint64_t z =
        static_cast<std::uint64_t>(of) * 0x9E3779B97F4A7C15u + about * 0xD1B54A32D192ED03u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

std::int64_t roll(std::int64_t of, std::uint64_t about, std::int64_t sides) {
    return static_cast<std::int64_t>(dice(of, about) % static_cast<std::uint64_t>(sides));
}

template <std::size_t Count>
std::string_view pick(const std::array<std::string_view, Count>& words, std::int64_t of,
                      std::uint64_t about) {
    return words[static_cast<std::size_t>(roll(of, about, Count))];
}

constexpr std::array<std::string_view, 8> kGoods{
    "Centrifugal pump",   "Ball valve DN40", "Pressure gauge",   "Shaft seal kit",
    "Frequency inverter", "Hose coupling",   "Stainless flange", "Level sensor"};
constexpr std::array<std::string_view, 6> kCategories{"pumps", "valves",   "gauges",
                                                      "seals", "fittings", "sensors"};
constexpr std::array<std::string_view, 4> kTiers{"standard", "standard", "gold", "platinum"};
constexpr std::array<std::string_view, 4> kCountries{"DE", "AT", "US", "GB"};
constexpr std::array<std::string_view, 4> kLanguages{"de", "de-AT", "en-US", "en-GB"};
constexpr std::array<std::string_view, 8> kFirst{"Anna",  "Jonas", "Maria", "Peter",
                                                 "Laura", "David", "Sofia", "Martin"};
constexpr std::array<std::string_view, 8> kLast{"Hofer", "Berger",  "Novak",  "Miller",
                                                "Weber", "Fischer", "Turner", "Schmidt"};
constexpr std::array<std::string_view, 3> kWarehouses{"CHI-1", "HAM-2", "VIE-1"};

/// What happened to a line between the two days.
enum class Change { None, Promise, Allocated, PartlyShipped, Shipped };

struct Line {
    std::int64_t number = 0;
    std::int64_t order = 0;
    std::int64_t customer = 0;
    std::int64_t item = 0;
    std::int64_t ordered = 0;
    std::int64_t shipped = 0;
    std::int64_t allocated = 0;
    Day order_date;
    Day promise;
    Day expected;
};

Change changeOf(std::int64_t number, const Options& options) {
    const auto share =
        static_cast<double>(dice(number, 90) >> 11) / static_cast<double>(1ull << 53);
    if (options.day < 2 || share >= options.changed) return Change::None;
    switch (roll(number, 91, 10)) {
        case 0:
        case 1:
            return Change::Allocated;
        case 2:
            return Change::PartlyShipped;
        case 3:
            return Change::Shipped;
        default:
            return Change::Promise;
    }
}

Line makeLine(std::int64_t number, const Options& options) {
    Line line;
    line.number = number;
    line.order = number / kLinesPerOrder;
    const auto customers = std::max<std::int64_t>(1, options.lines / kLinesPerCustomer);
    line.customer = roll(line.order, 1, customers);
    line.item = roll(number, 2, kItems);
    line.ordered = 2 + roll(number, 3, 40);
    line.order_date = options.start - std::chrono::days{5 + roll(line.order, 4, 40)};
    line.promise = options.start + std::chrono::days{3 + roll(number, 5, 60)};
    line.expected = line.promise - std::chrono::days{2};
    switch (changeOf(number, options)) {
        case Change::None:
            break;
        case Change::Promise:
            line.promise +=
                std::chrono::days{roll(number, 6, 10) == 0 ? -2 : 3 + roll(number, 7, 20)};
            line.expected = line.promise - std::chrono::days{2};
            break;
        case Change::Allocated:
            line.allocated = 1 + roll(number, 8, line.ordered);
            break;
        case Change::PartlyShipped:
            line.shipped = 1 + roll(number, 9, line.ordered - 1);
            break;
        case Change::Shipped:
            line.shipped = line.ordered;
            break;
    }
    return line;
}

struct Field {
    std::string_view name;
    bool number;
    void (*write)(std::string& out, const Line& line);
};

void append(std::string& out, std::string_view text) { out += text; }
template <class... Args>
void write(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
}

constexpr std::array kFields{
    Field{"line", false,
          [](std::string& out, const Line& l) { write(out, "{:09}", l.number + 1); }},
    Field{"order.number", false,
          [](std::string& out, const Line& l) { write(out, "SO-{:08}", l.order + 1); }},
    Field{"order.reference", false,
          [](std::string& out, const Line& l) {
              write(out, "PO {:06}/{}", roll(l.order, 20, 1'000'000), l.order % 100);
          }},
    Field{"order.date", false,
          [](std::string& out, const Line& l) { write(out, "{:%Y-%m-%d}", l.order_date); }},
    Field{"position", true,
          [](std::string& out, const Line& l) {
              write(out, "{}", (l.number % kLinesPerOrder + 1) * 10);
          }},
    Field{"item.id", false,
          [](std::string& out, const Line& l) { write(out, "PX-{:05}", l.item); }},
    Field{"item.name", false,
          [](std::string& out, const Line& l) {
              write(out, "{}, series {}", pick(kGoods, l.item, 21), l.item % 90 + 10);
          }},
    Field{"item.category", false,
          [](std::string& out, const Line& l) { append(out, pick(kCategories, l.item, 22)); }},
    Field{"unit", false, [](std::string& out, const Line&) { append(out, "pcs"); }},
    Field{"ordered", true, [](std::string& out, const Line& l) { write(out, "{}", l.ordered); }},
    Field{"shipped", true, [](std::string& out, const Line& l) { write(out, "{}", l.shipped); }},
    Field{"allocated", true,
          [](std::string& out, const Line& l) { write(out, "{}", l.allocated); }},
    Field{"unit_price", true,
          [](std::string& out, const Line& l) {
              write(out, "{}.{:02}", 5 + roll(l.item, 23, 900), roll(l.item, 24, 100));
          }},
    Field{"currency", false, [](std::string& out, const Line&) { append(out, "EUR"); }},
    Field{"promise", false,
          [](std::string& out, const Line& l) { write(out, "{:%Y-%m-%d}", l.promise); }},
    Field{"warehouse", false,
          [](std::string& out, const Line& l) { append(out, pick(kWarehouses, l.order, 25)); }},
    Field{
        "supply.reference", false,
        [](std::string& out, const Line& l) { write(out, "PU-{:06}", roll(l.item, 26, 90'000)); }},
    Field{"supply.expected", false,
          [](std::string& out, const Line& l) { write(out, "{:%Y-%m-%d}", l.expected); }},
    Field{"customer.id", false,
          [](std::string& out, const Line& l) { write(out, "C{:06}", l.customer + 1); }},
    Field{"customer.name", false,
          [](std::string& out, const Line& l) {
              write(out, "{} Industries {}", pick(kLast, l.customer, 27), l.customer + 1);
          }},
    Field{"customer.tier", false,
          [](std::string& out, const Line& l) { append(out, pick(kTiers, l.customer, 28)); }},
    Field{"contact.name", false,
          [](std::string& out, const Line& l) {
              write(out, "{} {}", pick(kFirst, l.customer, 29), pick(kLast, l.customer, 30));
          }},
    Field{"contact.email", false,
          [](std::string& out, const Line& l) {
              write(out, "purchasing.{:06}@customer.example.com", l.customer + 1);
          }},
    Field{"contact.language", false,
          [](std::string& out, const Line& l) { append(out, pick(kLanguages, l.customer, 31)); }},
    Field{"customer.country", false,
          [](std::string& out, const Line& l) { append(out, pick(kCountries, l.customer, 31)); }},
    Field{"sales_rep.email", false,
          [](std::string& out, const Line& l) {
              write(out, "rep{:02}@example.com", roll(l.customer, 32, 40));
          }},
};

void writeJson(std::string& out, const Line& line) {
    char before = '{';
    for (const auto& field : kFields) {
        out += before;
        out += '"';
        out += field.name;
        out += field.number ? "\":" : "\":\"";
        field.write(out, line);
        if (!field.number) out += '"';
        before = ',';
    }
    out += "}\n";
}

void writeCsv(std::string& out, const Line& line) {
    bool first = true;
    for (const auto& field : kFields) {
        if (!first) out += ',';
        first = false;
        std::string text;
        field.write(text, line);
        if (text.find(',') == std::string::npos)
            out += text;
        else
            write(out, "\"{}\"", text);
    }
    out += '\n';
}

void writeHeader(std::string& out) {
    bool first = true;
    for (const auto& field : kFields) {
        if (!first) out += ',';
        first = false;
        out += field.name;
    }
    out += '\n';
}

/// Lines of the day: on day 2 some orders have come in, and stand behind the others.
std::int64_t linesOfDay(const Options& options) {
    if (options.day < 2) return options.lines;
    return options.lines +
           static_cast<std::int64_t>(static_cast<double>(options.lines) * options.changed / 20);
}

bool generate(const Options& options) {
    std::filesystem::create_directories(options.out);
    const auto total = linesOfDay(options);
    const auto files = std::max<std::int64_t>(1, options.lines / kLinesPerFile);
    std::string out;
    for (std::int64_t file = 0; file < files; ++file) {
        // The last file takes what is new, so that the others stay the files they were.
        const auto end = file + 1 == files ? total : (file + 1) * kLinesPerFile;
        out.clear();
        if (options.csv) writeHeader(out);
        for (auto number = file * kLinesPerFile; number < end; ++number) {
            const Line line = makeLine(number, options);
            if (options.csv)
                writeCsv(out, line);
            else
                writeJson(out, line);
        }
        const auto path =
            fmt::format("{}/lines-{:05}.{}", options.out, file + 1, options.csv ? "csv" : "jsonl");
        std::ofstream stream{path, std::ios::binary | std::ios::trunc};
        stream.write(out.data(), static_cast<std::streamsize>(out.size()));
        if (!stream.flush()) {
            fmt::print(stderr, "'{}' cannot be written\n", path);
            return false;
        }
    }
    fmt::print("{} lines in {} files in {}\n", total, files, options.out);
    return true;
}

template <class Number>
bool readNumber(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

bool readDay(std::string_view text, Day& day) {
    int year = 0;
    unsigned month = 0, of_month = 0;
    if (text.size() != 10 || !readNumber(text.substr(0, 4), year) ||
        !readNumber(text.substr(5, 2), month) || !readNumber(text.substr(8, 2), of_month))
        return false;
    const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                           std::chrono::day{of_month}};
    if (!date.ok()) return false;
    day = date;
    return true;
}

std::optional<Options> readOptions(int count, char** arguments) {
    Options options;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = arguments[i], value = arguments[i + 1];
        bool good = false;
        if (name == "--lines") good = readNumber(value, options.lines) && options.lines > 0;
        if (name == "--day")
            good = readNumber(value, options.day) && options.day >= 1 && options.day <= 2;
        if (name == "--changed")
            good =
                readNumber(value, options.changed) && options.changed >= 0 && options.changed <= 1;
        if (name == "--start") good = readDay(value, options.start);
        if (name == "--out") good = !(options.out = value).empty();
        if (name == "--format") {
            options.csv = value == "csv";
            good = options.csv || value == "jsonl";
        }
        if (!good) return std::nullopt;
    }
    if (options.lines == 0 || options.out.empty() || count % 2 == 0) return std::nullopt;
    return options;
}

}  // namespace

int main(int count, char** arguments) {
    const auto options = readOptions(count, arguments);
    if (!options) {
        fmt::print(stderr,
                   "usage: bench_generate --lines N --day 1|2 --out DIR [--changed 0.02] "
                   "[--format jsonl|csv] [--start 2026-03-02]\n");
        return 2;
    }
    return generate(*options) ? 0 : 1;
}
