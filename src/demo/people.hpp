#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backorderd/store.hpp"
#include "demo/world.hpp"

namespace backorderd::demo {

/// The people around the daemon: customers who answer an offer, sales who enter what was accepted
/// and take on what was escalated. They use the same commands as everybody.
class People {
public:
    /// An operation by name with its arguments; its answer.
    using Command =
        std::function<nlohmann::json(const std::string& name, const nlohmann::json& arguments)>;
    /// References must outlive the people.
    People(Store& store, World& world, Command command)
        : store_{store}, world_{world}, command_{std::move(command)} {}

    /// Lets them do what they do in one hour of office life; returns it in sentences.
    std::vector<std::string> passHour(Timestamp now, Date day, int hour);

private:
    void answerOffer(const Case& subject, Timestamp now, Date day, std::vector<std::string>& news);
    void acknowledge(const Case& subject, Timestamp now, std::vector<std::string>& news);

    Store& store_;
    World& world_;
    Command command_;
};

}  // namespace backorderd::demo
