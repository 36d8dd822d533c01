#include "connectors/odoo.hpp"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

#include "connectors/json_server.hpp"
#include "connectors/odoo_reader.hpp"
#include "connectors/odoo_row.hpp"

namespace backorderd::connectors {

namespace odoo {
namespace {

using nlohmann::json;

Id idOf(std::string_view text) {
    Id id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc{} && end == text.data() + text.size() ? id : 0;
}

std::string asHtml(std::string_view text) {
    std::string html;
    for (const char c : text) {
        if (c == '<')
            html += "&lt;";
        else if (c == '&')
            html += "&amp;";
        else if (c == '\n')
            html += "<br>";
        else
            html += c;
    }
    return html;
}

class OdooConnector final : public Connector {
public:
    OdooConnector(Access access, Reading reading, const Environment& environment)
        : session_{std::move(access), environment.net, environment.clock},
          source_{std::move(reading), session_, environment.clock} {}

    Capabilities capabilities() const override {
        return {.find = true,
                .annotate = true,
                .never_filled = {"requested", "release_date", "item.customer_code", "customer.tier",
                                 "order.one_backorder", "payment.terms", "payment.authorised_until",
                                 "kit.id", "kit.component"}};
    }

    std::unique_ptr<SnapshotReader> read() override { return makeReader(source_); }

    boost::asio::awaitable<Found> find(std::string_view line_id) override {
        const Id id = idOf(line_id);
        if (id <= 0) co_return LineGone{};
        co_return co_await source_.find(id);
    }

    boost::asio::awaitable<std::optional<Failure>> annotate(const Note& note) override {
        const Id order = idOf(note.order_id);
        const std::string marker = note.marker;
        const std::string text = note.text;
        auto known = co_await source_.schema();
        if (auto* failed = std::get_if<Failure>(&known)) co_return std::move(*failed);
        json domain = json::array();
        domain.push_back(clause("model", "=", "sale.order"));
        domain.push_back(clause("res_id", "=", order));
        domain.push_back(clause("body", "ilike", marker));
        auto stands = co_await countAll(session_, "mail.message", std::move(domain));
        if (auto* failed = std::get_if<Failure>(&stands)) co_return std::move(*failed);
        const auto& count = std::get<json>(stands);
        if (count.is_number_integer() && count > 0) co_return std::nullopt;
        json arguments = json::object();
        arguments["ids"] = json::array({order});
        arguments["body"] = asHtml(
            text.find(marker) == std::string::npos ? fmt::format("{}\n\n{}", text, marker) : text);
        arguments["body_is_html"] = true;
        arguments["message_type"] = "comment";
        // A note for colleagues; any other subtype would be mailed to the customer.
        arguments["subtype_xmlid"] = "mail.mt_note";
        auto made = co_await session_.call("sale.order", "message_post", std::move(arguments));
        if (auto* failed = std::get_if<Failure>(&made)) co_return std::move(*failed);
        co_return std::nullopt;
    }

    boost::asio::awaitable<Probe> probe() override;
    std::optional<std::size_t> requests() const override { return session_.requests(); }

private:
    /// What the lines lack that a person may want to fill, counted.
    Asked<std::string> gaps(Schema schema);

