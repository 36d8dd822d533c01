#include "connectors/odoo_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "connectors/odoo_row.hpp"

namespace backorderd::connectors::odoo {

using nlohmann::json;

namespace {

/// The fields that are read where they exist. Of several for one thing, each version has one.
constexpr auto kFieldsWanted = R"({
    "sale.order.line": ["order_id", "sequence", "product_id", "product_uom", "product_uom_id",
        "product_uom_qty", "qty_delivered", "price_unit", "discount", "currency_id",
        "customer_lead", "warehouse_id", "is_mto"],
    "sale.order": ["name", "client_order_ref", "partner_id", "user_id", "state", "date_order",
        "commitment_date", "picking_policy", "warehouse_id", "delivery_status"],
    "stock.move": ["sale_line_id", "product_id", "product_uom_qty", "product_qty", "quantity",
        "reserved_availability", "quantity_done", "state", "date", "date_deadline",
        "forecast_availability", "forecast_expected_date", "picking_id", "picking_code", "origin",
        "reference"],
    "stock.picking": ["name", "date_done", "carrier_id", "carrier_tracking_ref",
        "carrier_tracking_url"],
    "res.partner": ["name", "email", "phone", "mobile", "lang", "tz", "function",
        "commercial_partner_id", "country_code", "ref"],
    "product.product": ["default_code", "name", "categ_id", "lst_price", "currency_id",
        "free_qty"],
    "res.users": ["email"]})";

constexpr auto kFieldsNeeded = R"({
    "sale.order.line": ["order_id", "product_id", "product_uom_qty", "qty_delivered"],
    "sale.order": ["name", "partner_id", "state"],
    "stock.move": ["sale_line_id", "state", "product_uom_qty", "picking_code"]})";

/// Learns which of the wanted fields a model has.
boost::asio::awaitable<std::optional<Failure>> learnFields(Session& session, std::string model,
                                                           std::vector<std::string> wanted,
                                                           Schema& schema) {
    json arguments = json::object();
    arguments["allfields"] = wanted;
    arguments["attributes"] = json::array({"type"});
    std::string method = "fields_get";
    auto answer = co_await session.call(model, std::move(method), std::move(arguments));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& found = std::get<json>(answer);
    auto& fields = schema.fields[model];
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(fields),
                 [&](const std::string& field) { return found.contains(field); });
    co_return std::nullopt;
}

/// A field of the settings or of the connector's own needs that the server lacks.
std::optional<Failure> missingField(const Access& access, const Schema& schema,
                                    const Reading& reading) {
    std::vector<std::pair<std::string, std::string>> needed;
    const json of_models = json::parse(kFieldsNeeded);
    for (const auto& [model, fields] : of_models.items())
        for (const json& field : fields) needed.emplace_back(model, field.get<std::string>());
    for (const auto& [name, field] : reading.attributes) {
        const bool of_order = field.starts_with("order_id.");
        needed.emplace_back(of_order ? "sale.order" : "sale.order.line",
                            of_order ? field.substr(field.find('.') + 1) : field);
    }
    for (const auto& [model, field] : needed)
        if (!schema.has(model, field))
            return Failure{Failure::Again::Never,
                           fmt::format("{} in Odoo at {} has no field '{}' that the user '{}' may "
                                       "see: a module is missing, or a right.",
                                       model, access.url, field, access.user)};
    return std::nullopt;
}

std::vector<std::string> wantedOf(const std::string& model, const json& fields,
                                  const Reading& reading) {
    auto wanted = fields.get<std::vector<std::string>>();
    for (const auto& [name, field] : reading.attributes) {
        const bool of_order = field.starts_with("order_id.");
        if (model == (of_order ? "sale.order" : "sale.order.line"))
            wanted.push_back(of_order ? field.substr(field.find('.') + 1) : field);
    }
    return wanted;
}

