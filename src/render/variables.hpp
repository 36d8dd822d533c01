#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "render/case_story.hpp"
#include "render/entry_view.hpp"
#include "render/locale.hpp"

/// The words that a template may use: the one table of which the check, the values and
/// docs/templates.md are made.
namespace backorderd::render {

/// Where a template is: a list's section opens the scope of its elements, and what is declared in
/// the scopes around it stays visible.
enum class Scope : unsigned {
    Message = 1,
    Group = 2,
    Order = 4,
    Line = 8,
    Signature = 16,
    ItemGroup = 32,
    Step = 64,  ///< of a promise's history
    Told = 128,
    Said = 256,
    InStock = 512,
    Offered = 1024,
};

enum class Kind {
    Text,  ///< `{{name}}`; as a section: whether it is not empty
    Link,  ///< a text that is empty or a checked link
    Flag,  ///< only as a section; outside a line: whether it holds for every line there
    List,  ///< only as a section, once for each element
};

/// What an element of a list is, where it is more than the lines of its scope.
using Element = std::variant<std::monostate, std::string, PromiseStep, const Notice*, Answer,
                             const Substitute*, const OfferedItem*>;

/// What a value is taken from. `entries` are the lines of the scope: of the message, the group, the
/// order, the item, or the one line.
struct ValueContext {
    const House* house = nullptr;
    const Request* request = nullptr;
    const Locale* locale = nullptr;
    std::string_view language;  ///< of the template
    std::span<const EntryView* const> entries;
    const Element* element = nullptr;

    const EntryView& first() const { return *entries.front(); }
};

using Value = std::variant<std::string, bool>;

struct Variable {
    std::string_view name;
    unsigned scopes = 0;  ///< bits of Scope
    Kind kind = Kind::Text;
    Scope element = Scope::Line;  ///< of a list
    std::string_view meaning;     ///< one sentence for docs/templates.md
    /// Not cleaned yet; null for a list and for `subject`, which the renderer itself sets.
    Value (*value)(const ValueContext& context) = nullptr;

    bool isIn(Scope scope) const { return (scopes & static_cast<unsigned>(scope)) != 0; }
};

/// All of them; no name is there twice.
std::span<const Variable> variables();

/// The variable of that name that is visible in the scopes, or null.
const Variable* findVariable(std::string_view name, std::span<const Scope> scopes);
/// Whether the name addresses a pass-through attribute of a line, `attributes.colour`.
bool isAttribute(std::string_view name);

}  // namespace backorderd::render
