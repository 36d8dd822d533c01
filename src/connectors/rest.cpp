#include "connectors/rest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "connectors/rest_reader.hpp"
#include "connectors/rest_settings.hpp"

namespace backorderd::connectors {

namespace rest {

namespace {

class RestConnector final : public Connector {
public:
    RestConnector(RestSettings settings, const Environment& environment)
        : settings_{std::move(settings)},
          session_{settings_.access, settings_.mapping, settings_.values, environment.net,
                   environment.clock},
          source_{environment.source, session_, settings_.joined_records_max} {}

    Capabilities capabilities() const override;
    std::unique_ptr<SnapshotReader> read() override { return makeReader(source_, {}); }
    std::unique_ptr<SnapshotReader> readChanges(const std::string& bookmark) override {
        return makeReader(source_, bookmark);
    }
    boost::asio::awaitable<Found> find(std::string_view line_id) override;
    boost::asio::awaitable<std::optional<Failure>> annotate(const Note& note) override;
    boost::asio::awaitable<Probe> probe() override;
    std::string withoutSecrets(std::string text) const override {
        return session_.withoutSecrets(std::move(text));
    }
    std::optional<std::size_t> requests() const override { return session_.requests(); }

private:
    boost::asio::awaitable<Asked<bool>> hasNote(Texts names, std::string marker);
    boost::asio::awaitable<Probe> probeLines();

