#include "app/journaling.hpp"

#include <algorithm>

namespace backorderd::app {
namespace {

using What = store::JournalRecord::What;

What meaningOf(MessageState state) {
    switch (state) {
        case MessageState::Sent:
            return What::Sent;
        case MessageState::Unknown:
            return What::Unknown;
        default:
            return What::NotSent;
    }
}

}  // namespace

std::uint64_t JournaledSteps::nextSeq() const {
    return std::max(journal_->lastSeq(), store_.journalSeq()) + 1;
}

void JournaledSteps::record(std::span<const Settlement> settlements,
                            std::span<const Annotation> notes, std::span<const MessageId> on_wire,
                            Timestamp now) {
    if (!journal_) {
        store_.settleAndMark(settlements, notes, on_wire, now);
        return;
    }
    records_.clear();
    addOutcomes(settlements, now);
    addMarks(on_wire, now);
    const auto first = nextSeq();
    store_.settleAndMark(settlements, notes, on_wire, now,
                         records_.empty() ? 0 : first + records_.size() - 1);
    journal_->append(records_, first, /*durable=*/!on_wire.empty());
}

void JournaledSteps::addOutcomes(std::span<const Settlement> settlements, Timestamp now) {
    for (const auto& settlement : settlements) {
        const auto leaving = leaving_.find(settlement.id);
        if (leaving == leaving_.end()) continue;  // It never came to the wire.
        auto& record = records_.emplace_back();
        record.at = now;
        record.what = settlement.outcome_unknown ? What::Unknown : meaningOf(settlement.state);
        record.message = std::move(leaving->second);
        leaving_.erase(leaving);
    }
}

void JournaledSteps::addMarks(std::span<const MessageId> ids, Timestamp now) {
    const auto identities = store_.messageIdentities(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto& record = records_.emplace_back();
        record.at = now;
        record.what = What::Wire;
        record.message = journal_->hash(identities[i].stable_id);
        for (const auto& notice : identities[i].notices)
            record.notices.push_back(journal_->hash(store::identityText(notice)));
        leaving_[ids[i]] = record.message;
    }
}

}  // namespace backorderd::app
