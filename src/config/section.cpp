#include "config/section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "backorderd/dates.hpp"
#include "config/secrets.hpp"
#include "config/section_impl.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kTextBytesMax = 65'536;
constexpr std::size_t kListMax = 1000;

/// The seconds of a period that needs no calendar.
std::optional<std::chrono::seconds> secondsOf(Period period) {
    using namespace std::chrono;
    switch (period.unit) {
        case Period::Unit::Seconds:
            return seconds(period.count);
        case Period::Unit::Minutes:
            return minutes(period.count);
        case Period::Unit::Hours:
            return hours(period.count);
        case Period::Unit::Days:
            return days(period.count);
        case Period::Unit::Weeks:
            return weeks(period.count);
        case Period::Unit::BusinessDays:
            return std::nullopt;
    }
    return std::nullopt;
}

template <class Value>
std::optional<Value> parseWhole(const std::string& text) {
    Value value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    return value;
}

/// What is wrong with a text, or nothing.
std::string textFault(const std::string& text) {
    if (text.size() > kTextBytesMax)
        return fmt::format("must be at most {} bytes long", kTextBytesMax);
    if (hasControlCharacters(text)) return "must not hold control characters";
    return {};
}

/// The words of a choice, for a problem: signs and the empty word in quotes.
std::string choiceText(const std::vector<std::string>& words) {
    std::vector<std::string> shown;
    for (const std::string& word : words) {
        const bool plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
            return std::isalnum(c) || c == '-' || c == '_';
        });
        shown.push_back(plain ? word : word == "\t" ? "a tab" : quote(word));
    }
    return wordList(shown);
}

/// The same for a cell of a Markdown table.
std::string choiceType(const std::vector<std::string>& words) {
    std::vector<std::string> shown;
    shown.reserve(words.size());
    for (const std::string& word : words)
        shown.push_back(word.empty()   ? "`\"\"`"
                        : word == "|"  ? "`\\|`"
                        : word == "\t" ? "`\"\\t\"`"
                                       : "`" + word + "`");
    return wordList(shown);
}

}  // namespace

Section::Impl::Impl(std::shared_ptr<SettingsFile> its_file, NodePtr node, std::string its_path)
    : file(std::move(its_file)),
      reader(std::move(node), file->name,
             its_path.empty() ? "the settings file" : fmt::format("'{}'", its_path),
             file->problems),
      path(std::move(its_path)) {}