    RestSettings settings_;
    Session session_;
    LineSource source_;
};

Capabilities RestConnector::capabilities() const {
    const Mapping& mapping = settings_.mapping;
    Capabilities able;
    able.find = !mapping.find.empty();
    able.annotate = mapping.note.has_value();
    able.changes = mapping.changes.has_value();
    for (const LineField& field : lineFields()) {
        const auto fills = [&](const FieldRule& rule) { return rule.column.name == field.name; };
        if (std::ranges::none_of(mapping.fields, fills)) able.never_filled.emplace_back(field.name);
    }
    return able;
}

boost::asio::awaitable<Found> RestConnector::find(std::string_view line_id) {
    const std::string id{line_id};
    const auto slash = std::min(id.find('/'), id.size());
    Texts names{{"id", id},
                {"id1", id.substr(0, slash)},
                {"id2", slash < id.size() ? id.substr(slash + 1) : ""}};
    const Request& request = *settings_.mapping.request(settings_.mapping.find);
    const Call call = session_.makeCall(request.call, names);
    auto answer = co_await session_.send(call);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    auto& response = std::get<net::HttpResponse>(answer);
    if (isNotFound(response)) co_return LineGone{};
    auto document = session_.read(call, response);
    if (auto* failed = std::get_if<Failure>(&document)) co_return std::move(*failed);
    Listed listed = recordsOf(std::get<JsonTree>(document), request);
    if (!listed.found || listed.without_each > 0)
        co_return Failure{Failure::Again::Later,
                          fmt::format("{} answered '{}' without the list that it should hold",
                                      session_.where(), request.name)};
    HeldRecords held{session_, source_.records_max};
    auto mapped = co_await mapLines(source_, held, std::move(listed.rows));
    if (auto* failed = std::get_if<Failure>(&mapped)) co_return std::move(*failed);
    for (MappedLine& each : std::get<std::vector<MappedLine>>(mapped)) {
        if (each.line.key.id != id) continue;
        if (each.fault.empty()) co_return std::move(each.line);
        co_return Failure{Failure::Again::Later, fmt::format("line '{}': {}", id, each.fault)};
    }
    co_return LineGone{};
}

boost::asio::awaitable<Asked<bool>> RestConnector::hasNote(Texts names, std::string marker) {
    const NoteTexts& note = *settings_.mapping.note;
    if (note.look.empty()) co_return false;
    const Request& request = *settings_.mapping.request(note.look);
    HeldRecords held{session_, source_.records_max};
    Pages pages{session_, request, request.call, std::move(names)};
    while (!pages.atEnd()) {
        auto next = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&next)) co_return std::move(*failed);
        for (const Row& row : std::get<AnswerPage>(next).rows) {
            const Scope scope{row, held, session_.values(), source_.today()};
            if (evaluate(note.text, scope).find(marker) != std::string::npos) co_return true;
        }
    }
    co_return false;
}

boost::asio::awaitable<std::optional<Failure>> RestConnector::annotate(const Note& note) {
    const std::string text = note.text.find(note.marker) == std::string::npos
                                 ? fmt::format("{}\n\n{}", note.text, note.marker)
                                 : note.text;
    const Texts names{{"order", note.order_id}, {"text", text}, {"marker", note.marker}};
    const std::string marker = note.marker;
    auto stands = co_await hasNote(names, marker);
    if (auto* failed = std::get_if<Failure>(&stands)) co_return std::move(*failed);
    if (std::get<bool>(stands)) co_return std::nullopt;
    const Request& request = *settings_.mapping.request(settings_.mapping.note->write);
    const Call call = session_.makeCall(request.call, names);
    auto written = co_await session_.ask(call);
    if (auto* failed = std::get_if<Failure>(&written)) co_return std::move(*failed);
    co_return std::nullopt;
}

boost::asio::awaitable<Probe> RestConnector::probeLines() {
    const Request& request = *settings_.mapping.request("lines");
    const Texts names{{"since", ""}};
    Pages pages{session_, request, request.call, names};
    auto next = co_await pages.next();
    if (auto* failed = std::get_if<Failure>(&next)) co_return Probe{false, failed->reason};
    const auto& page = std::get<AnswerPage>(next);
    HeldRecords held{session_, source_.records_max};
    auto mapped = co_await mapLines(source_, held, page.rows);
    if (auto* failed = std::get_if<Failure>(&mapped)) co_return Probe{false, failed->reason};
    const auto& lines = std::get<std::vector<MappedLine>>(mapped);
    std::string empty;
    for (const FieldRule& rule : settings_.mapping.fields) {
        const auto fills = [&](const MappedLine& each) {
            return rule.column.field == nullptr || !rule.column.field->get(each.line).empty();
        };
        if (std::ranges::none_of(lines, fills)) empty += ' ' + rule.column.name;
    }
    Probe probe{true, fmt::format("{}: {} order line(s) on the first page", session_.where(),
                                  lines.size())};
    if (pages.lastTotal()) probe.text += fmt::format(" of {} record(s)", *pages.lastTotal());
    if (!lines.empty() && !empty.empty()) probe.text += "; empty in all of them:" + empty;
    for (const MappedLine& each : lines) {
        if (each.fault.empty()) continue;
        probe.ok = false;
        probe.text += "; " + each.fault;
        break;
    }
    co_return probe;
}

boost::asio::awaitable<Probe> RestConnector::probe() {
    std::string says;
    if (const Request* request = settings_.mapping.request(settings_.mapping.probe)) {
        const Texts none;
        const Call call = session_.makeCall(request->call, none);
        auto answer = co_await session_.ask(call);
        if (auto* failed = std::get_if<Failure>(&answer)) co_return Probe{false, failed->reason};
        HeldRecords held{session_, source_.records_max};
        const Row row{&std::get<JsonTree>(answer).root(), nullptr};
        const Scope scope{row, held, session_.values(), source_.today()};
        says = evaluate(settings_.mapping.probe_says, scope);
    }
    Probe probe = co_await probeLines();
    if (!says.empty()) probe.text += fmt::format(" ({})", says);
    co_return probe;
}

}  // namespace
}  // namespace rest

std::unique_ptr<Connector> makeRest(config::Section section, const Environment& environment) {
    auto settings = rest::readRestSettings(section, environment.mapping);
    if (!settings) return nullptr;
    return std::make_unique<rest::RestConnector>(std::move(*settings), environment);
}

}  // namespace backorderd::connectors
