#include <fmt/format.h>

#include <algorithm>

#include "render/html_place.hpp"
#include "render/library.hpp"
#include "render/variables.hpp"

namespace backorderd::render {
namespace {

constexpr int kPartsMax = 2000;

/// Follows the tags of one part, and of the partials it takes in, and knows which words are visible
/// at each of them.
class PartChecker {
public:
    PartChecker(const Library& library, const TemplateFile& message, PartName which,
                Problems& problems)
        : library_{library}, message_{message}, which_{which}, problems_{problems} {}

    void check(const TemplateFile& file) {
        const Part* part = file.part(which_);
        // The composer says what is wrong with partials that multiply without end.
        if (part == nullptr || ++parts_checked_ > kPartsMax) return;
        const std::size_t open_before = open_.size();
        for (const Tag& tag : part->tags) checkTag(file, *part, tag);
        // Sections left open are reported by the scanner; here they only must not leak.
        while (open_.size() > open_before) close();
    }

private:
    /// A section that is open: whether it opened a scope.
    using Open = bool;

    void report(const Tag& tag, std::string text) {
        problems_.push_back({tag.place, std::move(text)});
    }
    void checkTag(const TemplateFile& file, const Part& part, const Tag& tag) {
        switch (tag.kind) {
            case TagKind::Comment:
                return;
            case TagKind::Variable:
                return checkVariable(part, tag);
            case TagKind::Section:
            case TagKind::Inverted:
                return open(tag);
            case TagKind::End:
                return close();
            case TagKind::Partial:
                return checkPartial(file, tag);
            case TagKind::Raw:
                return report(
                    tag, fmt::format("values are always escaped; write '{{{{{}}}}}'", tag.name));
            case TagKind::Delimiters:
                return report(tag, "other tag signs than '{{ }}' cannot be set");
        }
    }
    void checkVariable(const Part& part, const Tag& tag) {
        if (isAttribute(tag.name) && inScope(Scope::Line)) return;
        const Variable* variable = find(tag);
        if (variable == nullptr) return;
        if (variable->kind == Kind::Flag || variable->kind == Kind::List) {
            return report(
                tag, fmt::format("'{0}' is {1}, not a text; write '{{{{#{0}}}}} … "
                                 "{{{{/{0}}}}}'",
                                 tag.name, variable->kind == Kind::Flag ? "yes or no" : "a list"));
        }
        if (which_ != PartName::Html) return;
        const std::string_view before = std::string_view{part.text}.substr(0, tag.begin);
        if (std::string why = whyNotInHtml(before, *variable); !why.empty()) {
            report(tag, std::move(why));
        }
    }
    void open(const Tag& tag) {
        const bool attribute = isAttribute(tag.name) && inScope(Scope::Line);
        const Variable* variable = attribute ? nullptr : find(tag);
        const bool opens_scope =
            tag.kind == TagKind::Section && variable != nullptr && variable->kind == Kind::List;
        if (opens_scope) scopes_.push_back(variable->element);
        open_.push_back(opens_scope);
    }
    void close() {
        if (open_.empty()) return;
        if (open_.back()) scopes_.pop_back();
        open_.pop_back();
    }
    void checkPartial(const TemplateFile& file, const Tag& tag) {
        if (tag.name == kContent && file.role == TemplateFile::Role::Layout) return check(message_);
        const TemplateFile* partial = library_.findFor(tag.name, message_.language);
        if (partial == nullptr) return report(tag, whyNoPartial(file, tag.name));
        if (partial->role != TemplateFile::Role::Partial) {
            return report(tag, fmt::format("'{}' is not a partial; the name of one begins with '_'",
                                           tag.name));
        }
        if (partial->part(which_) == nullptr) {
            return report(tag, fmt::format("{} has no part '{}'", partial->path, partText(which_)));
        }
        if (depth_ >= kDepthMax) {
            return report(tag,
                          fmt::format("partials take each other in more than {} deep", kDepthMax));
        }
        ++depth_;
        check(*partial);
        --depth_;
    }
    std::string whyNoPartial(const TemplateFile& file, const std::string& name) const {
        const std::vector<std::string> languages = library_.languagesOf(name);
        if (!languages.empty()) {
            return fmt::format("partial '{}' is not there in '{}' (there is: {})", name,
                               file.language, fmt::join(languages, ", "));
        }
        const std::string near = nearestWord(name, library_.names(TemplateFile::Role::Partial));
        return fmt::format("unknown partial '{}'{}", name,
                           near.empty() ? "" : fmt::format(" (did you mean '{}'?)", near));
    }
    bool inScope(Scope scope) const {
        return std::find(scopes_.begin(), scopes_.end(), scope) != scopes_.end();
    }
    const Variable* find(const Tag& tag) {
        const Variable* variable = findVariable(tag.name, scopes_);
        if (variable == nullptr) report(tag, whyUnknown(tag.name));
        return variable;
    }
    std::string whyUnknown(const std::string& name) const {
        if (name.empty()) return "the tag is empty";
        std::vector<std::string> visible;
        const Variable* elsewhere = nullptr;
        for (const Variable& variable : variables()) {
            if (variable.name == name) elsewhere = &variable;
            if (findVariable(variable.name, scopes_) != nullptr)
                visible.emplace_back(variable.name);
        }
        if (elsewhere != nullptr || isAttribute(name)) {
            return fmt::format("'{}' is known only inside {}", name, sectionsFor(elsewhere));
        }
        const std::string near = nearestWord(name, visible);
        return fmt::format("unknown variable '{}'{}", name,
                           near.empty() ? "; docs/templates.md lists them"
                                        : fmt::format(" (did you mean '{}'?)", near));
    }
    static std::string sectionsFor(const Variable* variable) {
        std::vector<std::string> sections;
        for (const Variable& list : variables()) {
            const bool fits =
                list.kind == Kind::List &&
                (variable == nullptr ? list.element == Scope::Line : variable->isIn(list.element));
            if (fits) sections.push_back(fmt::format("{{{{#{}}}}}", list.name));
        }
        return fmt::format("{}", fmt::join(sections, ", "));
    }

