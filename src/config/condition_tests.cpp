#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kAlternativesMax = 10'000;
constexpr std::size_t kPatternBytesMax = 200;
constexpr PeriodBounds kAgeBounds{{0, Period::Unit::Seconds}, {3660, Period::Unit::Days}};
const std::vector<std::string> kKinds{"backorder", "preorder", "drop-ship", "made-to-order"};
const std::vector<std::string> kOfferStates{"none",     "open",    "accepted",
                                            "declined", "expired", "withdrawn"};

/// The values of a field that has only a few; null for any other.
const std::vector<std::string>* wordsOf(const ConditionField& field) {
    switch (field.derived) {
        case ConditionField::Derived::Answer:
            return &kAnswerWords;
        case ConditionField::Derived::Sentiment:
            return &kSentimentWords;
        case ConditionField::Derived::OfferState:
            return &kOfferStates;
        default:
            break;
    }
    const bool kind = field.column != nullptr && field.column->type == FieldType::Kind;
    return kind ? &kKinds : nullptr;
}
/// An answer may be unknown, a kind never.
bool isAlwaysKnown(const ConditionField& field) {
    return wordsOf(field) == &kKinds || wordsOf(field) == &kOfferStates;
}

/// What a bound or an equality of the field looks like, for problems.
std::string_view formOf(ConditionType type) {
    switch (type) {
        case ConditionType::Text:
            return "a text";
        case ConditionType::Number:
            return "a number such as 12.5";
        case ConditionType::Money:
            return "{ min: 1000, currency: USD }";
        case ConditionType::Date:
            return "a date such as 2026-03-20";
        case ConditionType::Days:
            return "a whole number of days";
        case ConditionType::Age:
            return "{ min: 10bd }";
        case ConditionType::Count:
            return "a whole number from 0";
        case ConditionType::Flag:
            return "true or false";
    }
    return {};
}

