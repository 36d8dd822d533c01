#include <fmt/format.h>
#include <gmime/gmime.h>

#include <cstdint>
#include <memory>

#include "render/clean_text.hpp"
#include "render/render.hpp"

namespace backorderd::render {
namespace {

constexpr std::size_t kNameCharactersMax = 200;
constexpr std::size_t kSubjectHeaderCharactersMax = 250;
constexpr std::size_t kIdBytesMax = 250;

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

void initialiseOnce() {
    static const bool done = [] {
        g_mime_init();
        return true;
    }();
    static_cast<void>(done);
}

/// A Message-ID as it may stand between angle brackets. What is not a character of one becomes '_'.
std::string safeId(std::string_view id) {
    std::string out{id.substr(0, kIdBytesMax)};
    for (char& c : out) {
        const bool allowed =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            std::string_view{".!#$%&'*+-/=?^_`{|}~@"}.find(c) != std::string_view::npos;
        if (!allowed) c = '_';
    }
    return out;
}

/// A boundary that follows from the id alone. Quoted-printable never writes `=_`, so that no body
/// can hold it.
std::string boundaryFor(std::string_view id) {
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return fmt::format("=_{:016x}", hash);
}

/// An address that is none is not mended: what would be sent to the mended one?
void addMailbox(InternetAddressList* list, std::string_view name, const std::string& address) {
    if (!isMailAddress(address)) {
        const Owned<InternetAddress> nobody{internet_address_group_new("invalid-address")};
        internet_address_list_add(list, nobody.get());
        return;
    }
    const std::string clean = cleanLine(name, kNameCharactersMax);
    const Owned<InternetAddress> mailbox{
        internet_address_mailbox_new(clean.empty() ? nullptr : clean.c_str(), address.c_str())};
    internet_address_set_charset(mailbox.get(), "utf-8");
    internet_address_list_add(list, mailbox.get());
}

void setHeader(GMimeMessage* message, const char* name, const std::string& value) {
    g_mime_object_set_header(GMIME_OBJECT(message), name, value.c_str(), "utf-8");
}

void addThread(GMimeMessage* message, const MailHeaders& headers) {
    // The first message of a thread has the thread's own id and answers nothing.
    if (headers.thread_id.empty() || headers.thread_id == headers.message_id) return;
    const std::string reference = fmt::format("<{}>", safeId(headers.thread_id));
    setHeader(message, "In-Reply-To", reference);
    setHeader(message, "References", reference);
}

void addUnsubscribe(GMimeMessage* message, const MailHeaders& headers) {
    const std::string link = webOrMailLink(headers.unsubscribe_link);
    if (link.empty()) return;
    setHeader(message, "List-Unsubscribe", fmt::format("<{}>", link));
    if (link.starts_with("https:")) {
        setHeader(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
}

void setHeaders(GMimeMessage* message, const MailHeaders& headers, const std::string& subject) {
    addMailbox(g_mime_message_get_from(message), headers.from_name, headers.from_address);
    addMailbox(g_mime_message_get_to(message), headers.to_name, headers.to_address);
    if (isMailAddress(headers.reply_to)) {
        addMailbox(g_mime_message_get_reply_to(message), "", headers.reply_to);
    }
    g_mime_message_set_subject(message, cleanLine(subject, kSubjectHeaderCharactersMax).c_str(),
                               "utf-8");
    GDateTime* date = g_date_time_new_from_unix_utc(headers.date.time_since_epoch().count());
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
    g_mime_message_set_message_id(message, safeId(headers.message_id).c_str());
    addThread(message, headers);
    setHeader(message, "Auto-Submitted", "auto-generated");
    addUnsubscribe(message, headers);
    if (!headers.redirected_from.empty())
        setHeader(message, "X-Backorderd-Redirected-From",
                  cleanLine(headers.redirected_from, kNameCharactersMax));
    setHeader(message, "MIME-Version", "1.0");
}

/// What is neither a line end nor printable has no place in a body, and a return alone would upset
/// the count of columns.
std::string printable(std::string text) {
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) c = ' ';
    }
    return text;
}

void addPart(GMimeMultipart* multipart, const char* subtype, const std::string& words) {
    const std::string text = printable(words);
    const Owned<GMimeTextPart> part{g_mime_text_part_new_with_subtype(subtype)};
    const Owned<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(text.data(), text.size())};
    const Owned<GMimeDataWrapper> content{
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT)};
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
    g_mime_part_set_content(GMIME_PART(part.get()), content.get());
    g_mime_part_set_content_encoding(GMIME_PART(part.get()),
                                     GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_mime_multipart_add(multipart, GMIME_OBJECT(part.get()));
}

std::string write(GMimeMessage* message) {
    const std::unique_ptr<GMimeFormatOptions, void (*)(GMimeFormatOptions*)> format{
        g_mime_format_options_new(), g_mime_format_options_free};
    g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
    const Owned<GMimeStream> stream{g_mime_stream_mem_new()};
    g_mime_object_write_to_stream(GMIME_OBJECT(message), format.get(), stream.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

}  // namespace

std::string mailDocument(const MailHeaders& headers, const Rendered& rendered) {
    initialiseOnce();
    const Owned<GMimeMessage> message{g_mime_message_new(FALSE)};
    setHeaders(message.get(), headers, rendered.subject);
    const Owned<GMimeMultipart> body{g_mime_multipart_new_with_subtype("alternative")};
    g_mime_multipart_set_boundary(body.get(), boundaryFor(headers.message_id).c_str());
    addPart(body.get(), "plain", rendered.text);
    addPart(body.get(), "html", rendered.html);
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(body.get()));
    return write(message.get());
}

}  // namespace backorderd::render
