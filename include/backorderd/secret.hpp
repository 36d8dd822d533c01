#pragma once

#include <cstddef>
#include <string>

namespace backorderd {

/// A password, a token or a key. There is no way to print, format or log one: it converts to
/// nothing, and whoever needs the text says `reveal`. Its bytes are overwritten before they are
/// given back.
class Secret {
public:
    Secret() = default;
    explicit Secret(std::string plain);
    Secret(const Secret& other) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret other) noexcept;
    ~Secret();

    bool empty() const { return plain_.empty(); }
    std::size_t size() const { return plain_.size(); }
    /// The text itself, for the call that hands it to a server. It lives as long as the secret, and
    /// must not get into a log, a problem, a reason or the store.
    const std::string& reveal() const { return plain_; }

    bool operator==(const Secret&) const = default;

private:
    std::string plain_;
};

/// Overwrites the bytes of a text that held a secret, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace backorderd
