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

void JournaledSteps::markOnWire(std::span<const MessageId> ids, Timestamp now) {
    if (!journal_) {
        store_.markOnWire(ids, now);
        return;
    }
    std::vector<store::JournalRecord> records;
    const auto identities = store_.messageIdentities(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        store::JournalRecord record;
        record.at = now;
        record.what = What::Wire;
        record.message = journal_->hash(identities[i].stable_id);
        for (const auto& notice : identities[i].notices)
            record.notices.push_back(journal_->hash(store::identityText(notice)));
        leaving_[ids[i]] = record.message;
        records.push_back(std::move(record));
    }
    const auto first = nextSeq();
    store_.markOnWire(ids, now, first + records.size() - 1);
    journal_->append(records, first, /*durable=*/true);
}

void JournaledSteps::settle(std::span<const Settlement> settlements, Timestamp now,
                            std::span<const Annotation> notes) {
    if (!journal_) {
        store_.settle(settlements, now, notes);
        return;
    }
    std::vector<store::JournalRecord> records;
    for (const auto& settlement : settlements) {
        const auto leaving = leaving_.find(settlement.id);
        if (leaving == leaving_.end()) continue;  // It never came to the wire.
        store::JournalRecord record;
        record.at = now;
        record.what = settlement.outcome_unknown ? What::Unknown : meaningOf(settlement.state);
        record.message = std::move(leaving->second);
        leaving_.erase(leaving);
        records.push_back(std::move(record));
    }
    const auto first = nextSeq();
    store_.settle(settlements, now, notes, records.empty() ? 0 : first + records.size() - 1);
    journal_->append(records, first, /*durable=*/false);
}

}  // namespace backorderd::app
