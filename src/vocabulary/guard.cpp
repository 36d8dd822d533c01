#include "backorderd/guard.hpp"

#include "vocabulary/names.hpp"

namespace backorderd {
namespace {

constexpr Name<SuppressionKind> kSuppressionKinds[] = {
    {SuppressionKind::All, "all"},
    {SuppressionKind::Optional, "optional"},
};

}  // namespace

std::string_view suppressionKindName(SuppressionKind kind) {
    return nameOf<SuppressionKind>(kSuppressionKinds, kind);
}

std::optional<SuppressionKind> parseSuppressionKind(std::string_view name) {
    return valueOf<SuppressionKind>(kSuppressionKinds, name);
}

std::string canonicalAddress(std::string_view address) {
    const auto first = address.find_first_not_of(' ');
    if (first == std::string_view::npos) return {};
    std::string text{address.substr(first, address.find_last_not_of(' ') - first + 1)};
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace backorderd
