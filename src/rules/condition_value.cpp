#include "rules/condition_value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "rules/rules.hpp"

namespace backorderd::rules {
namespace {

using Derived = ConditionField::Derived;
using std::chrono::days;

Value textOrUnknown(std::string text) {
    if (text.empty()) return {};
    return text;
}

Value columnValue(const ConditionField& field, const OrderLine& line) {
    auto text = field.column->get(line);
    if (field.type == ConditionType::Flag) return text == "true";
    if (text.empty()) return {};
    if (field.type == ConditionType::Number) {
        if (const auto number = Decimal::parse(text)) return *number;
        return {};
    }
    if (field.type == ConditionType::Date) {
        if (const auto date = parseDate(text)) return *date;
        return {};
    }
    return text;
}

Value attributeValue(const Test& test, const OrderLine& line) {
    std::string_view key;
    const auto* const attributes = attributesOf(line, test.attribute, key);
    if (!attributes) return {};
    const auto found = attributes->find(key);
    return found == attributes->end() ? Value{} : textOrUnknown(found->second);
}

/// The bound as whole days, rounded up or down.
days roundUp(Decimal number) {
    const auto whole = number.millionths() / Decimal::kScale;
    const bool more = number.millionths() % Decimal::kScale > 0;
    return days{static_cast<int>(whole + (more ? 1 : 0))};
}
days roundDown(Decimal number) {
    const auto whole = number.millionths() / Decimal::kScale;
    const bool less = number.millionths() % Decimal::kScale < 0;
    return days{static_cast<int>(whole - (less ? 1 : 0))};
}

/// Calendar days until a date. On which day the answer changes is known from the bounds; that to
/// another question may change every midnight.
Value daysUntil(std::optional<Date> date, const Test& test, Question& question) {
    if (!date) return {};
    std::optional<Date> next;
    const auto changesOn = [&](Date day) {
        if (day > question.today() && (!next || day < *next)) next = day;
    };
    if (!test.any_of.empty()) changesOn(question.today() + days{1});
    if (test.min) changesOn(*date - roundUp(*test.min) + days{1});
    if (test.max) changesOn(*date - roundDown(*test.max));
    if (next) question.mayChangeAt(question.zone().startOf(*next));
    return Decimal{static_cast<int>((*date - question.today()).count())};
}

Value sinceValue(Timestamp began, const Test& test, Question& question) {
    const auto bound = [&](Period period) {
        return addPeriod(began, period, question.calendar, question.zone());
    };
    if (test.min_age) question.mayChangeAt(bound(*test.min_age));
    if (test.max_age) question.mayChangeAt(bound(*test.max_age) + std::chrono::seconds{1});
    return Since{began};
}

Value lapsedValue(const OrderLine& line, Question& question) {
    if (!line.promise.to) return false;
    question.mayChangeAt(question.zone().startOf(*line.promise.to + days{1}));
    return *line.promise.to < question.today();
}

int slipsOf(const Case& subject) {
    return static_cast<int>(
        std::count_if(subject.events.begin(), subject.events.end(), [](const CaseEvent& entry) {
            const auto* const moved = std::get_if<PromiseMoved>(&entry.event);
            return moved && moved->isSlip();
        }));
}

/// The last that was noted of one kind; empty where nothing was.
std::string lastNoted(const Case& subject, std::string Responded::*what) {
    for (auto entry = subject.events.rbegin(); entry != subject.events.rend(); ++entry) {
        const auto* const response = std::get_if<Responded>(&entry->event);
        if (response && !(response->*what).empty()) return response->*what;
    }
    return {};
}

std::string_view latestOfferState(const Case& subject) {
    const auto offers = offersOf(subject);
    return offers.empty() ? "none" : offerStateName(offers.back().state);
}

Value openOfferAge(const Test& test, Question& question) {
    const auto offers = offersOf(question.subject);
    if (offers.empty() || offers.back().state != OfferView::State::Open || !offers.back().heard_at)
        return {};
    return sinceValue(*offers.back().heard_at, test, question);
}

bool supplyLate(const OrderLine& line) {
    return line.supply.expected && line.promise.to && *line.supply.expected > *line.promise.to;
}

bool fullyAllocated(const OrderLine& line) {
    return line.allocated && line.isOpen() && *line.allocated >= line.open();
}

Value dateOrUnknown(std::optional<Date> date) { return date ? Value{*date} : Value{}; }

bool globMatches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool textPasses(const Test& test, const std::string& text) {
    const bool listed = test.any_of.empty() || std::find(test.any_of.begin(), test.any_of.end(),
                                                         text) != test.any_of.end();
    return listed && (test.like.empty() || globMatches(test.like, text));
}

/// Numbers are equal by value: `10` and `10.0` are the same.
bool numberPasses(const Test& test, Decimal number) {
    const auto equals = [number](const std::string& text) {
        return Decimal::parse(text) == number;
    };
    if (!test.any_of.empty() && std::none_of(test.any_of.begin(), test.any_of.end(), equals))
        return false;
    return (!test.min || number >= *test.min) && (!test.max || number <= *test.max);
}

bool datePasses(const Test& test, Date date) {
    if (!test.any_of.empty() && !textPasses(test, formatDate(date))) return false;
    return (!test.from || date >= *test.from) && (!test.until || date <= *test.until);
}

bool sincePasses(const Test& test, Timestamp began, Question& question) {
    const auto bound = [&](Period period) {
        return addPeriod(began, period, question.calendar, question.zone());
    };
    return (!test.min_age || question.now >= bound(*test.min_age)) &&
           (!test.max_age || question.now <= bound(*test.max_age));
}

bool flagPasses(const Test& test, bool flag) {
    if (!test.any_of.empty() && !textPasses(test, flag ? "true" : "false")) return false;
    return !test.flag || *test.flag == flag;
}

struct Passes {
    const Test& test;
    Question& question;

