#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <set>

#include "senders/senders.hpp"
#include "support/run_coroutine.hpp"
#include "support/smtp_sink.hpp"
#include "support/still_clock.hpp"

namespace backorderd::senders {
namespace file_test {

namespace fs = std::filesystem;

class OpenGate final : public WireGate {
public:
    boost::asio::awaitable<void> beforeWire(MessageId) override { co_return; }
};

class FileSender : public testing::Test {
protected:
    void make(const std::string& format) {
        const auto section = config::Section::fromText(
            "folder: " + folder_.path().string() + "\nformat: " + format + "\n", "s.yaml");
        sender_ = makeSender("file", section, {net_, clock_});
        ASSERT_NE(sender_, nullptr);
    }
    std::string send(const std::string& stable_id, const std::string& document) {
        Message message;
        message.stable_id = stable_id;
        message.document = document;
        OpenGate gate;
        const Outcome outcome = test::runCoroutine(io_, sender_->send(message, gate));
        return std::get<Accepted>(outcome).reply;
    }
    std::set<std::string> files() const {
        std::set<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
            if (entry.is_regular_file())
                found.insert(fs::relative(entry.path(), folder_.path()).string());
        return found;
    }

    test::ScratchFolder folder_;
    boost::asio::io_context io_{1};
    const test::StillClock clock_;
    net::Net net_{io_.get_executor()};
    std::unique_ptr<Sender> sender_;
};

TEST_F(FileSender, WritesTheBytesUnderTheIdOfTheMessage) {
    make("eml");
    const std::string path = send("a.b@example.com", "Subject: x\r\n\r\nhello\r\n");
    EXPECT_EQ(path, (folder_.path() / "a.b@example.com.eml").string());
    EXPECT_THAT(folder_.contents(), testing::ElementsAre("Subject: x\r\n\r\nhello\r\n"));
}

TEST_F(FileSender, ARepeatReplaces) {
    make("eml");
    send("a@b", "one");
    send("a@b", "one");
    send("b@b", "two");
    EXPECT_THAT(files(), testing::ElementsAre("a@b.eml", "b@b.eml"));
}

TEST_F(FileSender, MaildirHasItsThreeFolders) {
    make("maildir");
    send("a@b", "one");
    send("a@b", "one");
    EXPECT_THAT(files(), testing::ElementsAre("new/a@b"));
    EXPECT_TRUE(fs::is_directory(folder_.path() / "cur"));
    EXPECT_TRUE(fs::is_directory(folder_.path() / "tmp"));
}

TEST_F(FileSender, NoIdLeavesTheFolderOrMeetsAnother) {
    make("eml");
    const std::vector<std::string> ids{"../evil",
                                       "/etc/x",
                                       "..",
                                       ".hidden",
                                       "a/b",
                                       "a_b",
                                       "a b",
                                       "",
                                       std::string(500, 'x'),
                                       std::string(501, 'x')};
    for (const std::string& id : ids) send(id, id);
    EXPECT_EQ(files().size(), ids.size());
    for (const std::string& file : files()) {
        EXPECT_EQ(file.find('/'), std::string::npos) << file;
        EXPECT_NE(file[0], '.') << file;
        EXPECT_LE(file.size(), 255u);
    }
}

}  // namespace file_test
}  // namespace backorderd::senders
