#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <set>
#include <span>
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

    struct Found {
        std::vector<Row> rows;
        std::uint64_t hash = 0;  ///< of the rows and what they stood in; 0: there are none
    };
    /// Of that request with that key; empty, and wanted, where it has not been asked for.
    const Found& find(std::string_view request, std::string_view key);
    std::span<const Row> rows(std::string_view request, std::string_view key) override {
        return find(request, key).rows;
    }
    /// Whether nothing that `NotedJoins` noted is found otherwise. What has not been asked for is
    /// wanted, and says nothing yet.
    bool isAsBefore(std::string_view noted);
    bool wantsMore() const;
    /// Why what was fetched is not all that was asked for; empty: nothing shows that.
    const std::string& shortfall() const { return shortfall_; }
    boost::asio::awaitable<std::optional<Failure>> fetch();

private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Held {
        const Request* request = nullptr;
        std::unordered_map<std::string, Found, TextHash, std::equal_to<>> found;
        std::set<std::string, std::less<>> wanted;
        bool whole_wanted = false, whole = false;
    };

    Held& held(std::string_view request);
    /// Null where it is wanted.
    const Found* search(std::string_view request, std::string_view key);
    boost::asio::awaitable<std::optional<Failure>> fetchWhole(Held& held);
    boost::asio::awaitable<std::optional<Failure>> fetchKeys(Held& held);
    boost::asio::awaitable<std::optional<Failure>> take(Held& held, Texts names);
    void addRow(Held& held, const Row& row, const std::string& asked_for);

    Session& session_;
    std::size_t records_max_ = 0;
    std::size_t records_ = 0;
    std::string shortfall_;
    std::map<std::string, Held, std::less<>> by_request_;
    std::vector<JsonTree> documents_;  ///< what the rows look into
};

/// Notes what is looked up and what is found, so that it can be told whether it is found again.
class NotedJoins final : public Joins {
public:
    explicit NotedJoins(HeldRecords& held) : held_{held} {}

    std::span<const Row> rows(std::string_view request, std::string_view key) override;
    const std::string& noted() const { return noted_; }

private:
    HeldRecords& held_;
    std::string noted_;
};

}  // namespace backorderd::connectors::rest
