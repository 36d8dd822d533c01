#include "rehearsal/stage.hpp"

#include <algorithm>

namespace backorderd::rehearsal {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours kForEver{24 * 3660};
/// What is done at once: a case that is looked at and told of at the same moment is read once.
constexpr int kAtOnce = 100'000;
/// Of these, in one transaction: at many a commit SQLite walks over all pages of a store in memory.
constexpr int kPerTransaction = 10'000;
constexpr std::int64_t kSliceLines = 2000;
constexpr std::int64_t kClaimBatch = 1000;
constexpr std::int64_t kNoBlastRadius = 1'000'000'000'000;

config::Settings settingsFor(const Scene& scene) {
    config::Settings settings;
    settings.house = scene.house;
    settings.slice_lines = kSliceLines;
    settings.guards.mass_change_share = 1;  // What a rehearsal is told is meant.
    settings.outbox.retry_first = 1min;
    settings.outbox.retry_longest = 4h;
    settings.outbox.keep = kForEver;
    settings.outbox.claim_batch = kClaimBatch;
    // A rehearsal shows what the rules want; there is nobody to approve it.
    settings.guards.blast_radius_max = kNoBlastRadius;
    settings.log.format = "text";
    settings.log.level = "off";
    for (const auto& name : scene.sources) {
        config::SourceSettings source;
        source.name = name;
        source.kind = "rehearsed";
        source.poll_every = 1h;
        source.max_age = kForEver;
        source.adopt = scene.adopt;
        settings.sources.push_back(std::move(source));
    }
    return settings;
}

app::Ends endsOf(const Scene& scene, const Clock& clock, Recorder& recorder) {
    app::Ends ends;
    for (const auto& name : scene.sources) {
        auto books = [read = scene.books, name] { return read ? read(name) : Books{}; };
        ends.sources.push_back({name, connectTo(std::move(books), clock)});
    }
    for (const auto& [name, channel] : scene.senders)
        ends.senders.push_back({name, recorder.sender(channel)});
    return ends;
}

}  // namespace

std::vector<std::pair<std::string, Channel>> sendersForAll(const RuleSet& rules) {
    std::vector<std::pair<std::string, Channel>> senders;
    for (const auto channel : {Channel::Email, Channel::Sms, Channel::Webhook, Channel::Chat})
        senders.emplace_back(channelName(channel), channel);
    for (const auto& team : rules.teams) {
        const auto known = std::any_of(senders.begin(), senders.end(), [&](const auto& sender) {
            return sender.first == team.sender;
        });
        if (!team.sender.empty() && !known) senders.emplace_back(team.sender, Channel::Webhook);
    }
    return senders;
}

Stage::Stage(Scene scene, app::Policy policy, std::unique_ptr<Store> store, Timestamp start)
    : settings_{settingsFor(scene)},
      clock_{start},
      store_{std::move(store)},
      recorder_{clock_, *store_, scene.words},
      log_{settings_.log} {
    auto writer = recorder_.writer(policy.templates);
    engine_ =
        std::make_unique<app::Engine>(context_.get_executor(), *store_, clock_, log_, settings_,
                                      std::move(policy), endsOf(scene, clock_, recorder_));
    engine_->useWriter(std::move(writer));
    engine_->usePace({kAtOnce, kPerTransaction, kAtOnce, kPerTransaction, 0ms});
    driver_ = std::make_unique<Driver>(context_, clock_, *engine_);
}

void Stage::tell(Case&& subject, const std::vector<Event>& events) {
    const auto now = clock_.now();
    app::Evaluator::Changes changes;
    engine_->evaluator().decide(changes, std::move(subject), events, now, true);
    // A case that is written with a fingerprint is written with its line.
    changes.cases.back().fingerprint = 0;
    engine_->evaluator().commit(changes, now);
}

}  // namespace backorderd::rehearsal
