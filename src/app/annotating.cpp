#include "app/annotating.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <map>
#include <set>

namespace backorderd::app {
namespace {

namespace asio = boost::asio;

/// A note is worth trying for a week; an ERP that is down longer has other troubles.
constexpr int kAttemptsMax = 40;
constexpr std::chrono::seconds kRetryFirst{60};
constexpr std::chrono::seconds kRetryLongest{4 * 3600};
constexpr std::size_t kMarkerLength = 12;
constexpr int kBatch = 20;

std::chrono::seconds retryDelay(int attempts) {
    auto delay = kRetryFirst;
    for (int i = 1; i < attempts && delay < kRetryLongest; ++i) delay *= 2;
    return std::min(delay, kRetryLongest);
}

/// Who reads of a message that may have arrived must not tell the customer that they know.
std::string noteText(const Message& message, MessageState state, const std::set<std::string>& items,
                     Timestamp now) {
    std::string text = state == MessageState::Sent
                           ? "Customer told by "
                           : "Customer perhaps told, nobody knows whether it arrived, by ";
    text += std::string{channelName(message.recipient.channel)} + " (" + message.recipient.address +
            ") on " + formatTimestamp(now) + ": \"" + message.subject + "\"";
    std::string list;
    for (const auto& item : items) list += (list.empty() ? "" : ", ") + item;
    return list.empty() ? text : text + " - items: " + list;
}

}  // namespace

Annotator::Annotator(asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
                     ConnectorOf connector_of)
    : executor_{std::move(executor)},
      store_{store},
      clock_{clock},
      log_{log},
      connector_of_{std::move(connector_of)} {}

std::vector<Annotation> Annotator::notesFor(const Message& message, MessageState state) const {
    std::vector<CaseId> ids;
    for (const auto& notice : store_.notices(message.notices))
        if (isForCustomer(notice.topic)) ids.push_back(notice.case_id);
    std::map<std::pair<std::string, std::string>, std::set<std::string>> orders;
    for (const auto& subject : store_.cases(ids)) {
        const auto& line = subject.line;
        if (!line.order.id.empty() && connector_of_(line.key.source))
            orders[{line.key.source, line.order.id}].insert(line.item.id);
    }
    std::vector<Annotation> notes;
    for (const auto& [order, items] : orders) {
        Annotation note;
        note.source = order.first;
        note.order_id = order.second;
        // With the order in it, a digest over two orders makes two notes.
        note.marker = "bo-" + message.stable_id.substr(0, kMarkerLength) + '-' + order.second;
        // What is sent after all is told as well.
        if (state != MessageState::Sent) note.marker += "-unknown";
        note.text = noteText(message, state, items, clock_.now());
        notes.push_back(std::move(note));
    }
    return notes;
}

void Annotator::kick() {
    if (busy_ || stopping_) return;
    const auto next = store_.nextAnnotationDue();
    if (!next || *next > clock_.now()) return;
    busy_ = true;
    asio::co_spawn(executor_, writeDue(), [this](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
        busy_ = false;
        if (on_settled_) on_settled_();
    });
}

asio::awaitable<void> Annotator::writeDue() {
    const auto due = store_.annotationsDue(clock_.now(), kBatch);
    for (const auto& annotation : due) {
        if (stopping_) co_return;
        auto* connector = connector_of_(annotation.source);
        if (!connector) {
            const Failure gone{Failure::Again::Never, "notes are no longer written to this source"};
            settle(annotation, gone);
            continue;
        }
        const Connector::Note note{annotation.order_id, annotation.text, annotation.marker};
        const auto failure = co_await connector->annotate(note);
        settle(annotation, failure);
    }
}

void Annotator::settle(const Annotation& note, const std::optional<Failure>& failure) {
    if (!failure) {
        store_.settleAnnotation(note.id, "", std::nullopt);
        log_.info("note.written", {{"source", note.source}, {"order", note.order_id}});
        return;
    }
    std::optional<Timestamp> retry_at;
    if (failure->again == Failure::Again::Later && note.attempts + 1 < kAttemptsMax)
        retry_at = clock_.now() + retryDelay(note.attempts + 1);
    store_.settleAnnotation(note.id, failure->reason, retry_at);
    log_.warning(retry_at ? "note.deferred" : "note.given_up",
                 {{"source", note.source}, {"order", note.order_id}, {"reason", failure->reason}});
}

}  // namespace backorderd::app
