#pragma once

#include <boost/asio/awaitable.hpp>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
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
Listed recordsOf(const JsonTree& document, const Request& request);

/// The records of one answer.
struct AnswerPage : Listed {
    JsonTree document;  ///< what `rows` look into
    /// Where their texts were asked for: those, in place of `rows`, each as `JsonTree::read` wants
    /// it, and what they look into.
    std::vector<std::string_view> texts;
    std::string body;
    std::deque<std::string> made;
};

/// Adds the record itself, or the elements of its `each`; false where it lacks that list.
bool addParts(const Node& record, const Request& request, std::vector<Row>& rows);

/// All pages of one request, in order.
class Pages {
public:
    /// Session and request outlive it. `names` are filled into the texts of `call`. `as_texts`: the
    /// records are left unread where an answer lets them be told apart.
    Pages(Session& session, const Request& request, CallTexts call, Texts names,
          bool as_texts = false);

    /// A record that was left unread turned out to lack the list that `each` names.
    void noteWithoutEach() { ++without_each_; }
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
    std::optional<Failure> readPage(const Call& call, net::HttpResponse& response,
                                    AnswerPage& page);
    bool splitPage(net::HttpResponse& response, AnswerPage& page) const;
    bool addTexts(AnswerPage& page) const;
    std::optional<Failure> advance(const Call& call, const net::HttpResponse& response,
                                   const AnswerPage& page);
    std::optional<Failure> advanceByMark(const Call& call, const net::HttpResponse& response,
                                         const JsonTree& document);
    std::optional<Failure> advanceByKey(const AnswerPage& page);
    void noteTotal(const net::HttpResponse& response, const JsonTree& document);

    Session& session_;
    const Request& request_;
    CallTexts call_;
    Texts names_;
    std::string next_url_;  ///< empty: made from the texts
    std::size_t records_ = 0, without_each_ = 0;
    std::int64_t page_ = 0, pages_ = 0;
    std::uint64_t last_body_ = 0;
    std::unordered_set<std::uint64_t> marks_;  ///< cursors and addresses that led to a page
    bool as_texts_ = false;
    bool at_end_ = false, end_said_ = false;
    std::optional<std::int64_t> first_total_, last_total_;
};

}  // namespace backorderd::connectors::rest
