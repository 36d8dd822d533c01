// What a crash left marked 'on the wire', and what the send journal says of it.

#include "app/dispatching_fixture.hpp"

namespace backorderd::app {
namespace unsent_test {

using namespace app::test;

class AfterACrash : public Dispatching {
protected:
    AfterACrash() {
        watch("sms", [this](MessageId id) { left.push_back(id); });
        freeze("sms", 4);
        journal.reset();  // Of the fixture: this one is written with what a crash leaves of it.
        journal = open();
    }
    std::unique_ptr<store::SendJournal> open() {
        return store::openJournal(folder / "crashed/send.journal", clock.now());
    }
    /// A write of store and journal, of which the journal may have been kept from its part.
    void mark(std::vector<MessageId> ids, bool journal_written) {
        const auto first = store->journalSeq() + 1;
        std::vector<store::JournalRecord> records;
        for (const auto& identity : store->messageIdentities(ids))
            records.push_back({0,
                               clock.now(),
                               store::JournalRecord::What::Wire,
                               journal->hash(identity.stable_id),
                               {}});
        store->settleAndMark({}, {}, ids, clock.now(), first + records.size() - 1);
        if (journal_written) journal->append(records, first, true);
    }
    void startAgain() {
        journal.reset();
        journal = open();
        dispatcher =
            std::make_unique<Dispatcher>(context.get_executor(), *store, clock, log, senders,
                                         Dispatcher::Settings{}, nullptr, journal.get());
        dispatcher->recover();
        look();
    }
    std::vector<MessageId> left;
};

TEST_F(AfterACrash, WhatNeverCameIntoTheJournalIsSentAsIfNothingHadBeen) {
    mark({1, 2}, true);
    mark({3, 4}, false);
    startAgain();
    EXPECT_EQ(left, (std::vector<MessageId>{3, 4}));
    EXPECT_EQ(inState(MessageState::Unknown), 2) << "the journal has been told of these";
    for (const auto& message : store->messages(left)) {
        EXPECT_EQ(message.state, MessageState::Sent);
        EXPECT_EQ(message.attempts, 1);
        EXPECT_EQ(message.unknown_outcomes, 0);
    }
    EXPECT_EQ(mayHaveLeft(), 2);
}

TEST_F(AfterACrash, AnOlderJournalProvesNothing) {
    mark({1}, true);
    mark({2}, false);
    mark({3}, false);
    startAgain();
    EXPECT_EQ(left, std::vector<MessageId>{4});
    EXPECT_EQ(inState(MessageState::Unknown), 3);
}

TEST_F(AfterACrash, AJournalThatWasBegunAnewProvesNothing) {
    mark({1}, false);
    journal.reset();
    std::filesystem::remove_all(folder / "crashed");
    startAgain();
    EXPECT_EQ(left, (std::vector<MessageId>{2, 3, 4}));
    EXPECT_EQ(inState(MessageState::Unknown), 1);
}

TEST_F(AfterACrash, AWholeJournalKnowsOfAll) {
    mark({1, 2}, true);
    startAgain();
    EXPECT_EQ(left, (std::vector<MessageId>{3, 4}));
    EXPECT_EQ(inState(MessageState::Unknown), 2);
}

}  // namespace unsent_test
}  // namespace backorderd::app
