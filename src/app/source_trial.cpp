#include "app/source_trial.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backorderd/line_fields.hpp"
#include "connectors/connectors.hpp"

namespace backorderd::app {
namespace source_trial {

namespace asio = boost::asio;

constexpr std::string_view kRest = "rest";

bool isFile(const std::string& what) {
    return what.find('/') != std::string::npos || what.ends_with(".yaml");
}

/// The source that is meant, or what is wrong with the words.
Result<config::SourceSettings*> choose(config::Settings& settings, const std::string& what,
                                       const std::string& source) {
    const auto refuse = [&](std::string text) {
        return Problems{{{settings.file, 0, 0}, std::move(text)}};
    };
    const std::string& name = isFile(what) ? source : what;
    if (name.empty()) {
        config::SourceSettings* only = nullptr;
        for (auto& each : settings.sources) {
            if (each.kind != kRest) continue;
            if (only != nullptr)
                return refuse(
                    "there are several sources of kind 'rest': say with --source whose "
                    "address and credentials to use");
            only = &each;
        }
        if (only == nullptr)
            return refuse(
                "there is no source of kind 'rest', whose address and credentials the "
                "mapping could use");
        return only;
    }
    const auto found = std::ranges::find(settings.sources, name, &config::SourceSettings::name);
    if (found == settings.sources.end()) {
        std::vector<std::string> names;
        for (const auto& each : settings.sources) names.push_back(each.name);
        const auto near = nearestWord(name, names);
        return refuse(fmt::format("there is no source '{}'{}; a mapping is given as its file", name,
                                  near.empty() ? "" : " (did you mean '" + near + "'?)"));
    }
    if (isFile(what) && found->kind != kRest)
        return refuse(fmt::format("the source '{}' is of kind '{}', which has no mapping", name,
                                  found->kind));
    return &*found;
}

class Tried {
public:
    Tried(Connector& connector, TrialLimits limits) : connector_{connector}, limits_{limits} {
        for (const auto& field : lineFields())
            if (field.type != FieldType::Flag) empty_.push_back(&field);
    }

    void take(const Page& page, SnapshotReader& reader) {
        ++trial_.pages;
        for (std::size_t i = 0; i < page.problems.size(); ++i)
            takeUnreadable({page.problems[i]}, [&] { return reader.rawOfProblem(i); });
        for (std::size_t i = 0; i < page.records.size(); ++i) {
            const auto line = reader.decode(i);
            if (line.has_error())
                takeUnreadable(line.error(), [&] { return reader.raw(i); });
            else
                takeLine(*line, page.records[i], [&] { return reader.raw(i); });
        }
    }

    Trial end() {
        trial_.requests = connector_.requests();
        if (trial_.lines > 0)
            for (const auto* field : empty_) trial_.empty.emplace_back(field->name);
        return std::move(trial_);
    }

    Trial& trial() { return trial_; }

private:
    /// `raw` makes the record's text, which is seldom wanted.
    template <class Raw>
    void takeUnreadable(const Problems& problems, Raw raw) {
        ++trial_.unreadable_lines;
        if (trial_.unreadable.size() == limits_.records) return;
        auto& record = trial_.unreadable.emplace_back();
        record.raw = connector_.withoutSecrets(raw());
        for (const Problem& problem : problems)
            record.problems.push_back(connector_.withoutSecrets(formatProblem(problem)));
    }

    template <class Raw>
    void takeLine(const OrderLine& line, const LineRecord& read, Raw raw) {
        ++trial_.lines;
        std::erase_if(empty_, [&](const LineField* field) { return !field->get(line).empty(); });
        if (trial_.readable.size() == limits_.records) return;
        auto& record = trial_.readable.emplace_back();
        record.raw = connector_.withoutSecrets(raw());
        record.backorder = !read.known_only;
        const auto add = [&](std::string name, std::string text) {
            record.columns.emplace_back(std::move(name),
                                        connector_.withoutSecrets(std::move(text)));
        };
        for (const LineField& field : lineFields())
            if (std::string text = field.get(line); !text.empty())
                add(std::string{field.name}, std::move(text));
        for (const auto& [name, value] : line.attributes) add("attributes." + name, value);
        for (const auto& [name, value] : line.customer.attributes)
            add("customer.attributes." + name, value);
        for (const auto& [name, value] : line.item.attributes)
            add("item.attributes." + name, value);
    }

    Connector& connector_;
    TrialLimits limits_;
    Trial trial_;
    std::vector<const LineField*> empty_;  ///< fields that no line has had
};

}  // namespace source_trial

Result<LoneSource> loadSource(const std::string& settings_file, const std::string& what,
                              const std::string& source, net::Net& net, const Clock& clock) {
    Problems problems;
    auto settings = config::readSettings(settings_file, problems);
    if (!settings) return problems;
    LoneSource lone;
    lone.settings = std::make_unique<config::Settings>(std::move(*settings));
    const auto chosen = source_trial::choose(*lone.settings, what, source);
    if (chosen.has_error()) return chosen.error();
    config::SourceSettings& own = **chosen;
    lone.name = own.name;
    lone.kind = own.kind;
    const std::size_t before = own.section.problems().size();
    const connectors::Environment environment{own.name, net, clock,
                                              source_trial::isFile(what) ? what : std::string{}};
    lone.connector = connectors::makeConnector(own.kind, own.section, environment);
    const Problems& all = own.section.problems();
    lone.warnings.assign(all.begin() + static_cast<std::ptrdiff_t>(before), all.end());
    // Without any of its own, the section was refused when the settings were read.
    if (!lone.connector) return lone.warnings.empty() ? all : lone.warnings;
    return lone;
}

boost::asio::awaitable<Trial> tryOut(Connector& connector, TrialLimits limits) {
    source_trial::Tried tried{connector, limits};
    Trial& trial = tried.trial();
    const auto reader = connector.read();
    while (limits.pages == 0 || trial.pages < limits.pages) {
        auto step = co_await reader->next();
        if (const auto* failure = std::get_if<Failure>(&step))
            trial.failure = connector.withoutSecrets(failure->reason);
        if (auto* end = std::get_if<SnapshotEnd>(&step)) trial.end = std::move(*end);
        const auto* page = std::get_if<Page>(&step);
        if (!page) break;
        tried.take(*page, *reader);
    }
    Trial whole = tried.end();
    co_await connector.leave();
    co_return whole;
}

}  // namespace backorderd::app
