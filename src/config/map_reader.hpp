#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"
#include "config/yaml_node.hpp"

namespace backorderd::config {

/// Reads a mapping key by key and remembers which keys were asked for, so that the rest can be
/// called unknown.
class MapReader {
public:
    /// `node` may be null or no mapping (then it reads as an empty one). `what` names the mapping
    /// in problems: `policy 'key accounts'`. `problems` outlives the reader.
    MapReader(NodePtr node, std::string file, std::string what, Problems& problems);

    /// The value, or null where the key is absent or has no value (then with a problem).
    NodePtr find(std::string_view key);
    /// As `find`, and absence is a problem: `remedy` says what to write.
    NodePtr need(std::string_view key, std::string_view remedy);
    bool has(std::string_view key) const;
    /// Something stands in the mapping's place that is none; that has been said.
    bool isOther() const;
    /// Reports the keys that nobody asked for, once.
    void finish();

    const std::vector<Node::Entry>& entries() const;
    Place placeOf(std::string_view key) const;
    Place place() const;
    const std::string& what() const { return what_; }
    void problem(const Place& place, std::string text, Severity severity = Severity::Error);
    void problem(const Node& node, std::string text, Severity severity = Severity::Error);

private:
    const Node::Entry* entry(std::string_view key) const;
    void know(std::string_view key);

    NodePtr node_;
    std::string file_;
    std::string what_;
    Problems* problems_;
    std::vector<std::string> known_;
    bool finished_ = false;
};

/// `a list`, `a mapping`, `'text'` …: what a value is, for 'must be …, not …'.
std::string describe(const Node& node);

}  // namespace backorderd::config
