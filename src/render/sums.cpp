#include "render/sums.hpp"

#include <algorithm>
#include <cmath>

#include "render/case_story.hpp"

namespace backorderd::render {
namespace {

/// Far from the end of Decimal's range, so that no further step of a sum can leave it.
constexpr double kLargestMillionths = 4e18;

}  // namespace

std::optional<Decimal> sumOf(Entries entries, Decimal (*part)(const EntryView& entry)) {
    double estimate = 0;
    Decimal sum;
    for (const EntryView* entry : entries) {
        const Decimal more = part(*entry);
        estimate += std::abs(static_cast<double>(more.millionths()));
        if (estimate > kLargestMillionths) return std::nullopt;
        sum = sum + more;
    }
    return sum;
}

Decimal openPart(const EntryView& entry) { return entry.line->open(); }

Decimal awaitedPart(const EntryView& entry) { return entry.awaited.value_or(entry.line->open()); }

Decimal proposedPart(const EntryView& entry) {
    const AllocationProposed* proposed = proposalOf(*entry.entry);
    return proposed == nullptr ? Decimal{} : proposed->quantity;
}

std::optional<Money> valueOf(Entries entries) {
    const std::string& currency = entries.front()->line->unit_price.currency;
    const bool agree = std::all_of(entries.begin(), entries.end(), [&](const EntryView* entry) {
        return entry->line->unit_price.currency == currency;
    });
    if (currency.empty() || !agree) return std::nullopt;
    const auto sum =
        sumOf(entries, [](const EntryView& entry) { return entry.line->openValue().amount; });
    return sum ? std::optional{Money{*sum, currency}} : std::nullopt;
}

std::optional<Decimal> expectedOf(Entries entries) {
    // Each line of an item says the same of the item.
    for (const EntryView* entry : entries) {
        if (entry->entry->expected) return entry->entry->expected;
    }
    return std::nullopt;
}

std::optional<Decimal> shortOf(Entries entries) {
    const auto awaited = sumOf(entries, awaitedPart);
    const Decimal expected = std::max(expectedOf(entries).value_or(Decimal{}), Decimal{});
    return awaited ? std::optional{std::max(*awaited - expected, Decimal{})} : std::nullopt;
}

std::optional<int> leadTimeOf(Entries entries) {
    std::optional<int> longest;
    for (const EntryView* entry : entries) {
        longest = std::max(longest, entry->entry->lead_time_days);
    }
    return longest;
}

std::optional<Date> orderBy(Entries entries) {
    std::optional<Date> earliest;
    for (const EntryView* entry : entries) {
        const OrderLine& line = *entry->line;
        const std::optional<Date>& needed = line.promise.to ? line.promise.to : line.requested;
        if (!needed || !entry->entry->lead_time_days) continue;
        const Date day = *needed - std::chrono::days{*entry->entry->lead_time_days};
        earliest = std::min(earliest.value_or(day), day);
    }
    return earliest;
}

}  // namespace backorderd::render
