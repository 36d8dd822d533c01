#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "backorderd/store.hpp"

/// What every store must do. A store's own test file makes a `StorePlace` for it, includes the
/// files contract_*.hpp and instantiates `StoreContract`.
namespace backorderd::store {

/// Where one store lives: opened, closed and opened again.
class StorePlace {
public:
    virtual ~StorePlace() = default;
    virtual std::unique_ptr<Store> open() = 0;
    /// The same store after its end: what was in it is there again.
    virtual std::unique_ptr<Store> reopen(std::unique_ptr<Store> store) = 0;
    /// A path of a file that does not exist, gone with the place.
    virtual std::string newFile() = 0;
    /// Opens what `Store::backup` wrote.
    virtual std::unique_ptr<Store> openBackup(const std::string& file) = 0;
};

using MakePlace = std::function<std::unique_ptr<StorePlace>()>;

inline constexpr Timestamp kNow{std::chrono::seconds{1'772'445'600}};  // 2026-03-02T10:00:00Z
inline const Date kDay = *parseDate("2026-03-20");
using std::chrono::hours;
using std::chrono::minutes;

class StoreContract : public testing::TestWithParam<MakePlace> {
protected:
    void reopen() { store_ = place_->reopen(std::move(store_)); }
    Store& store() { return *store_; }
    StorePlace& place() { return *place_; }

    /// A line `ID` on order `SO<order>`.
    static OrderLine line(const std::string& id, const std::string& order = "100") {
        OrderLine line;
        line.key = {"erp", id};
        line.order = {"o" + order, "SO" + order, "", {}};
        line.position = id;
        line.item.id = "PX-100";
        line.ordered = Decimal{10};
        line.promise = Promise::on(kDay);
        line.customer = {"C1", "Nord \"GmbH\"", "gold", "AT", {{"region", "EMEA"}}};
        line.contact.email = "erika@example.com";
        return line;
    }
    static CaseChange opening(const OrderLine& line, std::uint64_t fingerprint = 1) {
        CaseChange change;
        change.after.line = line;
        change.after.opened_at = kNow;
        change.fingerprint = fingerprint;
        change.new_events = {{1, kNow, LineOpened{line.open(), line.promise, false}}};
        return change;
    }
    /// A change that touches nothing yet.
    CaseChange changing(CaseId id) {
        CaseChange change;
        change.after = one(id);
        return change;
    }
    CaseId commit(CaseChange change) {
        store().commit({&change, 1});
        return change.after.id;
    }
    CaseId open(const std::string& id) { return commit(opening(line(id))); }
    Case one(CaseId id) { return store().cases({&id, 1}).front(); }

    static Notice notice(const std::string& key, const std::string& address = "erika@example.com") {
        Notice notice;
        notice.key = key;
        notice.topic = Topic::PromiseChanged;
        notice.rule = "key accounts";
        notice.template_name = "promise-changed";
        notice.recipient = {Channel::Email, address, "Erika", "de-AT", "Europe/Vienna"};
        notice.fact_at = notice.ready_at = notice.due_at = notice.state_at = kNow;
        notice.expires_at = kNow + hours{48};
        notice.reason = "The promise moved.";
        notice.facts = {Promise::on(kDay), *Decimal::parse("2.5")};
        return notice;
    }
    NoticeId plan(CaseId id, Notice notice) {
        auto change = changing(id);
        change.new_notices = {std::move(notice)};
        store().commit({&change, 1});
        return change.new_notices.front().id;
    }
    static Message message(const std::string& stable_id, std::vector<NoticeId> notices) {
        Message message;
        message.stable_id = stable_id;
        message.sender = "mail";
        message.recipient = {Channel::Email, "erika@example.com", "Erika", "de-AT", ""};
        message.subject = "Ihre Bestellung";
        message.envelope_from = "orders@example.com";
        message.document = std::string{"Subject: x\r\n\r\nbytes \0\xFF", 22};
        message.created_at = message.state_at = kNow;
        message.notices = std::move(notices);
        return message;
    }
    MessageId freeze(Message message) {
        store().freeze({&message, 1});
        return message.id;
    }
    /// A message with one notice of a new case of line `id`.
    struct Frozen {
        CaseId case_id;
        NoticeId notice_id;
        MessageId message_id;
    };
    Frozen frozen(const std::string& id) {
        const auto case_id = open(id);
        const auto notice_id = plan(case_id, notice("opened"));
        return {case_id, notice_id, freeze(message("m" + id, {notice_id}))};
    }
    /// The same, claimed and on the wire.
    Frozen onWire(const std::string& id) {
        const auto it = frozen(id);
        store().claimReady("mail", kNow, 10);
        store().settleAndMark({}, {}, {&it.message_id, 1}, kNow);
        return it;
    }
    static Settlement outcome(MessageId id, MessageState state, const std::string& reason = "") {
        Settlement settlement;
        settlement.id = id;
        settlement.state = state;
        settlement.reason = reason;
        return settlement;
    }
    static Annotation note(const std::string& marker) {
        Annotation note;
        note.source = "erp";
        note.order_id = "o100";
        note.marker = marker;
        note.text = "told of the new date";
        return note;
    }
    /// Lists with a filter that `narrow` has filled in.
    std::vector<CaseId> casesWith(const std::function<void(CaseFilter&)>& narrow) {
        CaseFilter filter;
        narrow(filter);
        return store().listCases(filter);
    }
    std::vector<MessageId> messagesWith(const std::function<void(MessageFilter&)>& narrow) {
        MessageFilter filter;
        narrow(filter);
        return store().listMessages(filter);
    }
    void settle(const Settlement& settlement, Timestamp now = kNow,
                const std::vector<Annotation>& notes = {}) {
        store().settle({&settlement, 1}, now, notes);
    }
    Message messageOf(MessageId id) { return store().messages({&id, 1}).front(); }
    Notice noticeOf(NoticeId id) { return store().notices({&id, 1}).front(); }

    struct Known {
        std::string id;
        CaseId case_id;
        std::uint64_t fingerprint;
        bool missing;
        bool operator==(const Known&) const = default;
    };
    std::vector<Known> known() {
        std::vector<Known> lines;
        store().forEachKnownLine("erp", [&lines](const KnownLine& line) {
            lines.push_back({std::string{line.id}, line.case_id, line.fingerprint, line.missing});
        });
        return lines;
    }

private:
    std::unique_ptr<StorePlace> place_ = GetParam()();
    std::unique_ptr<Store> store_ = place_->open();
};

using Ids = std::vector<CaseId>;

}  // namespace backorderd::store
