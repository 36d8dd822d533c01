#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/map_reader.hpp"
#include "config/section.hpp"

namespace backorderd::config {

/// What all sections of one settings file share.
struct SettingsFile {
    std::string name;    ///< as the caller gave it
    std::string folder;  ///< relative paths count from here; empty: the working directory
    Problems problems;
    std::vector<Secret> secrets;  ///< all that were read; see config/secrets.hpp
};

struct Section::Impl {
    Impl(std::shared_ptr<SettingsFile> its_file, NodePtr node, std::string its_path);

    std::shared_ptr<SettingsFile>
        file;  // shared by all sections of the file, which outlive no other
    MapReader reader;
    std::string path;  ///< `sources[]`; empty at the top
    std::vector<Declared> declared;
    std::vector<Section> parts;   ///< nested sections, in the order in which they were read
    bool read_elsewhere = false;  ///< a connector or sender reads on; the parent does not finish it
    bool kind_refused = false;    ///< nobody knows its keys, so none is called unknown

    std::string fullPath(std::string_view key) const;
    /// The scalar at `key`, declared and, where it is something else, refused.
    NodePtr scalar(std::string_view key, Declared declaration, std::string_view expected);
    void declare(std::string_view key, Declared declaration);
    void refuse(const Node& node, std::string text);
};

/// The top section of a file whose text has been parsed. Null node: an empty section.
Section makeSection(std::shared_ptr<SettingsFile> file, NodePtr node, std::string path);
/// The implementation, for settings.cpp, which marks what others read.
struct SectionAccess {
    static Section::Impl& impl(Section& section);
};

/// Reads `{ file: PATH }`, `{ env: NAME }` or `{ credential: NAME }`. The value of a secret never
/// gets into a problem.
std::optional<Secret> readSecret(MapReader& secret, const Node& node, const std::string& folder);
/// A path as written in a file of `folder`.
std::string resolvePath(const std::string& folder, const std::string& path);
/// The folder that a file stands in, as a prefix for relative paths.
std::string folderOf(const std::string& file);

}  // namespace backorderd::config
