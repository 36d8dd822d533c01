#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "connectors/rest_pages.hpp"

namespace backorderd::connectors::rest {

/// Records of other requests, held for the time of one read. What an expression asks for and is not
/// here yet is remembered as wanted; `fetch` brings it, and the expression is evaluated anew.
class HeldRecords final : public Joins {
public:
    HeldRecords(Session& session, std::size_t records_max);

    std::vector<Row> rows(std::string_view request, const std::string& key) override;
    bool wantsMore() const;
    /// Why what was fetched is not all that was asked for; empty: nothing shows that.
    const std::string& shortfall() const { return shortfall_; }
    boost::asio::awaitable<std::optional<Failure>> fetch();

private:
    struct Held {
        const Request* request = nullptr;
        std::unordered_map<std::string, std::vector<Row>> rows;
        std::set<std::string> wanted;
        bool whole_wanted = false, whole = false;
    };

    Held& held(std::string_view request);
    boost::asio::awaitable<std::optional<Failure>> fetchWhole(Held& held);
    boost::asio::awaitable<std::optional<Failure>> fetchKeys(Held& held);
    boost::asio::awaitable<std::optional<Failure>> take(Held& held, Texts names);

    Session& session_;
    std::size_t records_max_ = 0;
    std::size_t records_ = 0;
    std::string shortfall_;
    std::map<std::string, Held, std::less<>> by_request_;
    std::vector<std::unique_ptr<nlohmann::json>> documents_;  ///< what the rows look into
};

}  // namespace backorderd::connectors::rest
