#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"

/// Finds the tags of a mustache text with their places. The library that renders has no tree to
/// look at and says of a mistake only a byte offset, or nothing.
namespace backorderd::render {

enum class TagKind { Variable, Section, Inverted, End, Comment, Partial, Raw, Delimiters };

struct Tag {
    TagKind kind = TagKind::Variable;
    std::string name;
    std::size_t begin = 0;  ///< bytes in the text that was scanned
    std::size_t end = 0;
    Place place;
};

struct Scan {
    std::vector<Tag> tags;
    Problems problems;  ///< tags left open, and sections that do not pair
};

/// `start` is the place of the first character of `text`. Columns count characters, not bytes.
Scan scanTags(std::string_view text, const Place& start);

}  // namespace backorderd::render
