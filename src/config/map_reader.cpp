#include "config/map_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/words.hpp"

namespace backorderd::config {

MapReader::MapReader(NodePtr node, std::string file, std::string what, Problems& problems)
    : node_(std::move(node)), file_(std::move(file)), what_(std::move(what)), problems_(&problems) {
    if (isOther())
        problem(*node_, fmt::format("{} must be a mapping of keys to values, not {}", what_,
                                    describe(*node_)));
}

NodePtr MapReader::find(std::string_view key) {
    know(key);
    const Node::Entry* found = entry(key);
    if (!found) return nullptr;
    if (found->value->kind != Node::Kind::Null) return found->value;
    problem(
        placeOf(key),
        fmt::format("{} has no value; write one behind the colon, or remove the key", quote(key)));
    return nullptr;
}

NodePtr MapReader::need(std::string_view key, std::string_view remedy) {
    if (isOther()) return nullptr;
    if (!entry(key)) {
        know(key);
        problem(place(), fmt::format("{} lacks {}: {}", what_, quote(key), remedy));
        return nullptr;
    }
    return find(key);
}

bool MapReader::has(std::string_view key) const { return entry(key) != nullptr; }

bool MapReader::isOther() const {
    return node_ && !node_->isMapping() && node_->kind != Node::Kind::Null;
}

void MapReader::finish() {
    if (finished_) return;
    finished_ = true;
    for (const Node::Entry& found : entries()) {
        if (std::ranges::find(known_, found.key) != known_.end()) continue;
        std::string hint = didYouMean(found.key, known_);
        const auto colon = found.key.find(':');
        if (hint.empty() && colon != std::string::npos)
            hint =
                fmt::format(" (write a space behind the colon: {})",
                            quote(found.key.substr(0, colon) + ": " + found.key.substr(colon + 1)));
        if (hint.empty() && !known_.empty())
            hint = fmt::format("; known here: {}", wordList(known_, "and"));
        problem(Place{file_, found.line, found.column},
                fmt::format("unknown key {} in {}{}", quote(found.key), what_, hint));
    }
}

const std::vector<Node::Entry>& MapReader::entries() const {
    static const std::vector<Node::Entry> kNone;
    return node_ ? node_->entries : kNone;
}

Place MapReader::placeOf(std::string_view key) const {
    const Node::Entry* found = entry(key);
    return found ? Place{file_, found->line, found->column} : place();
}

Place MapReader::place() const {
    return node_ ? Place{file_, node_->line, node_->column} : Place{file_, 0, 0};
}

void MapReader::problem(const Place& at, std::string text, Severity severity) {
    problems_->push_back({at, std::move(text), severity});
}

void MapReader::problem(const Node& node, std::string text, Severity severity) {
    problem(Place{file_, node.line, node.column}, std::move(text), severity);
}

const Node::Entry* MapReader::entry(std::string_view key) const {
    for (const Node::Entry& found : entries())
        if (found.key == key) return &found;
    return nullptr;
}

void MapReader::know(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
}

std::string describe(const Node& node) {
    switch (node.kind) {
        case Node::Kind::Null:
            return "nothing";
        case Node::Kind::Scalar:
            return quote(node.text);
        case Node::Kind::Sequence:
            return "a list";
        case Node::Kind::Mapping:
            return "a mapping";
    }
    return {};
}

}  // namespace backorderd::config
