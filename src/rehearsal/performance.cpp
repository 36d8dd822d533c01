#include "rehearsal/performance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rehearsal/comparison.hpp"
#include "rehearsal/stage.hpp"
#include "rehearsal/words.hpp"
#include "rules/rules.hpp"
#include "store/store.hpp"

namespace backorderd::rehearsal {
namespace {

constexpr const char* kSource = "test";
/// Of a failure that may concern every line, so many are explained.
constexpr std::size_t kExplainedMax = 3;

class Performance {
public:
    Performance(const config::RuleTest& test, const app::Policy& policy,
                const config::HouseSettings& house)
        : test_{test},
          books_{test.lines, test.goods},
          stage_{sceneOf(test, policy, house), policy, store::openScratch(), test.start} {}

    std::vector<StepReport> run() {
        stage_.driver().poll(kSource);
        std::vector<StepReport> reports;
        for (std::size_t i = 0; i < test_.steps.size(); ++i) reports.push_back(play(i));
        return reports;
    }

private:
    Scene sceneOf(const config::RuleTest& test, const app::Policy& policy,
                  const config::HouseSettings& house) {
        Scene scene;
        scene.house = house;
        scene.sources = {kSource};
        scene.senders = sendersForAll(policy.rules);
        scene.adopt = test.adopt;
        scene.books = [this](const std::string&) { return books_; };
        scene.words = Recorder::Words::Rendered;
        return scene;
    }

    /// Where a step ends that begins with something: at the next of its kind, or when its time is
    /// up; an `until` behind it tells the rest.
    Timestamp endOf(std::size_t index) const {
        const auto& step = test_.steps[index];
        const auto limit = step.at + step.within;
        if (index + 1 == test_.steps.size()) return limit;
        const auto& next = test_.steps[index + 1];
        return next.until ? std::min(next.at, limit) : next.at;
    }

    StepReport play(std::size_t index) {
        const auto& step = test_.steps[index];
        StepReport report{step.name, step.place, 0, {}};
        stage_.driver().runUntil(step.at);
        if (step.until) {
            stage_.driver().workUntilQuiet();
        } else {
            make(step, report);
            stage_.driver().runUntil(endOf(index));
        }
        const auto sent = std::span{stage_.sent()}.subspan(told_);
        told_ = stage_.sent().size();
        report.sent = sent.size();
        judge(step, sent, report);
        return report;
    }

    OrderLine* lineOf(const std::string& id) {
        const auto at = std::find_if(books_.lines.begin(), books_.lines.end(),
                                     [&](const OrderLine& line) { return line.key.id == id; });
        return at == books_.lines.end() ? nullptr : &*at;
    }

    void make(const config::TestStep& step, StepReport& report) {
        const auto today = config::dayAt(test_, stage_.clock().now());
        for (const auto& change : step.changes) {
            auto* line = lineOf(change.line);
            if (!line)
                report.failures.push_back("line " + change.line + " is gone already");
            else
                for (const auto& field : change.fields) config::apply(field, *line, today);
        }
        for (const auto& change : step.stock) setStock(change);
        for (const auto& act : step.acts) {
            if (act.kind == config::TestAct::Kind::Gone)
                std::erase_if(books_.lines,
                              [&](const OrderLine& line) { return line.key.id == act.line; });
        }
        stage_.driver().poll(kSource);
        for (const auto& act : step.acts) tell(act, report);
    }

    void setStock(const config::StockChange& change) {
        auto& stock = books_.goods.stock;
        std::erase_if(stock, [&](const StockLevel& level) {
            return level.item == change.item && level.warehouse == change.warehouse;
        });
        stock.push_back({change.item, change.warehouse, change.free});
    }

