#pragma once

#include <chrono>
#include <string>

#include "backorderd/line.hpp"
#include "backorderd/notice.hpp"
#include "simulation/plan.hpp"

/// What a simulated company is made of: its rules, its customers and its order lines.
namespace backorderd::simulation {

inline constexpr std::chrono::hours kMaxAge{24};  ///< of a source's data, as the rig sets it
inline constexpr std::chrono::hours kStatusAfter{120};
inline constexpr std::chrono::hours kAlertAfter{72};  ///< the ladder's first step
inline constexpr std::chrono::hours kNextStep{48};    ///< its second, and each repetition
inline constexpr std::chrono::hours kHold{48};        ///< of an offer
inline constexpr const char* kSubstitute = "PX-110";

/// The rules as they are after so many edits, which change nothing for anybody.
std::string rulesOf(const Company& company, int edits);

/// How far ahead of UTC the customer of a line is. They live where there is no summer time, so that
/// the tests can say without the code under test when a window is open.
std::chrono::hours zoneOf(int line);
std::string addressOf(const Company& company, int line);
OrderLine orderOf(const Company& company, const Action& action);
/// The line that an order number stands for.
int lineOf(const OrderLine& line);
/// Whom a notice tells what, in whatever place of a case's log it happened.
std::string wordsOf(const Notice& notice, int line);

}  // namespace backorderd::simulation
