#include "app/silence_digest.hpp"

#include <algorithm>
#include <map>

#include "app/guards.hpp"

namespace backorderd::app {
namespace {

// A persisted key: do not change.
constexpr const char* kToldAt = "silence_digest";
/// What more is held back is counted as so many.
constexpr int kHeldBackMax = 100'000;

std::map<std::string, int, std::less<>> heldBack(Store& store) {
    std::map<std::string, int, std::less<>> counts;
    for (const auto& notice : store.listPlanned(kHeldBackMax))
        if (!notice.guard.empty()) ++counts[notice.guard];
    return counts;
}

std::string lineOf(const Silence& silence, int held_back) {
    std::string text = describeSilence(silence) + "\n  ";
    for (const auto& matcher : silence.matchers) text += matcher + ' ';
    return text + "\n  holds back " + std::to_string(held_back) + " notices now\n";
}

}  // namespace

void SilenceDigest::tellDue(Timestamp now) {
    if (settings_.silence_digest.count() == 0) return;
    if (!next_) {
        const auto told = parseTimestamp(store_.meta(kToldAt));
        // A clock that was set back must not put it off for ever.
        next_ = told && *told <= now ? *told + settings_.silence_digest : now;
    }
    if (now < *next_) return;
    tell(now);
    next_ = now + settings_.silence_digest;
    store_.setMeta(kToldAt, formatTimestamp(now));
}

/// One that began since the last time is told of the next time.
void SilenceDigest::tell(Timestamp now) {
    std::map<std::string, std::vector<Silence>, std::less<>> by_reader;
    for (auto& silence : store_.silences(now)) {
        if (!silence.isActive(now) || now - silence.starts_at < settings_.silence_digest) continue;
        const bool has_address =
            silence.author.find('@') != std::string::npos && !contactKeyOf(silence.author).empty();
        by_reader[has_address ? silence.author : std::string{}].push_back(std::move(silence));
    }
    if (by_reader.empty()) return;
    const auto counts = heldBack(store_);
    for (const auto& [reader, silences] : by_reader) {
        std::string text = "These silences still hold:\n\n";
        for (const auto& silence : silences) {
            const auto count = counts.find(silence.guardName());
            text += lineOf(silence, count == counts.end() ? 0 : count->second);
        }
        text += "\n'backorderd silence expire NUMBER' ends one before its time.";
        alert_.raise({"silence_digest", "silences that still hold", text, reader}, now);
    }
}

}  // namespace backorderd::app
