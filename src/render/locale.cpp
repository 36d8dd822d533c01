#include "render/locale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "render/render.hpp"

namespace backorderd::render {
namespace {

using Months = std::array<std::string_view, 12>;

constexpr Months kEnglishMonths{"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};
constexpr Months kGermanMonths{"Januar", "Februar", "März",      "April",   "Mai",      "Juni",
                               "Juli",   "August",  "September", "Oktober", "November", "Dezember"};
constexpr Months kAustrianMonths{"Jänner",    "Februar", "März",     "April",
                                 "Mai",       "Juni",    "Juli",     "August",
                                 "September", "Oktober", "November", "Dezember"};

constexpr std::string_view kGermanDate = "{d}. {m} {y}";
constexpr std::string_view kGermanRangeInMonth = "{d}. bis {d2}. {m} {y}";
constexpr std::string_view kGermanRangeInYear = "{d}. {m} bis {d2}. {m2} {y}";
constexpr std::string_view kGermanRange = "{d}. {m} {y} bis {d2}. {m2} {y2}";

// A language's row stands behind those of its countries only for reading; the search is by name.
constexpr std::array kLocales{
    Locale{"en", kEnglishMonths, "{d} {m} {y}", "{d} to {d2} {m} {y}", "{d} {m} to {d2} {m2} {y}",
           "{d} {m} {y} to {d2} {m2} {y2}", ",", ".", "{code} {amount}", "1 day", "{} days"},
    Locale{"en-us", kEnglishMonths, "{m} {d}, {y}", "{m} {d} to {d2}, {y}",
           "{m} {d} to {m2} {d2}, {y}", "{m} {d}, {y} to {m2} {d2}, {y2}", ",", ".",
           "{code} {amount}", "1 day", "{} days"},
    Locale{"de", kGermanMonths, kGermanDate, kGermanRangeInMonth, kGermanRangeInYear, kGermanRange,
           ".", ",", "{amount} {code}", "1 Tag", "{} Tage"},
    Locale{"de-at", kAustrianMonths, kGermanDate, kGermanRangeInMonth, kGermanRangeInYear,
           kGermanRange, ".", ",", "{code} {amount}", "1 Tag", "{} Tage"},
    Locale{"de-ch", kGermanMonths, kGermanDate, kGermanRangeInMonth, kGermanRangeInYear,
           kGermanRange, "’", ".", "{code} {amount}", "1 Tag", "{} Tage"},
};

std::string fillDates(std::string_view pattern, Date from, Date to, const Locale& locale) {
    const std::chrono::year_month_day a{from};
    const std::chrono::year_month_day b{to};
    const auto month = [&](const std::chrono::year_month_day& day) {
        return locale.months[static_cast<unsigned>(day.month()) - 1];
    };
    return fmt::format(fmt::runtime(pattern), fmt::arg("d", static_cast<unsigned>(a.day())),
                       fmt::arg("m", month(a)), fmt::arg("y", static_cast<int>(a.year())),
                       fmt::arg("d2", static_cast<unsigned>(b.day())), fmt::arg("m2", month(b)),
                       fmt::arg("y2", static_cast<int>(b.year())));
}

/// `digits` with the locale's signs; it is a number as `Decimal::toString` writes it.
std::string localiseDigits(std::string_view digits, const Locale& locale) {
    std::string out;
    if (digits.starts_with('-')) {
        out += '-';
        digits.remove_prefix(1);
    }
    const std::size_t dot = std::min(digits.find('.'), digits.size());
    for (std::size_t i = 0; i < dot; ++i) {
        if (i > 0 && (dot - i) % 3 == 0) out += locale.group;
        out += digits[i];
    }
    if (dot < digits.size()) {
        out += locale.decimal;
        out += digits.substr(dot + 1);
    }
    return out;
}

/// Digits of the smallest unit of a currency (ISO 4217), where they are not two.
int fractionDigits(std::string_view currency) {
    static constexpr std::array<std::string_view, 13> kNone{
        "JPY", "KRW", "CLP", "ISK", "VND", "XAF", "XOF", "XPF", "PYG", "UGX", "RWF", "KMF", "GNF"};
    static constexpr std::array<std::string_view, 7> kThree{"BHD", "IQD", "JOD", "KWD",
                                                            "LYD", "OMR", "TND"};
    if (std::find(kNone.begin(), kNone.end(), currency) != kNone.end()) return 0;
    if (std::find(kThree.begin(), kThree.end(), currency) != kThree.end()) return 3;
    return 2;
}

/// The amount with exactly `digits` behind the dot, rounded half away from zero as invoices are.
std::string roundedAmount(Decimal amount, int digits) {
    std::int64_t unit = Decimal::kScale;
    for (int i = 0; i < digits; ++i) unit /= 10;
    const bool negative = amount.millionths() < 0;
    // In unsigned arithmetic the most negative value has a magnitude as well.
    const auto raw = static_cast<std::uint64_t>(amount.millionths());
    const std::uint64_t magnitude = negative ? 0 - raw : raw;
    const auto step = static_cast<std::uint64_t>(unit);
    const std::uint64_t units = (magnitude + step / 2) / step;
    const std::uint64_t whole_units = static_cast<std::uint64_t>(Decimal::kScale) / step;
    std::string out = negative && units > 0 ? "-" : "";
    out += std::to_string(units / whole_units);
    if (digits > 0) out += fmt::format(".{:0{}}", units % whole_units, digits);
    return out;
}

}  // namespace

const Locale& findLocale(std::string_view language) {
    for (const std::string& candidate : languageChain(language)) {
        for (const Locale& locale : kLocales) {
            if (locale.language == candidate) return locale;
        }
    }
    return kLocales.front();
}

std::string dateText(Date date, const Locale& locale) {
    return fillDates(locale.date, date, date, locale);
}

std::string promiseText(const Promise& promise, const Locale& locale) {
    const Date from = promise.from.value();
    const Date to = promise.to.value();
    if (from == to) return dateText(from, locale);
    const std::chrono::year_month_day a{from};
    const std::chrono::year_month_day b{to};
    if (a.year() != b.year()) return fillDates(locale.range, from, to, locale);
    const bool in_month = a.month() == b.month();
    return fillDates(in_month ? locale.range_in_month : locale.range_in_year, from, to, locale);
}

std::string numberText(Decimal number, const Locale& locale) {
    return localiseDigits(number.toString(), locale);
}

std::string moneyText(const Money& money, const Locale& locale) {
    const std::string amount =
        localiseDigits(roundedAmount(money.amount, fractionDigits(money.currency)), locale);
    if (money.currency.empty()) return amount;
    return fmt::format(fmt::runtime(locale.money), fmt::arg("code", money.currency),
                       fmt::arg("amount", amount));
}

std::string dayCountText(long count, const Locale& locale) {
    if (count == 1) return std::string{locale.day};
    return fmt::format(fmt::runtime(locale.days), localiseDigits(std::to_string(count), locale));
}

std::string languageKey(std::string_view language) {
    std::string key{language};
    for (char& c : key) {
        if (c == '_') c = '-';
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    // A POSIX locale's character set and variant, `de_AT.UTF-8@euro`, are no part of a language.
    return key.substr(0, key.find_first_of(".@"));
}

std::vector<std::string> languageChain(std::string_view language) {
    std::vector<std::string> chain;
    std::string key = languageKey(language);
    while (!key.empty()) {
        chain.push_back(key);
        const std::size_t cut = key.rfind('-');
        key.resize(cut == std::string::npos ? 0 : cut);
    }
    return chain;
}

std::string localDateText(Date date, std::string_view language) {
    return dateText(date, findLocale(language));
}
std::string localNumber(Decimal number, std::string_view language) {
    return numberText(number, findLocale(language));
}
std::string localMoney(const Money& money, std::string_view language) {
    return moneyText(money, findLocale(language));
}

}  // namespace backorderd::render