    const Library& library_;
    const TemplateFile& message_;
    PartName which_;
    Problems& problems_;
    std::vector<Scope> scopes_{Scope::Message};
    std::vector<Open> open_;
    int depth_ = 0;
    int parts_checked_ = 0;
};

void checkLayout(const TemplateFile& layout, Problems& problems) {
    for (const PartName which : kPartNames) {
        const Part* part = layout.part(which);
        if (part == nullptr) continue;
        const auto taken_in = std::count_if(
            part->tags.begin(), part->tags.end(),
            [](const Tag& tag) { return tag.kind == TagKind::Partial && tag.name == kContent; });
        if (taken_in == 1) continue;
        problems.push_back(
            {part->start, fmt::format("part '{}' of a layout must take in the template once, "
                                      "with '{{{{> content}}}}'",
                                      partText(which))});
    }
}

}  // namespace

Problems Library::check() const {
    Problems problems;
    for (const auto& [key, file] : files_) {
        if (file.role == TemplateFile::Role::Layout) checkLayout(file, problems);
        if (file.role != TemplateFile::Role::Message) continue;
        const TemplateFile* layout = findFor("layout", file.language);
        if (layout == nullptr && !languagesOf("layout").empty()) {
            problems.push_back({{file.path, 0, 0},
                                fmt::format("there is a layout, but none for '{}'; write "
                                            "layout.{}.mustache",
                                            file.language, file.language)});
        }
        for (const PartName which : kPartNames) {
            const bool framed = layout != nullptr && layout->part(which) != nullptr;
            PartChecker checker{*this, file, which, problems};
            if (file.part(which) != nullptr) checker.check(framed ? *layout : file);
        }
    }
    return problems;
}

}  // namespace backorderd::render
