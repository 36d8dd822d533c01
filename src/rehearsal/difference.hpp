#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "rehearsal/recorder.hpp"

namespace backorderd::rehearsal {

/// One notice of a run, with the message that carried it.
struct ToldNotice {
    Timestamp at{};
    SentNotice notice;
    std::string to;
};
std::vector<ToldNotice> toldNotices(std::span<const SentMessage> sent);

/// How one thing was told in one run and in the other.
struct Change {
    enum class Kind { More, Fewer, Earlier, Later };
    Kind kind{};
    ToldNotice told;     ///< as it is under the other rules; of Fewer, as it was
    Timestamp before{};  ///< Earlier and Later: when it left under the rules in force
};
std::string_view changeName(Change::Kind kind);  ///< `more`

/// What other rules would have changed, and how much of it stays.
struct Difference {
    struct Sums {
        std::size_t same = 0, more = 0, fewer = 0, earlier = 0, later = 0;
        void count(Change::Kind kind);
    };
    Sums all;
    std::map<std::string, Sums> rules, customers;  ///< by the rule's name, and by the customer's id
    std::map<std::string, std::string> customer_names;
    std::vector<Change> changes;  ///< by time
};

/// Compares what was told of each line, topic by topic and recipient by recipient. Notices with the
/// same key are the same one; of what then remains, those of a topic that follow one another within
/// a week are one that moved. A shift of up to an hour is none.
Difference compareRuns(std::vector<ToldNotice> in_force, std::vector<ToldNotice> other);

}  // namespace backorderd::rehearsal
