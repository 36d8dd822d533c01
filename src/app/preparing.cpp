#include "app/preparing.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "outbox/outbox.hpp"
#include "rules/rules.hpp"

namespace backorderd::app {
namespace {

/// What the configuration stopped is tried again after this time: somebody may have mended it.
constexpr std::chrono::seconds kConfigurationRetry{3600};

/// What the customer heard last of a case, before this notice.
std::optional<ToldFacts> toldBefore(const Case& subject) {
    std::optional<ToldFacts> told;
    Timestamp at{};
    for (const auto& notice : subject.notices) {
        if (!wasHeard(notice.state) || !isForCustomer(notice.topic) || notice.state_at < at)
            continue;
        at = notice.state_at;
        told = notice.facts;
    }
    if (told || subject.events.empty()) return told;
    // Of what was adopted, the customer is taken to know the promise of that day.
    if (const auto* opened = std::get_if<LineOpened>(&subject.events.front().event);
        opened && opened->adopted)
        told = ToldFacts{opened->promise, opened->open};
    return told;
}

/// The event that a notice's key names behind the first slash, where that is a number.
std::optional<Event> eventOf(const Notice& notice, const Case& subject) {
    const auto slash = notice.key.find('/');
    if (slash == std::string::npos) return std::nullopt;
    int seq = 0;
    const char* const end = notice.key.data() + notice.key.size();
    const auto [rest, error] = std::from_chars(notice.key.data() + slash + 1, end, seq);
    if (error != std::errc{} || (rest != end && *rest != '/')) return std::nullopt;
    for (const auto& event : subject.events)
        if (event.seq == seq) return event.event;
    return std::nullopt;
}

std::vector<CaseId> caseIds(const std::vector<std::vector<Notice>>& groups) {
    std::set<CaseId> ids;
    for (const auto& group : groups)
        for (const auto& notice : group) ids.insert(notice.case_id);
    return {ids.begin(), ids.end()};
}

/// Whoever is called for a line wants to know what could be offered instead.
bool asksForSubstitutes(Topic topic) {
    return topic == Topic::Escalation || topic == Topic::Expedite;
}

void fillIn(render::Entry& entry, Shelf& shelf) {
    if (asksForSubstitutes(entry.notice.topic))
        for (const auto& candidate : shelf.candidatesFor(entry.subject))
            if (candidate.fits)
                entry.substitutes.push_back({candidate.item.item.id, candidate.item.item.name,
                                             candidate.warehouse, candidate.free,
                                             candidate.item.price});
    if (entry.notice.topic == Topic::Uncovered) {
        entry.lead_time_days = shelf.leadTimeDays(entry.subject);
        entry.expected = shelf.expected(entry.subject);
    }
}

/// The template of a message that carries different topics: that of the cadence policies, by whose
/// digest it comes to be.
std::string digestTemplate(const RuleSet& rules, const Notice& notice) {
    for (const auto& cadence : rules.cadence)
        if (cadence.name == notice.rule) return cadence.digest.template_name;
    return "";
}

std::string domainOf(std::string_view address) {
    const auto at = address.rfind('@');
    return std::string{at == std::string_view::npos ? "localhost" : address.substr(at + 1)};
}

}  // namespace

std::string threadId(const OrderLine& line, std::string_view domain) {
    Notice order;  // The order stands in for a notice: one stable id is made one way.
    order.key = line.key.source + '\n' + line.order.id + '\n' + line.order.number;
    return "order-" + outbox::stableId({order}) + '@' + std::string{domain};
}

std::string templateOf(const RuleSet& rules, const std::vector<Notice>& notices) {
    const auto& first = notices.front().template_name;
    const auto differs = [&](const Notice& notice) { return notice.template_name != first; };
    if (std::none_of(notices.begin(), notices.end(), differs)) return first;
    for (const auto& notice : notices)
        if (auto digest = digestTemplate(rules, notice); !digest.empty()) return digest;
    return "digest";
}

render::Request requestFor(const Policy& policy, const std::vector<Notice>& notices,
                           const std::map<CaseId, Case>& cases, Timestamp now, Shelf* shelf) {
    render::Request request;
    request.now = now;
    request.recipient = notices.front().recipient;
    const auto& zone = request.recipient.timezone;
    request.today = rules::localDate(now, zone.empty() ? policy.house.timezone : zone);
    request.template_name = templateOf(policy.rules, notices);
    for (const auto& notice : notices) {
        const auto& subject = cases.at(notice.case_id);
        auto& entry = request.entries.emplace_back(
            render::Entry{notice, subject, toldBefore(subject), eventOf(notice, subject)});
        if (shelf) fillIn(entry, *shelf);
    }
    return request;
}

Preparer::Preparer(Store& store, Evaluator& evaluator, Guards& guards, Log& log,
                   const Policy& policy, const config::HouseSettings& house,
                   std::vector<LastHop> hops)
    : store_{store},
      evaluator_{evaluator},
      guards_{guards},
      log_{log},
      policy_{&policy},
      house_{house},
      hops_{std::move(hops)} {}

int Preparer::prepareDue(Timestamp now, int limit, int piece_max) {
    if (guards_.begin(now)) return 1;  // Held; another look finds what is left.
    int prepared = 0;
    while (prepared < limit) {
        const int piece = preparePiece(now, std::min(limit - prepared, piece_max));
        if (piece == 0) break;
        prepared += piece;
    }
    return prepared;
}

int Preparer::preparePiece(Timestamp now, int limit) {
    const auto groups = store_.dueGroups(now, limit);
    if (groups.empty()) return 0;
    int looked_at = 0;
    const auto cases = reevaluate(groups, now);
    Shelf shelf{store_, policy_->rules, now};
    std::vector<Message> messages;
    for (const auto& group : groups) {
        looked_at += static_cast<int>(group.size());
        auto notices = survivors(group, cases, now);
        addDeparted(messages, notices, now);
        notices = guarded(std::move(notices), cases, now);
        if (notices.empty()) continue;
        if (const auto reason = whyUnserved(notices.front().recipient)) {
            postpone(notices, cases, now, now + kConfigurationRetry, *reason);
        } else if (const auto route = routeOf(notices.front().recipient); !route.barred.empty()) {
            suppress(notices, cases, now, route.barred);
        } else if (const auto until = limitedUntil(notices, cases, messages, now)) {
            postpone(
                notices, cases, now, *until,
                "the recipient's limit of messages is reached until " + formatTimestamp(*until));
        } else if (auto message = compose(notices, cases, shelf, now)) {
            messages.push_back(std::move(*message));
        }
    }
    store_.freeze(messages);
    return looked_at;
}

Preparer::Cases Preparer::reevaluate(const std::vector<std::vector<Notice>>& groups,
                                     Timestamp now) {
    Cases cases;
    for (auto& subject : evaluator_.evaluateNow(caseIds(groups), now)) {
        const auto id = subject.id;
        cases.emplace(id, std::move(subject));
    }
    return cases;
}

/// What the guards let pass; what becomes of the others is stored.
std::vector<Notice> Preparer::guarded(std::vector<Notice> notices, const Cases& cases,
                                      Timestamp now) {
    auto ruling = guards_.rule(std::move(notices), cases, now);
    if (!ruling.stopped.empty()) change(ruling.stopped, cases, now);
    return std::move(ruling.pass);
}

/// What of a group is still to be told now. Empty also where its windows have moved on.
std::vector<Notice> Preparer::survivors(const std::vector<Notice>& group, const Cases& cases,
                                        Timestamp now) const {
    std::vector<Notice> notices;
    bool due = false;
    for (const auto& before : group) {
        const auto& logged = cases.at(before.case_id).notices;
        const auto at = std::find_if(logged.begin(), logged.end(),
                                     [&](const Notice& notice) { return notice.id == before.id; });
        if (at == logged.end() || at->state != NoticeState::Planned || at->ready_at > now) continue;
        due |= at->due_at <= now;
        notices.push_back(*at);
    }
    // A recipient that changed under way belongs to another group, which has its own turn.
    if (!notices.empty())
        std::erase_if(notices, [&](const Notice& notice) {
            return notice.recipient != notices.front().recipient ||
                   notice.digest_key != notices.front().digest_key;
        });
    if (!due) notices.clear();
    return notices;
}

const Preparer::LastHop* Preparer::hopFor(const Recipient& recipient) const {
    for (const auto& hop : hops_)
        if (recipient.sender.empty() ? hop.sender->channel() == recipient.channel
                                     : hop.name == recipient.sender)
            return &hop;
    return nullptr;
}

/// What of the settings keeps a recipient from being reached.
std::optional<std::string> Preparer::whyUnserved(const Recipient& recipient) const {
    const auto* hop = hopFor(recipient);
    if (!hop && recipient.sender.empty())
        return "no sender is configured for the channel " +
               std::string{channelName(recipient.channel)};
    if (!hop) return "there is no sender '" + recipient.sender + "' in the settings";
    if (hop->sender->channel() == Channel::Email && recipient.address.empty())
        return "the sender '" + hop->name + "' sends mail, and the team names no address";
    if (hop->sender->channel() == Channel::Sms && recipient.channel != Channel::Sms)
        return "the sender '" + hop->name + "' sends SMS, and a team has no phone number";
    return std::nullopt;
}

void Preparer::postpone(std::vector<Notice> group, const Cases& cases, Timestamp now,
                        Timestamp until, const std::string& reason) {
    for (auto& notice : group) {
        notice.ready_at = until;
        notice.due_at = until;
        notice.state_reason = reason;
        notice.state_at = now;
    }
    log_.warning("notice.postponed", {{"recipient", log_.address(group.front().recipient.address)},
                                      {"reason", reason}});
    change(group, cases, now);
}

void Preparer::change(const std::vector<Notice>& notices, const Cases& cases, Timestamp now) {
    std::map<CaseId, CaseChange> changes;
    for (const auto& notice : notices) {
        auto& its_change = changes[notice.case_id];
        its_change.after = cases.at(notice.case_id);
        its_change.changed_notices.push_back(notice);
    }
    std::vector<CaseChange> list;
    for (auto& [id, its_change] : changes) {
        // A change states the wish anew, and this one is not about it.
        const auto decision = evaluator_.look(its_change.after, now, rules::Detail::Brief);
        its_change.wants_offer = decision.offer_wish != nullptr;
        list.push_back(std::move(its_change));
    }
    store_.commit(list);
}

std::string Preparer::messageDomain() const {
    return house_.message_id_domain.empty() ? domainOf(house_.from_address)
                                            : house_.message_id_domain;
}

Message Preparer::envelopeFor(const std::vector<Notice>& group, Timestamp now) const {
    Message message;
    message.stable_id = outbox::stableId(group) + '@' + messageDomain();
    message.recipient = group.front().recipient;
    const auto* hop = hopFor(message.recipient);
    message.sender = hop ? hop->name : std::string{channelName(message.recipient.channel)};
    message.envelope_from = house_.from_address;
    message.created_at = now;
    message.state_at = now;
    for (const auto& notice : group) message.notices.push_back(notice.id);
    return message;
}

DeliveryMode::Route Preparer::routeOf(const Recipient& recipient) const {
    return mode_ ? mode_->routeOf(recipient) : DeliveryMode::Route{recipient, "", ""};
}

std::optional<Message> Preparer::compose(const std::vector<Notice>& group, const Cases& cases,
                                         Shelf& shelf, Timestamp now) {
    const auto& recipient = group.front().recipient;
    auto message = envelopeFor(group, now);
    const auto route = routeOf(recipient);
    message.recipient = route.recipient;
    const auto request = [&] { return requestFor(*policy_, group, cases, now, &shelf); };
    const auto problems =
        writer_ ? writer_({group, cases, templateOf(policy_->rules, group), request}, message)
                : writeDocument(request(), route.redirected_from, message);
    const auto why = hasErrors(problems) ? formatProblems(problems)
                                         : hopFor(recipient)->sender->whyUnsendable(message);
    if (why.empty()) return message;
    postpone(group, cases, now, now + kConfigurationRetry, why);
    return std::nullopt;
}

render::Rendered Preparer::sample(const Notice& notice, Timestamp now) {
    std::map<CaseId, Case> cases;
    cases.emplace(notice.case_id, std::move(store_.cases({&notice.case_id, 1}).front()));
    Shelf shelf{store_, policy_->rules, now};
    const auto rendered =
        policy_->templates.render(requestFor(*policy_, {notice}, cases, now, &shelf));
    return rendered ? *rendered : render::Rendered{};
}

Problems Preparer::writeDocument(const render::Request& request, const std::string& redirected_from,
                                 Message& message) const {
    const auto rendered = policy_->templates.render(request);
    if (!rendered) return rendered.error();
    const auto& recipient = message.recipient;
    message.subject = rendered->subject;
    const auto channel = hopFor(request.recipient)->sender->channel();
    const auto id = webhookId(message.stable_id);
    if (channel == Channel::Webhook)
        message.document = render::webhookDocument(request, *rendered, policy_->house, id);
    if (channel == Channel::Chat)
        message.document = render::chatDocument(request, *rendered, policy_->house, id);
    if (channel == Channel::Sms) {
        if (!redirected_from.empty()) message.document = "[for " + redirected_from + "]\n";
        message.document += rendered->sms;
    }
    if (channel != Channel::Email) return {};
    const auto& first = request.entries.front().subject.line;
    const bool one_order = std::all_of(
        request.entries.begin(), request.entries.end(), [&](const render::Entry& entry) {
            return entry.subject.line.key.source == first.key.source &&
                   entry.subject.line.order == first.order;
        });
    const render::MailHeaders headers{house_.from_name,
                                      house_.from_address,
                                      house_.reply_to,
                                      recipient.name,
                                      recipient.address,
                                      message.stable_id,
                                      one_order ? threadId(first, messageDomain()) : std::string{},
                                      house_.unsubscribe_link,
                                      request.now,
                                      redirected_from};
    message.document = render::mailDocument(headers, *rendered);
    return {};
}

/// Those of the messages that the guards would not let pass any more.
std::vector<MessageId> Preparer::stoppedSince(const std::vector<MessageId>& ids, const Cases& cases,
                                              Timestamp now) {
    guards_.readSilences(now);
    const std::set<MessageId> among{ids.begin(), ids.end()};
    std::set<MessageId> stopped;
    for (const auto& [id, subject] : cases)
        for (const auto& notice : subject.notices)
            if (notice.state == NoticeState::Bundled && among.contains(notice.message_id) &&
                guards_.wouldStop(notice, subject, now))
                stopped.insert(notice.message_id);
    return {stopped.begin(), stopped.end()};
}

std::vector<MessageId> Preparer::stillTrue(const std::vector<MessageId>& ids, Timestamp now) {
    if (ids.empty()) return {};
    std::vector<NoticeId> notice_ids;
    for (const auto& message : store_.messages(ids))
        notice_ids.insert(notice_ids.end(), message.notices.begin(), message.notices.end());
    // Evaluating takes back by itself what is not true any more.
    const auto cases = reevaluate({store_.notices(notice_ids)}, now);
    evaluator_.takeBack(stoppedSince(ids, cases, now),
                        "a suppression or a silence came before the message left", now);
    std::vector<MessageId> good;
    for (const auto& message : store_.messages(ids))
        if (message.state == MessageState::Deferred) good.push_back(message.id);
    return good;
}

}  // namespace backorderd::app
