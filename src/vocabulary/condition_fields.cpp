#include <algorithm>
#include <array>
#include <vector>

#include "backorderd/rule.hpp"

namespace backorderd {
namespace {

using Derived = ConditionField::Derived;
using enum ConditionType;

constexpr std::array kDerived{
    ConditionField{"attributes.*", Text, Derived::Attribute,
                   "What the connector passes through about the line."},
    ConditionField{"customer.attributes.*", Text, Derived::Attribute,
                   "What the connector passes through about the customer."},
    ConditionField{"item.attributes.*", Text, Derived::Attribute,
                   "What the connector passes through about the item."},
    ConditionField{"open", Number, Derived::OpenQuantity, "Ordered − shipped − cancelled."},
    ConditionField{"open_value", ConditionType::Money, Derived::OpenValue,
                   "The open quantity times the unit price."},
    ConditionField{"age", Age, Derived::Age, "How long the line has been on back order."},
    ConditionField{"promise.date", ConditionType::Date, Derived::PromiseDate,
                   "The promised date, or the end of the promised range."},
    ConditionField{"promise.in_days", Days, Derived::PromiseInDays,
                   "Calendar days from today until the promise; negative when it has passed."},
    ConditionField{"slips", Count, Derived::Slips, "How often the promise moved later."},
    ConditionField{"lapsed", Flag, Derived::Lapsed, "The promised date has passed."},
    ConditionField{"uncovered", Flag, Derived::Uncovered, "No supply exists for the line."},
    ConditionField{"supply.in_days", Days, Derived::SupplyInDays,
                   "Calendar days from today until the supply is expected."},
    ConditionField{"supply.late", Flag, Derived::SupplyLate,
                   "The supply is expected after the promised date."},
    ConditionField{"available", Flag, Derived::FullyAllocated,
                   "All of the open quantity is reserved for the line."},
    ConditionField{"release.in_days", Days, Derived::ReleaseInDays,
                   "Calendar days from today until a preordered item comes out."},
    ConditionField{"customer.heard", Flag, Derived::CustomerHeard,
                   "The customer has heard something of this back order."},
    ConditionField{"customer.silence", Age, Derived::CustomerSilence,
                   "How long the customer has heard nothing of this back order."},
    ConditionField{"adopted", Flag, Derived::Adopted,
                   "The line was already on back order when the first snapshot was taken."},
    ConditionField{"payment.in_days", Days, Derived::PaymentInDays,
                   "Calendar days from today until an amount held on a card can no longer be taken."},
    ConditionField{"answer", Text, Derived::Answer,
                   "What the customer answered last: keep_waiting, cancel_requested or call_me."},
    ConditionField{"sentiment", Text, Derived::Sentiment,
                   "How the customer took it, as last noted: positive, neutral or negative."},
    ConditionField{"offer", Text, Derived::OfferState,
                   "The latest offer of a substitute: none, open, accepted, declined, expired or "
                   "withdrawn."},
    ConditionField{"offer.age", Age, Derived::OfferAge,
                   "How long an open offer has been with the customer."},
};

ConditionType typeOf(const LineField& field) {
    switch (field.type) {
        case FieldType::Number: return Number;
        case FieldType::Date: return ConditionType::Date;
        case FieldType::Flag: return ConditionType::Flag;
        case FieldType::Text:
        case FieldType::Kind: break;
    }
    return Text;
}

/// Every column of a line, then what is derived; `promise` stands there as `promise.date`.
std::vector<ConditionField> makeFields() {
    std::vector<ConditionField> fields;
    for (const auto& column : lineFields())
        if (!column.name.starts_with("promise"))
            fields.push_back({column.name, typeOf(column), Derived::Line, column.meaning, &column});
    fields.insert(fields.end(), kDerived.begin(), kDerived.end());
    return fields;
}

}  // namespace

std::span<const ConditionField> conditionFields() {
    static const std::vector<ConditionField> fields = makeFields();
    return fields;
}

const ConditionField* findConditionField(std::string_view name) {
    const auto fits = [name](const ConditionField& field) {
        if (field.derived != Derived::Attribute) return field.name == name;
        const auto prefix = field.name.substr(0, field.name.size() - 1);
        return name.starts_with(prefix) && name.size() > prefix.size();
    };
    const auto fields = conditionFields();
    const auto at = std::find_if(fields.begin(), fields.end(), fits);
    return at == fields.end() ? nullptr : &*at;
}

}  // namespace backorderd
