#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "config/problem_list.hpp"
#include "config/rule_reader.hpp"
#include "config/rule_test_steps.hpp"
#include "config/script_values.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 10'000;
constexpr std::size_t kTestStepsMax = 10'000;

std::string pathBeside(const std::string& file, const std::string& path) {
    return (fs::path{file}.parent_path() / path).lexically_normal().string();
}

/// `SO100/1` also says order and position, unless the line has them.
void fillInOrder(OrderLine& line) {
    const auto slash = line.key.id.rfind('/');
    if (line.order.number.empty()) line.order.number = line.key.id.substr(0, slash);
    if (line.order.id.empty()) line.order.id = line.order.number;
    if (line.position.empty() && slash != std::string::npos)
        line.position = line.key.id.substr(slash + 1);
    if (line.customer.name.empty()) line.customer.name = line.customer.id;
    if (line.item.name.empty()) line.item.name = line.item.id;
    if (line.unit.empty()) line.unit = "pcs";
}

std::optional<OrderLine> readLine(const NodePtr& node, const std::string& file, Date today,
                                  Problems& problems) {
    MapReader reader{node, file, "the line", problems};
    reader.need("line", "give the line an id, such as SO100/1");
    reader.need("ordered", "say how many were ordered");
    OrderLine line;
    line.key.source = "test";
    for (const auto& change : readFields(reader, {})) apply(change, line, today);
    if (line.key.id.empty()) return std::nullopt;
    fillInOrder(line);
    return line;
}

std::vector<OrderLine> readLines(MapReader& top, const std::string& file, Date today,
                                 Problems& problems) {
    std::vector<OrderLine> lines;
    const auto node = top.need("lines", "list at least one order line");
    if (!node) return lines;
    if (!node->isSequence() || node->items.empty() || node->items.size() > kLinesMax) {
        top.problem(*node, fmt::format("'lines' must list from 1 to {} order lines", kLinesMax));
        return lines;
    }
    std::set<std::string> ids;
    for (const auto& item : node->items) {
        auto line = readLine(item, file, today, problems);
        if (!line) continue;
        if (!ids.insert(line->key.id).second)
            top.problem(*item, fmt::format("line {} is listed twice", quote(line->key.id)));
        lines.push_back(std::move(*line));
    }
    return lines;
}

CatalogueItem readItem(MapReader& reader) {
    CatalogueItem item;
    item.item.id = readText(reader, "item");
    item.item.name = readText(reader, "name");
    item.item.category = readText(reader, "category");
    item.price.currency = readText(reader, "currency");
    if (const auto node = reader.find("price"))
        item.price.amount = readQuantity(reader, *node, "price").value_or(Decimal{});
    if (const auto days = readCount(reader, "lead_time_days", 0, 3650)) item.lead_time_days = *days;
    if (const auto node = reader.find("attributes"))
        for (const auto& entry : node->entries) item.item.attributes[entry.key] = entry.value->text;
    if (item.item.name.empty()) item.item.name = item.item.id;
    return item;
}

ItemSupply readSupply(MapReader& reader, Date today) {
    ItemSupply supply;
    supply.item = readText(reader, "item");
    supply.supply.reference = readText(reader, "reference");
    if (const auto node = reader.find("quantity"))
        supply.supply.quantity = readQuantity(reader, *node, "quantity");
    if (const auto node = reader.find("expected")) {
        OrderLine scratch;
        const auto change = readField(reader, "supply.expected", *node, reader.placeOf("expected"));
        if (change) apply(*change, scratch, today);
        supply.supply.expected = scratch.supply.expected;
    }
    return supply;
}

/// Calls back for each mapping of a list.
template <class Read>
void forEachOf(MapReader& top, std::string_view key, const std::string& file, Problems& problems,
               Read read) {
    const auto node = top.find(key);
    if (!node) return;
    if (!node->isSequence())
        return top.problem(*node, fmt::format("'{}' must be a list, not {}", key, describe(*node)));
    for (const auto& entry : node->items) {
        MapReader reader{entry, file, fmt::format("the entry of '{}'", key), problems};
        reader.need("item", "name the item");
        read(reader);
        reader.finish();
    }
}

