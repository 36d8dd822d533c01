#pragma once

#include <memory>
#include <vector>

#include "backorderd/secret.hpp"
#include "config/section.hpp"

namespace backorderd::config {

/// All secrets that were read from the section's file so far, and of those that are renewed the
/// newest: for who must not repeat them. Follows what is read later.
std::shared_ptr<const std::vector<Secret>> secretsOfFile(Section section);

}  // namespace backorderd::config
