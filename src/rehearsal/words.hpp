#pragma once

#include <string>

#include "backorderd/case.hpp"
#include "backorderd/decision.hpp"

namespace backorderd::rehearsal {

/// A decision in words, a line each: which rules looked, and why not; what is planned; what is
/// withheld, and why.
std::string explanation(const Case& subject, const Decision& decision, Timestamp now);

/// For text that stands in XML or HTML, in elements and in quoted attributes. What XML cannot hold
/// at all becomes U+FFFD.
std::string escaped(std::string_view text);

}  // namespace backorderd::rehearsal
