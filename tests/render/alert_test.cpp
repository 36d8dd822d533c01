#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "samples.hpp"

namespace backorderd::render {
namespace alert_test {

using testing::HasSubstr;
using testing::Not;

Rendered renderShipped(const Request& request) {
    return shippedTemplates().render(request).value();
}

/// Adds an event to the log, as of today.
void happen(Entry& entry, Event event) {
    const int seq = static_cast<int>(entry.subject.events.size()) + 1;
    entry.subject.events.push_back({seq, entry.subject.opened_at, std::move(event)});
}

/// An alert of a line of which nothing is known but that it waits and has supply.
Request bareAlert() {
    Request request = exampleRequest("rep-alert", "en");
    Entry& entry = request.entries.front();
    entry.subject.events.clear();
    entry.subject.notices.clear();
    entry.substitutes.clear();
    entry.subject.line.payment = {};
    entry.subject.line.supply = {"PO-1", {}, {}};
    return request;
}

// -- What to do next -------------------------------------------------------------------------

struct NextCase {
    const char* expected;
    std::function<void(Entry&, Date)> change;
};

Promise daysAhead(Date today, int days) { return Promise::on(today + std::chrono::days{days}); }

void offer(Entry& entry, const Event& after = LineOpened{}) {
    happen(entry, OfferMade{"r", {{"B", "", "", Decimal{6}, {}}}, {}, {}});
    const int number = entry.subject.events.back().seq;
    Notice notice;
    notice.topic = Topic::Offer;
    notice.key = "offer/" + std::to_string(number);
    notice.state = NoticeState::Sent;
    entry.subject.notices.push_back(notice);
    if (const auto* answered = std::get_if<OfferAnswered>(&after)) {
        happen(entry, OfferAnswered{number, answered->accepted_item, "", ""});
    }
}

const std::vector<NextCase>& nextCases() {
    static const std::vector<NextCase> cases{
        {"tell", [](Entry&, Date) {}},
        {"check",
         [](Entry& e, Date) {
             Notice notice;
             notice.state = NoticeState::Sent;
             e.subject.notices.push_back(notice);
         }},
        {"find_date", [](Entry& e, Date) { e.subject.line.promise = {}; }},
        {"find_date", [](Entry& e, Date today) { e.subject.line.promise = daysAhead(today, -1); }},
        {"purchasing", [](Entry& e, Date) { e.subject.line.supply = {}; }},
        {"call",
         [](Entry& e, Date today) {
             happen(e, PromiseMoved{daysAhead(today, 1), daysAhead(today, 2)});
             happen(e, PromiseMoved{daysAhead(today, 2), daysAhead(today, 3)});
         }},
        {"offer",
         [](Entry& e, Date) {
             e.substitutes.push_back({"B", "", "", Decimal{6}, {}});
         }},
        {"ask_offer", [](Entry& e, Date) { offer(e); }},
        {"enter_substitute",
         [](Entry& e, Date) {
             offer(e, OfferAnswered{0, "B", "", ""});
         }},
        {"tell",
         [](Entry& e, Date) {
             offer(e, OfferAnswered{0, "", "", ""});
             e.subject.notices.clear();
             e.substitutes.push_back({"B", "", "", Decimal{6}, {}});
         }},
        {"ship", [](Entry& e, Date) { e.subject.line.allocated = e.subject.line.open(); }},
        {"renew_payment",
         [](Entry& e, Date today) {
             e.subject.line.payment = {"authorised", daysAhead(today, 3).to};
         }},
        {"tell",
         [](Entry& e, Date today) {
             e.subject.line.payment = {"authorised", daysAhead(today, 30).to};
         }},
        {"appease",
         [](Entry& e, Date) {
             happen(e, Responded{"", "negative", "", ""});
         }},
        {"call_back",
         [](Entry& e, Date) {
             happen(e, Responded{"call_me", "", "", ""});
         }},
        {"confirm_cancel",
         [](Entry& e, Date) {
             happen(e, Responded{"cancel_requested", "", "", ""});
         }},
        {"tell",
         [](Entry& e, Date) {
             happen(e, Responded{"cancel_requested", "", "", ""});
             happen(e, Responded{"keep_waiting", "", "", ""});
         }},
    };
    return cases;
}

std::string nextWords() {
    std::string text = "{{#one}}";
    for (const std::string word :
         {"confirm_cancel", "call_back", "enter_substitute", "ship", "renew_payment", "appease",
          "ask_offer", "offer", "purchasing", "find_date", "call", "tell", "check"}) {
        text += "{{#next_" + word + "}}" + word + " {{/next_" + word + "}}";
    }
    return text + "{{/one}}";
}

TEST(Alert, ExactlyOneStepIsSuggested) {
    int number = 0;
    for (const NextCase& c : nextCases()) {
        Request request = bareAlert();
        c.change(request.entries.front(), request.today);
        EXPECT_EQ(renderText(nextWords(), request), std::string{c.expected} + "\n")
            << "case " << ++number;
    }
}

// -- The command that acknowledges -----------------------------------------------------------

struct AckCase {
    const char* order;
    const char* position;
    const char* word;
};

TEST(Alert, TheCommandIsOneThatAShellTakesAsMeant) {
    const AckCase cases[] = {
        {"SO-1042", "1", "SO-1042/1"},
        {"SO-1042", "", "SO-1042"},
        {"SO 1042", "1", "'SO 1042/1'"},
        {"$(reboot)", "1", "'$(reboot)/1'"},
        {"a'; reboot; '", "1", "'a'\\''; reboot; '\\''/1'"},
        {"`x`\n\"", "&", "'`x` \"/&'"},
    };
    for (const AckCase& c : cases) {
        Request request = bareAlert();
        OrderLine& line = request.entries.front().subject.line;
        line.order.number = c.order;
        line.position = c.position;
        EXPECT_EQ(renderText("{{#one}}{{ack_command}}{{/one}}", request),
                  std::string{"backorderd ack "} + c.word + " --author YOU --note \"...\"\n");
    }
    Request request = bareAlert();
    request.entries.front().subject.line.order.number = "--help";
    EXPECT_THAT(renderShipped(request).text, Not(HasSubstr("backorderd ack")));
}

// -- The past --------------------------------------------------------------------------------

TEST(Alert, OnlyWhatTheCustomerHeardWasTold) {
    Request request = bareAlert();
    Entry& entry = request.entries.front();
    const std::string text =
        "{{#one}}{{#told}}({{told_on}}){{/told}}{{^told}}nothing{{/told}}{{/one}}";
    Notice notice;
    notice.state_at = request.now;
    for (const NoticeState state : {NoticeState::Planned, NoticeState::Dead, NoticeState::Held}) {
        notice.state = state;
        entry.subject.notices.push_back(notice);
    }
    notice.topic = Topic::Escalation;
    notice.state = NoticeState::Sent;
    entry.subject.notices.push_back(notice);
    EXPECT_EQ(renderText(text, request), "nothing\n");
    notice.topic = Topic::Status;
    entry.subject.notices.push_back(notice);
    EXPECT_EQ(renderText(text, request), "(20 March 2026)\n");
}

TEST(Alert, ALongPastIsCut) {
    Request request = bareAlert();
    for (int i = 0; i < 50; ++i) {
        happen(request.entries.front(), PromiseSet{daysAhead(request.today, i)});
    }
    const std::string text = renderText(
        "{{#one}}{{#promise_history}}{{step_to}};{{/promise_history}}"
        "{{/one}}",
        request);
    EXPECT_EQ(std::count(text.begin(), text.end(), ';'), 20);
    EXPECT_THAT(text, HasSubstr("8 May 2026;\n"));
}

TEST(Alert, WithoutALogTheMailStillReadsWell) {
    const Rendered out = renderShipped(bareAlert());
    EXPECT_THAT(out.text, HasSubstr("The customer was told: nothing so far"));
    EXPECT_THAT(out.text, HasSubstr("The customer answered: nothing so far"));
    EXPECT_THAT(out.text, Not(HasSubstr("In stock instead")));
    EXPECT_THAT(out.text, Not(HasSubstr("Offered")));
}

// -- Offers ----------------------------------------------------------------------------------

TEST(Alert, AnOfferIsTheOneThatTheNoticeNames) {
    Request request = exampleRequest("offer", "en");
    Entry& entry = request.entries.front();
    const std::string text =
        "{{#one}}{{#offered}}{{offered_id}} {{/offered}}"
        "{{#accepted}}took {{offered_id}}{{/accepted}}{{/one}}";
    EXPECT_EQ(renderText(text, request), "PX-110 PX-120\n");
    happen(entry, OfferMade{"r", {{"LATER", "", "", Decimal{1}, {}}}, {}, {}});
    EXPECT_EQ(renderText(text, request), "PX-110 PX-120\n");
    entry.notice.key = "offer/" + std::to_string(entry.subject.events.back().seq);
    EXPECT_EQ(renderText(text, request), "LATER\n");

    Request accepted = exampleRequest("offer-accepted", "en");
    EXPECT_EQ(renderText(text, accepted), "PX-110 PX-120 took PX-110\n");
    // The key may name the event by which it was answered.
    Entry& task = accepted.entries.front();
    happen(task, OfferMade{"r", {{"LATER", "", "", Decimal{1}, {}}}, {}, {}});
    task.notice.key = "offer_answered/3";
    EXPECT_EQ(renderText(text, accepted), "PX-110 PX-120 took PX-110\n");
}

TEST(Alert, ADayToAnswerByIsNeverOver) {
    Request request = exampleRequest("offer", "en");
    EXPECT_THAT(renderShipped(request).text, HasSubstr("Please answer by: 27 March 2026"));
    request.today += std::chrono::days{8};
    const Rendered out = renderShipped(request);
    for (const std::string& part : {out.text, out.html, out.sms}) {
        EXPECT_THAT(part, Not(HasSubstr("27 March")));
        EXPECT_THAT(part, Not(HasSubstr("22 March")));
    }
}

// -- By item ---------------------------------------------------------------------------------

TEST(Alert, UncoveredDemandIsSummedByItem) {
    Request request = exampleRequest("uncovered-demand", "en", 4);
    const std::string text =
        "{{#items}}{{item_id}}: {{line_count}} {{total_open}} "
        "{{total_expected}} {{total_short}} {{order_by}}\n{{/items}}";
    EXPECT_EQ(renderText(text, request),
              "PX-100: 3 50 pcs 5 pcs 45 pcs 26 March 2026\n"
              "BV-032: 1 6 pcs 5 pcs 1 pcs 29 March 2026\n");
}

TEST(Alert, ADayToOrderByIsNeverOver) {
    Request request = exampleRequest("uncovered-demand", "en");
    request.entries.front().lead_time_days = 21;
    const Rendered late = renderShipped(request);
    EXPECT_THAT(late.text, HasSubstr("Order today: the day to order in time has passed"));
    EXPECT_THAT(late.text, HasSubstr("ordered today, it arrives 10 April 2026"));
    EXPECT_THAT(late.text, Not(HasSubstr("Order by")));
    request.entries.front().lead_time_days.reset();
    EXPECT_THAT(renderShipped(request).text, HasSubstr("Lead time not known"));
}

TEST(Alert, SumsBeyondAllBoundsAreLeftOut) {
    Request request = exampleRequest("uncovered-demand", "en", 2);
    for (Entry& entry : request.entries) {
        entry.subject.line.ordered = Decimal::fromMillionths(9'000'000'000'000'000'000);
    }
    EXPECT_EQ(
        renderText("x{{#items}}{{total_open}}{{total_short}}{{/items}}{{total_value}}", request),
        "x\n");
}

TEST(Alert, AllocationIsInTheOrderOfServing) {
    Request request = exampleRequest("allocation-advice", "en", 3);
    std::swap(request.entries.front(), request.entries.back());
    EXPECT_EQ(renderText("{{#items}}{{#lines}}{{rank}}: {{proposed}}; {{/lines}}{{total_proposed}}"
                         "{{/items}}",
                         request),
              "1: 6 pcs; 2: 12 pcs; 3: 0 pcs; 18 pcs\n");
}

// -- Consent to a delay ----------------------------------------------------------------------

struct DelayCase {
    const char* name;
    std::optional<int> promised_in_days;
    const char* words;
    const char* not_words;
};

TEST(Alert, ADelayIsCountedFromTheEarlierDay) {
    Request request = exampleRequest("ftc-first-delay", "en");
    Entry& entry = request.entries.front();
    const std::string text =
        "{{#short_delay}}short{{/short_delay}}"
        "{{^short_delay}}long{{/short_delay}}"
        "{{#one}} {{consent_by}}{{/one}}";
    entry.subject.events.clear();
    entry.subject.opened_at = request.now;
    EXPECT_EQ(renderText(text, request), "short 19 April 2026\n");
    // The date with which it came on back order may be a revised one already.
    happen(entry, LineOpened{Decimal{6}, daysAhead(request.today, 21), false});
    EXPECT_EQ(renderText(text, request), "short 19 April 2026\n");
    entry.subject.events.clear();
    happen(entry, LineOpened{Decimal{6}, daysAhead(request.today, -10), false});
    EXPECT_EQ(renderText(text, request), "long 9 April 2026\n");
    // Of a further delay, the date known before is the limit.
    entry.told_before = ToldFacts{daysAhead(request.today, 4), Decimal{6}};
    EXPECT_EQ(renderText(text, request), "long 24 March 2026\n");
    entry.told_before = ToldFacts{daysAhead(request.today, -1), Decimal{6}};
    EXPECT_EQ(renderText(text, request), "long\n");
}

TEST(Alert, SilenceIsConsentOnlyToAFirstShortDelay) {
    const DelayCase cases[] = {
        {"ftc-first-delay", 29, "we take it that you agree", "have to cancel"},
        {"ftc-first-delay", 30, "we take it that you agree", "have to cancel"},
        {"ftc-first-delay", 31, "Without your consent we will have to cancel", "we take it that"},
        {"ftc-first-delay", {}, "Without your consent we will have to cancel", "we take it that"},
        {"ftc-further-delay", 5, "without your consent we will have to cancel", "we take it that"},
        {"ftc-further-delay", {}, "without your consent we will have to cancel", "we take it that"},
    };
    for (const DelayCase& c : cases) {
        Request request = exampleRequest(c.name, "en");
        Entry& entry = request.entries.front();
        entry.subject.events.clear();
        entry.subject.opened_at = request.now;
        happen(entry, LineOpened{Decimal{6}, {}, false});
        entry.told_before = ToldFacts{Promise::on(request.today), Decimal{6}};
        const Promise promise =
            c.promised_in_days ? daysAhead(request.today, *c.promised_in_days) : Promise{};
        entry.subject.line.promise = entry.notice.facts.promise = promise;
        const Rendered out = renderShipped(request);
        EXPECT_THAT(out.text, HasSubstr(c.words)) << c.name;
        EXPECT_THAT(out.text, Not(HasSubstr(c.not_words))) << c.name;
        EXPECT_THAT(out.text, HasSubstr("reply to this message with the word CANCEL")) << c.name;
        EXPECT_THAT(out.text, HasSubstr("prompt and full refund")) << c.name;
    }
}

}  // namespace alert_test
}  // namespace backorderd::render