std::string Section::Impl::fullPath(std::string_view key) const {
    return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

void Section::Impl::declare(std::string_view key, Declared declaration) {
    declaration.path = fullPath(key);
    const auto same = [&](const Declared& known) { return known.path == declaration.path; };
    if (std::ranges::none_of(declared, same)) declared.push_back(std::move(declaration));
}

NodePtr Section::Impl::scalar(std::string_view key, Declared declaration,
                              std::string_view expected) {
    declare(key, std::move(declaration));
    NodePtr node = reader.find(key);
    if (!node || node->isScalar()) return node;
    refuse(*node, fmt::format("'{}' must be {}, not {}", key, expected, describe(*node)));
    return nullptr;
}

void Section::Impl::refuse(const Node& node, std::string text) {
    reader.problem(node, std::move(text));
}

Section makeSection(std::shared_ptr<SettingsFile> file, NodePtr node, std::string path) {
    return Section(
        std::make_shared<Section::Impl>(std::move(file), std::move(node), std::move(path)));
}

Section::Impl& SectionAccess::impl(Section& section) { return *section.impl_; }

Section::Section() : Section(fromText("", "")) {}
Section::Section(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Section Section::fromText(std::string_view yaml, std::string_view file_name) {
    auto file = std::make_shared<SettingsFile>();
    file->name = file_name;
    file->folder = folderOf(file->name);
    NodePtr root = parseYaml(yaml, file->name, file->problems);
    return makeSection(std::move(file), std::move(root), "");
}

std::chrono::seconds Section::duration(std::string_view key, DurationBounds bounds,
                                       std::string_view meaning) {
    const std::string low = durationText(bounds.min), high = durationText(bounds.max);
    const NodePtr node = impl_->scalar(
        key, {"", "duration", durationText(bounds.fallback), low, high, std::string(meaning)},
        "a duration such as 30s, 5m, 2h or 3d");
    if (!node) return bounds.fallback;
    const auto period = parsePeriod(node->text);
    const auto length = period ? secondsOf(*period) : std::nullopt;
    if (!length) {
        impl_->refuse(
            *node, fmt::format("'{}' must be a duration such as 30s, 5m, 2h or 3d, not {}{}", key,
                               quote(node->text), period ? "; business days need a calendar" : ""));
    } else if (*length < bounds.min || *length > bounds.max) {
        impl_->refuse(
            *node, fmt::format("'{}' must be from {} to {}, not {}", key, low, high, node->text));
    } else {
        return *length;
    }
    return bounds.fallback;
}

std::int64_t Section::number(std::string_view key, NumberBounds bounds, std::string_view meaning) {
    const NodePtr node =
        impl_->scalar(key,
                      {"", "number", std::to_string(bounds.fallback), std::to_string(bounds.min),
                       std::to_string(bounds.max), std::string(meaning)},
                      "a whole number");
    if (!node) return bounds.fallback;
    const auto value = parseWhole<std::int64_t>(node->text);
    if (!value) {
        impl_->refuse(*node,
                      fmt::format("'{}' must be a whole number, not {}", key, quote(node->text)));
    } else if (*value < bounds.min || *value > bounds.max) {
        impl_->refuse(*node, fmt::format("'{}' must be from {} to {}, not {}", key, bounds.min,
                                         bounds.max, *value));
    } else {
        return *value;
    }
    return bounds.fallback;
}

double Section::share(std::string_view key, ShareBounds bounds, std::string_view meaning) {
    const NodePtr node = impl_->scalar(
        key,
        {"", "share", fmt::format("{}", bounds.fallback), fmt::format("{}", bounds.min),
         fmt::format("{}", bounds.max), std::string(meaning)},
        "a number");
    if (!node) return bounds.fallback;
    const auto value = parseWhole<double>(node->text);
    if (!value || !std::isfinite(*value)) {
        impl_->refuse(*node, fmt::format("'{}' must be a number such as 0.2, not {}", key,
                                         quote(node->text)));
    } else if (*value < bounds.min || *value > bounds.max) {
        impl_->refuse(*node, fmt::format("'{}' must be from {} to {}, not {}", key, bounds.min,
                                         bounds.max, node->text));
    } else {
        return *value;
    }
    return bounds.fallback;
}

bool Section::flag(std::string_view key, bool fallback, std::string_view meaning) {
    const NodePtr node =
        impl_->scalar(key, {"", "flag", fallback ? "true" : "false", "", "", std::string(meaning)},
                      "true or false");
    if (!node) return fallback;
    if (node->text == "true") return true;
    if (node->text == "false") return false;
    impl_->refuse(*node, fmt::format("'{}' must be true or false, not {}", key, quote(node->text)));
    return fallback;
}

std::string Section::text(std::string_view key, std::string_view fallback,
                          std::string_view meaning) {
    const NodePtr node = impl_->scalar(
        key, {"", "text", std::string(fallback), "", "", std::string(meaning)}, "a text");
    if (!node) return std::string(fallback);
    const std::string fault = textFault(node->text);
    if (fault.empty()) return node->text;
    impl_->refuse(*node, fmt::format("'{}' {}", key, fault));
    return std::string(fallback);
}

std::string Section::required(std::string_view key, std::string_view meaning) {
    impl_->declare(key, {"", "text", "required", "", "", std::string(meaning)});
    if (!impl_->reader.has(key)) {
        (void)impl_->reader.need(key, meaning);
        return {};
    }
    std::string value = text(key, "", meaning);
    if (value.empty() && impl_->reader.find(key) && impl_->reader.find(key)->isScalar())
        problem(key, fmt::format("'{}' must not be empty", key));
    return value;
}

std::string Section::choice(std::string_view key, const std::vector<std::string>& words,
                            std::string_view fallback, std::string_view meaning) {
    const NodePtr node = impl_->scalar(
        key, {"", choiceType(words), std::string(fallback), "", "", std::string(meaning)},
        choiceText(words));
    if (!node) return std::string(fallback);
    if (std::ranges::find(words, node->text) != words.end()) return node->text;
    impl_->refuse(*node, fmt::format("'{}' must be {}, not {}{}", key, choiceText(words),
                                     quote(node->text), didYouMean(node->text, words)));
    return std::string(fallback);
}

std::vector<std::string> Section::texts(std::string_view key, std::string_view meaning) {
    impl_->declare(key, {"", "texts", "", "", "", std::string(meaning)});
    const NodePtr node = impl_->reader.find(key);
    if (!node) return {};
    if (node->isMapping() || node->items.size() > kListMax) {
        impl_->refuse(*node, fmt::format("'{}' must be a list of at most {} texts", key, kListMax));
        return {};
    }
    std::vector<std::string> values;
    const auto take = [&](const Node& item) {
        const std::string fault = item.isScalar() ? textFault(item.text) : "must hold texts only";
        if (fault.empty()) return values.push_back(item.text);
        impl_->refuse(item, fmt::format("'{}' {}", key, fault));
    };
    if (node->isScalar()) take(*node);
    for (const NodePtr& item : node->items) take(*item);
    return values;
}

std::string Section::path(std::string_view key, std::string_view fallback,
                          std::string_view meaning) {
    impl_->declare(key, {"", "path", std::string(fallback), "", "", std::string(meaning)});
    const std::string value = text(key, fallback, meaning);
    return value.empty() ? value : resolvePath(impl_->file->folder, value);
}

std::optional<Secret> Section::secret(std::string_view key, std::string_view meaning) {
    impl_->declare(key, {"", "secret", "", "", "", std::string(meaning)});
    const NodePtr node = impl_->reader.find(key);
    if (!node) return std::nullopt;
    if (!node->isMapping()) {
        impl_->refuse(*node,
                      fmt::format("'{}' is a secret and must not stand here itself; write "
                                  "{{ file: PATH }}, {{ env: NAME }} or {{ credential: NAME }}",
                                  key));
        return std::nullopt;
    }
    MapReader reader(node, impl_->file->name, fmt::format("the secret '{}'", key),
                     impl_->file->problems);
    auto read = readSecret(reader, *node, impl_->file->folder);
    if (read) impl_->file->secrets.push_back(*read);
    return read;
}

std::shared_ptr<const std::vector<Secret>> secretsOfFile(Section section) {
    const auto& file = SectionAccess::impl(section).file;
    return {file, &file->secrets};
}

std::function<std::optional<Secret>()> Section::renewedSecret(std::string_view key,
                                                              std::string_view meaning) {
    // What is wrong with it now is reported now.
    if (!secret(key, meaning)) return nullptr;
    const auto place = impl_->file->secrets.size() - 1;
    return [node = impl_->reader.find(key), file = impl_->file, place]() -> std::optional<Secret> {
        auto later = file->problems;  // Nobody reads a list of problems once the daemon runs.
        MapReader reader(node, file->name, "the secret", later);
        auto read = readSecret(reader, *node, file->folder);
        if (read) file->secrets[place] = *read;
        return read;
    };
}

std::vector<std::pair<std::string, std::string>> Section::table(std::string_view key,
                                                                std::string_view meaning) {
    impl_->declare(key, {"", "table", "", "", "", std::string(meaning)});
    const NodePtr node = impl_->reader.find(key);
    if (!node) return {};
    if (!node->isMapping() || node->entries.size() > kListMax) {
        impl_->refuse(*node, fmt::format("'{}' must be a mapping of at most {} keys to texts", key,
                                         kListMax));
        return {};
    }
    std::vector<std::pair<std::string, std::string>> rows;
    for (const Node::Entry& entry : node->entries) {
        const std::string fault =
            entry.value->isScalar() ? textFault(entry.value->text) : "must be a text";
        if (fault.empty())
            rows.emplace_back(entry.key, entry.value->text);
        else
            impl_->refuse(*entry.value, fmt::format("{} in '{}' {}", quote(entry.key), key, fault));
    }
    return rows;
}

Section Section::child(std::string_view key, std::string_view meaning) {
    impl_->declare(key, {"", "section", "", "", "", std::string(meaning)});
    NodePtr node = impl_->reader.find(key);
    if (!node) {
        const Place here = impl_->reader.place();
        auto empty = std::make_shared<Node>();
        empty->line = here.line;
        empty->column = here.column;
        node = std::move(empty);
    }
    impl_->parts.push_back(makeSection(impl_->file, node, impl_->fullPath(key)));
    return impl_->parts.back();
}

std::vector<Section> Section::children(std::string_view key, std::string_view meaning) {
    impl_->declare(key, {"", "list of sections", "", "", "", std::string(meaning)});
    const NodePtr node = impl_->reader.find(key);
    if (!node) return {};
    if (!node->isSequence() || node->items.size() > kListMax) {
        impl_->refuse(*node, node->isSequence()
                                 ? fmt::format("'{}' has more than {} entries", key, kListMax)
                                 : fmt::format("'{}' must be a list of mappings, each beginning "
                                               "with '- ', not {}",
                                               key, describe(*node)));
        return {};
    }
    std::vector<Section> found;
    for (const NodePtr& item : node->items)
        found.push_back(makeSection(impl_->file, item, impl_->fullPath(key) + "[]"));
    impl_->parts.insert(impl_->parts.end(), found.begin(), found.end());
    return found;
}

std::vector<std::string> Section::keys() const {
    std::vector<std::string> names;
    for (const Node::Entry& entry : impl_->reader.entries()) names.push_back(entry.key);
    return names;
}

bool Section::has(std::string_view key) const { return impl_->reader.has(key); }
Place Section::place(std::string_view key) const { return impl_->reader.placeOf(key); }
Place Section::place() const { return impl_->reader.place(); }

void Section::problem(std::string_view key, std::string text, Severity severity) {
    if (key == "kind" && severity == Severity::Error) impl_->kind_refused = true;
    impl_->reader.problem(place(key), std::move(text), severity);
}

void Section::finish() {
    for (Section& part : impl_->parts)
        if (!part.impl_->read_elsewhere) part.finish();
    if (!impl_->kind_refused) impl_->reader.finish();
}

const Problems& Section::problems() const { return impl_->file->problems; }

std::vector<Section::Declared> Section::declared() const {
    std::vector<Declared> all = impl_->declared;
    for (const Section& part : impl_->parts)
        for (const Declared& inner : part.declared()) {
            const auto same = [&](const Declared& known) {
                return known.path == inner.path && known.meaning == inner.meaning;
            };
            if (std::ranges::none_of(all, same)) all.push_back(inner);
        }
    return all;
}

}  // namespace backorderd::config
