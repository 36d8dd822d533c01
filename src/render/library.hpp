#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "render/template_file.hpp"

/// The template files of one directory, and how they are put together.
namespace backorderd::render {

/// The name by which a layout takes in the template: `{{> content}}`.
inline constexpr std::string_view kContent = "content";

/// Partials that take in partials, at most so deep.
inline constexpr int kDepthMax = 8;

/// Stands for a line end in a composed text, and is to be turned back after it was filled.
inline constexpr char kLineEnd = '\x1f';

class Library {
public:
    /// Two files for the same name and language are a problem.
    void add(TemplateFile file, Problems& problems);

    /// The file for exactly this language, or null.
    const TemplateFile* find(std::string_view name, std::string_view language) const;
    /// The file for the language or its shorter forms (`de-at`, `de`), or null. Partials and
    /// layouts never come from another language than the template's.
    const TemplateFile* findFor(std::string_view name, std::string_view language) const;
    std::vector<std::string> languagesOf(std::string_view name) const;
    std::vector<std::string> names(TemplateFile::Role role) const;
    const std::map<std::pair<std::string, std::string>, TemplateFile>& files() const {
        return files_;
    }

    /// Problems of all files together: unknown words and partials, places in HTML where no value
    /// may stand. To be empty before anything is composed.
    Problems check() const;

    /// A part of a message in its layout, with all partials in place and `kLineEnd` at the ends of
    /// its lines. Checked before; what cannot be
    /// composed because it grows without end is a problem.
    Result<std::string> compose(const TemplateFile& file, PartName which) const;

private:
    std::map<std::pair<std::string, std::string>, TemplateFile> files_;
};

}  // namespace backorderd::render
