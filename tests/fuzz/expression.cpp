#include <nlohmann/json.hpp>

#include "connectors/rest_dates.hpp"
#include "connectors/rest_expression.hpp"
#include "connectors/rest_text.hpp"
#include "fuzz.hpp"

// The language of mappings: an expression, up to a line end, and a text that it finds in its
// record.

namespace {

using namespace backorderd;
namespace rest = connectors::rest;

class OneJoined final : public rest::Joins {
public:
    explicit OneJoined(const rest::Row& row) : row_{row} {}
    std::span<const rest::Row> rows(std::string_view, std::string_view) override {
        return {&row_, 1};
    }

private:
    rest::Row row_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    const auto text = fuzz::textOf(bytes, size);
    const auto end = std::min(text.find('\n'), text.size());
    const std::string value{text.substr(std::min(end + 1, text.size()))};
    std::string fault;
    const auto expression = rest::parseExpression(text.substr(0, end), fault);
    std::vector<std::string> names;
    rest::collectRequests(expression, names);
    rest::collectValues(expression, names);
    fuzz::require(fault.empty() || expression.absent(), "what is wrong means nothing");

    const nlohmann::json json{
        {"a", value}, {"n", 12.5}, {"list", {{{"k", value}, {"v", "1"}}, {{"k", "x"}, {"v", 2}}}}};
    rest::JsonTree tree;
    std::string written = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    fuzz::require(tree.take(written), "what is written is JSON");
    const rest::Row row{&tree.root(), &tree.root()};
    OneJoined joined{row};
    const rest::Texts values{{"zone", "Europe/Berlin"}, {"text", value}};
    const rest::Scope scope{row, joined, values, *parseDate("2026-11-26")};
    const std::string result = rest::evaluate(expression, scope);
    static_cast<void>(rest::isTrue(result));
    if (const auto at = rest::readMoment(value, "iso"))
        fuzz::require(rest::readMoment(rest::writeMoment(*at, "iso"), "iso") == at,
                      "a moment reads as it was written");
    for (const auto within : {rest::Within::Query, rest::Within::Path, rest::Within::Body})
        static_cast<void>(rest::fill(text, values, within, rest::Escape::Backslash));
    const auto url = rest::resolveLink("https://erp.example/a/b?c=d", value);
    static_cast<void>(rest::originOf(url));
    return 0;
}
