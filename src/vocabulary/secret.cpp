#include "backorderd/secret.hpp"

#include <string.h>

#include <utility>

namespace backorderd {

Secret::Secret(std::string plain) : plain_{plain} { wipe(plain); }

// A short text is copied by a move, and stays behind.
Secret::Secret(Secret&& other) noexcept : plain_{std::move(other.plain_)} { wipe(other.plain_); }

Secret& Secret::operator=(Secret other) noexcept {
    plain_.swap(other.plain_);
    return *this;
}

Secret::~Secret() { wipe(plain_); }

void wipe(std::string& text) noexcept {
    // What was longer before stands behind the text; the capacity belongs to the string.
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
    text.clear();
}

}  // namespace backorderd
