#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/event.hpp"

/// The words of problems, and small checks of what a value looks like.
namespace backorderd::config {

/// What a customer may have answered, and felt, as rules and tests name it.
inline const std::vector<std::string> kAnswerWords{kAnswers.begin(), kAnswers.end()};
inline const std::vector<std::string> kSentimentWords{kSentiments.begin(), kSentiments.end()};

/// `'value'`, shortened and with control characters shown as '?', so that a problem stays one line.
std::string quote(std::string_view value);
/// `a, b or c`
std::string wordList(const std::vector<std::string>& words, std::string_view last = "or");
/// ` (did you mean 'every'?)`, or nothing where no candidate is near.
std::string didYouMean(std::string_view word, const std::vector<std::string>& candidates);
/// As a rule or setting writes it, in the largest unit that fits: `26h`, `5d`.
std::string durationText(std::chrono::seconds duration);

/// `[a-z0-9][a-z0-9_-]*`, at most 64 long: names of sources, senders, calendars, templates …
bool isName(std::string_view text);
/// One mailbox that can stand in an envelope: one '@', no spaces, at most 254 bytes.
bool looksLikeMailAddress(std::string_view text);
/// The shape of a BCP 47 tag, `de-AT`.
bool looksLikeLanguage(std::string_view text);
/// The shape of an IANA zone name, `Europe/Vienna`. Whether it exists is not known here.
bool looksLikeTimezone(std::string_view text);
/// Control characters other than line break and tab.
bool hasControlCharacters(std::string_view text);

}  // namespace backorderd::config
