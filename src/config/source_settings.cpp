#include "config/source_settings.hpp"

#include <fmt/format.h>

#include "config/checks.hpp"
#include "config/rule_reader.hpp"
#include "config/section_impl.hpp"

namespace backorderd::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kQuietMax = 16;

QuietHours readQuietHours(Section entry) {
    QuietHours quiet;
    entry.required("hours",
                   "Hours of every day in which the ERP is not read, `01:00-03:00`; what passes "
                   "midnight takes two entries.");
    auto& reader = SectionAccess::impl(entry).reader;
    if (entry.has("hours"))
        if (const auto hours = readHours(reader, reader.find("hours"), "hours"))
            quiet.hours = *hours;
    quiet.timezone = entry.text("timezone", "UTC", "The IANA zone of these hours.");
    checkTimezone(entry, "timezone", quiet.timezone);
    return quiet;
}

std::vector<QuietHours> readQuiet(Section& source) {
    std::vector<QuietHours> all;
    for (const Section& entry :
         source.children("quiet", "When the ERP is left alone, as during its nightly batch."))
        all.push_back(readQuietHours(entry));
    if (all.size() > kQuietMax)
        source.problem("quiet", fmt::format("at most {} entries in 'quiet'", kQuietMax));
    if (all.empty()) {  // What could stand there is declared all the same.
        Section none = Section::fromText("", "");
        SectionAccess::impl(none).path =
            fmt::format("{}.quiet[]", SectionAccess::impl(source).path);
        (void)readQuietHours(none);
        SectionAccess::impl(source).parts.push_back(none);
    }
    return all;
}

PushSettings readPush(Section section, bool on) {
    PushSettings push;
    push.on = on;
    push.section = section;
    push.secret = section
                      .secret("secret",
                              "The key that signs what the ERP posts, as `whsec_…`; several, with "
                              "white space between, so that the ERP can change from one to the "
                              "next.")
                      .value_or(Secret{});
    if (on && !section.has("secret"))
        section.problem("secret", "'secret' is missing, as { file: PATH }, for example");
    push.tolerance = section.duration("tolerance", {.fallback = 5min, .min = 10s, .max = 1h},
                                      "How far the ERP's clock may be from ours.");
    push.min_gap = section.duration(
        "min_gap", {.fallback = 10s, .min = 1s, .max = 1h},
        "How long after a poll the next one begins that the ERP asked for, at the soonest.");
    push.per_minute = section.number("per_minute", {.fallback = 60, .min = 1, .max = 6000},
                                     "More requests than these within a minute are refused.");
    return push;
}

}  // namespace

SourceSettings readSource(Section section) {
    SourceSettings source;
    source.section = section;
    source.name = section.required("name", "The source's name in commands and lists; keep it.");
    source.kind =
        section.required("kind", "The kind of connector; its own keys stand beside these.");
    source.poll_every = section.duration("poll_every", {.fallback = 5min, .min = 1s, .max = 24h},
                                         "How often the ERP is read.");
    source.max_age = section.duration("max_age", {.fallback = 26h, .min = 1min, .max = 720h},
                                      "Older data are not fresh: nothing time-based is sent.");
    source.adopt = section.flag("adopt", true,
                                "Take the first snapshot as known already, and tell nobody of it.");
    source.write_notes = section.flag(
        "write_notes", false, "Write what the customer was told on the order, where the ERP can.");
    source.full_every = section.duration(
        "full_every", {.fallback = 24h, .min = 1min, .max = 720h},
        "How often everything is read, where an ERP can tell what changed since the last poll.");
    source.poll_jitter = section.share("poll_jitter", {.fallback = 0.1, .min = 0, .max = 0.5},
                                       "The share of `poll_every` by which a poll may come sooner, "
                                       "so that sources are not all read at once.");
    source.poll_retry_longest = section.duration(
        "poll_retry_longest", {.fallback = 15min, .min = 10s, .max = 24h},
        "The longest wait after polls that failed; it begins at 10s and doubles with each.");
    source.clock_skew_max = section.duration(
        "clock_skew_max", {.fallback = 5min, .min = 1s, .max = 24h},
        "How far the source's clock may be ahead of ours before somebody should hear of it.");
    source.first_poll_wait = section.duration(
        "first_poll_wait", {.fallback = 1h, .min = 1min, .max = 24h},
        "How long after a start what was frozen before it waits for the first poll of a source "
        "whose data are too old.");
    source.quiet = readQuiet(section);
    const bool pushes = section.has("push");
    source.push = readPush(
        section.child("push", "Lets the ERP say that something changed; see connectors/push.md."),
        pushes);
    if (source.max_age < source.poll_every)
        section.problem("max_age", "'max_age' must not be shorter than 'poll_every'");
    return source;
}

}  // namespace backorderd::config
