#include "render/library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "render/clean_text.hpp"
#include "render/locale.hpp"

namespace backorderd::render {
namespace {

constexpr std::size_t kComposedBytesMax = 1024 * 1024;

/// Tags that print nothing themselves.
bool isStructural(TagKind kind) {
    return kind == TagKind::Section || kind == TagKind::Inverted || kind == TagKind::End ||
           kind == TagKind::Comment;
}

/// Puts the text of partials where their tags stand, and leaves comments out. A line of nothing but
/// tags that print nothing, or of one partial, leaves no empty line behind.
///
/// The mustache library has rules of its own for such lines and breaks them where a section is
/// false. So it gets to see no line ends: they are written as `kLineEnd`, which no value can hold.
class Composer {
public:
    Composer(const Library& library, const TemplateFile& file, PartName which)
        : library_{library}, file_{file}, which_{which} {}

    Result<std::string> compose() {
        const TemplateFile* layout = library_.findFor("layout", file_.language);
        const Part* frame = layout == nullptr ? nullptr : layout->part(which_);
        append(frame != nullptr ? *frame : *file_.part(which_), 0);
        if (too_large_) {
            return Problems{{file_.part(which_)->start,
                             "partials take each other in without end, or to more than 1 MiB"}};
        }
        std::replace(out_.begin(), out_.end(), '\n', kLineEnd);
        return std::move(out_);
    }

private:
    /// Tags that stand on one line, and where that line begins and ends.
    struct TagLine {
        std::span<const Tag> tags;
        std::size_t begin = 0;
        std::size_t end = 0;
        bool only_tags = true;
    };

    const Part* find(const std::string& name) const {
        if (name == kContent) return file_.part(which_);
        const TemplateFile* partial = library_.findFor(name, file_.language);
        return partial == nullptr ? nullptr : partial->part(which_);
    }
    static TagLine readLine(std::string_view text, std::span<const Tag> rest) {
        TagLine line;
        line.begin = text.substr(0, rest.front().begin).rfind('\n') + 1;
        std::size_t reached = line.begin;
        std::size_t count = 0;
        for (const Tag& tag : rest) {
            const std::string_view between = text.substr(reached, tag.begin - reached);
            if (count > 0 && between.find('\n') != std::string_view::npos) break;
            line.only_tags = line.only_tags && isBlank(between);
            reached = tag.end;
            ++count;
        }
        line.tags = rest.first(count);
        line.end = std::min(text.find('\n', reached), text.size());
        line.only_tags = line.only_tags && isBlank(text.substr(reached, line.end - reached));
        return line;
    }
    /// Whether the whole line goes with its tags.
    static bool vanishes(const TagLine& line) {
        if (line.tags.size() == 1 && line.tags.front().kind == TagKind::Partial) {
            return line.only_tags;
        }
        return line.only_tags && std::all_of(line.tags.begin(), line.tags.end(),
                                             [](const Tag& tag) { return isStructural(tag.kind); });
    }
    void append(const Part& part, int depth) {
        too_large_ = too_large_ || depth > kDepthMax || out_.size() > kComposedBytesMax;
        if (too_large_) return;
        const std::string_view text = part.text;
        std::size_t copied = 0;
        for (std::span<const Tag> rest = part.tags; !rest.empty();) {
            const TagLine line = readLine(text, rest);
            rest = rest.subspan(line.tags.size());
            const bool vanished = vanishes(line);
            out_ += text.substr(copied, line.begin - copied);
            copied = line.begin;
            for (const Tag& tag : line.tags) {
                if (!vanished) out_ += text.substr(copied, tag.begin - copied);
                appendTag(text, tag, depth);
                copied = tag.end;
            }
            if (!vanished) continue;
            if (line.tags.front().kind == TagKind::Partial) out_ += '\n';
            copied = std::min(line.end + 1, text.size());
        }
        out_ += text.substr(copied);
    }
    void appendTag(std::string_view text, const Tag& tag, int depth) {
        if (tag.kind == TagKind::Comment) return;
        if (tag.kind != TagKind::Partial) {
            out_ += text.substr(tag.begin, tag.end - tag.begin);
        } else if (const Part* partial = find(tag.name)) {
            append(*partial, depth + 1);
        }
    }

    const Library& library_;
    const TemplateFile& file_;
    PartName which_;
    std::string out_;
    bool too_large_ = false;
};

}  // namespace

void Library::add(TemplateFile file, Problems& problems) {
    const std::pair key{file.name, file.language};
    const auto [existing, is_new] = files_.try_emplace(key, std::move(file));
    if (!is_new) {
        problems.push_back(
            {{file.path, 0, 0},
             fmt::format("is the same template and language as {}", existing->second.path)});
    }
}

const TemplateFile* Library::find(std::string_view name, std::string_view language) const {
    const auto found = files_.find({std::string{name}, std::string{language}});
    return found == files_.end() ? nullptr : &found->second;
}

const TemplateFile* Library::findFor(std::string_view name, std::string_view language) const {
    for (const std::string& candidate : languageChain(language)) {
        if (const TemplateFile* file = find(name, candidate)) return file;
    }
    return nullptr;
}

std::vector<std::string> Library::languagesOf(std::string_view name) const {
    std::vector<std::string> languages;
    for (const auto& [key, file] : files_) {
        if (key.first == name) languages.push_back(key.second);
    }
    return languages;
}

std::vector<std::string> Library::names(TemplateFile::Role role) const {
    std::vector<std::string> names;
    for (const auto& [key, file] : files_) {
        if (file.role == role && (names.empty() || names.back() != key.first)) {
            names.push_back(key.first);
        }
    }
    return names;
}

Result<std::string> Library::compose(const TemplateFile& file, PartName which) const {
    return Composer{*this, file, which}.compose();
}

}  // namespace backorderd::render
