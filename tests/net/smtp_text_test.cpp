#include "net/smtp_text.hpp"

#include <gtest/gtest.h>

namespace backorderd::net {
namespace smtp_text_test {

struct BodyCase {
    std::string name, document, wire;
};

class WireBody : public testing::TestWithParam<BodyCase> {};

TEST_P(WireBody, EndsLinesAndHidesDots) {
    EXPECT_EQ(wireBody(GetParam().document), GetParam().wire);
}

INSTANTIATE_TEST_SUITE_P(
    All, WireBody,
    testing::Values(BodyCase{"Empty", "", ".\r\n"}, BodyCase{"OneLine", "a\r\n", "a\r\n.\r\n"},
                    BodyCase{"NoLastLineEnd", "a", "a\r\n.\r\n"},
                    BodyCase{"LoneLineFeeds", "a\nb\n", "a\r\nb\r\n.\r\n"},
                    BodyCase{"LoneReturns", "a\rb\r", "a\r\nb\r\n.\r\n"},
                    BodyCase{"LeadingDots", ".\r\n..\r\na.\r\n", "..\r\n...\r\na.\r\n.\r\n"},
                    BodyCase{"SmuggledEndByLineFeeds", "a\n.\nMAIL FROM:<x@y>\n",
                             "a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n"},
                    BodyCase{"SmuggledEndByReturns", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"},
                    BodyCase{"MixedEnds", "a\r\r\n\n.", "a\r\n\r\n\r\n..\r\n.\r\n"},
                    BodyCase{"EmptyLines", "\r\n\r\n", "\r\n\r\n.\r\n"}),
    [](const auto& one) { return one.param.name; });

struct MailboxCase {
    std::string name, mailbox;
    bool good;
};

class Mailbox : public testing::TestWithParam<MailboxCase> {};

TEST_P(Mailbox, IsHeldBackOrNot) {
    EXPECT_EQ(whyNotMailbox(GetParam().mailbox).empty(), GetParam().good);
}

INSTANTIATE_TEST_SUITE_P(
    All, Mailbox,
    testing::Values(MailboxCase{"Plain", "a.b+c@example.com", true},
                    MailboxCase{"Literal", "a@[192.0.2.1]", true},
                    MailboxCase{"NonAscii", "m\xc3\xbcller@example.com", true},
                    MailboxCase{"Quoted", "\"a@b\"@example.com", true},
                    MailboxCase{"LineBreak", "a@example.com\r\nRCPT TO:<x@y>", false},
                    MailboxCase{"LineFeed", "a@example.com\nDATA", false},
                    MailboxCase{"Return", "a@example.com\rDATA", false},
                    MailboxCase{"Nul", std::string("a@example.com\0b", 15), false},
                    MailboxCase{"Parameter", "a@example.com> NOTIFY=NEVER", false},
                    MailboxCase{"Bracket", "<a@example.com>", false},
                    MailboxCase{"Space", "a b@example.com", false}, MailboxCase{"Empty", "", false},
                    MailboxCase{"NoDomain", "a@", false},
                    MailboxCase{"NoName", "@example.com", false},
                    MailboxCase{"NoAt", "example.com", false},
                    MailboxCase{"TooLong", std::string(250, 'a') + "@b.de", false}),
    [](const auto& one) { return one.param.name; });

struct ReplyCase {
    std::string name, received;
    ReplyRead::Kind kind;
    int code = 0;
    std::string text{};
    std::size_t bytes = 0;
};

class Reply : public testing::TestWithParam<ReplyCase> {};

TEST_P(Reply, IsRead) {
    const ReplyRead read = readReply(GetParam().received);
    EXPECT_EQ(read.kind, GetParam().kind);
    if (read.kind != ReplyRead::Kind::Complete) return;
    EXPECT_EQ(read.reply.code, GetParam().code);
    EXPECT_EQ(read.reply.text, GetParam().text);
    EXPECT_EQ(read.bytes, GetParam().bytes);
}

constexpr auto kComplete = ReplyRead::Kind::Complete;
constexpr auto kUnfinished = ReplyRead::Kind::Unfinished;
constexpr auto kGarbage = ReplyRead::Kind::Garbage;

INSTANTIATE_TEST_SUITE_P(
    All, Reply,
    testing::Values(
        ReplyCase{"OneLine", "250 2.0.0 Ok\r\n", kComplete, 250, "2.0.0 Ok", 14},
        ReplyCase{"CodeAlone", "250\r\n", kComplete, 250, "", 5},
        ReplyCase{"NoReturn", "250 Ok\n", kComplete, 250, "Ok", 7},
        ReplyCase{"Lines", "550-no\r\n550 such user\r\n", kComplete, 550, "no such user", 23},
        ReplyCase{"TwoReplies", "250 a\r\n550 b\r\n", kComplete, 250, "a", 7},
        ReplyCase{"ControlsAreBlanked", "250 a\x1b[2Jb\r\n", kComplete, 250, "a [2Jb", 12},
        ReplyCase{"Nothing", "", kUnfinished}, ReplyCase{"HalfACode", "25", kUnfinished},
        ReplyCase{"HalfALine", "250 O", kUnfinished},
        ReplyCase{"MoreToCome", "250-a\r\n", kUnfinished},
        ReplyCase{"CodesDiffer", "250-a\r\n550 b\r\n", kGarbage},
        ReplyCase{"Http", "HTTP/1.1 400 Bad\r\n", kGarbage}, ReplyCase{"Letters", "2x", kGarbage},
        ReplyCase{"CodeOutOfRange", "999 x\r\n", kGarbage},
        ReplyCase{"EmptyLine", "\r\n", kGarbage},
        ReplyCase{"EndlessLine", "250 " + std::string(5000, 'a'), kGarbage}),
    [](const auto& one) { return one.param.name; });

}  // namespace smtp_text_test
}  // namespace backorderd::net
