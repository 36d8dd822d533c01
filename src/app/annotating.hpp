#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "app/log.hpp"
#include "backorderd/clock.hpp"
#include "backorderd/connector.hpp"
#include "backorderd/store.hpp"

namespace backorderd::app {

/// Writes into the ERP what customers were told, one note at a time.
class Annotator {
public:
    /// The connector of a source where notes are wanted and possible; null otherwise.
    using ConnectorOf = std::function<Connector*(std::string_view source)>;
    /// All references must outlive the annotator.
    Annotator(boost::asio::any_io_executor executor, Store& store, const Clock& clock, Log& log,
              ConnectorOf connector_of);

    /// The notes that a message calls for which was sent or, Unknown, may have been: one for each
    /// order it spoke of.
    std::vector<Annotation> notesFor(const Message& message, MessageState state) const;
    /// Starts writing what is due, unless that is under way.
    void kick();
    bool idle() const { return !busy_; }
    void stop() { stopping_ = true; }
    void onSettled(std::function<void()> callback) { on_settled_ = std::move(callback); }

private:
    boost::asio::awaitable<void> writeDue();
    void settle(const Annotation& note, const std::optional<Failure>& failure);

    boost::asio::any_io_executor executor_;
    Store& store_;
    const Clock& clock_;
    Log& log_;
    ConnectorOf connector_of_;
    bool busy_ = false;
    bool stopping_ = false;
    std::function<void()> on_settled_;
};

}  // namespace backorderd::app
