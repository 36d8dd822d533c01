#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/engine.hpp"
#include "app/log.hpp"
#include "rehearsal/books.hpp"
#include "rehearsal/driver.hpp"
#include "rehearsal/recorder.hpp"
#include "rehearsal/virtual_clock.hpp"

namespace backorderd::rehearsal {

/// The two ends of a rehearsal.
struct Scene {
    config::HouseSettings house;
    std::vector<std::string> sources;
    /// Names of senders with their channels; the first of a channel serves it.
    std::vector<std::pair<std::string, Channel>> senders;
    bool adopt = false;
    /// What a source has when it is read. Empty: nothing, for who never polls.
    std::function<Books(const std::string& source)> books;
    Recorder::Words words = Recorder::Words::None;
};

/// A sender for every channel, named after it, and one for every name that a team uses.
std::vector<std::pair<std::string, Channel>> sendersForAll(const RuleSet& rules);

/// The real engine and rules on a virtual clock: made-up sources, senders that only keep what they
/// get. Data count as fresh for ever once a source has been read.
class Stage {
public:
    Stage(Scene scene, app::Policy policy, std::unique_ptr<Store> store, Timestamp start);

    VirtualClock& clock() { return clock_; }
    Store& store() { return *store_; }
    app::Engine& engine() { return *engine_; }
    Driver& driver() { return *driver_; }
    const std::vector<SentMessage>& sent() const { return recorder_.sent(); }
    std::vector<SentMessage> takeSent() { return recorder_.takeSent(); }

    /// Adds facts to a case that no poll brings, and decides about it; id 0 opens a new one. The
    /// line of `subject` becomes its line.
    void tell(Case&& subject, const std::vector<Event>& events);

private:
    config::Settings settings_;
    boost::asio::io_context context_{1};
    VirtualClock clock_;
    std::unique_ptr<Store> store_;
    Recorder recorder_;
    app::Log log_;
    std::unique_ptr<app::Engine> engine_;
    std::unique_ptr<Driver> driver_;
};

}  // namespace backorderd::rehearsal
