#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/case.hpp"
#include "backorderd/notice.hpp"
#include "backorderd/problem.hpp"

/// Templates to subject, text, HTML and SMS, and a mail document of them. Everything that came from
/// an ERP is escaped for the place where it lands.
namespace backorderd::render {

/// Who writes: see config::HouseSettings. Values are cleaned before they are used.
struct House {
    std::string name, phone, signature, language, timezone, unsubscribe_link;
    std::string reply_to;
};

/// An item in stock that could be offered for a line.
struct Substitute {
    std::string item;       ///< the ERP's id
    std::string name;       ///< may be empty
    std::string warehouse;  ///< where the units lie; empty: the ERP does not say
    Decimal free;           ///< what an offer could take now
    Money unit_price;       ///< no currency: not known
};

/// One line in a message: what is told of one case. What is in stock or on order is for our own
/// people only, and may be left empty where a message is for a customer.
struct Entry {
    Notice notice;
    Case subject;  ///< with events; the line as it is now
    /// What the customer heard last of this case, for 'was'; empty where nothing.
    std::optional<ToldFacts> told_before;
    /// The event that caused the notice, where there is one.
    std::optional<Event> event;
    std::vector<Substitute> substitutes{};  ///< best first
    std::optional<int> lead_time_days{};    ///< of the item; empty: not known
    /// Of the item: what is on order and spoken for by no line; empty: not known.
    std::optional<Decimal> expected{};
};

/// A message to be rendered: all entries are for one recipient. `template_name` is that of the
/// entries' notices where they agree, and the policy's digest template where they do not.
struct Request {
    std::string template_name;
    Recipient recipient;
    std::vector<Entry> entries;  ///< at least one
    Timestamp now{};
    Date today{};  ///< in the recipient's zone; a promise date before it is never rendered
};

struct Rendered {
    std::string subject;  ///< one line, no control characters
    std::string text;
    std::string html;
    std::string sms;       ///< one line, in signs of the GSM alphabet where they will do
    std::string language;  ///< of the template that was used
};

/// All templates of a directory, parsed and checked. A template NAME has the files
/// `NAME.LANG.mustache`; `layout.*`, and files beginning with `_`, are partials. Cheap to copy:
/// copies share what was parsed.
class Templates {
public:
    /// Every problem of every template at once: an unknown variable, a section left open, a missing
    /// part, a template without the house language.
    static Result<Templates> load(const std::string& directory, const House& house);
    bool has(std::string_view name) const;
    std::vector<std::string> names() const;
    /// In which languages a template is there.
    std::vector<std::string> languages(std::string_view name) const;
    /// Falls back `de-AT -> de -> house language -> en`. A template that does not exist is a
    /// problem; anything else cannot fail, because `load` checked it.
    Result<Rendered> render(const Request& request) const;

private:
    struct Impl;
    explicit Templates(std::shared_ptr<Impl> impl);
    std::shared_ptr<Impl> impl_;  // shared by the copies; rendering leaves it as it was
};

/// A made-up request for a template: what `preview` shows without a line of the store, and what
/// every template is tried with when it is loaded. The topic is the one the template's name speaks
/// of; `digest`, and a name that speaks of none, carries different topics. Always the same for the
/// same arguments.
Request exampleRequest(std::string_view template_name, std::string_view language, int lines = 1);

/// What a mail document needs besides its words.
struct MailHeaders {
    std::string from_name, from_address, reply_to;
    std::string to_name, to_address;
    std::string message_id;  ///< without angle brackets
    std::string thread_id;   ///< Message-ID of the order's thread; In-Reply-To and References.
                             ///< Empty: none
    std::string unsubscribe_link;
    Timestamp date{};
    std::string redirected_from{};  ///< whom it was for, where it goes to somebody else
};

/// An RFC 5322 message with CRLF line ends: multipart/alternative of text and HTML,
/// quoted-printable, RFC 2047 words in headers, `Auto-Submitted: auto-generated`. Deterministic:
/// the same input gives the same bytes. Control characters in any header field are replaced by a
/// space.
std::string mailDocument(const MailHeaders& headers, const Rendered& rendered);

/// The body of a webhook, as config/schema/webhook.schema.json and docs/senders.md describe it.
/// `id` is the webhook's; a request without entries is a test. Deterministic, as all of these.
std::string webhookDocument(const Request& request, const Rendered& rendered, const House& house,
                            std::string_view id);

/// What is said in a chat, or to whoever is on call: one JSON object, of which each kind of chat
/// makes its own body. `title` and `text`; `facts`, by name, of a message about one line;
/// `severity` as pagers have it (`critical`, `warning`, `info`); `action` (`trigger`, or `resolve`
/// where the line needs nobody any more) and the `dedup_key` that what is said of one line has in
/// common; `source` and `at`. Frozen in messages: members may be added, and none changed.
std::string chatDocument(const Request& request, const Rendered& rendered, const House& house,
                         std::string_view id);

/// Whether an address can stand in an SMTP envelope and a header: one mailbox, no control
/// characters, no spaces, at most 254 bytes.
bool isMailAddress(std::string_view address);

/// Dates, numbers and money as the reader's language writes them; a language that is not known is
/// written as English.
std::string localDateText(Date date, std::string_view language);
std::string localNumber(Decimal number, std::string_view language);
std::string localMoney(const Money& money, std::string_view language);

}  // namespace backorderd::render
