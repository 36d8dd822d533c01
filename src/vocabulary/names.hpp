#pragma once

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>

namespace backorderd {

/// One value of an enumeration with its persisted name.
template <class Value>
struct Name {
    Value value;
    std::string_view name;
};

template <class Value>
std::string_view nameOf(std::span<const Name<Value>> names, Value value) {
    for (const auto& entry : names)
        if (entry.value == value) return entry.name;
    std::abort();  // A value that nobody named is our own bug.
}

template <class Value>
std::optional<Value> valueOf(std::span<const Name<Value>> names, std::string_view name) {
    for (const auto& entry : names)
        if (entry.name == name) return entry.value;
    return std::nullopt;
}

}  // namespace backorderd
