#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/scripts.hpp"
#include "rehearsal/recorder.hpp"

namespace backorderd::rehearsal {

/// Whether a message is as described: all that is given must fit.
bool fits(const config::ExpectedMessage& expected, const SentMessage& sent);

/// Where what was sent differs from what was expected. Points into the arguments.
struct Comparison {
    std::vector<const config::ExpectedMessage*> missing;
    std::vector<const SentMessage*> unexpected;
};
/// Compares as a set: each message fulfils one expectation at most, and as many as possible are
/// fulfilled, whatever their order.
Comparison compare(std::span<const config::ExpectedMessage> expected,
                   std::span<const SentMessage> sent);

/// `to a@example.com, template opened, contains '10 April'`
std::string describe(const config::ExpectedMessage& expected);
/// `2026-03-05T16:00:00Z  opened to a@example.com: "Your order …" (rule 'standard', line SO100/1)`
std::string describe(const SentMessage& sent);

}  // namespace backorderd::rehearsal
