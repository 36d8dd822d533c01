#pragma once

#include "rules/evaluation.hpp"

/// What the customer hears, topic by topic. docs/cadence.md says it in words.
namespace backorderd::rules {

/// All topics of an open or closed case, in the order in which one may stand behind another.
void decideCadence(Evaluation& evaluation);

/// Where the first message stands: until it has left, or can leave no more, nothing else is told,
/// because it is rendered with the truth of the moment.
struct FirstMessage {
    bool to_come = false;
    std::optional<Timestamp> frozen_at;  ///< its words are fixed since; later facts are not in it
};

// promises.cpp
void decidePromiseChanged(Evaluation& evaluation, const FirstMessage& first);
void decidePromiseLapsed(Evaluation& evaluation, const FirstMessage& first);
// stock.cpp
void decideAvailability(Evaluation& evaluation, const FirstMessage& first);
void decidePartShipments(Evaluation& evaluation, const FirstMessage& first);
void decideClosing(Evaluation& evaluation);
// status.cpp
void decideStatus(Evaluation& evaluation, const FirstMessage& first);

void withholdBehindFirst(Evaluation& evaluation, Topic topic);

}  // namespace backorderd::rules