    Session session_;
    LineSource source_;
};

Asked<std::string> OdooConnector::gaps(Schema schema) {
    struct Gap {
        const char* field;
        const char* text;
    };
    constexpr Gap kGaps[] = {{nullptr, "still to leave"},
                             {"order_id.commitment_date", "without a delivery date"},
                             {"order_id.partner_id.email", "without the customer's e-mail"},
                             {"order_id.user_id", "without a salesperson"}};
    std::string text;
    for (const Gap& gap : kGaps) {
        json domain = openLines(schema);
        if (gap.field != nullptr) domain.push_back(clause(gap.field, "=", false));
        auto answer = co_await countAll(session_, "sale.order.line", std::move(domain));
        if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
        const auto& count = std::get<json>(answer);
        text +=
            fmt::format("{}{} {}", text.empty() ? " Order lines: " : ", ", count.dump(), gap.text);
    }
    co_return text + ".";
}

boost::asio::awaitable<Probe> OdooConnector::probe() {
    auto version = co_await session_.version();
    if (auto* failed = std::get_if<Failure>(&version)) co_return Probe{false, failed->reason};
    auto known = co_await source_.schema();
    if (auto* failed = std::get_if<Failure>(&known)) co_return Probe{false, failed->reason};
    const auto& schema = std::get<Schema>(known);
    auto counted = co_await gaps(schema);
    if (auto* failed = std::get_if<Failure>(&counted)) co_return Probe{false, failed->reason};
    Row answer{std::get<json>(version)};
    std::string release = answer.text("server_version");
    if (release.empty()) release = answer.text("version");
    const Access& access = session_.access();
    Probe probe{true,
                fmt::format("Odoo {} at {}, database '{}', company '{}'.{}", release, access.url,
                            access.database, schema.company_name, std::get<std::string>(counted))};
    if (!isZone(schema.zone))
        probe.text += " The company has no time zone, so days are those of UTC: set `timezone`.";
    if (!schema.has("stock.move", "forecast_expected_date"))
        probe.text += " Forecasts cannot be read, so whatever is not reserved counts as short.";
    co_return probe;
}

void readAttributes(config::Section& section, Reading& reading) {
    reading.attributes =
        section.table("attributes",
                      "Attributes of lines, each with the field of the order line, or `order_id.` "
                      "and the field of the order, that fills it");
}

Definition definitionOf(config::Section& section) {
    const std::string word =
        section.choice("backorder", {"short_or_late", "late", "any_open"}, "short_or_late",
                       "Which lines that wait for goods count as back orders");
    if (word == "late") return Definition::Late;
    return word == "any_open" ? Definition::AnyOpen : Definition::ShortOrLate;
}

}  // namespace
}  // namespace odoo

std::unique_ptr<Connector> makeOdoo(config::Section section, const Environment& environment) {
    const auto errors_before = hasErrors(section.problems());
    odoo::Access access;
    access.url = readServerUrl(section, "Address of the Odoo server, `https://HOST`");
    access.api =
        section.choice("api", {"jsonrpc", "json2"}, "jsonrpc",
                       "The interface: JSON-RPC up to Odoo 19, or JSON-2 from 19 on") == "json2"
            ? odoo::Api::Json2
            : odoo::Api::JsonRpc;
    access.database = section.required("database", "Name of the database on that server");
    access.user = section.text("user", "", "Login of the Odoo user to read with; JSON-RPC alone");
    if (access.api == odoo::Api::JsonRpc && access.user.empty())
        section.problem("user", "the key 'user' is missing, which `api: jsonrpc` needs");
    const auto secret = section.secret("api_key", "An API key of the user; or the password");
    if (!secret && !section.has("api_key"))
        section.problem("api_key",
                        "the key 'api_key' is missing: `{ file: PATH }`, "
                        "`{ env: NAME }` or `{ credential: NAME }`");
    access.secret = secret.value_or(Secret{});
    access.timeout = section.duration(
        "timeout", {std::chrono::seconds{120}, std::chrono::seconds{5}, std::chrono::seconds{600}},
        "How long one call may take");
    odoo::Reading reading;
    reading.source = environment.source;
    reading.page_size = static_cast<std::size_t>(
        section.number("page_size", {300, 20, 500}, "Order lines read in one call"));
    reading.company = section.text("company", "",
                                   "Name of the company to read, where the user "
                                   "sees several");
    reading.timezone = section.text(
        "timezone", "", "In which the server's moments become days; empty: the company's");
    if (!reading.timezone.empty() && !odoo::isZone(reading.timezone))
        section.problem("timezone", "is not a time zone such as Europe/Berlin");
    reading.definition = odoo::definitionOf(section);
    odoo::readAttributes(section, reading);
    section.finish();
    if (!errors_before && hasErrors(section.problems())) return nullptr;
    return std::make_unique<odoo::OdooConnector>(std::move(access), std::move(reading),
                                                 environment);
}

}  // namespace backorderd::connectors
