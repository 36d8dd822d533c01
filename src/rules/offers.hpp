#pragma once

#include <string>
#include <vector>

#include "rules/rules.hpp"

/// What becomes of offers. An offer is made by an `OfferRound` and lives in the log of its case:
/// the hold on its units and the time to answer are both counted from when it was made, not from
/// when it was told, because other lines go without those units meanwhile. So one that is not told
/// by the end of its hold is never told: it is withdrawn then, and nobody hears of it.
namespace backorderd::rules {

class Evaluation;

/// What the customer and our own people should be told of the case's offers, and whether the line
/// may be offered a substitute now. An offer counts as word of the line, as any topic of cadence
/// does: to be decided before the status, which it spares.
void decideOffers(Evaluation& evaluation);

/// What has become of open offers by the passing of time alone: withdrawn at the end of the hold
/// where nobody can know of it, expired when it should have been answered.
std::vector<Event> offerClockEvents(const Case& subject, Timestamp now);

/// The keys of what is told of an offer. Persisted: do not change.
std::string offerKey(int number);           ///< `offer/7`
std::string offerWithdrawnKey(int number);  ///< `offer_withdrawn/7`
std::string offerAnsweredKey(int number);   ///< `offer_answered/7`

/// Whether the ERP has named another item for the line since the offer was made: then it has been
/// entered, or is beside the point.
bool isOvertaken(const Case& subject, const OfferView& offer);

}  // namespace backorderd::rules
