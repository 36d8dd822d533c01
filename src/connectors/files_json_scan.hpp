#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace backorderd::connectors::files {

/// Of ASCII, whatever the locale.
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Finds where a JSON object or array ends by counting brackets outside strings, across as many
/// texts as it takes. It does not check what it passes over.
class JsonScanner {
public:
    /// `depth` brackets are already open.
    explicit JsonScanner(int depth = 0) : depth_{depth} {}

    /// Goes on over the text. The offset behind the bracket that closes the value, or npos where
    /// the value goes on behind the text.
    std::size_t run(std::string_view text);

private:
    int depth_;
    bool in_string_ = false;
    bool escaped_ = false;
};

void skipJsonSpace(std::string_view& text);

/// The offset behind the `[` of the member of that name, where the text begins with an object that
/// has it; objects before it are passed over. nullopt otherwise.
std::optional<std::size_t> findListMember(std::string_view text, std::string_view name);

/// Whether the text is a number as JSON writes it.
bool isJsonNumber(std::string_view text);

}  // namespace backorderd::connectors::files
