#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <kainjow/mustache.hpp>
#include <map>
#include <sstream>

#include "backorderd/sms_text.hpp"
#include "render/clean_text.hpp"
#include "render/library.hpp"
#include "render/locale.hpp"
#include "render/message_values.hpp"
#include "render/render.hpp"

namespace backorderd::render {
namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kFilesMax = 2000;
constexpr std::size_t kSubjectCharactersMax = 200;
constexpr std::size_t kSmsCharactersMax = 480;

/// One template in one language, ready to be filled.
struct Compiled {
    std::string path;
    std::array<std::optional<mustache::mustache>, kPartNames.size()> parts;

    std::optional<mustache::mustache>& part(PartName which) {
        return parts[static_cast<std::size_t>(which)];
    }
};

/// Sections that came out empty leave spaces at line ends and heaps of empty lines behind.
std::string tidyText(std::string_view text) {
    std::string out;
    int breaks = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t last = line.find_last_not_of(" \t");
        if (last == std::string_view::npos) {
            ++breaks;
        } else {
            if (!out.empty() && breaks > 0) out += '\n';
            out += line.substr(0, last + 1);
            out += '\n';
            breaks = 0;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string fill(std::optional<mustache::mustache>& part, MessageValues& values) {
    std::ostringstream stream;
    // Or it would drop the rest, and say nothing, where memory runs out.
    stream.exceptions(std::ios::badbit);
    if (part) part->render(values, stream);
    auto out = std::move(stream).str();
    std::replace(out.begin(), out.end(), kLineEnd, '\n');
    return out;
}

Rendered renderParts(Compiled& compiled, MessageValues& values, std::string_view language) {
    Rendered out;
    out.language = language;
    out.subject = cleanLine(fill(compiled.part(PartName::Subject), values), kSubjectCharactersMax);
    values.setSubject(out.subject);
    out.text = tidyText(fill(compiled.part(PartName::Text), values));
    out.html = tidyText(fill(compiled.part(PartName::Html), values));
    out.sms = cleanLine(fill(compiled.part(PartName::Sms), values), kSmsCharactersMax);
    if (out.sms.empty()) out.sms = out.subject;
    out.sms = withSmsSigns(out.sms);
    return out;
}

/// The composed parts of one file, parsed. The library stands on its own check, so what the parser
/// still finds is named without a column.
std::optional<Compiled> compile(const Library& library, const TemplateFile& file,
                                Problems& problems) {
    Compiled compiled;
    compiled.path = file.path;
    for (const PartName which : kPartNames) {
        if (file.part(which) == nullptr) continue;
        const Result<std::string> text = library.compose(file, which);
        if (!text) {
            const Problems found = text.error();
            problems.insert(problems.end(), found.begin(), found.end());
            return std::nullopt;
        }
        mustache::mustache parsed{*text};
        if (!parsed.is_valid()) {
            problems.push_back({{file.path, 0, 0}, parsed.error_message()});
            return std::nullopt;
        }
        if (which == PartName::Html) {
            parsed.set_custom_escape([](const std::string& value) { return escapeHtml(value); });
        } else {
            parsed.set_custom_escape([](const std::string& value) { return value; });
        }
        compiled.part(which).emplace(std::move(parsed));
    }
    return compiled;
}

Library readLibrary(const std::string& directory, Problems& problems) {
    Library library;
    std::error_code error;
    std::vector<std::string> paths;
    for (std::filesystem::directory_iterator at{directory, error}, end; !error && at != end;
         at.increment(error)) {
        if (isTemplateFile(at->path().filename().string())) paths.push_back(at->path().string());
    }
    if (error) {
        problems.push_back(
            {{directory, 0, 0},
             fmt::format("cannot be read as a folder of templates: {}", error.message())});
    } else if (paths.empty()) {
        problems.push_back(
            {{directory, 0, 0}, "holds no template; their names are NAME.LANGUAGE.mustache"});
    } else if (paths.size() > kFilesMax) {
        problems.push_back({{directory, 0, 0}, fmt::format("holds more than {} files", kFilesMax)});
        return library;
    }
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) library.add(readTemplateFile(path, problems), problems);
    return library;
}

/// Languages in which a recipient's message may be written, the best first.
std::vector<std::string> languagesFor(std::string_view recipient, std::string_view house) {
    std::vector<std::string> languages = languageChain(recipient);
    for (const std::string_view more : {house, std::string_view{"en"}}) {
        for (std::string& language : languageChain(more)) languages.push_back(std::move(language));
    }
    return languages;
}

void findMissingLanguages(const Library& library, const House& house, Problems& problems) {
    const std::string language = house.language.empty() ? "en" : house.language;
    for (const std::string& name : library.names(TemplateFile::Role::Message)) {
        if (library.findFor(name, language) != nullptr) continue;
        const std::vector<std::string> there = library.languagesOf(name);
        problems.push_back({{library.find(name, there.front())->path, 0, 0},
                            fmt::format("template '{0}' is not there in the house language '{1}'; "
                                        "write {0}.{1}.mustache (there is: {2})",
                                        name, language, fmt::join(there, ", "))});
    }
}

void sortProblems(Problems& problems) {
    const auto key = [](const Problem& p) {
        return std::tie(p.place.file, p.place.line, p.place.column, p.text);
    };
    std::sort(problems.begin(), problems.end(),
              [&](const Problem& a, const Problem& b) { return key(a) < key(b); });
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

}  // namespace

struct Templates::Impl {
    House house;
    std::map<std::string, std::map<std::string, Compiled>, std::less<>> templates;

    /// The compiled template in the best language; null where there is no template of that name.
    std::pair<Compiled*, std::string> choose(const Request& request) {
        const auto found = templates.find(request.template_name);
        if (found == templates.end()) return {nullptr, {}};
        for (const std::string& language :
             languagesFor(request.recipient.language, house.language)) {
            const auto compiled = found->second.find(language);
            if (compiled != found->second.end()) return {&compiled->second, language};
        }
        return {&found->second.begin()->second, found->second.begin()->first};
    }
    Rendered render(Compiled& compiled, std::string_view language, const Request& request) const {
        // A reader of de-AT who gets the German template gets Austrian dates with it; one who gets
        // a template in a language not their own gets the dates of that language.
        const std::vector<std::string> reader = languageChain(request.recipient.language);
        const bool own = !reader.empty() && reader.back() == languageChain(language).back();
        const Locale& locale = findLocale(own ? reader.front() : language);
        MessageValues values{house, request, locale, language};
        return renderParts(compiled, values, language);
    }
    void tryAll(Problems& problems);
};

/// Fills every template with an example, so that one that would be empty is found before a customer
/// finds it.
void Templates::Impl::tryAll(Problems& problems) {
    for (auto& [name, languages] : templates) {
        for (auto& [language, compiled] : languages) {
            for (const int lines : {1, 3}) {
                const Rendered out =
                    render(compiled, language, exampleRequest(name, language, lines));
                const auto report = [&, &path = compiled.path](PartName part) {
                    problems.push_back(
                        {{path, 0, 0},
                         fmt::format("part '{}' is empty for an example of {} line{}",
                                     partText(part), lines, lines == 1 ? "" : "s")});
                };
                if (out.subject.empty()) report(PartName::Subject);
                if (out.text.empty()) report(PartName::Text);
                if (out.html.empty()) report(PartName::Html);
            }
        }
    }
}

Result<Templates> Templates::load(const std::string& directory, const House& house) {
    Problems problems;
    const Library library = readLibrary(directory, problems);
    const Problems unknown = library.check();
    problems.insert(problems.end(), unknown.begin(), unknown.end());
    findMissingLanguages(library, house, problems);
    auto impl = std::make_unique<Impl>();
    impl->house = house;
    if (problems.empty()) {
        for (const auto& [key, file] : library.files()) {
            if (file.role != TemplateFile::Role::Message) continue;
            std::optional<Compiled> compiled = compile(library, file, problems);
            if (compiled) impl->templates[key.first].emplace(key.second, std::move(*compiled));
        }
        impl->tryAll(problems);
    }
    if (!problems.empty()) {
        sortProblems(problems);
        return problems;
    }
    return Templates{std::move(impl)};
}

bool Templates::has(std::string_view name) const { return impl_->templates.contains(name); }

std::vector<std::string> Templates::names() const {
    std::vector<std::string> names;
    for (const auto& [name, languages] : impl_->templates) names.push_back(name);
    return names;
}

std::vector<std::string> Templates::languages(std::string_view name) const {
    std::vector<std::string> languages;
    const auto found = impl_->templates.find(name);
    if (found == impl_->templates.end()) return languages;
    for (const auto& [language, compiled] : found->second) languages.push_back(language);
    return languages;
}

Result<Rendered> Templates::render(const Request& request) const {
    const auto [compiled, language] = impl_->choose(request);
    if (compiled != nullptr) return impl_->render(*compiled, language, request);
    const std::string near = nearestWord(request.template_name, names());
    return Problems{{{},
                     fmt::format("unknown template '{}'{}", request.template_name,
                                 near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near))}};
}

Templates::Templates(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {}

}  // namespace backorderd::render
