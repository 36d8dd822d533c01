#include "app/personal_data.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/declined.hpp"
#include "app/explain.hpp"
#include "app/preferring.hpp"
#include "codec/codec.hpp"

namespace backorderd::app {
namespace {

using nlohmann::json;

constexpr int kCasesPerPage = 500;
constexpr int kTrailMax = 100'000;
/// A shorter word, a customer's number 7, would be found in half of all texts.
constexpr std::size_t kTrailWordBytesMin = 4;

std::string needed(const json& arguments, const char* name, const char* reason) {
    auto text = arguments.value(name, std::string{});
    if (text.empty()) throw Declined{reason};
    return text;
}

std::vector<Case> casesOf(Store& store, const std::string& customer) {
    CaseFilter filter;
    filter.customer = customer;
    filter.include_closed = true;
    filter.limit = kCasesPerPage;
    std::vector<Case> cases;
    for (;;) {
        const auto ids = store.listCases(filter);
        if (ids.empty()) return cases;
        auto page = store.cases(ids);
        std::move(page.begin(), page.end(), std::back_inserter(cases));
        filter.after = ids.back();
    }
}

/// What the audit trail may call them.
std::set<std::string> wordsFor(const std::string& customer, const std::vector<Case>& cases) {
    std::set<std::string> words{customer};
    for (const auto& subject : cases) {
        const auto& line = subject.line;
        words.insert(
            {line.customer.name, line.contact.name, line.contact.email, line.contact.phone});
        for (const auto& notice : subject.notices)
            words.insert({notice.recipient.address, notice.recipient.name});
    }
    std::erase_if(words, [](const std::string& word) { return word.size() < kTrailWordBytesMin; });
    return words;
}

std::vector<CaseId> closedOf(const std::vector<Case>& cases) {
    std::vector<CaseId> ids;
    for (const auto& subject : cases)
        if (subject.closed_at) ids.push_back(subject.id);
    return ids;
}

json leftRow(const Case& subject, const char* why) {
    return {{"order", subject.line.order.number},
            {"position", subject.line.position},
            {"line", subject.line.key.id},
            {"why", why}};
}

json exportedCase(const Case& subject, Timestamp now) {
    json row = lineRow(subject, now);
    row["fields"] = json::parse(codec::encodeLine(subject.line));
    row["events"] = json::array();
    for (const auto& entry : subject.events)
        row["events"].push_back({{"at", formatTimestamp(entry.at)},
                                 {"name", eventName(entry.event)},
                                 {"text", describeEvent(entry.event)},
                                 {"members", json::parse(codec::encodeEvent(entry.event))}});
    row["notices"] = json::array();
    for (const auto& notice : subject.notices) row["notices"].push_back(noticeRow(notice));
    return row;
}

json exportedMessages(Store& store, const std::vector<Case>& cases) {
    std::set<MessageId> ids;
    for (const auto& subject : cases)
        for (const auto& notice : subject.notices)
            if (notice.message_id != 0) ids.insert(notice.message_id);
    json rows = json::array();
    for (const auto id : ids) {
        const auto message = std::move(store.messages(std::vector{id}).front());
        rows.push_back(messageRow(message));
        rows.back()["name"] = message.recipient.name;
        rows.back()["document"] = message.document;
    }
    return rows;
}

/// By what preferences of the customer's contacts are known.
std::set<std::string> contactsOf(const std::vector<Case>& cases) {
    std::set<std::string> contacts;
    for (const auto& subject : cases) {
        const auto& contact = subject.line.contact;
        contacts.insert({contactKeyOf(contact.email), contactKeyOf(contact.phone)});
        for (const auto& notice : subject.notices)
            if (isForCustomer(notice.topic))
                contacts.insert(contactKeyOf(notice.recipient.address));
    }
    contacts.erase("");
    return contacts;
}

json exportedPreferences(Store& store, const std::vector<Case>& cases) {
    const auto contacts = contactsOf(cases);
    json rows = json::array();
    for (const auto& preference : store.preferences())
        if (contacts.contains(preference.contact)) rows.push_back(preferenceRow(preference));
    return rows;
}

}  // namespace

json forgetCustomer(Engine& engine, Store& store, const json& arguments, Timestamp now) {
    const auto customer =
        needed(arguments, "customer", "a customer's number is needed: --customer NUMBER");
    // The trail says that somebody was forgotten, not who.
    const AuditEntry why{now, needed(arguments, "author", "an author is needed: --author NAME"),
                         "forget", "a customer",
                         needed(arguments, "reason", "a reason is needed: --reason TEXT")};
    const auto cases = casesOf(store, customer);
    const auto closed = closedOf(cases);
    const auto open = cases.size() - closed.size();
    if (open > 0 && !arguments.value("even_open", false))
        throw Declined{"customer '" + customer + "' has " + std::to_string(open) +
                       " open lines: the ERP would tell all of it again. Close or cancel them "
                       "there first; --even-open forgets what is closed now"};
    const auto busy = store.removeCustomer(closed, now);
    json left = json::array();
    for (const auto& subject : cases) {
        if (!subject.closed_at)
            left.push_back(leftRow(subject, "still open"));
        else if (std::find(busy.begin(), busy.end(), subject.id) != busy.end())
            left.push_back(leftRow(subject, "a message is leaving at this moment: ask again"));
    }
    const auto words = wordsFor(customer, cases);
    const std::vector<std::string> list{words.begin(), words.end()};
    if (left.empty()) {
        const auto contacts = contactsOf(cases);
        store.removePreferences(std::vector<std::string>{contacts.begin(), contacts.end()});
        engine.readPreferences();
    }
    // A customer who is still served stays in the trail until the last line is closed.
    store.removeFromTrail(left.empty() ? list : std::vector<std::string>{}, why);
    try {
        store.compact();
    } catch (const StoreBroken&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw Declined{std::string{error.what()} +
                       ". The customer is forgotten, but copies may be left in the file: make "
                       "room, and ask again"};
    }
    return {{"forgotten", closed.size() - busy.size()}, {"left", left}};
}

json exportCustomer(Store& store, const json& arguments, Timestamp now) {
    const auto customer =
        needed(arguments, "customer", "a customer's number is needed: --customer NUMBER");
    const auto cases = casesOf(store, customer);
    if (cases.empty()) throw Declined{"nothing is known of a customer '" + customer + "'"};
    json rows = json::array(), trail = json::array();
    for (const auto& subject : cases) rows.push_back(exportedCase(subject, now));
    const auto words = wordsFor(customer, cases);
    for (const auto& entry : store.auditTrail(kTrailMax)) {
        const auto names = [&](const std::string& word) {
            return entry.subject.find(word) != std::string::npos ||
                   entry.reason.find(word) != std::string::npos;
        };
        if (std::any_of(words.begin(), words.end(), names))
            trail.push_back({{"at", formatTimestamp(entry.at)},
                             {"author", entry.actor},
                             {"action", entry.action},
                             {"subject", entry.subject},
                             {"reason", entry.reason}});
    }
    return {{"customer", customer},
            {"exported_at", formatTimestamp(now)},
            {"lines", rows},
            {"messages", exportedMessages(store, cases)},
            {"preferences", exportedPreferences(store, cases)},
            {"audit", trail}};
}

}  // namespace backorderd::app
