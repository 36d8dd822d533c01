#include "simulation/world.hpp"

#include <fmt/format.h>

namespace backorderd::simulation {
namespace {

constexpr auto kMaxAge = 24h;  // of the source's data, as the rig sets it

struct Zone {
    const char* name;
    std::chrono::hours offset;  // in March, before summer time begins in Europe
};
// Two without summer time: what the window is can be said here without the code under test.
constexpr std::array kZones{Zone{"Asia/Tokyo", 9h}, Zone{"America/Phoenix", -7h}, Zone{"UTC", 0h}};

const Zone& zoneOf(int line) { return kZones[static_cast<std::size_t>(line) % kZones.size()]; }

std::string idOf(int line) { return std::to_string(line + 1); }

OrderLine orderOf(const Action& action) {
    auto line = app::test::sampleLine(idOf(action.line));
    line.order.id = "o" + idOf(action.line);
    line.order.number = "SO" + idOf(action.line);
    line.customer.id = "C" + idOf(action.line);
    line.contact.email = "c" + idOf(action.line) + "@example.com";
    line.contact.timezone = zoneOf(action.line).name;
    line.promise = Promise::on(*parseDate("2026-05-20"));
    return line;
}

}  // namespace

asio::awaitable<Outcome> World::Receiver::send(const Message& message, WireGate& gate) {
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::post(executor, asio::use_awaitable);
    if (world_.refusals_ > 0) {
        --world_.refusals_;
        co_return TryLater{"451 later"};
    }
    co_await gate.beforeWire(message.id);
    co_await asio::post(executor, asio::use_awaitable);
    world_.receive(message);
    // Until the answer is out, a kill loses it.
    ++world_.receipts_[message.stable_id].answers_lost;
    co_await asio::post(executor, asio::use_awaitable);
    if (world_.lost_answers_ > 0) {
        --world_.lost_answers_;
        co_return Unknown{"cut off"};
    }
    co_return Accepted{"250 ok"};
}

std::vector<std::string> World::live(const Plan& plan) {
    auto next = plan.begin();
    for (int hour = 0; hour < 24 * kDays; ++hour) {
        for (; next != plan.end() && next->hour <= hour; ++next) act(*next);
        if (hour % 3 == 0 && !pollOnce()) kill();
        workOn();
        rig_.clock.advance(1h);
    }
    poll_steps_ = work_steps_ = -1;
    refusals_ = lost_answers_ = 0;
    for (int hour = 0; hour < 24 * 3; ++hour) {
        if (hour % 3 == 0) rig_.poll();
        rig_.work();
        rig_.clock.advance(1h);
    }
    checkEnd();
    return wrongs_;
}

void World::act(const Action& action) {
    auto& lines = rig_.erp.lines;
    const auto id = idOf(action.line);
    const auto found = std::ranges::find(lines, id, [](const auto& l) { return l.key.id; });
    switch (action.deed) {
        case Deed::Order:
            lines.push_back(orderOf(action));
            remember(lines.back());
            return;
        case Deed::Suppress: {
            const Suppression entry{Channel::Email,       "c" + id + "@example.com",
                                    SuppressionKind::All, "asked",
                                    "operator",           "ann",
                                    rig_.clock.now()};
            rig_.store->suppress(std::vector{entry},
                                 {rig_.clock.now(), "ann", "suppress", entry.address, "asked"});
            suppressed_.insert(entry.address);
            return;
        }
        case Deed::EditRules:
            rig_.writeRules(std::string{kRules} + fmt::format("# edit {}\n", ++edits_));
            rig_.engine->usePolicy(rig_.policy());
            return;
        case Deed::ErpDown:
            rig_.erp.fails_after_page = "down";
            return;
        case Deed::ErpTruncated:
            rig_.erp.complete = false;
            return;
        case Deed::ErpLies:
            rig_.erp.goods_read = false;
            return;
        case Deed::ReceiverRefuses:
            refusals_ += 1;
            return;
        case Deed::AnswerLost:
            lost_answers_ += 1;
            return;
        case Deed::KillBetween:
            kill();
            return;
        case Deed::KillInPoll:
            poll_steps_ = action.amount;
            return;
        case Deed::KillInWork:
            work_steps_ = action.amount;
            return;
        case Deed::Slip:
        case Deed::PullIn:
        case Deed::PartShip:
        case Deed::Ship:
        case Deed::Cancel:
            if (found != lines.end()) change(action, *found);
            return;
    }
}

void World::change(const Action& action, OrderLine& line) {
    if (action.deed == Deed::Slip)
        line.promise = Promise::on(*line.promise.to + std::chrono::days{action.amount});
    if (action.deed == Deed::PullIn)
        line.promise = Promise::on(*line.promise.to - std::chrono::days{action.amount % 3});
    if (action.deed == Deed::PartShip) line.shipped = Decimal{1};
    if (action.deed == Deed::Ship) line.shipped = line.ordered;
    if (action.deed == Deed::Cancel) line.cancelled = line.ordered;
    remember(line);
    if (!line.isOpen()) close(line);
}

void World::remember(const OrderLine& line) {
    facts_[line.key.id].push_back({rig_.clock.now(), line});
}

/// An ERP lists open lines; a closed one is found by its id alone. `line` is in the list.
void World::close(const OrderLine& line) {
    rig_.erp.closed.push_back(line);
    std::erase_if(rig_.erp.lines,
                  [&, id = line.key.id](const OrderLine& entry) { return entry.key.id == id; });
}

/// False: the daemon is to die in the midst of it.
bool World::pollOnce() {
    const auto all = rig_.erp.lines;
    // A look-up tells the truth also while a list does not: two lies that agree are believed.
    const auto closed = rig_.erp.closed;
    rig_.erp.closed.insert(rig_.erp.closed.end(), all.begin(), all.end());
    // A read that tells the truth about its end may lack lines; one that lies says that none are.
    if (!rig_.erp.complete) rig_.erp.lines.resize(all.size() / 2);
    if (!rig_.erp.goods_read) {
        rig_.erp.lines.clear();
        rig_.erp.goods_read = true;
    }
    bool ended = true;
    if (poll_steps_ < 0) {
        rig_.poll();
    } else {
        asio::co_spawn(*rig_.context, rig_.engine->poll("erp"),
                       [](std::exception_ptr failure, std::optional<app::PollReport>) {
                           if (failure) std::rethrow_exception(failure);
                       });
        rig_.context->restart();
        for (; poll_steps_ > 0; --poll_steps_) rig_.context->poll_one();
        poll_steps_ = -1;
        ended = false;
    }
    rig_.erp.lines = all;
    rig_.erp.closed = closed;
    rig_.erp.complete = true;
    rig_.erp.fails_after_page.reset();
    return ended;
}

void World::workOn() {
    if (work_steps_ >= 0) {
        rig_.engine->work();
        rig_.context->restart();
        for (; work_steps_ > 0; --work_steps_) rig_.context->poll_one();
        work_steps_ = -1;
        kill();
    }
    rig_.work();
}

void World::kill() {
    ++kills_;
    rig_.crash();
    rig_.start();
}

void World::wrong(const std::string& what) {
    wrongs_.push_back(formatTimestamp(rig_.clock.now()) + " " + what);
}

void World::receive(const Message& message) {
    const auto& to = message.recipient.address;
    auto& receipt = receipts_[message.stable_id];
    if (++receipt.copies > receipt.answers_lost + 1) wrong("a second copy of '" + message.subject);
    if (suppressed_.contains(to)) wrong("mail to " + to + ", which is suppressed");
    for (const auto& notice : rig_.store->notices(message.notices)) {
        const auto subject = rig_.store->cases(std::vector{notice.case_id}).front();
        const auto& id = subject.line.key.id;
        const auto known = heard_.emplace(id + " " + notice.key, message.stable_id);
        if (known.first->second != message.stable_id)
            wrong("told twice, in two messages: " + known.first->first);
        const auto local = rig_.clock.now() + zoneOf(std::stoi(id) - 1).offset;
        const auto hour = std::chrono::duration_cast<std::chrono::hours>(
            local - std::chrono::floor<std::chrono::days>(local));
        if (hour < 8h || hour >= 18h)
            wrong(fmt::format("{} of line {} at {} o'clock of its customer",
                              topicName(notice.topic), id, hour.count()));
        checkTruth(notice, id);
    }
}

/// Something that the ERP said of the line within the age that its data may have.
bool World::anyFact(const std::string& line_id,
                    const std::function<bool(const OrderLine&)>& holds) {
    const auto& facts = facts_[line_id];
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const bool ended = i + 1 < facts.size() && facts[i + 1].since < rig_.clock.now() - kMaxAge;
        if (!ended && holds(facts[i].line)) return true;
    }
    return false;
}

