#include "connectors/sql_worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "support/run_coroutine.hpp"

namespace backorderd::test {
namespace sql_worker_test {

using connectors::sql::Worker;
using Outcome = Worker::Outcome;

class SqlWorker : public testing::Test {
protected:
    Outcome run(std::function<void()> work, std::chrono::seconds limit = std::chrono::seconds{20}) {
        return runCoroutine(io_, worker_.run(std::move(work), limit));
    }
    /// Work that lasts until `release_`.
    Outcome hang() {
        return run([release = release_] { release->wait(false); }, std::chrono::seconds{0});
    }
    ~SqlWorker() override {
        *release_ = true;
        release_->notify_all();
    }

    std::shared_ptr<std::atomic<bool>> release_ = std::make_shared<std::atomic<bool>>(false);
    boost::asio::io_context io_;
    Worker worker_;
};

TEST_F(SqlWorker, RunsOneAfterTheOther) {
    std::string order;
    worker_.later([&] { order += 'a'; });
    EXPECT_EQ(run([&] { order += 'b'; }), Outcome::Done);
    EXPECT_EQ(run([&] { order += 'c'; }), Outcome::Done);
    EXPECT_EQ(order, "abc");
}

TEST_F(SqlWorker, WhatHangsIsLeftToItsThread) {
    EXPECT_EQ(hang(), Outcome::Late);
    EXPECT_EQ(run([] {}), Outcome::Done) << "on a thread of its own";
}

TEST_F(SqlWorker, ThreadsThatHangAreNotGathered) {
    for (int i = 0; i < 4; ++i) EXPECT_EQ(hang(), Outcome::Late);
    EXPECT_EQ(run([] {}), Outcome::Refused);
    *release_ = true;
    release_->notify_all();
    runUntil(io_, [&] { return run([] {}) == Outcome::Done; });
}

TEST_F(SqlWorker, WhatTheWorkHoldsEndsOnItsThread) {
    std::weak_ptr<int> held;
    {
        auto value = std::make_shared<int>(1);
        held = value;
        EXPECT_EQ(run([value = std::move(value)] {}), Outcome::Done);
    }
    EXPECT_EQ(run([] {}), Outcome::Done);
    EXPECT_TRUE(held.expired());
}

}  // namespace sql_worker_test
}  // namespace backorderd::test
