#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

#include "contract.hpp"
#include "store/store.hpp"
#include "temporary_directory.hpp"

// Writes that find the disk full, and the room that is then made for them.

namespace backorderd::store {
namespace full_disk_test {

bool disk_is_full = false;

ssize_t writeAt(int descriptor, const void* bytes, size_t count, off_t offset) {
    if (!disk_is_full) return pwrite(descriptor, bytes, count, offset);
    errno = ENOSPC;
    return -1;
}

class FullDisk : public testing::Test {
protected:
    FullDisk() {
        OpenOptions options;
        options.make_room = [this] {
            disk_is_full = false;
            return std::exchange(reserve_, false);
        };
        store = openStore(directory_ / "data", options);
        replaceWrites(reinterpret_cast<sqlite3_syscall_ptr>(&writeAt));
    }
    ~FullDisk() override {
        disk_is_full = false;
        store.reset();
        replaceWrites(nullptr);
    }
    /// Null: as the system has them.
    static void replaceWrites(sqlite3_syscall_ptr by) {
        auto* const vfs = sqlite3_vfs_find(nullptr);
        for (const auto* call : {"pwrite", "pwrite64"}) vfs->xSetSystemCall(vfs, call, by);
    }

    static CaseChange opening(const std::string& line_id) {
        CaseChange change;
        change.after.line.key = {"erp", line_id};
        change.after.opened_at = kNow;
        change.fingerprint = 1;
        change.new_events = {{1, kNow, LineOpened{Decimal{1}, {}, false}}};
        change.new_notices.resize(1);
        change.new_notices[0].key = "opened/1";
        change.new_notices[0].ready_at = change.new_notices[0].due_at = kNow;
        return change;
    }
    Case one(CaseId id) { return store->cases({&id, 1}).front(); }

    std::unique_ptr<Store> store;

private:
    TemporaryDirectory directory_;
    bool reserve_ = true;
};

TEST_F(FullDisk, WhatAReadBroughtIsCommittedOnceWithTheRoomOfTheReserve) {
    disk_is_full = true;
    std::vector<CaseChange> changes{opening("1"), opening("2")};
    store->commit(changes);
    for (const auto& change : changes) {
        const auto subject = one(change.after.id);
        EXPECT_EQ(subject.line.key, change.after.line.key);
        EXPECT_EQ(subject.events.size(), 1u);
        ASSERT_EQ(subject.notices.size(), 1u);
        EXPECT_EQ(subject.notices[0].id, change.new_notices[0].id);
    }
    EXPECT_EQ(store->listCases({}).size(), 2u);
}

TEST_F(FullDisk, MessagesAreFrozenOnceWithTheRoomOfTheReserve) {
    auto change = opening("1");
    store->commit({&change, 1});
    const auto notice = change.new_notices[0].id;
    Message ready, departed;
    ready.stable_id = "a@example.com";
    ready.notices = {notice};
    departed.stable_id = "b@example.com";
    departed.state = MessageState::Sent;
    departed.state_at = kNow - hours{1};
    for (auto* const message : {&ready, &departed}) {
        message->sender = "mail";
        message->created_at = kNow;
    }
    disk_is_full = true;
    std::vector<Message> messages{ready, departed};
    store->freeze(messages);
    EXPECT_EQ(messages[0].state, MessageState::Ready);
    EXPECT_EQ(messages[1].state, MessageState::Sent);
    EXPECT_EQ(store->listMessages({}).size(), 2u);
    EXPECT_EQ(store->messages({&messages[0].id, 1}).front().notices, std::vector{notice});
    EXPECT_EQ(one(change.after.id).notices[0].state, NoticeState::Bundled);
}

TEST_F(FullDisk, AWalkOverAllCasesForgetsNoneThatWasCommittedInVain) {
    std::vector<CaseChange> changes{opening("1"), opening("2")};
    store->commit(changes);
    store->lookAtAllAgain(kNow);
    std::vector<CaseChange> looked_at(1);
    looked_at[0].after = one(changes[0].after.id);
    disk_is_full = true;
    store->commit(looked_at);
    EXPECT_EQ(store->casesDue(kNow, 10), std::vector{changes[1].after.id});
    looked_at[0].after = one(changes[1].after.id);
    store->commit(looked_at);
    EXPECT_TRUE(store->casesDue(kNow, 10).empty());
}

TEST_F(FullDisk, WithoutAReserveTheStoreIsBroken) {
    disk_is_full = true;
    auto change = opening("1");
    store->commit({&change, 1});
    disk_is_full = true;
    auto other = opening("2");
    EXPECT_THROW(store->commit({&other, 1}), StoreBroken);
}

}  // namespace full_disk_test
}  // namespace backorderd::store
