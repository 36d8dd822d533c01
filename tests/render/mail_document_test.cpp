#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "samples.hpp"

namespace backorderd::render {
namespace mail_document_test {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

MailHeaders sampleHeaders() {
    return {.from_name = "Nordwind Technik GmbH",
            .from_address = "orders@nordwind.example",
            .reply_to = "service@nordwind.example",
            .to_name = "Maria Huber",
            .to_address = "maria.huber@example.com",
            .message_id = "0123456789abcdef@nordwind.example",
            .thread_id = "thread-42@nordwind.example",
            .unsubscribe_link = "https://nordwind.example/stop?id=7",
            .date = Timestamp{std::chrono::seconds{1'774'000'000}}};
}

Rendered sampleWords() {
    return {.subject = "Order SO-1042: new date",
            .text = "Hello,\n\nthe text.\n",
            .html = "<p>the <b>HTML</b></p>\n",
            .sms = "",
            .language = "en"};
}

/// What a strict reader makes of the bytes: every line ends in CRLF, the head ends at the first
/// empty line, a line that begins with a space continues the one before.
struct Parsed {
    std::vector<std::string> names;
    std::vector<std::string> values;
    std::vector<std::string> bodies;  ///< of the parts, with their own heads, still encoded

    std::string value(std::string_view name) const {
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? "(none)"
                                    : values[static_cast<std::size_t>(found - names.begin())];
    }
};

std::vector<std::string> strictLines(const std::string& bytes) {
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        EXPECT_NE(bytes[i], '\0');
        EXPECT_NE(bytes[i], '\n') << "a line feed alone, behind: " << line;
        if (bytes[i] != '\r') {
            line += bytes[i];
            continue;
        }
        EXPECT_TRUE(i + 1 < bytes.size() && bytes[i + 1] == '\n') << "a return alone";
        ++i;
        EXPECT_LE(line.size(), 998u);
        lines.push_back(std::move(line));
        line.clear();
    }
    EXPECT_EQ(line, "");
    return lines;
}

Parsed parse(const std::string& bytes) {
    Parsed out;
    const std::vector<std::string> lines = strictLines(bytes);
    std::size_t at = 0;
    for (; at < lines.size() && !lines[at].empty(); ++at) {
        if (lines[at].front() == ' ' || lines[at].front() == '\t') {
            out.values.back() += lines[at];
            continue;
        }
        const std::size_t colon = std::min(lines[at].find(':'), lines[at].size());
        EXPECT_NE(colon, lines[at].size()) << lines[at];
        out.names.push_back(lines[at].substr(0, colon));
        // Nothing but the colon where a long value begins on the next line.
        out.values.push_back(lines[at].substr(std::min(colon + 2, lines[at].size())));
    }
    const std::string type = out.value("Content-Type");
    const std::size_t quote = type.find('"');
    const std::string boundary = "--" + type.substr(quote + 1, type.rfind('"') - quote - 1);
    for (; at < lines.size(); ++at) {
        const bool ends = lines[at] == boundary + "--";
        if (lines[at] == boundary || ends) {
            // The line end before a boundary belongs to the boundary.
            if (!out.bodies.empty()) out.bodies.back().pop_back();
            if (ends) break;
            out.bodies.emplace_back();
        } else if (!out.bodies.empty()) {
            out.bodies.back() += lines[at] + "\n";
        }
    }
    return out;
}

std::string decodeQuotedPrintable(std::string_view body) {
    std::string out;
    for (std::size_t i = 0; i < body.size(); ++i) {
        if (body[i] != '=') {
            out += body[i];
        } else if (body[i + 1] == '\n') {
            ++i;
        } else {
            out += static_cast<char>(std::stoi(std::string{body.substr(i + 1, 2)}, nullptr, 16));
            i += 2;
        }
    }
    return out;
}

std::string partBody(const std::string& part) {
    return decodeQuotedPrintable(part.substr(part.find("\n\n") + 2));
}

std::string decodeBase64(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto value =
            std::string_view{
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                "0123456789+/"}
                .find(c);
        if (value == std::string_view::npos) continue;
        bits = (bits << 6) | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>((bits >> count) & 0xFFu);
    }
    return out;
}

/// RFC 2047: encoded words become what they stand for; white space between two of them is dropped.
std::string decodeWords(std::string_view text) {
    std::string out;
    bool after_word = false;
    while (!text.empty()) {
        const std::size_t begin = text.find("=?");
        const std::string_view plain = text.substr(0, begin);
        const bool blank = plain.find_first_not_of(" \t") == std::string_view::npos;
        if (!(after_word && blank && begin != std::string_view::npos)) out += plain;
        if (begin == std::string_view::npos) break;
        const std::size_t kind = text.find('?', begin + 2) + 1;
        const std::size_t end = text.find("?=", kind + 2);
        std::string word{text.substr(kind + 2, end - kind - 2)};
        if (text[kind] == 'B' || text[kind] == 'b') {
            out += decodeBase64(word);
        } else {
            std::replace(word.begin(), word.end(), '_', ' ');
            out += decodeQuotedPrintable(word);
        }
        text.remove_prefix(end + 2);
        after_word = true;
    }
    return out;
}

TEST(MailDocument, HasTheHeadersOfAnAutomaticMessageInAThread) {
    const Parsed mail = parse(mailDocument(sampleHeaders(), sampleWords()));
    EXPECT_THAT(mail.names,
                ElementsAre("From", "To", "Reply-To", "Subject", "Date", "Message-Id",
                            "In-Reply-To", "References", "Auto-Submitted", "List-Unsubscribe",
                            "List-Unsubscribe-Post", "MIME-Version", "Content-Type"));
    EXPECT_EQ(mail.value("From"), "Nordwind Technik GmbH <orders@nordwind.example>");
    EXPECT_EQ(mail.value("To"), "Maria Huber <maria.huber@example.com>");
    EXPECT_EQ(mail.value("Reply-To"), "service@nordwind.example");
    EXPECT_EQ(mail.value("Subject"), "Order SO-1042: new date");
    EXPECT_EQ(mail.value("Date"), "Fri, 20 Mar 2026 09:46:40 +0000");
    EXPECT_EQ(mail.value("Message-Id"), "<0123456789abcdef@nordwind.example>");
    EXPECT_EQ(mail.value("In-Reply-To"), "<thread-42@nordwind.example>");
    EXPECT_EQ(mail.value("References"), "<thread-42@nordwind.example>");
    EXPECT_EQ(mail.value("Auto-Submitted"), "auto-generated");
    EXPECT_EQ(mail.value("List-Unsubscribe"), "<https://nordwind.example/stop?id=7>");
    EXPECT_EQ(mail.value("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    EXPECT_THAT(mail.value("Content-Type"), HasSubstr("multipart/alternative"));
    ASSERT_EQ(mail.bodies.size(), 2u);
    EXPECT_THAT(mail.bodies[0], HasSubstr("Content-Type: text/plain; charset=utf-8"));
    EXPECT_THAT(mail.bodies[1], HasSubstr("Content-Type: text/html; charset=utf-8"));
}

TEST(MailDocument, LeavesOutWhatIsNotConfigured) {
    MailHeaders headers = sampleHeaders();
    headers.reply_to.clear();
    headers.thread_id.clear();
    headers.unsubscribe_link.clear();
    headers.to_name.clear();
    Parsed mail = parse(mailDocument(headers, sampleWords()));
    EXPECT_THAT(mail.names, ElementsAre("From", "To", "Subject", "Date", "Message-Id",
                                        "Auto-Submitted", "MIME-Version", "Content-Type"));
    EXPECT_EQ(mail.value("To"), "maria.huber@example.com");

    headers.thread_id = headers.message_id;  // the first message of a thread answers nothing
    headers.unsubscribe_link = "mailto:stop@nordwind.example";
    mail = parse(mailDocument(headers, sampleWords()));
    EXPECT_EQ(mail.value("In-Reply-To"), "(none)");
    EXPECT_EQ(mail.value("List-Unsubscribe"), "<mailto:stop@nordwind.example>");
    EXPECT_EQ(mail.value("List-Unsubscribe-Post"), "(none)");
}

TEST(MailDocument, KeepsTheWordsAsTheyWere) {
    Rendered words = sampleWords();
    words.text =
        "Grüße aus Köln — 日本 👩‍🔧\n.\n..dots\nFrom here\n trailing \n=41\n" +
        std::string(3000, 'x') + "\n" + std::string(300, ' ') + "end\n";
    words.html = "<p style=\"a=b\">" + std::string(2000, '=') + "ü</p>\n";
    const Parsed mail = parse(mailDocument(sampleHeaders(), words));
    ASSERT_EQ(mail.bodies.size(), 2u);
    EXPECT_EQ(partBody(mail.bodies[0]), words.text);
    EXPECT_EQ(partBody(mail.bodies[1]), words.html);
    for (const std::string& body : mail.bodies) {
        std::istringstream lines{body};
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 76u);
    }
}

TEST(MailDocument, EncodesNamesAndSubjects) {
    MailHeaders headers = sampleHeaders();
    headers.to_name = "Jürgen Groß, Einkauf \"Süd\"";
    headers.from_name = "Müller & Söhne";
    Rendered words = sampleWords();
    words.subject = "Auftrag 7: Umwälzpumpe für Köln, " + std::string(120, 'x') + " äöü";
    const std::string document = mailDocument(headers, words);
    const Parsed mail = parse(document);
    EXPECT_TRUE(std::all_of(document.begin(), document.end(),
                            [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    EXPECT_THAT(decodeWords(mail.value("To")), HasSubstr("Jürgen Groß, Einkauf \"Süd\""));
    EXPECT_TRUE(mail.value("To").ends_with("<maria.huber@example.com>"));
    EXPECT_EQ(decodeWords(mail.value("From")), "Müller & Söhne <orders@nordwind.example>");
    EXPECT_EQ(decodeWords(mail.value("Subject")), words.subject);
}

TEST(MailDocument, IsDeterministicAndItsBoundaryFollowsTheId) {
    const std::string first = mailDocument(sampleHeaders(), sampleWords());
    EXPECT_EQ(first, mailDocument(sampleHeaders(), sampleWords()));
    MailHeaders other = sampleHeaders();
    other.message_id = "other@nordwind.example";
    EXPECT_NE(parse(first).value("Content-Type"),
              parse(mailDocument(other, sampleWords())).value("Content-Type"));
}

TEST(MailDocument, NoFieldCanAddAHeaderOrAPart) {
    const std::string evil[] = {
        "x\r\nBcc: victim@example.com",
        "x\nBcc: victim@example.com\n\nbody",
        "x\r\n\r\nbody",
        "x\r\n.\r\nMAIL FROM:<a@b.c>",
        "x\0y"s,
        "x>, <victim@example.com",
        "a@b.c, victim@example.com",
        "x\u2028Bcc: v@example.com",
        "\xFF\xFE\r\n",
        "=?utf-8?q?x=0D=0ABcc:_v=40example.com?=",
        "--=_0000\r\nContent-Type: text/html",
        std::string(100'000, 'x'),
        std::string(5'000, '\r'),
        "https://x.example/\r\nBcc: v@example.com",
        "\t folded\r\n more",
    };
    std::string MailHeaders::*const fields[] = {
        &MailHeaders::from_name, &MailHeaders::from_address,    &MailHeaders::reply_to,
        &MailHeaders::to_name,   &MailHeaders::to_address,      &MailHeaders::message_id,
        &MailHeaders::thread_id, &MailHeaders::unsubscribe_link};
    const Parsed good = parse(mailDocument(sampleHeaders(), sampleWords()));
    for (const std::string& text : evil) {
        for (const auto field : fields) {
            MailHeaders headers = sampleHeaders();
            headers.*field = text;
            const Parsed mail = parse(mailDocument(headers, sampleWords()));
            for (const std::string& name : mail.names) {
                EXPECT_THAT(good.names, testing::Contains(name)) << text;
                EXPECT_EQ(std::count(mail.names.begin(), mail.names.end(), name), 1) << name;
            }
            EXPECT_EQ(mail.bodies, good.bodies) << text;
            // An address that is none is left out rather than mended.
            EXPECT_THAT(mail.value("To"), Not(HasSubstr("<victim@example.com>")));
            EXPECT_THAT(mail.value("From"), Not(HasSubstr("<victim@example.com>")));
        }
        Rendered words = sampleWords();
        words.subject = text;
        words.text = text + "\n";
        words.html = text + "\n";
        const Parsed mail = parse(mailDocument(sampleHeaders(), words));
        EXPECT_EQ(mail.names, good.names) << text;
        EXPECT_EQ(mail.bodies.size(), 2u) << text;
    }
}

TEST(MailAddress, IsOneMailboxThatAnEnvelopeCanHold) {
    for (const char* good : {"a@b.example", "maria.huber+erp@mail.example.co.at", "x@localhost",
                             "o'neil_9@xn--mnchen-3ya.example", "a@1.example"}) {
        EXPECT_TRUE(isMailAddress(good)) << good;
    }
    const std::string bad[] = {"",
                               "a",
                               "@b.c",
                               "a@",
                               "a@@b.c",
                               "a@b@c.d",
                               "a b@c.d",
                               "a@b c.d",
                               " a@b.c",
                               "a@b.c ",
                               "a@b.c\r\n",
                               "a@b.c\nBcc: x@y.z",
                               "a\0@b.c"s,
                               "<a@b.c>",
                               "A <a@b.c>",
                               "a@b.c,d@e.f",
                               "a@b.c;d@e.f",
                               "a..b@c.d",
                               ".a@b.c",
                               "a.@b.c",
                               "a@b..c",
                               "a@.b",
                               "a@b.",
                               "a@-b.c",
                               "a@b-.c",
                               "a@b_c.d",
                               "\"a b\"@c.d",
                               "a@[127.0.0.1]",
                               "ä@b.c",
                               "a@bü.c",
                               "a(x)@b.c",
                               "a\\@b.c",
                               std::string(65, 'a') + "@b.c",
                               "a@" + std::string(64, 'b') + ".c",
                               "a@" + std::string(300, 'b'),
                               "a@b.c\x7f"};
    for (const std::string& address : bad) EXPECT_FALSE(isMailAddress(address)) << address;
}

}  // namespace mail_document_test
}  // namespace backorderd::render
