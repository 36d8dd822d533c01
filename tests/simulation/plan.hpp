#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What one seed decides: a company, everything that happens in it, and when.
namespace backorderd::simulation {

enum class Deed {
    Order,
    Slip,
    PullIn,
    PartShip,
    Ship,
    Cancel,
    Renumber,
    Stock,
    Suppress,
    Silence,
    Acknowledge,
    Answer,
    Approve,
    EditRules,
    Backup,
    Restore,
    ErpDown,
    ErpTruncated,
    ErpLies,
    ErpRepeats,
    ErpContradicts,
    ErpUnreadable,
    ErpLate,
    ReceiverRefuses,
    ReceiverRejects,
    CutOff,
    AnswerLost,
    ClockStep,
    ClockWrong,
    KillBetween,
    KillInPoll,
    KillInWork,
    PowerCut,
    DiskFull,
    DiskBroken,
    ErpTruncates,
    ErpMisses,
    ErpAhead,
    ReceiverDown,
    AnswersLost,
    KilledAgain,
    SilenceAll,
    KillUnderWay,
};
inline constexpr int kDeeds = 43;
/// So many there were at first.
inline constexpr int kFirstDeeds = 35;
inline constexpr std::array<std::string_view, kDeeds> kDeedNames{
    "a new order",
    "the promise slips",
    "the promise comes nearer",
    "a part ships",
    "all of it ships",
    "it is cancelled",
    "the ERP gives it another id",
    "the stock of the substitute changes",
    "the address is suppressed",
    "an operator silences it",
    "somebody takes it on",
    "the customer answers",
    "an operator approves what is held",
    "the rules are edited",
    "a backup is made",
    "the last backup is restored",
    "the ERP fails one read",
    "one read is truncated",
    "one read shows nothing and says that this is all",
    "one read shows every line twice",
    "one read shows the line twice, as it is and as it was",
    "one read shows the line unreadably",
    "one read shows the state of hours ago",
    "the receiver refuses some attempts for now",
    "the receiver refuses one message for good",
    "the receiver hangs up before it has a message",
    "the receiver takes a message and its answer is lost",
    "the wall clock steps a little",
    "the wall clock is wrong for some hours",
    "the daemon is killed",
    "the daemon is killed while it polls",
    "the daemon is killed while it works",
    "the power fails at a write",
    "the disk is full from a write on",
    "the disk fails a write",
    "all reads of some hours are truncated",
    "one read misses the line and says that this is all",
    "one read comes from a clock that is hours ahead",
    "the receiver refuses for some hours",
    "the receiver takes some messages and every answer is lost",
    "the daemon is killed again and again while it works",
    "an operator silences everything",
    "the daemon is killed while a message is under way",
};
static_assert(static_cast<int>(Deed::KillUnderWay) + 1 == kDeeds);

inline constexpr int kDays = 21;
inline constexpr int kLines = 6;

/// One thing that happens. All of it is decided beforehand, so that a story without it stays the
/// same story.
struct Action {
    int hour = 0;  ///< since the start
    Deed deed = Deed::Order;
    int line = 0;
    int amount = 0;  ///< days, pieces, hours, or steps until a kill
};

/// What differs from company to company, and stays as it is in each.
struct Company {
    bool can_find = true;      ///< the ERP looks up closed lines; else it goes on listing them
    bool digests = false;      ///< what concerns a customer shares a message
    bool offers = false;       ///< substitutes are offered
    bool alerts = false;       ///< a ladder calls people
    bool shared_mail = false;  ///< two lines are of one customer
    int storm = 200;           ///< more messages in a quarter of an hour are held
    int poll_hours = 3;
};

struct Plan {
    Company company;
    std::vector<Action> actions;  ///< ascending by hour
};

/// Of the first `deeds` kinds of deeds alone: a seed that failed when there were no others lives on
/// as it did then.
Plan planOf(std::uint64_t seed, int deeds = kDeeds);
std::string describe(const Action& action);
std::string describe(const Company& company);

}  // namespace backorderd::simulation
