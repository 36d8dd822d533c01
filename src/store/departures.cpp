#include "store/sqlite_store.hpp"

namespace backorderd::store {

std::vector<MessageIdentity> SqliteStore::messageIdentities(std::span<const MessageId> ids) {
    return reading("reading what messages are known by", [&] {
        std::vector<MessageIdentity> found;
        for (const auto id : ids) found.push_back(departures_.ofMessage(id));
        return found;
    });
}

std::vector<NoticeIdentity> SqliteStore::noticeIdentities(std::span<const NoticeId> ids) {
    return reading("reading what notices are known by", [&] {
        std::vector<NoticeIdentity> found;
        for (const auto id : ids) found.push_back(departures_.ofNotice(id));
        return found;
    });
}

void SqliteStore::importDepartures(std::span<const Departure> known,
                                   std::span<const Departed> messages, std::uint64_t journal_seq,
                                   Timestamp now) {
    writing("taking in what left", [&] {
        for (const auto& departure : known) departures_.add(departure);
        for (const auto& message : messages) {
            if (!messages_.depart(message, now))
                throw std::logic_error(
                    fmt::format("message {} cannot have left: it has ended", message.id));
            followDeparture(message, now);
        }
        departures_.setJournalSeq(journal_seq);
    });
}

void SqliteStore::depart(Message& message, Departed departed) {
    departed.id = message.id;
    if (!messages_.depart(departed, message.created_at))
        throw std::logic_error(fmt::format("message {} cannot be called departed", message.id));
    followDeparture(departed, message.created_at);
    message.state = departed.state;
}

}  // namespace backorderd::store
