#include "config/sender_settings.hpp"

#include <utility>

namespace backorderd::config {
namespace {

using namespace std::chrono_literals;

RateSettings readRate(Section rate) {
    RateSettings out;
    out.per_second = rate.share("per_second", {.fallback = 0, .min = 0, .max = 1000},
                                "How many messages may leave in a second, over a longer time; 0: "
                                "as many as there are.");
    out.burst = rate.number("burst", {.fallback = 1, .min = 1, .max = 10'000},
                            "How many messages may leave together after a rest.");
    if (rate.has("burst") && !rate.has("per_second"))
        rate.problem("burst", "'burst' without 'per_second' limits nothing; add 'per_second'");
    return out;
}

ScheduleSettings readSchedule(Section schedule, const OutboxSettings& outbox) {
    ScheduleSettings out;
    out.first = schedule.duration("first", {.fallback = outbox.retry_first, .min = 1s, .max = 1h},
                                  "As `outbox.retry_first`, for this sender.");
    out.longest =
        schedule.duration("longest", {.fallback = outbox.retry_longest, .min = 1s, .max = 24h},
                          "As `outbox.retry_longest`, for this sender.");
    out.factor = schedule.share("factor", {.fallback = outbox.retry_factor, .min = 1, .max = 10},
                                "As `outbox.retry_factor`, for this sender.");
    out.keep = schedule.duration("keep", {.fallback = outbox.keep, .min = 1h, .max = 720h},
                                 "As `outbox.keep`, for this sender.");
    const bool own = schedule.has("first") || schedule.has("longest");
    if (own && out.longest < out.first)
        schedule.problem(schedule.has("longest") ? "longest" : "first",
                         "'longest' must not be shorter than 'first'");
    return out;
}

}  // namespace

SenderSettings readSender(Section section, const OutboxSettings& outbox) {
    SenderSettings sender;
    sender.section = section;
    sender.name = section.required("name", "The sender's name in commands and lists.");
    sender.kind = section.required("kind", "The kind of sender; its own keys stand beside these.");
    sender.rate = readRate(section.child("rate", "How fast the sender may send."));
    sender.domain_rate = readRate(
        section.child("domain_rate", "How fast it may send to each domain of recipients."));
    sender.schedule = readSchedule(
        section.child("schedule", "When messages of this sender are tried again."), outbox);
    return sender;
}

HostSettings readHost(Section host) {
    HostSettings out;
    out.parallel = host.number("parallel", {.fallback = 100, .min = 1, .max = 1000},
                               "How many messages of all senders together may be under way to one "
                               "host at once.");
    out.rate = readRate(std::move(host));
    return out;
}

}  // namespace backorderd::config
