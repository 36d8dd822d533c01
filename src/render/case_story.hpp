#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "render/render.hpp"

/// What a case's log tells a person who has to act: read from the log when a template asks for it.
/// Everything returned points into the entry.
namespace backorderd::render {

/// No list of the past is longer than this in a message; the latest are kept.
inline constexpr std::size_t kStoryMax = 20;

/// One thing that happened to the promise.
struct PromiseStep {
    enum class What { First, None, Moved, Withdrawn, Lapsed };
    What what = What::First;
    Timestamp at{};
    Promise from;  ///< of Moved, Withdrawn and Lapsed
    Promise to;    ///< of First and Moved

    /// Of Moved: days by which it moved; positive is later.
    long days() const { return (*to.to - *from.to).count(); }
};
/// How the promise came about and moved, oldest first.
std::vector<PromiseStep> promiseSteps(const Entry& entry);
/// How often it moved later.
int slipCount(const Entry& entry);
/// The last day of the promise with which the line came on back order; unknown where it had none.
std::optional<Date> firstPromised(const Entry& entry);

/// What the customer heard of the case, oldest first.
std::vector<const Notice*> toldNotices(const Entry& entry);

/// What the customer said, of the wait or of an offer.
struct Answer {
    Timestamp at{};
    std::string_view answer;     ///< `keep_waiting`, `cancel_requested`, `call_me`, or empty
    std::string_view sentiment;  ///< `positive`, `neutral`, `negative`, or empty
    std::string_view text;
    std::string_view author;
    std::string_view accepted_item;
    bool declined = false;  ///< an offer
};
/// Oldest first.
std::vector<Answer> answersOf(const Entry& entry);

/// An offer of substitutes and what became of it.
struct OfferStory {
    int number = 0;
    Timestamp made_at{};
    const OfferMade* made = nullptr;  ///< never null
    const OfferAnswered* answered = nullptr;
    const OfferWithdrawn* withdrawn = nullptr;
    bool expired = false;
    bool heard = false;  ///< the customer may know of it

    bool open() const { return answered == nullptr && withdrawn == nullptr && !expired; }
    /// The item that was accepted, or null.
    const OfferedItem* accepted() const;
};
/// The offer that the notice speaks of; for a notice of another subject the latest one.
std::optional<OfferStory> offerOf(const Entry& entry);

/// The proposal that the notice speaks of, else the latest; null where there is none.
const AllocationProposed* proposalOf(const Entry& entry);

}  // namespace backorderd::render
