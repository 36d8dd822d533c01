#pragma once

#include <deque>
#include <kainjow/mustache.hpp>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "render/variables.hpp"

/// The values of one message, for the mustache library to ask for.
namespace backorderd::render {

/// Works a value out when a template first asks for it. The library's own way, a tree of all
/// values, copies each line a dozen times: into the list of the message, its order, its topic, and
/// again at every level above.
class MessageValues : public kainjow::mustache::basic_context<std::string> {
public:
    using Data = kainjow::mustache::data;

    /// `house` and `request` outlive this; `language` is that of the template.
    MessageValues(const House& house, const Request& request, const Locale& locale,
                  std::string_view language);

    /// What `{{subject}}` gives; empty until then.
    void setSubject(std::string_view subject);

    void push(const Data* data) override;
    void pop() override;
    /// An empty text is false, so that a section can ask for it.
    const Data* get(const std::string& name) const override;
    /// Partials are in place before anything is rendered.
    const Data* get_partial(const std::string&) const override { return nullptr; }

private:
    using Entries = std::vector<const EntryView*>;

    /// The message, or one element of a list.
    struct Node {
        Scope scope = Scope::Message;
        Entries entries;
        Element element;
        std::map<std::string, Data, std::less<>> values;
    };

    const Data* valueOf(Node& node, const Variable& variable);
    const Data* attributeOf(Node& node, const std::string& name);
    Data makeList(Node& node, const Variable& variable);
    std::vector<Node> elementsOf(const Node& node, std::string_view list) const;
    static std::vector<Node> storyOf(const Node& line, std::string_view list);

    const House& house_;
    const Request& request_;
    const Locale& locale_;
    std::string language_;
    std::vector<EntryView> views_;
    std::deque<Node> nodes_;  ///< a deque, because elements must stay where they are
    std::unordered_map<const Data*, Node*> node_of_;  ///< elements of lists by what stands for them
    std::vector<Node*> stack_;
};

}  // namespace backorderd::render
