#include <nlohmann/json.hpp>

#include "connectors/tryton_row.hpp"
#include "connectors/tryton_rpc.hpp"
#include "fuzz.hpp"

// An answer of Tryton, and what its records say.

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    namespace tryton = connectors::tryton;
    using nlohmann::json;
    auto text = fuzz::textOf(bytes, size);
    constexpr int statuses[] = {200, 200, 302, 404, 500};
    net::HttpResponse response;
    response.status = statuses[fuzz::takeChoice(text) % std::size(statuses)];
    response.body = text;
    tryton::Access access;
    access.url = "https://erp.example/";
    const auto answer = tryton::readAnswer(access, "model.sale.line.search_read", response);
    const auto* list = std::get_if<json>(&answer);
    if (list == nullptr || !list->is_array()) return 0;
    for (const json& record : *list) {
        tryton::Row row{record};
        for (const char* path : {"id", "sale.party.name", "quantity", "moves."}) {
            static_cast<void>(row.text(path));
            static_cast<void>(row.id(path));
            static_cast<void>(row.number(path));
            static_cast<void>(row.date(path));
            static_cast<void>(row.days(path));
            static_cast<void>(row.list(path));
        }
        static_cast<void>(tryton::referenceTo("sale.line", row.text("origin")));
    }
    return 0;
}