    void tell(const config::TestAct& act, StepReport& report) {
        using Kind = config::TestAct::Kind;
        if (act.kind == Kind::Gone) return;
        const auto id = stage_.store().caseOfLine(kSource, act.line);
        if (!id) {
            report.failures.push_back("line " + act.line + " is not on back order");
            return;
        }
        if (act.kind == Kind::Respond)
            return record(*id, Responded{act.answer, act.sentiment, act.text, act.author});
        if (act.kind == Kind::Acknowledge)
            return record(*id, Acknowledged{act.rule, act.author, act.note});
        // As for a person who enters it: time and stock may have undone the offer.
        const auto subject = stage_.engine().record(*id, {});
        const auto offers = rules::offersOf(subject);
        if (offers.empty()) {
            report.failures.push_back("line " + act.line + " was offered nothing");
            return;
        }
        const auto& offer = offers.back();
        if (offer.state != rules::OfferView::State::Open) {
            report.failures.push_back(fmt::format("the offer for line {} is {}", act.line,
                                                  rules::offerStateName(offer.state)));
            return;
        }
        OfferAnswered answer{offer.number, "", act.author, act.note};
        if (act.kind == Kind::Accept) {
            const auto& items = offer.made->items;
            answer.accepted_item = act.item.empty() ? items.front().item : act.item;
            if (std::none_of(items.begin(), items.end(), [&](const OfferedItem& entry) {
                    return entry.item == answer.accepted_item;
                })) {
                report.failures.push_back(
                    fmt::format("line {} was not offered {}", act.line, answer.accepted_item));
                return;
            }
        }
        record(*id, answer);
    }

    void record(CaseId id, const Event& event) { stage_.engine().record(id, {event}); }

    void judge(const config::TestStep& step, std::span<const SentMessage> sent,
               StepReport& report) {
        const auto place = [](const Place& at) { return fmt::format("line {}", at.line); };
        if (step.expect) {
            const auto comparison = compare(*step.expect, sent);
            for (const auto* missing : comparison.missing)
                report.failures.push_back(fmt::format("expected, and not sent: {} ({})\n{}{}",
                                                      describe(*missing), place(missing->place),
                                                      got(sent), explain(linesOf(*missing))));
            for (const auto* unexpected : comparison.unexpected)
                report.failures.push_back(fmt::format("sent, and not expected: {}\n{}{}",
                                                      describe(*unexpected), reasons(*unexpected),
                                                      explain(linesOf(*unexpected))));
        }
        for (const auto& never : step.never)
            for (const auto& message : sent)
                if (fits(never, message))
                    report.failures.push_back(fmt::format(
                        "sent, and never to be sent: {} ({})\n{}{}", describe(message),
                        place(never.place), reasons(message), explain(linesOf(message))));
    }

    static std::string got(std::span<const SentMessage> sent) {
        if (sent.empty()) return "sent in this step: nothing\n";
        std::string text = "sent in this step:\n";
        for (const auto& message : sent) text += "  " + describe(message) + '\n';
        return text;
    }

    static std::string reasons(const SentMessage& message) {
        std::string text;
        for (const auto& notice : message.notices)
            text += fmt::format("  because of line {}: {}\n", notice.line, notice.reason);
        return text;
    }

    static std::set<std::string> linesOf(const SentMessage& message) {
        std::set<std::string> lines;
        for (const auto& notice : message.notices) lines.insert(notice.line);
        return lines;
    }

    /// The lines that an expectation may be about: the one it names, those of its recipient, or
    /// all.
    std::set<std::string> linesOf(const config::ExpectedMessage& expected) const {
        if (!expected.line.empty()) return {expected.line};
        std::set<std::string> theirs, all;
        for (const auto& line : test_.lines) {
            all.insert(line.key.id);
            if (line.contact.email == expected.to || line.contact.phone == expected.to)
                theirs.insert(line.key.id);
        }
        return expected.to.empty() || theirs.empty() ? all : theirs;
    }

    /// What is decided about lines at this moment, in words.
    std::string explain(const std::set<std::string>& lines) {
        std::string text;
        std::size_t explained = 0;
        for (const auto& line : lines) {
            if (++explained > kExplainedMax) break;
            const auto id = stage_.store().caseOfLine(kSource, line);
            if (!id) {
                text += "line " + line + " was never on back order\n";
                continue;
            }
            const auto now = stage_.clock().now();
            const auto subject = std::move(stage_.store().cases({&*id, 1}).front());
            text += explanation(subject, stage_.engine().evaluator().look(subject, now), now);
        }
        return text;
    }

    const config::RuleTest& test_;
    Books books_;
    Stage stage_;
    std::size_t told_ = 0;
};

}  // namespace

std::vector<StepReport> perform(const config::RuleTest& test, const app::Policy& policy,
                                const config::HouseSettings& house) {
    return Performance{test, policy, house}.run();
}

}  // namespace backorderd::rehearsal
