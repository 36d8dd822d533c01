#include <algorithm>
#include <string_view>

#include "render/render.hpp"

namespace backorderd::render {
namespace {

constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kLabelBytesMax = 63;

bool isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// RFC 5321 `Dot-string`. Quoted local parts exist on paper; no ERP holds one that anybody reads.
bool isLocalPart(std::string_view text) {
    if (text.empty() || text.size() > kLocalBytesMax) return false;
    if (text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) {
        return false;
    }
    return std::all_of(text.begin(), text.end(), [](char c) {
        return isLetterOrDigit(c) ||
               std::string_view{".!#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
    });
}

bool isLabel(std::string_view text) {
    return !text.empty() && text.size() <= kLabelBytesMax && text.front() != '-' &&
           text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
               return isLetterOrDigit(c) || c == '-';
           });
}

bool isDomain(std::string_view text) {
    while (true) {
        const std::size_t end = std::min(text.find('.'), text.size());
        if (!isLabel(text.substr(0, end))) return false;
        if (end == text.size()) return true;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

bool isMailAddress(std::string_view address) {
    const std::size_t at = address.find('@');
    return at != std::string_view::npos && address.size() <= kAddressBytesMax &&
           isLocalPart(address.substr(0, at)) && isDomain(address.substr(at + 1));
}

}  // namespace backorderd::render
