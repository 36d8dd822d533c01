#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "render/variables.hpp"

/// What the tables of variables share: their parts, the scopes in which rows are known, and values
/// as words.
namespace backorderd::render {

/// Each of one file, in the order of docs/templates.md.
std::span<const Variable> flagVariables();
std::span<const Variable> storyVariables();
std::span<const Variable> offerVariables();
std::span<const Variable> supplyVariables();

using Context = const ValueContext&;

inline constexpr unsigned kMessage = static_cast<unsigned>(Scope::Message);
inline constexpr unsigned kOrder = static_cast<unsigned>(Scope::Order);
inline constexpr unsigned kLine = static_cast<unsigned>(Scope::Line);
inline constexpr unsigned kItem = static_cast<unsigned>(Scope::ItemGroup);
inline constexpr unsigned kLists = kMessage | static_cast<unsigned>(Scope::Group) | kOrder | kItem;
inline constexpr unsigned kAll = kLists | kLine;

inline std::string day(const std::optional<Date>& date, Context c) {
    return date ? dateText(*date, *c.locale) : std::string{};
}
/// The day of a moment, for the recipient.
inline std::string day(Timestamp at, Context c) {
    return dateText(localDay(at, *c.request, *c.house), *c.locale);
}
/// A day that may be promised: empty once past.
inline std::string dayAhead(const std::optional<Date>& date, Context c) {
    return date >= c.request->today ? day(date, c) : std::string{};
}
/// '10 pcs'
inline std::string quantity(Decimal number, Context c) {
    const std::string& unit = c.first().line->unit;
    return numberText(number, *c.locale) + (unit.empty() ? "" : " " + unit);
}
inline std::string quantity(const std::optional<Decimal>& number, Context c) {
    return number ? quantity(*number, c) : std::string{};
}
/// Empty where there is no currency: a bare number is no price.
inline std::string price(const Money& money, Context c) {
    return money.currency.empty() ? std::string{} : moneyText(money, *c.locale);
}
inline std::string promise(const Promise& value, Context c) {
    return value.known() ? promiseText(value, *c.locale) : std::string{};
}
/// Whether it holds for every line of the scope.
template <class Holds>
bool each(Context c, Holds holds) {
    return std::all_of(c.entries.begin(), c.entries.end(),
                       [&](const EntryView* view) { return holds(*view); });
}

}  // namespace backorderd::render
