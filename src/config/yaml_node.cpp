#include "config/yaml_node.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <unordered_map>

#include "config/words.hpp"
#include "config/yaml_text.hpp"

namespace backorderd::config {
namespace {

using YAML::anchor_t;
using YAML::Mark;

/// Ends the parse; the problem has been noted.
struct ParseEnded {};

/// Builds the tree from the parser's events. yaml-cpp's own nodes are not used: they keep the first
/// of two equal keys in silence, and write out aliases without a limit.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, const std::string& file, Problems& problems)
        : text_(text), file_(file), problems_(problems) {}

    NodePtr root() const { return root_; }

    void OnDocumentStart(const Mark& mark) override {
        if (root_) stop(mark, "a second document begins; write one document per file");
    }
    void OnDocumentEnd() override {}

    void OnNull(const Mark& mark, anchor_t anchor) override { add(open(mark, anchor)); }

    void OnAlias(const Mark& mark, anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end() || !found->second)
            stop(mark, "an alias stands within the value it repeats; write the value out");
        add(found->second, mark);
    }

    void OnScalar(const Mark& mark, const std::string& tag, anchor_t anchor,
                  const std::string& value) override {
        refuseTag(mark, tag);
        if (tag == "!" && !quoteCloses(text_, static_cast<std::size_t>(mark.pos)))
            stop(mark, "a quote opens here and is never closed");
        auto node = open(mark, anchor);
        node->kind = Node::Kind::Scalar;
        node->text = value;
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const Mark& mark, const std::string& tag, anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        push(mark, tag, anchor, Node::Kind::Sequence);
    }
    void OnSequenceEnd() override { pop(); }

    void OnMapStart(const Mark& mark, const std::string& tag, anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        push(mark, tag, anchor, Node::Kind::Mapping);
    }
    void OnMapEnd() override { pop(); }

private:
    struct Level {
        std::shared_ptr<Node> node;
        anchor_t anchor = 0;
        Mark mark;
        bool has_key = false;
        bool keep = true;  ///< false: the key was refused, its value is dropped
        Node::Entry pending;
        std::unordered_map<std::string, int> lines;  ///< of the keys so far
    };

    Place place(const Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

    void note(const Mark& mark, std::string text) {
        problems_.push_back({place(mark), std::move(text), Severity::Error});
    }

    [[noreturn]] void stop(const Mark& mark, std::string text) {
        note(mark, std::move(text));
        throw ParseEnded{};
    }

    void refuseTag(const Mark& mark, const std::string& tag) {
        if (tag != "?" && tag != "!" && !tag.empty())
            note(mark, fmt::format("the tag {} has no meaning here; remove it", quote(tag)));
    }

    std::shared_ptr<Node> open(const Mark& mark, anchor_t anchor) {
        auto node = std::make_shared<Node>();
        node->line = mark.line + 1;
        node->column = mark.column + 1;
        if (anchor != 0) anchors_[anchor] = nullptr;
        return node;
    }

    void push(const Mark& mark, const std::string& tag, anchor_t anchor, Node::Kind kind) {
        refuseTag(mark, tag);
        if (levels_.size() >= kDepthMax)
            stop(mark, fmt::format("nested more than {} levels deep", kDepthMax));
        Level level;
        level.node = open(mark, anchor);
        level.node->kind = kind;
        level.anchor = anchor;
        level.mark = mark;
        levels_.push_back(std::move(level));
    }

    void pop() {
        Level level = std::move(levels_.back());
        levels_.pop_back();
        add(std::move(level.node), level.anchor);
    }

    void add(std::shared_ptr<Node> node, anchor_t anchor = 0) {
        Mark mark;
        mark.line = node->line - 1;
        mark.column = node->column - 1;
        if (anchor != 0) anchors_[anchor] = node;
        add(NodePtr(std::move(node)), mark);
    }

    void add(NodePtr node, const Mark& mark) {
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node->isMapping() && !level.has_key) return takeKey(level, *node, mark);
        grow(level, *node, mark);
        if (level.node->isSequence()) {
            level.node->items.push_back(std::move(node));
            return;
        }
        level.has_key = false;
        level.pending.value = node->kind == Node::Kind::Null ? nothingAt(level.pending) : node;
        if (level.keep) level.node->entries.push_back(std::move(level.pending));
        level.pending = {};
    }

    /// A missing value stands, for a person, where its key stands.
    static NodePtr nothingAt(const Node::Entry& entry) {
        auto node = std::make_shared<Node>();
        node->line = entry.line;
        node->column = entry.column;
        return node;
    }

    void takeKey(Level& level, const Node& key, const Mark& mark) {
        level.has_key = true;
        level.keep = false;
        if (!key.isScalar() || key.text.empty()) return note(mark, "a key must be a word");
        if (key.text.size() > kKeyBytesMax)
            return note(mark, fmt::format("a key must be at most {} bytes long", kKeyBytesMax));
        if (key.text == "<<")
            return note(mark, "merge keys ('<<') are not supported; write the keys out");
        const auto [seen, fresh] = level.lines.emplace(key.text, key.line);
        if (!fresh)
            return note(mark, fmt::format("key {} stands twice in this mapping; it stood in line "
                                          "{} already, remove one",
                                          quote(key.text), seen->second));
        level.keep = true;
        level.pending.key = key.text;
        level.pending.line = mark.line + 1;
        level.pending.column = mark.column + 1;
    }

    /// Counts what the tree would hold with every alias written out, and stops before it explodes.
    void grow(const Level& level, const Node& child, const Mark& mark) {
        level.node->size += child.size;
        if (level.node->size > kValuesMax)
            stop(mark, fmt::format("the file stands for more than {} values, aliases written out; "
                                   "split it, or use fewer aliases",
                                   kValuesMax));
    }

    std::string_view text_;
    const std::string& file_;
    Problems& problems_;
    NodePtr root_;
    std::vector<Level> levels_;
    std::unordered_map<anchor_t, NodePtr> anchors_;
};

}  // namespace

NodePtr parseYaml(std::string_view text, const std::string& file, Problems& problems) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const auto problem = findNotText(text, file)) {
        problems.push_back(*problem);
        return nullptr;
    }
    std::istringstream in{std::string(text)};
    TreeBuilder builder(text, file, problems);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const ParseEnded&) {
        return nullptr;
    } catch (const YAML::Exception& error) {
        const Place place{file, error.mark.line + 1, error.mark.column + 1};
        problems.push_back(syntaxProblem(text, place, error.msg));
        return nullptr;
    }
    return builder.root() ? builder.root() : std::make_shared<const Node>();
}

}  // namespace backorderd::config
