#include "torture/verdict.hpp"

#include <date/tz.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <set>

namespace backorderd::torture {
namespace {

/// Whether a moment lies in the hours in which a customer may hear of us.
bool inHours(const Listener& listener, std::int64_t at) {
    if (listener.channel == Channel::Webhook) return true;
    const date::sys_seconds moment{std::chrono::seconds{at}};
    const auto local = date::locate_zone(listener.zone)->to_local(moment);
    const auto hour = std::chrono::floor<std::chrono::hours>(local.time_since_epoch()).count() % 24;
    return listener.channel == Channel::Email ? hour >= 8 && hour < 18 : hour >= 9 && hour < 20;
}

int askPragma(void* answer, int columns, char** values, char**) {
    for (int i = 0; i < columns; ++i) *static_cast<std::string*>(answer) += values[i];
    return 0;
}

}  // namespace

Verdict::Verdict(app::test::Rig& rig, Ledger& ledger, Scene scene, bool interrupted)
    : rig_{rig}, ledger_{ledger}, scene_{scene}, interrupted_{interrupted} {
    MessageFilter all;
    all.limit = 10'000;
    for (auto& message : rig_.store->messages(rig_.store->listMessages(all)))
        if (message.created_at >= beginning() && message.state != MessageState::Superseded)
            messages_.push_back(std::move(message));
    for (const auto& record : rig_.footing->journal->after(0)) {
        auto& times = times_on_wire_[record.message];
        if (record.what == store::JournalRecord::What::Wire) ++times;
        if (record.what == store::JournalRecord::What::NotSent) --times;
    }
}

void Verdict::give() {
    judgeGates();
    for (std::size_t i = 0; i < listeners().size(); ++i) judgeListener(i);
    judgeQueue();
    judgeJournal();
    judgeNotes();
    judgeStory();
}

void Verdict::judgeGates() const {
    for (const auto& gate : rig_.engine->gates().up())
        ledger_.wrong(fmt::format("the gate {} is up: {}", gateText(gate.name), gate.reason));
}

void Verdict::judgeListener(std::size_t index) {
    const auto& listener = listeners().at(index);
    std::vector<const Receipt*> got;
    for (int i = 0; i < ledger_.received; ++i) {
        const auto& receipt = ledger_.receipts.at(static_cast<std::size_t>(i));
        if (listener.address == receipt.to.data()) got.push_back(&receipt);
    }
    std::set<std::string> ids;
    for (const auto* receipt : got) {
        ids.insert(receipt->id.data());
        judgeReceipt(index, *receipt);
    }
    if (ids.size() > 1) ledger_.wrong(listener.address + " was told in two messages");
    const auto of_listener = [&](const Message& message) {
        return message.recipient.address == listener.address;
    };
    if (std::ranges::count_if(messages_, of_listener) != 1) {
        ledger_.wrong(fmt::format("{} messages for {}, which got {}",
                                  std::ranges::count_if(messages_, of_listener), listener.address,
                                  got.size()));
        return;
    }
    judgeCopies(listener, got, *std::ranges::find_if(messages_, of_listener));
}

void Verdict::judgeCopies(const Listener& listener, std::span<const Receipt* const> got,
                          const Message& message) const {
    const int unsure = message.unknown_outcomes;
    const int copies = static_cast<int>(got.size());
    const bool sms = listener.channel == Channel::Sms, hook = listener.channel == Channel::Webhook;
    const bool given_up =
        message.state == MessageState::Unknown && (sms ? unsure >= 1 : !hook && unsure >= 2);
    const auto what =
        fmt::format("{} got {}, and it is {} after {} unknown outcomes", listener.address, copies,
                    messageStateName(message.state), unsure);
    if (copies == 0 && !given_up) ledger_.wrong("lost: " + what);
    if (copies > (sms ? 1 : hook ? 1 + unsure : 1 + std::min(unsure, 1)))
        ledger_.wrong("told twice: " + what);
    if (message.state != MessageState::Sent && !given_up) ledger_.wrong("not at its end: " + what);
    // Answers get lost where a process ends, and on a real wire.
    const int crashes = (interrupted_ ? 1 : 0) + (scene_ == Scene::AfterCrash ? 1 : 0);
    if (scene_ != Scene::Mail && unsure > crashes) ledger_.wrong("no answer was lost: " + what);
    for (const auto* receipt : got)
        if (message.stable_id != receipt->id.data())
            ledger_.wrong(fmt::format("{} got {}, which the store does not know", listener.address,
                                      receipt->id.data()));
}

void Verdict::judgeReceipt(std::size_t index, const Receipt& receipt) {
    const auto& listener = listeners().at(index);
    if (receipt.at != 0 && !inHours(listener, receipt.at))
        ledger_.wrong(fmt::format("{} was told at {}", listener.address,
                                  formatTimestamp(Timestamp{std::chrono::seconds{receipt.at}})));
    auto& expected = ledger_.documents.at(index);
    if (expected == 0) expected = receipt.document;
    if (expected != receipt.document)
        ledger_.wrong(listener.address + " was told something else than in an undisturbed life");
}

void Verdict::judgeQueue() {
    for (const auto& notice : rig_.store->listPlanned(100))
        ledger_.wrong(fmt::format("still planned: {} {}", notice.key, notice.state_reason));
    const bool doubt = std::ranges::any_of(
        messages_, [](const Message& message) { return message.state == MessageState::Unknown; });
    bool called = false;
    for (const auto& message : messages_) {
        const auto& to = message.recipient.address;
        called = called || to == rig_.settings.operations.email;
        const bool known = std::ranges::any_of(
            listeners(), [&](const Listener& listener) { return listener.address == to; });
        if (!known && !doubt) ledger_.wrong(fmt::format("{} was called: {}", to, message.subject));
    }
    if (doubt && !called) ledger_.wrong("an outcome is unknown, and operations were not called");
}

void Verdict::judgeJournal() {
    const auto& journal = *rig_.footing->journal;
    for (const auto& message : messages_) {
        const auto known = times_on_wire_.find(journal.hash(message.stable_id));
        const int times = known == times_on_wire_.end() ? 0 : known->second;
        if (times < 1)
            ledger_.wrong(fmt::format("{} is {}, and by the journal it left {} times",
                                      message.recipient.address, messageStateName(message.state),
                                      times));
    }
    if (journal.lastSeq() > rig_.store->journalSeq())
        ledger_.wrong("the journal is ahead of the store");
}

void Verdict::judgeNotes() const {
    for (const auto& message : messages_) {
        const auto listener = std::ranges::find_if(listeners(), [&](const Listener& one) {
            return one.address == message.recipient.address;
        });
        if (listener == listeners().end() || listener->channel == Channel::Webhook) continue;
        int notes = 0;
        for (int i = 0; i < ledger_.noted; ++i)
            notes +=
                "o" + listener->line == ledger_.noted_orders.at(static_cast<std::size_t>(i)).data();
        if (notes == 0) ledger_.wrong("no note on the order of " + listener->address);
    }
}

/// What happened to every line, as the log of its case says.
std::string Verdict::story() {
    std::string text;
    for (const auto& listener : listeners()) {
        const auto id = rig_.store->caseOfLine("erp", listener.line);
        text += listener.line + ":";
        if (id) {
            const auto one = rig_.store->cases(std::vector{*id}).front();
            for (const auto& entry : one.events) text += fmt::format(" {}", eventName(entry.event));
            text += one.closed_at ? " (closed)" : "";
        }
        text += "; ";
    }
    return text;
}

void Verdict::judgeStory() {
    const auto now = story();
    if (ledger_.story.front() == '\0') put(ledger_.story, now);
    if (now != ledger_.story.data()) ledger_.wrong("another story: " + now);
}

void Verdict::lookIntoTheFile() const {
    sqlite3* database = nullptr;
    std::string answer;
    const auto file = rig_.settings.data_dir + "/backorderd.db";
    sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
    for (const char* const question : {"PRAGMA integrity_check", "PRAGMA foreign_key_check"})
        sqlite3_exec(database, question, askPragma, &answer, nullptr);
    sqlite3_close(database);
    if (answer != "ok") ledger_.wrong("the database: " + answer);
}

}  // namespace backorderd::torture
