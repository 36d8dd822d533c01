#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "connectors/rest_session.hpp"

namespace backorderd::connectors::rest {

/// The records of a document.
struct Listed {
    bool found = false;            ///< it has the list that `records` names
    std::vector<Row> rows;         ///< elements of `each`, where there is one
    std::size_t records = 0;       ///< before `each`
    std::size_t without_each = 0;  ///< of them, those that lack that list
};
Listed recordsOf(const nlohmann::json& document, const Request& request);

/// The records of one answer.
struct AnswerPage : Listed {
    std::unique_ptr<nlohmann::json> document;  ///< what `rows` look into
};

/// All pages of one request, in order.
class Pages {
public:
    /// Session and request outlive it. `names` are filled into the texts of `call`.
    Pages(Session& session, const Request& request, CallTexts call, Texts names);

    bool atEnd() const { return at_end_; }
    /// Called while not at the end.
    boost::asio::awaitable<Asked<AnswerPage>> next();

    /// Whether the server itself said that the last page was the last.
    bool endWasSaid() const { return end_said_; }
    /// Why what was read is not all that there is, by the server's own words; empty: they are kept.
    std::string shortfall() const;
    const std::optional<std::int64_t>& lastTotal() const { return last_total_; }

private:
    Call nextCall() const;
    std::optional<Failure> advance(const Call& call, const net::HttpResponse& response,
                                   const AnswerPage& page);
    std::optional<Failure> advanceByMark(const Call& call, const net::HttpResponse& response,
                                         const nlohmann::json& document);
    std::optional<Failure> advanceByKey(const AnswerPage& page);
    void noteTotal(const net::HttpResponse& response, const nlohmann::json& document);

    Session& session_;
    const Request& request_;
    CallTexts call_;
    Texts names_;
    std::string next_url_;  ///< empty: made from the texts
    std::size_t records_ = 0, without_each_ = 0;
    std::int64_t page_ = 0, pages_ = 0;
    std::uint64_t last_body_ = 0;
    std::unordered_set<std::uint64_t> marks_;  ///< cursors and addresses that led to a page
    bool at_end_ = false, end_said_ = false;
    std::optional<std::int64_t> first_total_, last_total_;
};

}  // namespace backorderd::connectors::rest
