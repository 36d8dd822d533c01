#include "connectors/rest_pages.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <nlohmann/json.hpp>

#include "backorderd/decimal.hpp"
#include "connectors/json_server.hpp"
#include "connectors/rest_split.hpp"

namespace backorderd::connectors::rest {

namespace {

/// A server that never ends must not be read for ever.
constexpr std::int64_t kPagesMax = 100'000;
/// Telling the records of a longer answer apart would take too much memory beside it.
constexpr std::size_t kSplitBytesMax = std::size_t{16} << 20;

/// No expression of a keyset looks into another request.
class NoJoins final : public Joins {
public:
    std::span<const Row> rows(std::string_view, std::string_view) override { return {}; }
};

/// The records of a document; empty where it lacks the list that `records` names.
std::optional<std::vector<const Node*>> listedIn(const JsonTree& document, const Request& request) {
    const Node* list = follow(document.root(), request.records);
    // An answer without a body says nothing, not that there is nothing.
    if (list == nullptr || (list == &document.root() && list->kind == Node::Kind::Null))
        return std::nullopt;
    std::vector<const Node*> records;
    if (list->kind == Node::Kind::List)
        for (const Node& record : Children{*list}) records.push_back(&record);
    else if (list->kind != Node::Kind::Null)
        records.push_back(list);
    return records;
}

/// The address behind `rel="next"` (RFC 8288); empty: there is none.
std::string nextOfLinkHeader(std::string_view header) {
    while (!header.empty()) {
        const auto begin = header.find('<');
        const auto end = header.find('>', begin == header.npos ? 0 : begin);
        if (begin == header.npos || end == header.npos) return {};
        const std::string_view link = header.substr(begin + 1, end - begin - 1);
        header.remove_prefix(end + 1);
        const std::string_view about = header.substr(0, std::min(header.find('<'), header.size()));
        if (about.find("rel=\"next\"") != about.npos || about.find("rel=next") != about.npos)
            return std::string{link};
    }
    return {};
}

}  // namespace

bool addParts(const Node& record, const Request& request, std::vector<Row>& rows) {
    if (request.each.empty()) {
        rows.push_back({&record, nullptr});
        return true;
    }
    const Node* parts = follow(record, request.each);
    if (parts == nullptr || !(parts->kind == Node::Kind::List || parts->kind == Node::Kind::Null))
        return false;
    for (const Node& part : Children{*parts}) rows.push_back({&part, &record});
    return true;
}

Listed recordsOf(const JsonTree& document, const Request& request) {
    Listed listed;
    const auto records = listedIn(document, request);
    listed.found = records.has_value();
    if (!records) return listed;
    listed.records = records->size();
    for (const Node* record : *records)
        if (!addParts(*record, request, listed.rows)) ++listed.without_each;
    return listed;
}

Pages::Pages(Session& session, const Request& request, CallTexts call, Texts names, bool as_texts)
    : session_{session},
      request_{request},
      call_{std::move(call)},
      names_{std::move(names)},
      as_texts_{as_texts} {
    const Paging& paging = request_.paging;
    page_ = paging.first;
    names_["size"] = std::to_string(paging.size);
    names_["cursor"] = "";
    names_["after"] = paging.start;
    names_["after_time"] = paging.start_time;
}

Call Pages::nextCall() const {
    Texts names = names_;
    names["offset"] = std::to_string(records_);
    names["page"] = std::to_string(page_);
    Call call = session_.makeCall(call_, names);
    if (!next_url_.empty()) call.url = next_url_;
    return call;
}

boost::asio::awaitable<Asked<AnswerPage>> Pages::next() {
    const Call call = nextCall();
    auto answer = co_await session_.send(call);
    if (auto* failed = std::get_if<Failure>(&answer)) co_return std::move(*failed);
    auto& response = std::get<net::HttpResponse>(answer);
    AnswerPage page;
    if (response.status == 204 || (session_.mapping().empty_on_404 && isNotFound(response))) {
        at_end_ = end_said_ = true;
        co_return std::move(page);
    }
    const auto body = XXH3_64bits(response.body.data(), response.body.size());
    if (auto failed = readPage(call, response, page)) co_return std::move(*failed);
    if (page.records > 0 && body == last_body_)
        co_return Failure{Failure::Again::Later,
                          fmt::format("{} answers each page of '{}' with the same records: its "
                                      "paging is not what the mapping says",
                                      session_.where(), request_.name)};
    last_body_ = body;
    noteTotal(response, page.document);
    records_ += page.records;
    without_each_ += page.without_each;
    ++page_;
    if (++pages_ > kPagesMax)
        co_return Failure{Failure::Again::Never,
                          fmt::format("{} gives more than {} pages of '{}': ask for larger ones",
                                      session_.where(), kPagesMax, request_.name)};
    if (auto failed = advance(call, response, page)) co_return std::move(*failed);
    co_return std::move(page);
}

std::optional<Failure> Pages::readPage(const Call& call, net::HttpResponse& response,
                                       AnswerPage& page) {
    const bool apart = splitPage(response, page);
    auto read = session_.read(call, response);
    if (auto* failed = std::get_if<Failure>(&read)) return std::move(*failed);
    page.document = std::get<JsonTree>(std::move(read));
    // A member that stands twice: the last one counts, and another was split.
    const Node* list = follow(page.document.root(), request_.records);
    if (apart && !(list != nullptr && list->kind == Node::Kind::List && list->size == 1)) {
        response.body = std::move(page.body);
        page.texts.clear();
        read = session_.read(call, response);
        if (auto* failed = std::get_if<Failure>(&read)) return std::move(*failed);
        page.document = std::get<JsonTree>(std::move(read));
    }
    if (!as_texts_) static_cast<Listed&>(page) = recordsOf(page.document, request_);
    if (as_texts_) page.found = addTexts(page);
    if (!page.found)
        return Failure{Failure::Again::Later,
                       fmt::format("{} answered '{}' without the list that `records` names",
                                   session_.where(), request_.name)};
    return std::nullopt;
}

/// The texts of the records that are in the document. False where it lacks the list.
bool Pages::addTexts(AnswerPage& page) const {
    const auto records = listedIn(page.document, request_);
    if (!records) return false;
    for (const Node* record : *records) {
        if (record->holds()) {
            page.texts.push_back(record->text);
            continue;
        }
        // What stands for itself in the document is written as JSON again, with room behind it.
        std::string& made = page.made.emplace_back(
            record->kind == Node::Kind::Text   ? nlohmann::json(record->text).dump()
            : record->kind == Node::Kind::Null ? "null"
                                               : std::string{record->text});
        made.reserve(made.size() + JsonTree::kPaddingBytes);
        page.texts.push_back(made);
    }
    page.records = page.texts.size();
    return true;
}

/// Then the answer's body is the rest of it.
bool Pages::splitPage(net::HttpResponse& response, AnswerPage& page) const {
    if (!as_texts_ || response.status != 200 || response.body.size() > kSplitBytesMax) return false;
    auto parts = splitAnswer(response.body, request_.records);
    if (!parts) return false;
    page.body = std::move(response.body);
    page.texts = std::move(parts->records);
    response.body = std::move(parts->rest);
    return true;
}

void Pages::noteTotal(const net::HttpResponse& response, const JsonTree& document) {
    if (!request_.hasTotal()) return;
    std::string text{response.header(request_.total_header)};
    if (request_.total_header.empty()) {
        text = textOf(follow(document.root(), request_.total));
    } else if (!request_.total.empty()) {
        JsonTree within;
        within.take(text);
        text = textOf(follow(within.root(), request_.total));
    }
    const auto number = Decimal::parse(text);
    last_total_.reset();
    if (number) last_total_ = number->millionths() / Decimal::kScale;
    if (!first_total_) first_total_ = last_total_;
}

std::string Pages::shortfall() const {
    if (without_each_ > 0)
        return fmt::format("{} record(s) of '{}' came without the list that `each` names",
                           without_each_, request_.name);
    if (first_total_ != last_total_)
        return fmt::format(
            "there were {} records at the beginning of the read of '{}' and {} at its end",
            first_total_.value_or(0), request_.name, last_total_.value_or(0));
    if (last_total_ && *last_total_ != static_cast<std::int64_t>(records_))
        return fmt::format("the server speaks of {} records of '{}' and gave {}", *last_total_,
                           request_.name, records_);
    return {};
}

std::optional<Failure> Pages::advance(const Call& call, const net::HttpResponse& response,
                                      const AnswerPage& page) {
    const Paging& paging = request_.paging;
    const bool is_short = page.records < static_cast<std::size_t>(paging.size);
    if (paging.kind == "none") {
        at_end_ = end_said_ = true;
    } else if (paging.kind == "cursor" || paging.kind == "next_link") {
        return advanceByMark(call, response, page.document);
    } else if (paging.kind == "keyset") {
        // A short page proves nothing: a server may give fewer than were asked for.
        at_end_ = page.records == 0;
        return at_end_ ? std::nullopt : advanceByKey(page);
    } else if (!paging.more.empty()) {
        at_end_ = !isTrue(textOf(follow(page.document.root(), paging.more)));
        end_said_ = at_end_;
        if (!at_end_ && page.records == 0)
            return Failure{Failure::Again::Later,
                           fmt::format("{} says that '{}' goes on, and brings nothing",
                                       session_.where(), request_.name)};
    } else {
        at_end_ = is_short;
    }
    return std::nullopt;
}

std::optional<Failure> Pages::advanceByMark(const Call& call, const net::HttpResponse& response,
                                            const JsonTree& document) {
    const Paging& paging = request_.paging;
    const auto stands = [&] {
        return Failure{Failure::Again::Later,
                       fmt::format("{} leads from a page of '{}' to one that it gave before",
                                   session_.where(), request_.name)};
    };
    if (paging.kind == "cursor") {
        std::string cursor{textOf(follow(document.root(), paging.cursor))};
        at_end_ = end_said_ = cursor.empty();
        if (!at_end_ && !marks_.insert(XXH3_64bits(cursor.data(), cursor.size())).second)
            return stands();
        names_["cursor"] = std::move(cursor);
        return std::nullopt;
    }
    const std::string link = paging.next.empty()
                                 ? nextOfLinkHeader(response.header("link"))
                                 : std::string{textOf(follow(document.root(), paging.next))};
    at_end_ = end_said_ = link.empty();
    if (at_end_) return std::nullopt;
    marks_.insert(XXH3_64bits(call.url.data(), call.url.size()));
    next_url_ = resolveLink(call.url, link);
    if (marks_.contains(XXH3_64bits(next_url_.data(), next_url_.size()))) return stands();
    // Another host would be shown our credentials.
    if (originOf(next_url_) != originOf(call.url))
        return Failure{Failure::Again::Never,
                       fmt::format("{} leads to another host ({}) for the next page of '{}'; set "
                                   "`url` to that one if it is right",
                                   session_.where(), originOf(next_url_), request_.name)};
    return std::nullopt;
}

std::optional<Failure> Pages::advanceByKey(const AnswerPage& page) {
    NoJoins none;
    JsonTree text;
    const Node* record = follow(page.document.root(), request_.records);
    if (!page.texts.empty() && text.read(page.texts.back())) {
        record = &text.root();
    } else if (record->kind == Node::Kind::List) {
        for (const Node& each : Children{*record}) record = &each;
    }
    const Row last{record, nullptr};
    const Scope scope{last, none, session_.values(), {}};
    const std::string after = evaluate(request_.paging.after, scope);
    const std::string time = evaluate(request_.paging.after_time, scope);
    if (after.empty() || (after == names_["after"] && time == names_["after_time"]))
        return Failure{Failure::Again::Later,
                       fmt::format("{} answers '{}' without getting further behind '{}': the "
                                   "request must sort by what `after` says",
                                   session_.where(), request_.name, after)};
    names_["after"] = after;
    names_["after_time"] = time;
    return std::nullopt;
}

}  // namespace backorderd::connectors::rest
