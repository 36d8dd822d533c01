#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/preparing.hpp"
#include "backorderd/clock.hpp"
#include "backorderd/sender.hpp"

namespace backorderd::rehearsal {

/// What one sent message said of one line.
struct SentNotice {
    Topic topic{};
    std::string rule, template_name;
    std::string key;     ///< within the case
    std::string reason;  ///< why it was sent, for a person
    CaseId case_id = 0;
    std::string line, customer, customer_name;
};

/// A message that a rehearsal would have sent.
struct SentMessage {
    Timestamp at{};
    std::string sender;
    Recipient recipient;
    std::string template_name;  ///< of the message: that of its notices, or the digest's
    std::vector<SentNotice> notices;
    std::string subject, text;  ///< empty where words are not wanted
};

/// Stands at the end of every channel, and keeps what would have left.
class Recorder {
public:
    enum class Words { Rendered, None };
    /// Clock and store must outlive the recorder, and the recorder the engine it is built into.
    Recorder(const Clock& clock, Store& store, Words words)
        : clock_{clock}, store_{store}, words_{words} {}

    /// A last hop that accepts everything at once.
    std::unique_ptr<Sender> sender(Channel channel);
    /// Takes the place of the templates in the engine.
    app::Preparer::Writer writer(render::Templates templates);

    /// In the order in which they left.
    const std::vector<SentMessage>& sent() const { return sent_; }
    std::vector<SentMessage> takeSent() { return std::exchange(sent_, {}); }

private:
    class LastHop;
    Problems write(const render::Templates& templates, const app::Preparer::Draft& draft,
                   Message& message);
    void leave(const Message& message);
    SentMessage frozenBefore(const Message& message) const;

    const Clock& clock_;
    Store& store_;
    Words words_;
    std::map<std::string, SentMessage> written_;  ///< not sent yet, by stable id
    std::vector<SentMessage> sent_;
};

}  // namespace backorderd::rehearsal
