#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"
#include "render/tag_scanner.hpp"

/// The file format of templates, described for its authors in docs/templates.md.
namespace backorderd::render {

enum class PartName { Subject, Text, Html, Sms };
inline constexpr std::array kPartNames{PartName::Subject, PartName::Text, PartName::Html,
                                       PartName::Sms};
std::string_view partText(PartName name);  ///< `subject`

struct Part {
    std::string text;  ///< without empty lines at its ends
    Place start;       ///< of the first character of `text`
    std::vector<Tag> tags;
};

/// One file `NAME.LANGUAGE.mustache`, read and scanned; not yet compared with the variables.
struct TemplateFile {
    enum class Role { Message, Layout, Partial };

    std::string path;
    std::string name;      ///< `promise-changed`, `layout`, `_line`
    std::string language;  ///< lower case, `de-at`
    Role role = Role::Message;
    std::array<std::optional<Part>, kPartNames.size()> parts;

    const Part* part(PartName which) const;
};

/// Reads one file. What is wrong is added to `problems`; the file is returned as far as it could be
/// read, so that all of its problems show at once.
TemplateFile readTemplateFile(const std::string& path, Problems& problems);

/// Whether a file name is a template's: it ends in `.mustache` and is not hidden.
bool isTemplateFile(std::string_view file_name);

}  // namespace backorderd::render
