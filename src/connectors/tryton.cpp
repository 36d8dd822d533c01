#include "connectors/tryton.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "connectors/json_server.hpp"
#include "connectors/tryton_pages.hpp"
#include "connectors/tryton_reader.hpp"

namespace backorderd::connectors {

using nlohmann::json;

namespace {

using namespace tryton;

class TrytonConnector final : public Connector {
public:
    TrytonConnector(Access access, Reading reading, const Environment& environment)
        : session_{std::move(access), environment.net, environment.clock},
          source_{std::move(reading), session_},
          clock_{environment.clock} {}

    Capabilities capabilities() const override {
        return {.find = true,
                .annotate = true,
                .changes = source_.readsChanges(),
                .never_filled = {"release_date", "customer.tier", "contact.timezone",
                                 "payment.terms", "payment.authorised_until", "kit.id",
                                 "kit.component", "order.ship_complete", "order.one_backorder",
                                 "customer.attributes.*", "item.attributes.*"}};
    }

    std::unique_ptr<SnapshotReader> read() override { return makeReader(source_, clock_, ""); }

    std::unique_ptr<SnapshotReader> readChanges(const std::string& bookmark) override {
        return makeReader(source_, clock_, bookmark);
    }

    boost::asio::awaitable<Found> find(std::string_view line_id) override {
        Id id = 0;
        const auto [end, error] =
            std::from_chars(line_id.data(), line_id.data() + line_id.size(), id);
        if (error != std::errc{} || end != line_id.data() + line_id.size()) co_return LineGone{};
        co_return co_await source_.find(id);
    }

    boost::asio::awaitable<std::optional<Failure>> annotate(const Note& note) override;
    boost::asio::awaitable<Probe> probe() override;
    boost::asio::awaitable<void> leave() override { co_await session_.leave(); }
    std::optional<std::size_t> requests() const override { return session_.requests(); }

private:
    Asked<bool> hasNote(std::string resource, std::string marker);
    Asked<std::string> missingRights(Features features);

    Session session_;
    LineSource source_;
    const Clock& clock_;
};

Asked<bool> TrytonConnector::hasNote(std::string resource, std::string marker) {
    json domain = json::array();
    domain.push_back(json::array({"resource", "=", std::move(resource)}));
    const json fields = json::array({"message"});
    Pages pages{session_, "ir.note", std::move(domain), fields, kIdsMax};
    while (!pages.atEnd()) {
        auto page = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&page)) co_return std::move(*failed);
        for (const json& record : std::get<json>(page)) {
            const auto message = record.find("message");
            if (message != record.end() && message->is_string() &&
                message->get_ref<const std::string&>().find(marker) != std::string::npos)
                co_return true;
        }
    }
    co_return false;
}

boost::asio::awaitable<std::optional<Failure>> TrytonConnector::annotate(const Note& note) {
    const std::string resource = "sale.sale," + note.order_id;
    const std::string marker = note.marker;
    auto stands = co_await hasNote(resource, marker);
    if (auto* failed = std::get_if<Failure>(&stands)) co_return std::move(*failed);
    if (std::get<bool>(stands)) co_return std::nullopt;
    json values = json::object();
    values["resource"] = resource;
    values["message"] = note.text.find(note.marker) == std::string::npos
                            ? fmt::format("{}\n\n{}", note.text, note.marker)
                            : note.text;
    values["unread"] = true;
    json params = json::array();
    params.push_back(json::array({std::move(values)}));
    auto made = co_await session_.call("ir.note.create", std::move(params));
    if (auto* failed = std::get_if<Failure>(&made)) co_return std::move(*failed);
    co_return std::nullopt;
}

/// What the user may not do, one model a word; empty: all that is needed is allowed.
Asked<std::string> TrytonConnector::missingRights(Features features) {
    json models = json::array({"sale.sale", "sale.line", "stock.move", "stock.shipment.out",
                               "stock.shipment.out.return", "party.party",
                               "party.contact_mechanism", "product.product", "stock.location"});
    if (features.purchase) {
        models.push_back("purchase.purchase");
        models.push_back("purchase.line");
    }
    if (features.sold_to_order) models.push_back("purchase.request");
    if (features.package) models.push_back("stock.package");
    if (source_.readsCatalogue()) {
        models.push_back("company.company");
        if (features.purchase) models.push_back("purchase.product_supplier");
    }
    json params = json::array();
    params.push_back(models);
    auto answer = co_await session_.call("ir.model.access.get_access", std::move(params));
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    const auto& rights = std::get<json>(answer);
    // Whole numbers on SQLite, true or false elsewhere.
    const auto may = [&rights](const std::string& model, const char* right) {
        const auto of_model = rights.find(model);
        if (of_model == rights.end() || !of_model->is_object()) return false;
        const auto value = of_model->find(right);
        return value != of_model->end() && (*value == true || (value->is_number() && *value != 0));
    };
    std::string missing;
    for (const json& model : models)
        if (!may(model.get_ref<const std::string&>(), "read"))
            missing += fmt::format(" May not read {}.", model.get_ref<const std::string&>());
    if (!may("sale.sale", "write"))
        missing += " May not write sale.sale, which notes on sales need.";
    co_return missing;
}