/// The canonical text of a value that a field of the type can have; nullopt where it cannot.
std::optional<std::string> canonical(const ConditionField& field, const std::string& text) {
    if (const auto* words = wordsOf(field)) {
        const bool known = std::ranges::find(*words, text) != words->end();
        return known ? std::optional(text) : std::nullopt;
    }
    switch (field.type) {
        case ConditionType::Text:
            return text;
        case ConditionType::Number: {
            const auto number = Decimal::parse(text);
            return number ? std::optional(number->toString()) : std::nullopt;
        }
        case ConditionType::Date: {
            const auto date = parseDate(text);
            return date ? std::optional(formatDate(*date)) : std::nullopt;
        }
        case ConditionType::Days:
        case ConditionType::Count: {
            int days = 0;
            const char* end = text.data() + text.size();
            const auto [stopped, error] = std::from_chars(text.data(), end, days);
            const bool fits = error == std::errc{} && stopped == end && days <= 100'000 &&
                              days >= (field.type == ConditionType::Count ? 0 : -100'000);
            return fits ? std::optional(std::to_string(days)) : std::nullopt;
        }
        case ConditionType::Money:
        case ConditionType::Age:
        case ConditionType::Flag:
            return std::nullopt;
    }
    return std::nullopt;
}

/// Reads the right side of one entry of a condition.
class TestReader {
public:
    TestReader(MapReader& condition, std::string_view name, const ConditionField& field)
        : condition_(condition), name_(name), field_(field) {}

    Test read(const NodePtr& node) {
        if (node->isMapping())
            readBounds(node);
        else if (field_.type == ConditionType::Flag)
            readFlagValue(*node);
        else if (field_.type == ConditionType::Money || field_.type == ConditionType::Age)
            refuse(*node, fmt::format("{} cannot be compared with {}; write it as {}", quote(name_),
                                      describe(*node), formOf(field_.type)));
        else
            readAlternatives(node);
        return std::move(test_);
    }

private:
    void refuse(const Node& node, std::string text) { condition_.problem(node, std::move(text)); }

    void refuseValue(const Node& node) {
        const auto* words = wordsOf(field_);
        if (words && node.isScalar())
            return refuse(node,
                          fmt::format("{} is no {}; there are {}{}", quote(node.text),
                                      words == &kKinds ? "kind of line"
                                                       : fmt::format("value of {}", quote(name_)),
                                      wordList(*words, "and"), didYouMean(node.text, *words)));
        refuse(node, fmt::format("{} must be {}, not {}", quote(name_), formOf(field_.type),
                                 describe(node)));
    }

    void readFlagValue(const Node& node) {
        if (node.isScalar() && (node.text == "true" || node.text == "false"))
            test_.flag = node.text == "true";
        else
            refuseValue(node);
    }

    void readAlternatives(const NodePtr& node) {
        const auto items = listOf(node);
        if (items.empty() || items.size() > kAlternativesMax)
            return refuse(*node, fmt::format("{} must list from 1 to {} values", quote(name_),
                                             kAlternativesMax));
        for (const NodePtr& item : items) {
            const auto value = item->isScalar() ? canonical(field_, item->text) : std::nullopt;
            if (value)
                test_.any_of.push_back(*value);
            else
                refuseValue(*item);
        }
    }

    void readBounds(const NodePtr& node) {
        MapReader map(node, condition_.place().file, fmt::format("the test of {}", quote(name_)),
                      problems_);
        const bool compares = isComparable();
        if (isFreeText()) readPattern(map);
        if (field_.type != ConditionType::Flag && !isAlwaysKnown(field_)) readKnown(map);
        if (compares) {
            readMinMax(map);
            if (field_.type == ConditionType::Money) readCurrency(map);
        }
        if (compares || isFreeText())
            test_.or_unknown = readFlag(map, "or_unknown").value_or(false);
        checkWhole(map, *node);
        refuseForeignKeys(map);
        map.finish();
        for (Problem& problem : problems_)
            condition_.problem(problem.place, std::move(problem.text), problem.severity);
    }

    bool isFreeText() const { return field_.type == ConditionType::Text && !wordsOf(field_); }

    bool isComparable() const {
        return field_.type != ConditionType::Text && field_.type != ConditionType::Flag;
    }

    void readPattern(MapReader& map) {
        const NodePtr node = map.find("like");
        const std::string* text = scalarText(map, node, "like", "a pattern such as \"PX-*\"");
        if (!text) return;
        if (text->empty() || text->size() > kPatternBytesMax)
            map.problem(*node,
                        fmt::format("'like' must have from 1 to {} characters", kPatternBytesMax));
        test_.like = *text;
    }

    void readKnown(MapReader& map) {
        const NodePtr node = map.find("is");
        const std::string* text = scalarText(map, node, "is", "known or unknown");
        if (!text) return;
        if (*text == "known" || *text == "unknown")
            test_.known = *text == "known";
        else
            map.problem(*node, fmt::format("'is' must be known or unknown, not {}{}", quote(*text),
                                           didYouMean(*text, {"known", "unknown"})));
    }

    void readMinMax(MapReader& map) {
        if (field_.type == ConditionType::Age) {
            test_.min_age = readPeriod(map, "min", kAgeBounds);
            test_.max_age = readPeriod(map, "max", kAgeBounds);
            if (test_.min_age && test_.max_age && test_.min_age->unit == test_.max_age->unit)
                checkOrder(map, test_.min_age->count > test_.max_age->count);
            return;
        }
        const auto min = readBound(map, "min"), max = readBound(map, "max");
        if (field_.type == ConditionType::Date) {
            if (min) test_.from = parseDate(*min);
            if (max) test_.until = parseDate(*max);
            checkOrder(map, test_.from && test_.until && *test_.from > *test_.until);
            return;
        }
        if (min) test_.min = Decimal::parse(*min);
        if (max) test_.max = Decimal::parse(*max);
        checkOrder(map, test_.min && test_.max && *test_.min > *test_.max);
    }

    std::optional<std::string> readBound(MapReader& map, std::string_view key) {
        const NodePtr node = map.find(key);
        if (!node) return std::nullopt;
        std::optional<std::string> value;
        if (node->isScalar() && field_.type == ConditionType::Money) {
            if (const auto number = Decimal::parse(node->text)) value = number->toString();
        } else if (node->isScalar()) {
            value = canonical(field_, node->text);
        }
        if (!value)
            map.problem(*node,
                        fmt::format("{} of {} must be {}, not {}", quote(key), quote(name_),
                                    field_.type == ConditionType::Money ? "an amount such as 1000"
                                                                        : formOf(field_.type),
                                    describe(*node)));
        return value;
    }

    void checkOrder(MapReader& map, bool wrong) {
        if (wrong)
            map.problem(map.placeOf("min"), fmt::format("'min' of {} is above its 'max'; no line "
                                                        "can match",
                                                        quote(name_)));
    }

    void readCurrency(MapReader& map) {
        const NodePtr node = map.find("currency");
        const std::string* text = scalarText(map, node, "currency", "a code such as USD");
        if (!text) return;
        const bool fits = text->size() == 3 &&
                          std::ranges::all_of(*text, [](char c) { return c >= 'A' && c <= 'Z'; });
        if (!fits)
            map.problem(*node, fmt::format("'currency' must be a code of three capitals such as "
                                           "USD, not {}",
                                           quote(*text)));
        test_.currency = *text;
    }

    void checkWhole(MapReader& map, const Node& node) {
        const bool bounded = map.has("min") || map.has("max");
        if (node.entries.empty())
            return map.problem(node, fmt::format("the test of {} asks for nothing; say what it "
                                                 "must be",
                                                 quote(name_)));
        if (field_.type == ConditionType::Money && bounded && !map.has("currency"))
            map.problem(node, fmt::format("{} needs a currency; money of different currencies is "
                                          "never compared: add 'currency: USD'",
                                          quote(name_)));
        if (map.has("is") && node.entries.size() > 1)
            map.problem(map.placeOf("is"),
                        "'is' stands alone; use 'or_unknown: true' beside bounds");
        if (!map.has("is") && !bounded && !map.has("like") &&
            (map.has("or_unknown") || map.has("currency")))
            map.problem(node, fmt::format("the test of {} has no bound; add {}", quote(name_),
                                          isComparable() ? "'min' or 'max'" : "'like'"));
    }

    /// Keys that exist, but not for a field of this type: say why rather than 'unknown key'.
    void refuseForeignKeys(MapReader& map) {
        const auto foreign = [&](std::string_view key, std::string_view reason) {
            if (!map.has(key)) return;
            map.problem(map.placeOf(key),
                        fmt::format("'{}' is no question for {}, {}", key, quote(name_), reason));
            (void)map.find(key);
        };
        const std::string must = fmt::format("which is {}", formOf(field_.type));
        if (wordsOf(field_))
            foreign("like", "which has one of a few values; list those that match");
        else if (field_.type != ConditionType::Text)
            foreign("like", isComparable() ? "which is no text; use 'min' and 'max'" : must);
        if (!isComparable()) {
            const std::string_view reason = field_.type == ConditionType::Flag
                                                ? "which is true or false"
                                                : "which is a text; use equality, a list or 'like'";
            if (field_.type == ConditionType::Flag) foreign("is", reason);
            if (isAlwaysKnown(field_)) foreign("is", "which is always known");
            foreign("min", reason);
            foreign("max", reason);
        }
        if (field_.type != ConditionType::Money) foreign("currency", "which is no money");
    }

    MapReader& condition_;
    std::string_view name_;
    const ConditionField& field_;
    Problems problems_;
    Test test_;
};

}  // namespace

std::optional<Test> readTest(MapReader& reader, const Node::Entry& entry) {
    const ConditionField* field = findConditionField(entry.key);
    const NodePtr node = reader.find(entry.key);
    if (!field || !node) return std::nullopt;
    Test test = TestReader(reader, entry.key, *field).read(node);
    test.field = field;
    test.place = reader.placeOf(entry.key);
    if (field->derived == ConditionField::Derived::Attribute) test.attribute = entry.key;
    return test;
}

}  // namespace backorderd::config
