#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backorderd::connectors::rest {

/// One value of a JSON text. The values of a text lie in a row, each before those that it holds:
/// the next one of its own level lies `size` behind it.
struct Node {
    /// `Word`: a number, `true` or `false`.
    enum class Kind : std::uint8_t { Null, Word, Text, List, Object };

    std::string_view name;  ///< of a member
    /// What it says: a text without quotes and escapes, a number as JSON writes it; of a list and
    /// an object all of its JSON.
    std::string_view text;
    std::uint32_t size = 1;  ///< how many values it is, with those that it holds
    /// How far before it lies what holds it; 0: nothing does, or a later member has its name.
    std::uint32_t up = 0;
    Kind kind = Kind::Null;

    bool holds() const { return kind == Kind::List || kind == Kind::Object; }
};

/// The elements of a list, or the members of an object, in their order.
class Children {
public:
    class Iterator {
    public:
        explicit Iterator(const Node* at) : at_{at} {}
        const Node& operator*() const { return *at_; }
        Iterator& operator++() {
            at_ += at_->size;
            return *this;
        }
        bool operator==(const Iterator&) const = default;

    private:
        const Node* at_;
    };

    explicit Children(const Node& holder) : holder_{holder} {}
    Iterator begin() const { return Iterator{&holder_ + 1}; }
    Iterator end() const { return Iterator{&holder_ + holder_.size}; }

private:
    const Node& holder_;
};

/// A part of a JSON Pointer. Records look alike, so a member is looked for first where it was found
/// the last time.
struct Step {
    std::string name;
    mutable std::uint32_t near = 1;
};
using Pointer = std::vector<Step>;

/// The parts of a JSON Pointer; empty for the whole document.
Pointer pointerParts(std::string_view text);
/// The pointer as JSON Pointer writes it.
std::string written(const Pointer& pointer);
/// What the pointer leads to, or null.
const Node* follow(const Node& from, const Pointer& pointer);
/// A value as a text; empty for null, lists and objects.
std::string_view textOf(const Node* value);

/// A JSON text and its values; without one, a null.
class JsonTree {
public:
    JsonTree() : nodes_(1) {}
    JsonTree(JsonTree&&) = default;
    JsonTree& operator=(JsonTree&&) = default;

    /// Takes the text over and reads it. False, and it is left as it is, where it is no JSON, or
    /// nests deeper than an honest answer does.
    bool take(std::string& text);
    /// The same of a text that outlives the values, with kPaddingBytes behind it that can be read.
    bool read(std::string_view text);
    const Node& root() const { return nodes_.front(); }

    static constexpr std::size_t kPaddingBytes = 64;

private:
    friend class TreeReader;

    std::string own_;  ///< the text, where it was taken over
    std::vector<Node> nodes_;
    std::deque<std::string> spelt_;  ///< texts that do not stand in the JSON as they are
};

/// Whether a text is JSON that a tree could be made of.
bool isJson(std::string_view text);

}  // namespace backorderd::connectors::rest