void World::checkTruth(const Notice& notice, const std::string& line_id) {
    const bool is_true = anyFact(line_id, [&](const OrderLine& line) {
        if (notice.topic == Topic::Shipped) return !line.isOpen() && line.shipped.isPositive();
        if (notice.topic == Topic::Cancelled) return !line.isOpen() && line.cancelled.isPositive();
        return line.isOpen() && line.promise == notice.facts.promise;
    });
    if (!is_true) wrong(fmt::format("untrue: {} of line {}", topicName(notice.topic), line_id));
}

void World::checkEnd() {
    CaseFilter filter;
    filter.include_closed = true;
    std::set<std::string> opened;
    for (const auto& subject : rig_.store->cases(rig_.store->listCases(filter))) {
        opened.insert(subject.line.key.id);
        checkEachNotice(subject);
    }
    for (const auto& line : rig_.erp.lines)
        if (!opened.contains(line.key.id)) wrong("no case for line " + line.key.id);
}

void World::checkEachNotice(const Case& subject) {
    const auto& id = subject.line.key.id;
    bool opened_sent = false;
    bool opened_noticed = false;
    for (const auto& notice : subject.notices) {
        const bool heard = heard_.contains(id + " " + notice.key);
        if (notice.state == NoticeState::Sent && !heard)
            wrong("counts as sent and was not received: " + id + " " + notice.key);
        if (heard && !wasHeard(notice.state))
            wrong("was received and does not count as sent: " + id + " " + notice.key);
        if (isPending(notice.state) && notice.due_at < rig_.clock.now() - 48h)
            wrong("still waits: " + id + " " + notice.key);
        if (!isPending(notice.state) && !wasHeard(notice.state) && notice.state_reason.empty())
            wrong("gone without a reason: " + id + " " + notice.key);
        opened_noticed |= notice.topic == Topic::Opened;
        opened_sent |= notice.topic == Topic::Opened && wasHeard(notice.state);
    }
    const bool suppressed = suppressed_.contains(subject.line.contact.email);
    if (!subject.closed_at && !opened_sent && !suppressed)
        wrong("open, and its customer never heard of it: " + id);
    if (!opened_noticed && !suppressed) wrong("no notice was ever planned: " + id);
}

}  // namespace backorderd::simulation