std::string missingModules(const Features& features) {
    std::string text;
    if (!features.purchase) text += " Without the module 'purchase' no line shows its supply.";
    if (!features.sold_to_order) text += " Without 'sale_supply' nothing is bought to order.";
    if (!features.carrier) text += " Without 'sale_shipment_cost' shipments name no carrier.";
    return text;
}

boost::asio::awaitable<Probe> TrytonConnector::probe() {
    auto version = co_await session_.version();
    if (auto* failed = std::get_if<Failure>(&version)) co_return Probe{false, failed->reason};
    if (auto failed = co_await session_.ready()) co_return Probe{false, failed->reason};
    auto features = co_await source_.features();
    if (auto* failed = std::get_if<Failure>(&features)) co_return Probe{false, failed->reason};
    const auto offered = std::get<Features>(features);
    auto missing = co_await missingRights(offered);
    if (auto* failed = std::get_if<Failure>(&missing)) co_return Probe{false, failed->reason};

    const auto& number = std::get<json>(version);
    const std::string release = number.is_string() ? number.get<std::string>() : "?";
    Probe probe;
    probe.ok = std::get<std::string>(missing).find("read") == std::string::npos;
    probe.text =
        fmt::format("Tryton {} at {}, database '{}', as '{}' of {}.{}{}", release,
                    session_.access().url, session_.access().database, session_.access().user,
                    session_.company(), std::get<std::string>(missing), missingModules(offered));
    if (!release.starts_with("6.0.")) probe.text += " This connector was written for Tryton 6.0.";
    co_return probe;
}

Definition readDefinition(config::Section& section) {
    const std::string word =
        section.choice("backorder", {"short_or_late", "late", "any_open"}, "short_or_late",
                       "Which open lines count as back orders");
    if (word == "late") return Definition::Late;
    return word == "any_open" ? Definition::AnyOpen : Definition::ShortOrLate;
}

std::ptrdiff_t countErrors(const Problems& problems) {
    return std::count_if(problems.begin(), problems.end(), [](const Problem& problem) {
        return problem.severity == Severity::Error;
    });
}

}  // namespace

std::unique_ptr<Connector> makeTryton(config::Section section, const Environment& environment) {
    const auto errors_before = countErrors(section.problems());
    Access access;
    access.url = readServerUrl(
        section, "Address of the Tryton server, `http://HOST:8000` or `https://HOST`");
    access.database = section.required("database", "Name of the database on that server");
    access.user = section.required("user", "Login of the Tryton user to read with");
    const auto password = section.secret("password", "The user's password");
    if (!password && !section.has("password"))
        section.problem("password",
                        "the key 'password' is missing: `{ file: PATH }`, "
                        "`{ env: NAME }` or `{ credential: NAME }`");
    access.password = password.value_or(Secret{});
    if (access.database.find_first_of("/?#% ") != std::string::npos)
        section.problem("database", "is a name, not an address");
    access.company = section.text(
        "company", "", "The company whose sales are read; empty: all that the user sees");
    access.timeout = section.duration(
        "timeout", {std::chrono::seconds{60}, std::chrono::seconds{5}, std::chrono::seconds{600}},
        "How long one call may take");
    Reading reading;
    reading.source = environment.source;
    reading.page_size = static_cast<std::size_t>(
        section.number("page_size", {500, 50, 2000}, "Sale lines read in one call"));
    reading.definition = readDefinition(section);
    const bool catalogue =
        section.flag("catalogue", false,
                     "Read stock, price and lead time of all that can be sold, for substitutes");
    const auto catalogue_max = section.number("catalogue_max", {20'000, 1, 200'000},
                                              "Products that the catalogue may have at most");
    if (catalogue) reading.catalogue_max = static_cast<std::size_t>(catalogue_max);
    reading.changes = section.flag(
        "changes", false,
        "Between full reads, ask first what changed: a poll that finds nothing costs two calls");
    section.finish();
    if (countErrors(section.problems()) > errors_before) return nullptr;
    return std::make_unique<TrytonConnector>(std::move(access), std::move(reading), environment);
}

}  // namespace backorderd::connectors
