#pragma once

#include <gmock/gmock.h>

#include "rules/timeline.hpp"

namespace backorderd::rules_test {

inline Timeline timeline(CadencePolicy policy = plainPolicy(), Case subject = plainCase()) {
    return Timeline{rulesOf({std::move(policy)}), std::move(subject)};
}

inline Case adoptedCase() {
    auto subject = plainCase();
    subject.adopted = true;
    subject.events[0].event = LineOpened{subject.line.open(), subject.line.promise, true};
    return subject;
}

inline const Withheld* withheld(const Decision& decision, Topic topic) {
    for (const auto& entry : decision.withheld)
        if (entry.topic == topic) return &entry;
    return nullptr;
}

inline void expectWithheld(const Decision& decision, Topic topic, WithheldReason reason) {
    const auto* const entry = withheld(decision, topic);
    ASSERT_NE(entry, nullptr) << topicName(topic);
    EXPECT_EQ(withheldReasonName(entry->reason), withheldReasonName(reason)) << entry->detail;
}

}  // namespace backorderd::rules_test