boost::asio::awaitable<std::optional<Failure>> learnCompany(Session& session,
                                                            const Reading& reading,
                                                            Schema& schema) {
    json domain = json::array();
    if (!reading.company.empty()) domain.push_back(clause("name", "=", reading.company));
    const json context = json::object();
    const std::vector<std::string> fields{"name", "partner_id"};
    auto answer = co_await searchAll(session, "res.company", std::move(domain), fields, context);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& companies = std::get<json>(answer);
    if (companies.size() != 1)
        co_return Failure{
            Failure::Again::Never,
            fmt::format(
                "Odoo at {} shows the user {} companies{}: set `company` to the name of "
                "the one to read.",
                session.access().url, companies.size(),
                reading.company.empty() ? "" : fmt::format(" of the name '{}'", reading.company))};
    Row company{companies.front()};
    schema.company = company.id("id");
    schema.company_name = company.text("name");
    schema.zone = reading.timezone;
    session.setCompany(schema.company);
    if (!schema.zone.empty()) co_return std::nullopt;
    json partner = json::array();
    partner.push_back(clause("id", "=", company.id("partner_id")));
    const std::vector<std::string> zone_field{"tz"};
    auto read = co_await searchAll(session, "res.partner", std::move(partner), zone_field, context);
    if (auto* failed = std::get_if<Failure>(&read)) co_return std::move(*failed);
    for (const json& record : std::get<json>(read)) schema.zone = Row{record}.text("tz");
    co_return std::nullopt;
}

}  // namespace

bool Schema::has(const std::string& model, std::string_view field) const {
    const auto known = fields.find(model);
    return known != fields.end() &&
           std::find(known->second.begin(), known->second.end(), field) != known->second.end();
}

json clause(std::string_view field, std::string_view test, json value) {
    json made = json::array();
    made.push_back(field);
    made.push_back(test);
    made.push_back(std::move(value));
    return made;
}

std::vector<std::vector<Id>> inGroups(const std::set<Id>& ids, std::size_t size) {
    std::vector<std::vector<Id>> groups;
    for (const Id id : ids) {
        if (groups.empty() || groups.back().size() == size) groups.emplace_back();
        groups.back().push_back(id);
    }
    return groups;
}

boost::asio::awaitable<Answer> searchAll(Session& session, std::string model, json domain,
                                         std::vector<std::string> fields, json context) {
    context["active_test"] = false;
    json all = json::array();
    for (Id last = 0;;) {
        json arguments = json::object();
        arguments["domain"] = domain;
        arguments["domain"].push_back(clause("id", ">", last));
        arguments["fields"] = fields;
        arguments["limit"] = kRecordsMax;
        arguments["order"] = "id asc";
        arguments["context"] = context;
        std::string method = "search_read";
        auto answer = co_await session.call(model, std::move(method), std::move(arguments));
        auto* records = std::get_if<json>(&answer);
        if (records == nullptr) co_return answer;
        const std::size_t count = records->size();
        bool sound = records->is_array();
        for (std::size_t i = 0; sound && i < count; ++i) {
            json& record = (*records)[i];
            const auto id = record.is_object() ? record.find("id") : record.end();
            sound = id != record.end() && id->is_number_integer() && id->get<Id>() > last;
            if (!sound) break;
            last = id->get<Id>();
            all.push_back(std::move(record));
        }
        if (!sound)
            co_return Failure{Failure::Again::Later,
                              fmt::format("Odoo at {} answered a search for {} with records that "
                                          "do not follow each other by id",
                                          session.access().url, model)};
        if (count < kRecordsMax) co_return all;
    }
}

boost::asio::awaitable<Answer> countAll(Session& session, std::string model, json domain) {
    json arguments = json::object();
    arguments["domain"] = std::move(domain);
    std::string method = "search_count";
    co_return co_await session.call(std::move(model), std::move(method), std::move(arguments));
}

Asked<Schema> learnSchema(Session& session, const Reading& reading) {
    Schema schema;
    if (auto failed = co_await learnCompany(session, reading, schema)) co_return std::move(*failed);
    const json models = json::parse(kFieldsWanted);
    for (const auto& [model, fields] : models.items()) {
        auto wanted = wantedOf(model, fields, reading);
        if (auto failed = co_await learnFields(session, model, std::move(wanted), schema))
            co_return std::move(*failed);
    }
    if (auto failed = missingField(session.access(), schema, reading)) co_return std::move(*failed);
    co_return schema;
}

}  // namespace backorderd::connectors::odoo
