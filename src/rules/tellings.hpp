#pragma once

#include <optional>
#include <string_view>

#include "rules/evaluation.hpp"

/// What our own people are told of one occasion, once or again and again.
namespace backorderd::rules {

/// What the notices say of an occasion. Its keys are `BASE/NUMBER/RECIPIENT`, where NUMBER counts
/// the tellings from 0.
struct Tellings {
    int done = 0;                ///< tellings that have left, or can leave no more
    std::optional<int> pending;  ///< the one that has not come to its end
    Timestamp first_left{};      ///< where `done` is not 0
    Timestamp last_left{};
};

/// What was superseded has told nothing.
Tellings tellingsOf(const Case& subject, std::string_view base);

/// Alerts at `alert.from`, and again each time that `again` has passed since it left; once where
/// `again` is empty. `alert.key` is the base of the keys. False where there is nobody to alert.
bool alertAgain(Evaluation& evaluation, Alert alert, const Tellings& tellings,
                const std::optional<Period>& again);

}  // namespace backorderd::rules
