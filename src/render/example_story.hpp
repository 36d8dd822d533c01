#pragma once

#include "render/render.hpp"

/// The made-up past of an example's line.
namespace backorderd::render {

/// Fills in what a message for our own people, or of an offer, speaks of: the log, what the
/// customer was told and answered, substitutes, the offer, the proposal. `index` is the line's
/// place in the message: neighbours have fared differently.
void tellStory(Entry& entry, int index, bool german, Timestamp now);

/// A date that moved twice, and what the customer was told of it.
void tellSlips(Entry& entry, Timestamp now);

}  // namespace backorderd::render
