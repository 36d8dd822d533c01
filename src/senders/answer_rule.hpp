#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/section.hpp"
#include "net/net.hpp"

namespace backorderd::senders {

/// What an answer of one meaning looks like: its status is one of `statuses`, every place of `json`
/// has one of its values, and the body holds one of `contains`; what is empty is not asked.
class AnswerRule {
public:
    /// Reads `statuses`, `json` and `contains` of a section.
    static AnswerRule read(config::Section section, std::string_view meaning);

    bool isEmpty() const;
    bool hasStatuses() const { return !statuses_.empty(); }
    bool fits(const net::HttpResponse& response) const;

private:
    bool hasJson(std::string_view body) const;

    std::vector<std::pair<int, int>> statuses_;              ///< from, to
    std::vector<std::pair<std::string, std::string>> json_;  ///< pointer, values between commas
    std::vector<std::string> contains_;
};

}  // namespace backorderd::senders