    bool operator()(std::monostate) const { return test.or_unknown; }
    bool operator()(const std::string& text) const { return textPasses(test, text); }
    bool operator()(Decimal number) const { return numberPasses(test, number); }
    bool operator()(const Money& money) const {
        return (test.currency.empty() || test.currency == money.currency) &&
               numberPasses(test, money.amount);
    }
    bool operator()(Date date) const { return datePasses(test, date); }
    bool operator()(const Since& since) const { return sincePasses(test, since.began, question); }
    bool operator()(bool flag) const { return flagPasses(test, flag); }
};

std::string spanInWords(std::chrono::seconds span) {
    using std::chrono::floor;
    if (const auto whole = floor<days>(span); whole.count() > 0)
        return fmt::format("{}d", whole.count());
    if (const auto whole = floor<std::chrono::hours>(span); whole.count() > 0)
        return fmt::format("{}h", whole.count());
    return fmt::format("{}m", floor<std::chrono::minutes>(span).count());
}

struct InWords {
    const Question& question;

    std::string operator()(std::monostate) const { return "unknown"; }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(Decimal number) const { return number.toString(); }
    std::string operator()(const Money& money) const {
        return money.currency.empty()
                   ? money.amount.toString()
                   : fmt::format("{} {}", money.amount.toString(), money.currency);
    }
    std::string operator()(Date date) const { return formatDate(date); }
    std::string operator()(const Since& since) const {
        return spanInWords(question.now - since.began);
    }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
};

}  // namespace

Value findValue(const Test& test, Question& question) {
    const auto& subject = question.subject;
    const auto& line = subject.line;
    switch (test.field->derived) {
        case Derived::Line:
            return columnValue(*test.field, line);
        case Derived::Attribute:
            return attributeValue(test, line);
        case Derived::OpenQuantity:
            return line.open();
        case Derived::OpenValue:
            return line.openValue();
        case Derived::Age:
            return sinceValue(subject.opened_at, test, question);
        case Derived::PromiseDate:
            return dateOrUnknown(line.promise.to);
        case Derived::PromiseInDays:
            return daysUntil(line.promise.to, test, question);
        case Derived::Slips:
            return Decimal{slipsOf(subject)};
        case Derived::Lapsed:
            return lapsedValue(line, question);
        case Derived::Uncovered:
            return !line.supply.covered();
        case Derived::SupplyInDays:
            return daysUntil(line.supply.expected, test, question);
        case Derived::SupplyLate:
            return supplyLate(line);
        case Derived::FullyAllocated:
            return fullyAllocated(line);
        case Derived::ReleaseInDays:
            return daysUntil(line.release_date, test, question);
        case Derived::CustomerHeard:
            return customerHeard(subject);
        case Derived::CustomerSilence:
            return sinceValue(lastHeardOrOpened(subject), test, question);
        case Derived::Adopted:
            return subject.adopted;
        case Derived::PaymentInDays:
            return daysUntil(line.payment.authorised_until, test, question);
        case Derived::Answer:
            return textOrUnknown(lastNoted(subject, &Responded::answer));
        case Derived::Sentiment:
            return textOrUnknown(lastNoted(subject, &Responded::sentiment));
        case Derived::OfferState:
            return std::string{latestOfferState(subject)};
        case Derived::OfferAge:
            return openOfferAge(test, question);
    }
    return {};
}

bool passes(const Test& test, const Value& value, Question& question) {
    const bool known = !std::holds_alternative<std::monostate>(value);
    if (test.known && *test.known != known) return false;
    if (test.known && !known) return true;
    return std::visit(Passes{test, question}, value);
}

std::string valueInWords(const Value& value, const Question& question) {
    return std::visit(InWords{question}, value);
}

std::string testInWords(const Test& test) {
    std::vector<std::string> parts;
    if (test.any_of.size() == 1) parts.push_back(test.any_of.front());
    if (test.any_of.size() > 1)
        parts.push_back(fmt::format("one of {}", fmt::join(test.any_of, ", ")));
    if (!test.like.empty()) parts.push_back(fmt::format("like {}", test.like));
    const auto unit = test.currency.empty() ? "" : " " + test.currency;
    if (test.min) parts.push_back(fmt::format("at least {}{}", test.min->toString(), unit));
    if (test.max) parts.push_back(fmt::format("at most {}{}", test.max->toString(), unit));
    if (test.min_age) parts.push_back("at least " + formatPeriod(*test.min_age));
    if (test.max_age) parts.push_back("at most " + formatPeriod(*test.max_age));
    if (test.from) parts.push_back("not before " + formatDate(*test.from));
    if (test.until) parts.push_back("not after " + formatDate(*test.until));
    if (test.known) parts.emplace_back(*test.known ? "known" : "unknown");
    if (test.flag) parts.emplace_back(*test.flag ? "true" : "false");
    return fmt::format("{}{}", fmt::join(parts, " and "), test.or_unknown ? ", or unknown" : "");
}

}  // namespace backorderd::rules
