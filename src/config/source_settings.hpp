#pragma once

#include "config/config.hpp"

namespace backorderd::config {

/// What every kind of source has: name, kind, and when it is read.
SourceSettings readSource(Section section);

}  // namespace backorderd::config
