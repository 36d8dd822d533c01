#include "app/journaling.hpp"

#include <algorithm>
#include <limits>

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

std::vector<MessageId> JournaledSteps::neverLeft() const {
    if (!journal_ || journal_->isNew()) return {};
    // One that lacks more than the newest write is an older copy.
    const auto last = journal_->lastSeq();
    if (last >= store_.journalSeq() || last < store_.journalSeqBefore()) return {};
    MessageFilter on_wire;
    on_wire.state = MessageState::OnWire;
    on_wire.limit = std::numeric_limits<int>::max();
    auto ids = store_.listMessages(on_wire);
    if (ids.empty()) return {};
    std::map<std::string, bool> announced;
    const auto identities = store_.messageIdentities(ids);
    std::vector<std::string> hashes;
    for (const auto& identity : identities) {
        hashes.push_back(journal_->hash(identity.stable_id));
        announced[hashes.back()] = false;
    }
    for (const auto& record : journal_->after(0))
        if (const auto at = announced.find(record.message); at != announced.end())
            at->second = record.what == What::Wire;
    std::vector<MessageId> never;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (!announced[hashes[i]]) never.push_back(ids[i]);
    return never;
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
