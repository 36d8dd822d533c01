#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/problem.hpp"
#include "backorderd/secret.hpp"

namespace backorderd::config {

/// One mapping of a YAML file, read key by key: typed, bounded, and with places. A setting is
/// declared where it is read, once, with its default, its bounds and its meaning; every problem
/// goes into the shared list, and reading goes on with the default, so that all problems of a file
/// are reported at once. A key that nobody has read by the time `finish` is called is unknown, and
/// is reported with the nearest one that is known.
///
/// Cheap to copy; copies share the mapping and the list of what was read.
class Section {
public:
    struct Impl;
    /// A section with nothing in it.
    Section();
    explicit Section(std::shared_ptr<Impl> impl);

    /// A section made of YAML text, for tests and embedded defaults.
    static Section fromText(std::string_view yaml, std::string_view file_name);

    struct DurationBounds {
        std::chrono::seconds fallback{};
        std::chrono::seconds min{0};
        std::chrono::seconds max{};
    };
    struct NumberBounds {
        std::int64_t fallback = 0;
        std::int64_t min = 0;
        std::int64_t max = 0;
    };
    struct ShareBounds {
        double fallback = 0;
        double min = 0;
        double max = 1;
    };

    /// `meaning` is the sentence that docs/configuration.md must have beside the key.
    std::chrono::seconds duration(std::string_view key, DurationBounds bounds,
                                  std::string_view meaning);
    std::int64_t number(std::string_view key, NumberBounds bounds, std::string_view meaning);
    double share(std::string_view key, ShareBounds bounds, std::string_view meaning);
    bool flag(std::string_view key, bool fallback, std::string_view meaning);
    std::string text(std::string_view key, std::string_view fallback, std::string_view meaning);
    /// As `text`, and its absence is a problem.
    std::string required(std::string_view key, std::string_view meaning);
    /// One of `words`.
    std::string choice(std::string_view key, const std::vector<std::string>& words,
                       std::string_view fallback, std::string_view meaning);
    std::vector<std::string> texts(std::string_view key, std::string_view meaning);
    /// A path; relative ones count from the folder of the settings file.
    std::string path(std::string_view key, std::string_view fallback, std::string_view meaning);
    /// A secret: `{ file: PATH }`, `{ env: NAME }` or `{ credential: NAME }` (below
    /// $CREDENTIALS_DIRECTORY). Plain text in the YAML is a problem. nullopt where the key is
    /// missing.
    std::optional<Secret> secret(std::string_view key, std::string_view meaning);
    /// As `secret`, read anew with each call of what is returned, so that a token which another
    /// program renews is always the newest; nullopt while it cannot be read. Null where the key is
    /// missing.
    std::function<std::optional<Secret>()> renewedSecret(std::string_view key,
                                                         std::string_view meaning);
    /// A mapping of free text keys to text, in the order of the file (column mappings, headers).
    std::vector<std::pair<std::string, std::string>> table(std::string_view key,
                                                           std::string_view meaning);
    /// A nested mapping; an empty one where the key is missing.
    Section child(std::string_view key, std::string_view meaning);
    /// A sequence of mappings.
    std::vector<Section> children(std::string_view key, std::string_view meaning);

    bool has(std::string_view key) const;
    /// The keys that stand in the section, in the order of the file: for mappings of open names.
    std::vector<std::string> keys() const;
    /// Where the key stands, or the section where it does not.
    Place place(std::string_view key) const;
    Place place() const;
    /// Adds a problem of the caller's own, at a key's place.
    void problem(std::string_view key, std::string text, Severity severity = Severity::Error);
    /// Reports every key that nobody asked for.
    void finish();
    /// All problems so far, of this section and all that share its file.
    const Problems& problems() const;

    /// What was declared by reading, for the test that holds docs/configuration.md to the code.
    struct Declared {
        std::string path;  ///< `sources[].poll_every`
        std::string type;  ///< duration, number, share, flag, text, choice, texts, path, secret …
        std::string fallback;  ///< as it would be written; empty: none
        std::string min, max;  ///< empty where unbounded
        std::string meaning;
    };
    std::vector<Declared> declared() const;

private:
    friend struct SectionAccess;
    std::shared_ptr<Impl> impl_;  // shared: copies are the same section
};

}  // namespace backorderd::config
