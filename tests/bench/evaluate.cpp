// How many open lines a second one core evaluates.
//
//   bench_evaluate --rules DIR [--lines N] [--rounds N]
//
// Prints one JSON object. The instructions per line, which do not depend on the machine, are counted
// by running it under valgrind: tests/bench/evaluate does both.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "rules/rules.hpp"

namespace {

using namespace backorderd;

constexpr Timestamp kNow{std::chrono::sys_days{std::chrono::year{2026} / 3 / 16} +
                         std::chrono::hours{9}};
constexpr const char* kTiers[] = {"standard", "silver", "gold", "platinum"};
constexpr const char* kCategories[] = {"pumps", "valves", "spares", "hoses"};

/// A line in the middle of its wait: opened days ago, and its customer was told.
Case waitingCase(int number) {
    const auto opened = kNow - std::chrono::hours{24 * (1 + number % 20)};
    const auto promise = Promise::on(Date{std::chrono::days{20'540 + number % 40}});
    Case subject;
    subject.id = number + 1;
    auto& line = subject.line;
    line.key = {"erp", "L" + std::to_string(number)};
    line.order = {"o" + std::to_string(number / 5), "SO" + std::to_string(number / 5), "", {}};
    line.item = {"IT-" + std::to_string(number % 8000), "An item", kCategories[number % 4], "", {}};
    line.ordered = Decimal{1 + number % 30};
    line.unit_price = {Decimal{5 + number % 900}, "EUR"};
    line.promise = promise;
    line.customer = {"C" + std::to_string(number / 25), "A customer", kTiers[number / 25 % 4],
                     number % 3 == 0 ? "DE" : "US", {}};
    line.contact = {"Buyer", "buyer@customer.example", "", "", "en", "Europe/Berlin"};
    line.sales_rep = {"Rep", "rep@house.example"};
    subject.opened_at = opened;
    subject.events.push_back({1, opened, LineOpened{line.open(), promise, false}});
    Notice told;
    told.id = subject.id;
    told.case_id = subject.id;
    told.key = "opened";
    told.rule = "everybody";
    told.recipient = {Channel::Email, line.contact.email, line.contact.name, "en", ""};
    told.fact_at = told.ready_at = told.due_at = told.state_at = opened;
    told.facts = {promise, line.open()};
    told.state = NoticeState::Sent;
    subject.notices.push_back(std::move(told));
    return subject;
}

}  // namespace

int main(int argc, char** argv) {
    std::string directory;
    int lines = 100'000, rounds = 10;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string name = argv[i];
        if (name == "--rules") directory = argv[i + 1];
        if (name == "--lines") lines = std::atoi(argv[i + 1]);
        if (name == "--rounds") rounds = std::atoi(argv[i + 1]);
    }
    const auto rules = config::loadRules(directory);
    if (!rules) {
        std::fputs(formatProblems(rules.error()).c_str(), stderr);
        return 1;
    }
    std::vector<Case> cases;
    cases.reserve(static_cast<std::size_t>(lines));
    for (int i = 0; i < lines; ++i) cases.push_back(waitingCase(i));
    const rules::Facts facts{kNow, kNow + std::chrono::hours{1}};
    std::size_t wanted = 0;
    const auto begun = std::chrono::steady_clock::now();
    for (int round = 0; round < rounds; ++round)
        for (const auto& subject : cases)
            wanted += rules::evaluate(*rules, subject, facts).wanted.size();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
    const auto evaluated = static_cast<double>(lines) * rounds;
    const nlohmann::ordered_json row{{"step", "evaluate"},
                                     {"lines", evaluated},
                                     {"wall_s", wall.count()},
                                     {"lines_per_s", evaluated / wall.count()},
                                     {"wanted", wanted}};
    std::printf("%s\n", row.dump().c_str());
    return 0;
}
