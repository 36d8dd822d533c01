#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace backorderd::codec {

/// Builds JSON text with few copies and few checks. Each byte of a string that is not part of valid
/// UTF-8 becomes U+FFFD, so that what is written can always be read again.
class JsonText {
public:
    explicit JsonText(std::size_t expected_bytes) : text_(expected_bytes, '\0') {}

    void beginObject();
    void endObject();
    void beginArray();
    void endArray();
    /// The next element of the array that was begun last.
    void element();
    /// The name of a member of the object that was begun last; needs no escaping.
    void name(std::string_view name);
    /// A name that may need escaping, behind a prefix that does not.
    void name(std::string_view prefix, std::string_view name);
    void string(std::string_view value);
    void boolean(bool value);
    std::string take();

private:
    void reserve(std::size_t bytes);
    void put(std::string_view plain);
    void putEscaped(std::string_view value);
    void comma();

    std::string text_;
    std::size_t used_ = 0;
    bool first_ = true;  ///< no member of the object has been written yet
};

}  // namespace backorderd::codec
