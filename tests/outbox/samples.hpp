#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "backorderd/message.hpp"

namespace backorderd {

inline constexpr Timestamp kMonday{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} +
                                   std::chrono::hours{9}};

/// A planned notice of case 7 to Ada that may leave on Monday morning.
inline Notice sampleNotice(std::string key) {
    Notice notice;
    notice.id = 31;
    notice.case_id = 7;
    notice.key = std::move(key);
    notice.template_name = "opened";
    notice.recipient.address = "ada@example.com";
    notice.recipient.name = "Ada";
    notice.ready_at = notice.due_at = notice.fact_at = notice.state_at = kMonday;
    return notice;
}

}  // namespace backorderd
