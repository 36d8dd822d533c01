#pragma once

#include <optional>
#include <span>

#include "render/entry_view.hpp"

/// What the lines of an item, an order or a message come to together.
namespace backorderd::render {

using Entries = std::span<const EntryView* const>;

/// The sum of what `part` says of each line; empty where one of them is so large that it must be a
/// mistake, and would leave the range of Decimal.
std::optional<Decimal> sumOf(Entries entries, Decimal (*part)(const EntryView& entry));

Decimal openPart(const EntryView& entry);
/// Open and not reserved; all of it where the ERP does not say.
Decimal awaitedPart(const EntryView& entry);
Decimal proposedPart(const EntryView& entry);

/// Value of what is open; empty where a line has no currency, or not the one of the others.
std::optional<Money> valueOf(Entries entries);

/// What is on order of the item for no line yet; empty: not known.
std::optional<Decimal> expectedOf(Entries entries);
/// What is awaited and not on order.
std::optional<Decimal> shortOf(Entries entries);
/// The longest lead time that is known.
std::optional<int> leadTimeOf(Entries entries);
/// The last day on which to order so that the earliest of the lines ships as promised, or as the
/// customer asked where nothing is promised. It may be over. Empty where it cannot be known.
std::optional<Date> orderBy(Entries entries);

}  // namespace backorderd::render
