#include "render/template_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "render/clean_text.hpp"
#include "render/locale.hpp"

namespace backorderd::render {
namespace {

constexpr std::size_t kFileBytesMax = 256 * 1024;
constexpr std::string_view kExtension = ".mustache";
constexpr std::string_view kPartMark = "%%";

bool isWord(std::string_view text, bool (*allowed)(char)) {
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}
bool isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

void readName(TemplateFile& file, Problems& problems) {
    const std::string file_name = std::filesystem::path(file.path).filename().string();
    const std::string stem = file_name.substr(0, file_name.size() - kExtension.size());
    const std::size_t dot = stem.rfind('.');
    file.name = stem.substr(0, dot);
    file.language = dot == std::string::npos ? "" : languageKey(stem.substr(dot + 1));
    if (!isWord(file.name, isNameCharacter) || !isWord(file.language, isNameCharacter)) {
        problems.push_back({{file.path, 0, 0},
                            "the name must be NAME.LANGUAGE.mustache, such as "
                            "'opened.en.mustache' or 'opened.de-AT.mustache'"});
    }
    if (file.name == "layout") {
        file.role = TemplateFile::Role::Layout;
    } else if (file.name.starts_with('_')) {
        file.role = TemplateFile::Role::Partial;
    }
}

/// The file with '\n' line ends, or nullopt.
std::optional<std::string> readText(const std::string& path, Problems& problems) {
    const auto fail = [&](std::string text) {
        problems.push_back({{path, 0, 0}, std::move(text)});
        return std::nullopt;
    };
    std::ifstream stream{path, std::ios::binary};
    if (!stream) return fail("cannot be read; check that it exists and its permissions");
    // One byte more than allowed, so that a file that is too long shows without being read whole.
    std::string text(kFileBytesMax + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return fail("cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kFileBytesMax) {
        return fail(fmt::format("is larger than {} KiB", kFileBytesMax / 1024));
    }
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    std::erase(text, '\r');
    std::replace_if(
        text.begin(), text.end(),
        [](unsigned char c) { return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F; }, ' ');
    if (const std::size_t bad = findInvalidUtf8(text); bad != std::string::npos) {
        const int line =
            1 + static_cast<int>(std::count(text.begin(),
                                            text.begin() + static_cast<std::ptrdiff_t>(bad), '\n'));
        problems.push_back({{path, line, 0}, "is not UTF-8 here; save the file as UTF-8"});
        return std::nullopt;
    }
    return text;
}

/// Reads the lines of a file one by one into its parts.
class PartReader {
public:
    PartReader(TemplateFile& file, Problems& problems) : file_{file}, problems_{problems} {}

    void read(std::string_view line) {
        ++line_;
        if (line.starts_with(kPartMark)) {
            open(line.substr(kPartMark.size()));
        } else if (state_ == State::Remarks) {
            if (!isBlank(line) && !line.starts_with('#')) {
                report(
                    "text stands before the first part; begin a part with '%% subject', or a "
                    "remark with '#'");
                state_ = State::Skipping;
            }
        } else if (state_ == State::Part && !(current_->text.empty() && isBlank(line))) {
            if (current_->text.empty()) current_->start = {file_.path, line_, 1};
            current_->text += line;
            current_->text += '\n';
        }
    }

private:
    enum class State { Remarks, Part, Skipping };

    void open(std::string_view rest) {
        state_ = State::Skipping;
        const std::size_t first = std::min(rest.find_first_not_of(" \t"), rest.size());
        const std::size_t last = rest.find_last_not_of(" \t");
        const std::string word{
            rest.substr(first, last == std::string_view::npos ? 0 : last - first + 1)};
        std::vector<std::string> known;
        for (const PartName name : kPartNames) {
            known.emplace_back(partText(name));
            if (partText(name) == word) return begin(name);
        }
        const std::string near = nearestWord(word, known);
        report(fmt::format("unknown part '{}' ({})", cleanLine(word, 40),
                           near.empty() ? "there are: subject, text, html, sms"
                                        : fmt::format("did you mean '{}'?", near)));
    }
    void begin(PartName name) {
        auto& part = file_.parts[static_cast<std::size_t>(name)];
        if (part.has_value())
            return report(fmt::format("part '{}' is there twice", partText(name)));
        part.emplace();
        part->start = {file_.path, line_, 1};
        current_ = &*part;
        state_ = State::Part;
    }
    void report(std::string text) {
        problems_.push_back({{file_.path, line_, 1}, std::move(text)});
    }

    TemplateFile& file_;
    Problems& problems_;
    Part* current_ = nullptr;
    State state_ = State::Remarks;
    int line_ = 0;
};

void findMissingParts(const TemplateFile& file, Problems& problems) {
    const auto require = [&](PartName name) {
        if (file.part(name) != nullptr && !file.part(name)->text.empty()) return;
        problems.push_back(
            {{file.path, 0, 0},
             fmt::format("part '{0}' is missing; begin it with a line '%% {0}'", partText(name))});
    };
    if (file.role == TemplateFile::Role::Message) {
        for (const PartName name : {PartName::Subject, PartName::Text, PartName::Html})
            require(name);
    } else if (std::none_of(file.parts.begin(), file.parts.end(),
                            [](const auto& part) { return part.has_value(); })) {
        problems.push_back(
            {{file.path, 0, 0}, "has no part; begin one with a line '%% text' or '%% html'"});
    }
    if (file.role == TemplateFile::Role::Layout && file.part(PartName::Subject) != nullptr) {
        problems.push_back({file.part(PartName::Subject)->start,
                            "a layout has no subject; each template brings its own"});
    }
}

}  // namespace

std::string_view partText(PartName name) {
    switch (name) {
        case PartName::Subject:
            return "subject";
        case PartName::Text:
            return "text";
        case PartName::Html:
            return "html";
        case PartName::Sms:
            return "sms";
    }
    return {};
}

const Part* TemplateFile::part(PartName which) const {
    const auto& part = parts[static_cast<std::size_t>(which)];
    return part ? &*part : nullptr;
}

bool isTemplateFile(std::string_view file_name) {
    return file_name.ends_with(kExtension) && !file_name.starts_with('.');
}

TemplateFile readTemplateFile(const std::string& path, Problems& problems) {
    TemplateFile file;
    file.path = path;
    readName(file, problems);
    const std::optional<std::string> text = readText(path, problems);
    if (!text) return file;
    PartReader reader{file, problems};
    for (const std::string_view line : splitLines(*text)) reader.read(line);
    for (auto& part : file.parts) {
        if (!part) continue;
        part->text.resize(part->text.find_last_not_of(" \t\n") + 1);
        Scan scan = scanTags(part->text, part->start);
        part->tags = std::move(scan.tags);
        problems.insert(problems.end(), scan.problems.begin(), scan.problems.end());
    }
    findMissingParts(file, problems);
    return file;
}

}  // namespace backorderd::render
