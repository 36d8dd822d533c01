#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/dates.hpp"
#include "backorderd/decimal.hpp"
#include "backorderd/line.hpp"
#include "backorderd/money.hpp"

/// How a language writes dates, numbers and money. Another language is another row in locale.cpp.
namespace backorderd::render {

/// Patterns name their parts: `{d}` day, `{m}` month, `{y}` year, and `{d2}`, `{m2}`, `{y2}` for
/// the end of a range.
struct Locale {
    std::string_view language;  ///< lower case, `de-at`
    std::array<std::string_view, 12> months;
    std::string_view date;
    std::string_view range_in_month;
    std::string_view range_in_year;
    std::string_view range;
    std::string_view group;    ///< between thousands
    std::string_view decimal;  ///< before the fraction
    std::string_view money;    ///< `{code}` and `{amount}`
    std::string_view day;      ///< '1 day'
    std::string_view days;     ///< '2 days'
};

/// The row of a language, of the language without its last parts, or of English.
const Locale& findLocale(std::string_view language);

std::string dateText(Date date, const Locale& locale);
/// One date where both ends are equal, else the range; the promise must be known.
std::string promiseText(const Promise& promise, const Locale& locale);
std::string numberText(Decimal number, const Locale& locale);
std::string moneyText(const Money& money, const Locale& locale);
/// '1 day', '21 days'
std::string dayCountText(long count, const Locale& locale);

/// `de_AT` as `de-at`: the form in which languages are compared.
std::string languageKey(std::string_view language);
/// `de-at`, `de`: the language and each of its shorter forms. Empty for an empty language.
std::vector<std::string> languageChain(std::string_view language);

}  // namespace backorderd::render