Goods readGoods(MapReader& top, const std::string& file, Date today, Problems& problems) {
    Goods goods;
    if (const auto node = top.find("stock"))
        for (auto& change : readStock(node, file, problems))
            goods.stock.push_back({change.item, change.warehouse, change.free});
    forEachOf(top, "items", file, problems,
              [&](MapReader& reader) { goods.items.push_back(readItem(reader)); });
    forEachOf(top, "supply", file, problems,
              [&](MapReader& reader) { goods.supply.push_back(readSupply(reader, today)); });
    if (const auto node = top.find("alternates")) {
        MapReader reader{node, file, "'alternates'", problems};
        for (const auto& entry : reader.entries())
            for (const auto& substitute : listOf(entry.value))
                goods.alternates.push_back({entry.key, substitute->text});
    }
    return goods;
}

/// `rules: ../`, or several, such as a pack that is off as shipped, before the folder that it
/// needs.
std::vector<std::string> readRules(MapReader& top, const std::string& file) {
    std::vector<std::string> paths;
    for (const auto& node : listOf(top.find("rules")))
        if (const auto* text =
                scalarText(top, node, "rules", "a folder, or a list of folders and files"))
            paths.push_back(pathBeside(file, *text));
    if (paths.empty()) paths.push_back(pathBeside(file, ".."));
    return paths;
}

std::optional<Timestamp> readStart(MapReader& top) {
    const auto node = top.need("start",
                               "write the moment at which the test begins, such as "
                               "2026-03-02T09:00:00-06:00");
    const auto* text = scalarText(top, node, "start", "a moment");
    if (!text) return std::nullopt;
    const auto start = parseTimestamp(*text);
    if (!start)
        top.problem(*node, fmt::format("'start' must be a moment with its zone, such as "
                                       "2026-03-02T09:00:00-06:00, not {}",
                                       quote(*text)));
    return start;
}

/// Of a moment that was understood: what its clock shows beyond UTC.
std::chrono::seconds offsetOf(const NodePtr& root) {
    for (const auto& entry : root->entries) {
        if (entry.key != "start" || !entry.value->isScalar()) continue;
        const auto& text = entry.value->text;
        const auto written = text.find_first_of("+-", text.find('T'));
        if (written == std::string::npos) return {};
        const auto as_utc = parseTimestamp(text.substr(0, written) + 'Z');
        const auto moment = parseTimestamp(text);
        if (as_utc && moment) return *as_utc - *moment;
    }
    return {};
}

void readSteps(MapReader& top, RuleTest& test, Problems& problems) {
    const auto node = top.need("steps", "list what happens, and what is expected to be sent");
    if (!node) return;
    if (!node->isSequence() || node->items.empty() || node->items.size() > kTestStepsMax)
        return top.problem(*node,
                           fmt::format("'steps' must list from 1 to {} steps", kTestStepsMax));
    std::vector<std::string> lines;
    for (const auto& line : test.lines) lines.push_back(line.key.id);
    for (const auto& item : node->items) {
        auto step = readStep(item, test.file, test.start, lines, problems);
        if (!test.steps.empty() && step.at < test.steps.back().at)
            top.problem(*item, fmt::format("{} comes before the step above it; list the steps in "
                                           "the order of time",
                                           quote(step.name)));
        test.steps.push_back(std::move(step));
    }
}

}  // namespace

Date dayAt(const RuleTest& test, Timestamp at) {
    return Date{std::chrono::floor<std::chrono::days>(at + test.offset).time_since_epoch()};
}

Result<RuleTest> loadRuleTest(const std::string& file) {
    Problems problems;
    const auto root = readYamlFile(file, problems);
    RuleTest test;
    test.file = file;
    if (root) {
        MapReader top{root, file, "the test", problems};
        const auto name = readText(top, "name");
        test.name = name.empty() ? fs::path{file}.filename().string() : name;
        test.rules = readRules(top, file);
        const auto templates = readText(top, "templates");
        if (!templates.empty()) test.templates_dir = pathBeside(file, templates);
        test.adopt = readFlag(top, "adopt").value_or(false);
        test.start = readStart(top).value_or(Timestamp{});
        test.offset = offsetOf(root);
        const auto today = dayAt(test, test.start);
        test.lines = readLines(top, file, today, problems);
        test.goods = readGoods(top, file, today, problems);
        readSteps(top, test, problems);
        top.finish();
    }
    problems = orderProblems(std::move(problems));
    if (hasErrors(problems)) return problems;
    return test;
}

}  // namespace backorderd::config
