#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {
namespace {

/// Characters rather than bytes: names have umlauts.
std::size_t width(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

void printRow(const std::vector<std::string>& row, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i];
        if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    std::printf("%s\n", line.c_str());
}

}  // namespace

void printTable(const std::vector<std::string>& titles,
                const std::vector<std::vector<std::string>>& rows, const std::string& nothing) {
    if (rows.empty()) {
        std::printf("%s\n", nothing.c_str());
        return;
    }
    std::vector<std::size_t> widths;
    for (const auto& title : titles) widths.push_back(width(title));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    printRow(titles, widths);
    for (const auto& row : rows) printRow(row, widths);
}

std::vector<std::vector<std::string>> cells(const nlohmann::json& rows,
                                            const std::vector<const char*>& names) {
    std::vector<std::vector<std::string>> table;
    for (const auto& row : rows) {
        auto& line = table.emplace_back();
        for (const char* name : names) line.push_back(cell(row, name));
    }
    return table;
}

void printJson(const nlohmann::json& value) {
    std::printf("%s\n",
                value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

std::string cell(const nlohmann::json& row, const char* name) {
    const auto at = row.find(name);
    if (at == row.end() || at->is_null()) return {};
    return at->is_string() ? at->get<std::string>() : at->dump();
}

}  // namespace backorderd::cli
