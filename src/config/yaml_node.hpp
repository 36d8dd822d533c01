#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"

/// YAML text to a tree of values with places; the only part of the program that meets yaml-cpp.
namespace backorderd::config {

struct Node;
// Shared, because an alias makes one value stand in several places.
using NodePtr = std::shared_ptr<const Node>;

/// One value of a YAML file. A scalar keeps its text as written: the reader knows the type.
struct Node {
    enum class Kind { Null, Scalar, Sequence, Mapping };
    struct Entry {
        std::string key;
        int line = 0, column = 0;  ///< of the key
        NodePtr value;             ///< never null
    };

    Kind kind = Kind::Null;
    int line = 0, column = 0;  ///< from 1
    std::string text;          ///< of a scalar
    std::vector<NodePtr> items;
    std::vector<Entry> entries;  ///< in the order of the file; keys are unique
    std::size_t size = 1;        ///< values below and including this one, aliases written out

    bool isScalar() const { return kind == Kind::Scalar; }
    bool isMapping() const { return kind == Kind::Mapping; }
    bool isSequence() const { return kind == Kind::Sequence; }
};

/// What a file may cost us, whoever wrote it.
constexpr std::size_t kFileBytesMax = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kValuesMax = 250'000;
constexpr std::size_t kKeyBytesMax = 200;

/// The tree of one YAML document; a file with nothing in it is Kind::Null. Null where the text
/// cannot be used at all; duplicate keys and the like are problems too, but reading goes on.
NodePtr parseYaml(std::string_view text, const std::string& file, Problems& problems);

/// The bytes of a regular file of at most kFileBytesMax; otherwise `reason` says, for a person, why
/// not.
std::optional<std::string> readFile(const std::string& path, std::string& reason);

}  // namespace backorderd::config
