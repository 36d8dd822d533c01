#include "connectors/sql_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace backorderd::connectors::sql {
namespace {

using config::Section;

Access readAccess(Section& section) {
    Access access;
    access.connection = section.required(
        "connection", "The ODBC connection string, `Driver=…;Server=…;UID=…`, without a password.");
    std::string upper = access.connection;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (upper.find("PWD=") != upper.npos || upper.find("PASSWORD=") != upper.npos)
        section.problem("connection", "holds a password: give it by the key 'password'");
    access.password =
        section.secret("password", "The password; it is added to the connection string as PWD.")
            .value_or(Secret{});
    access.timeout = section.duration(
        "timeout", {std::chrono::seconds{60}, std::chrono::seconds{1}, std::chrono::seconds{3600}},
        "How long the log-in, one query or one page may take.");
    access.prepare =
        section.texts("prepare", "Statements that begin each session, before its transaction.");
    access.isolated_by_prepare =
        section.choice("isolation", {"driver", "prepare"}, "driver",
                       "Who sees to it that a snapshot is of one moment: the ODBC driver, by "
                       "repeatable read or serializable; or a statement of prepare.") == "prepare";
    if (access.isolated_by_prepare && access.prepare.empty())
        section.problem("isolation", "'prepare' holds no statement that could see to it");
    return access;
}

void readQueries(Section& section, SqlSettings& settings) {
    settings.lines = section.required("lines", "Query for all lines on back order.");
    settings.changes = section.text(
        "changes", "", "Query for the lines that changed since :bookmark; lines that closed too.");
    settings.bookmark =
        section.text("bookmark", "", "Query for one value: where the next read of changes begins.");
    settings.find =
        section.text("find", "", "Query for the line :line_id, also when it is closed.");
    settings.stock = section.text("stock", "", "Query for item.id, warehouse and free.");
    settings.supply = section.text(
        "supply", "", "Query for item.id, supply.reference, supply.expected and supply.quantity.");
    settings.items = section.text("items", "",
                                  "Query for item.id, item.name, item.category, "
                                  "item.attributes.*, price, currency and lead_time_days.");
    settings.alternates = section.text("alternates", "", "Query for item.id and substitute.");
    if (settings.changes.empty() != settings.bookmark.empty())
        section.problem(settings.changes.empty() ? "bookmark" : "changes",
                        "'changes' and 'bookmark' work together: give both or none");
    const auto needs = [&](std::string_view key, const std::string& query, std::string_view name) {
        if (!query.empty() && bindParameter(query, name, {}).values.empty())
            section.problem(key, fmt::format("the query does not ask for :{}", name));
    };
    needs("changes", settings.changes, "bookmark");
    needs("find", settings.find, "line_id");
}

void readFormats(Section& section, SqlSettings& settings) {
    settings.values.decimal =
        section.choice("decimal", {".", ","}, ".", "The decimal sign of numbers kept as text.")
            .front();
    settings.values.date =
        section.text("date", "%Y-%m-%d", "How dates kept as text are written, as for files.");
    if (const auto fault = files::dateFormatFault(settings.values.date); !fault.empty())
        section.problem("date", fault);
    for (const auto& [word, name] :
         section.table("kinds",
                       "The ERP's words for the kinds of a line: each word and "
                       "backorder, preorder, drop-ship or made-to-order.")) {
        if (const auto kind = parseKind(name))
            settings.kinds.emplace_back(word, *kind);
        else
            section.problem("kinds", fmt::format("'{}' is not a kind of line", name));
    }
}

}  // namespace

SqlSettings readSqlSettings(Section& section) {
    SqlSettings settings;
    settings.access = readAccess(section);
    readQueries(section, settings);
    readFormats(section, settings);
    settings.page_size = static_cast<std::size_t>(
        section.number("page_size", {1000, 10, 10'000}, "Rows that are in memory at once."));
    settings.goods_rows_max = static_cast<std::size_t>(section.number(
        "goods_rows_max", {1'000'000, 1, 10'000'000},
        "More rows of stock, of supply, of items or of alternates than this are not read."));
    return settings;
}

}  // namespace backorderd::connectors::sql
