#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <memory>

#include "hostile_samples.hpp"
#include "render/clean_text.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace hostile_mail_test {

using hostile_test::fillTexts;
using hostile_test::hostileTexts;

template <class T>
using Owned = std::unique_ptr<T, decltype(&g_object_unref)>;

std::string textOf(GMimeTextPart* part) {
    char* text = g_mime_text_part_get_text(part);
    const std::string copy = text ? text : "";
    g_free(text);
    return copy;
}

/// What a mail program sees of a part, but for its words: type, headers, and the tags of HTML or
/// the number of lines of text.
void addSkeleton(GMimeObject* object, std::string& out) {
    auto* type = g_mime_object_get_content_type(object);
    char* name = g_mime_content_type_get_mime_type(type);
    out += std::string{"part "} + name + '\n';
    auto* headers = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
        const char* header = g_mime_header_get_name(g_mime_header_list_get_header_at(headers, i));
        out += std::string{"  "} + header + '\n';
    }
    if (GMIME_IS_MULTIPART(object)) {
        auto* parts = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(parts); ++i)
            addSkeleton(g_mime_multipart_get_part(parts, i), out);
    } else if (GMIME_IS_TEXT_PART(object)) {
        const auto text = textOf(GMIME_TEXT_PART(object));
        out += std::string{name}.ends_with("html")
                   ? hostile_test::tagSequence(text)
                   : std::to_string(std::count(text.begin(), text.end(), '\n')) + " lines\n";
    }
    g_free(name);
}

std::string skeleton(const std::string& document) {
    g_mime_init();
    const Owned<GMimeStream> stream{
        g_mime_stream_mem_new_with_buffer(document.data(), document.size()), &g_object_unref};
    const Owned<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get()), &g_object_unref};
    const Owned<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr),
                                      &g_object_unref};
    if (!message) return "no message";
    std::string out = "message\n";
    auto* headers = g_mime_object_get_header_list(GMIME_OBJECT(message.get()));
    for (int i = 0; i < g_mime_header_list_get_count(headers); ++i)
        out += std::string{g_mime_header_get_name(g_mime_header_list_get_header_at(headers, i))} +
               '\n';
    for (auto* list :
         {g_mime_message_get_from(message.get()), g_mime_message_get_to(message.get())})
        out += std::to_string(internet_address_list_length(list)) + " mailboxes\n";
    addSkeleton(g_mime_message_get_mime_part(message.get()), out);
    return out;
}

/// The mail as it is sent, with the same text wherever somebody else's text can land. The address
/// is one of the ERP's: a hostile one is none, and nothing is sent to it.
std::string mailWith(const Rendered& rendered, const std::string& text) {
    const MailHeaders headers{.from_name = text,
                              .from_address = "orders@nordwind.example",
                              .reply_to = "service@nordwind.example",
                              .to_name = text,
                              .to_address = "maria.huber@example.com",
                              .message_id = "0123456789abcdef@nordwind.example",
                              .thread_id = text + "@nordwind.example",
                              .unsubscribe_link = "https://nordwind.example/stop",
                              .date = Timestamp{std::chrono::seconds{1'774'000'000}}};
    return mailDocument(headers, rendered);
}

TEST(HostileMail, EveryTemplateGivesTheSameDocumentWhateverTheFieldsHold) {
    const Templates& templates = shippedTemplates();
    for (const std::string& name : templates.names()) {
        const int lines = name == "digest" ? 9 : name == "rep-alert" ? 3 : 2;
        for (const char* language : {"en", "de"}) {
            const Request example = exampleRequest(name, language, lines);
            const auto tame = templates.render(fillTexts(example, "x", "")).value();
            const auto expected = skeleton(mailWith(tame, "x"));
            for (const std::string& text : hostileTexts()) {
                const auto out = templates.render(fillTexts(example, text, text)).value();
                const auto document = mailWith(out, text);
                const auto what = name + ' ' + language + ": " + cleanLine(text, 60);
                EXPECT_EQ(skeleton(document), expected) << what;
                EXPECT_LE(document.size(), std::size_t{2} << 20) << what;
                EXPECT_EQ(document.find('\0'), std::string::npos) << what;
                // Behind the headers it is but a word at which a line was broken.
                const auto end = document.find("\r\n\r\n");
                ASSERT_NE(end, std::string::npos) << what;
                const auto headers = document.substr(0, end);
                EXPECT_EQ(headers.find("\nBcc:"), std::string::npos) << what;
            }
        }
    }
}

TEST(HostileMail, TheSkeletonNoticesAnInjection) {
    const Rendered words{"A subject", "text\n", "<p>text</p>\n", "", "en"};
    auto document = mailWith(words, "x");
    const auto expected = skeleton(document);
    document.insert(document.find("Subject:"), "Bcc: victim@example.com\r\n");
    EXPECT_NE(skeleton(document), expected);
    const Rendered more{"A subject", "text\n", "<p>text<b></b></p>\n", "", "en"};
    EXPECT_NE(skeleton(mailWith(more, "x")), expected);
}

TEST(HostileMail, AHostileAddressIsNoMailbox) {
    for (const std::string& text : hostileTexts())
        for (const auto& address : {text, text + "@example.com", "a@" + text})
            EXPECT_TRUE(!isMailAddress(address) ||
                        std::all_of(address.begin(), address.end(),
                                    [](unsigned char c) { return c > 0x20 && c != 0x7F; }))
                << cleanLine(address, 60);
}

}  // namespace hostile_mail_test
}  // namespace backorderd::render
