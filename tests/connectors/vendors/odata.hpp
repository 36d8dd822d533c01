#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "connectors/vendors/vendor_server.hpp"

/// The part of OData that three of the vendors speak: `$filter` by clauses that are joined by
/// `and`,
/// `$select` of plain fields, and the size of a page by `Prefer`.
namespace backorderd::test::vendors::odata {

using json = nlohmann::json;

/// The server would have refused the query; what it names is in the text.
class BadQuery : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline std::vector<std::string> split(const std::string& text, const std::string& by) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(by, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + by.size();
    }
    return parts;
}

/// `'text'`, `5`, `true`, `date'2026-01-31'`, or a bare date.
inline json literal(const std::string& text) {
    const std::size_t quote = text.find('\'');
    if (quote != std::string::npos) return text.substr(quote + 1, text.size() - quote - 2);
    const json plain = json::parse(text, nullptr, false);
    return plain.is_discarded() ? json(text) : plain;
}

inline bool compares(const json& left, const std::string& test, const json& right) {
    if (left.type_name() != std::string{right.type_name()})
        throw BadQuery{"'" + left.dump() + "' cannot be compared with '" + right.dump() + "'"};
    if (test == "eq") return left == right;
    if (test == "ne") return left != right;
    if (test == "gt") return left > right;
    if (test == "ge") return left >= right;
    if (test == "lt") return left < right;
    if (test == "le") return left <= right;
    throw BadQuery{"no operator '" + test + "'"};
}

/// Acumatica wraps every value: `{"value": …}`.
inline json plainOf(const json& value) {
    return value.is_object() ? value.value("value", json{}) : value;
}

inline bool meetsAll(const json& record, const std::string& filter) {
    const auto clauses = split(filter, " and ");
    return std::all_of(clauses.begin(), clauses.end(), [&](const std::string& clause) {
        const std::size_t first = clause.find(' ');
        const std::size_t second = clause.find(' ', first + 1);
        const auto field = record.find(clause.substr(0, first));
        if (second == std::string::npos || field == record.end())
            throw BadQuery{"Could not find a property named '" + clause.substr(0, first) + "'"};
        return compares(plainOf(*field), clause.substr(first + 1, second - first - 1),
                        literal(clause.substr(second + 1)));
    });
}

inline bool meets(const json& record, const std::string& filter) {
    const auto choices = split(filter, " or ");
    return filter.empty() ||
           std::any_of(choices.begin(), choices.end(),
                       [&](const std::string& choice) { return meetsAll(record, choice); });
}

inline json filtered(const json& table, const std::string& filter) {
    json found = json::array();
    for (const json& record : table)
        if (meets(record, filter)) found.push_back(record);
    return found;
}

/// Only what `$select` names and `$expand` adds.
inline json selected(const json& record, const std::string& select, const std::string& expand) {
    if (select.empty()) return record;
    json kept = json::object();
    for (const std::string& name : split(select, ",")) {
        const std::string top = name.substr(0, name.find('/'));
        if (!record.contains(top)) throw BadQuery{"Could not find a property named '" + top + "'"};
        kept[top] = record[top];
    }
    for (auto field = record.begin(); field != record.end(); ++field)
        if (expand.find(field.key()) != std::string::npos) kept[field.key()] = field.value();
    return kept;
}

/// What `Prefer: odata.maxpagesize=N` asks for.
inline std::size_t pageSize(const Request& request, std::size_t fallback) {
    const std::string prefer = request.header("prefer");
    const std::string word = "maxpagesize=";
    const std::size_t at = prefer.find(word);
    return at == std::string::npos ? fallback : std::stoul(prefer.substr(at + word.size()));
}

}  // namespace backorderd::test::vendors::odata
