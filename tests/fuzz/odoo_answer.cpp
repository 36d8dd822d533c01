#include <nlohmann/json.hpp>

#include "codec/codec.hpp"
#include "connectors/line_reader.hpp"
#include "connectors/odoo_line.hpp"
#include "connectors/odoo_row.hpp"
#include "fuzz.hpp"

// An answer of Odoo, by either interface; its records are then taken for those of every model.

namespace {

using namespace backorderd;
namespace odoo = connectors::odoo;
using nlohmann::json;

odoo::Records recordsIn(const json& list) {
    odoo::Records records;
    records.zone = "Europe/Berlin";
    records.now = *parseTimestamp("2026-11-26T09:00:00Z");
    for (const json& record : list) {
        odoo::Row row{record};
        const auto id = row.id("id");
        for (auto* all : {&records.lines, &records.orders, &records.partners, &records.users,
                          &records.products, &records.pickings})
            all->emplace(id, record);
        static_cast<void>(odoo::itemOf(record));
        auto move = odoo::readMove(record);
        if (auto* readable = std::get_if<odoo::Move>(&move))
            records.moves[row.id("sale_line_id")].push_back(std::move(*readable));
    }
    for (const auto& [id, line] : records.lines) records.ids.push_back(id);
    return records;
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    auto text = fuzz::textOf(bytes, size);
    const unsigned choice = fuzz::takeChoice(text);
    constexpr int statuses[] = {200, 200, 303, 401, 404, 500};
    odoo::Access access;
    access.url = "https://erp.example/";
    access.api = choice & 1 ? odoo::Api::Json2 : odoo::Api::JsonRpc;
    net::HttpResponse response;
    response.status = statuses[choice / 2 % std::size(statuses)];
    response.body = text;
    bool refused = false;
    const auto answer = odoo::readAnswer(access, "a call", response, refused);
    const auto* list = std::get_if<json>(&answer);
    if (list == nullptr || !list->is_array()) return 0;
    const odoo::Records records = recordsIn(*list);
    const odoo::Reading reading{
        "erp", odoo::Definition::Late, 300, {}, {}, {{"extra", "x_extra"}, {"of", "order_id.x"}}};
    for (const auto id : records.ids) {
        const auto judged = odoo::judge(reading, records, id);
        const auto* line = std::get_if<odoo::Judged>(&judged);
        if (line == nullptr || !connectors::lineFault(line->line).empty()) continue;
        const std::string kept = codec::encodeLine(line->line);
        fuzz::require(codec::decodeLine(kept, "erp") == line->line, "a line can be stored");
    }
    return 0;
}
