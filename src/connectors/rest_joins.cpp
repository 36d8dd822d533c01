#include "connectors/rest_joins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace backorderd::connectors::rest {

using nlohmann::json;

HeldRecords::HeldRecords(Session& session, std::size_t records_max)
    : session_{session}, records_max_{records_max} {}

HeldRecords::Held& HeldRecords::held(std::string_view request) {
    const auto found = by_request_.find(request);
    if (found != by_request_.end()) return found->second;
    Held& made = by_request_[std::string{request}];
    made.request = session_.mapping().request(request);
    return made;
}

std::vector<Row> HeldRecords::rows(std::string_view request, const std::string& key) {
    Held& there = held(request);
    const auto found = there.rows.find(key);
    if (found != there.rows.end()) return found->second;
    if (there.request->by_keys)
        there.wanted.insert(key);
    else
        there.whole_wanted = !there.whole;
    return {};
}

bool HeldRecords::wantsMore() const {
    return std::ranges::any_of(by_request_, [](const auto& entry) {
        return entry.second.whole_wanted || !entry.second.wanted.empty();
    });
}

boost::asio::awaitable<std::optional<Failure>> HeldRecords::fetch() {
    for (auto& [name, there] : by_request_) {
        if (there.whole_wanted)
            if (auto failed = co_await fetchWhole(there)) co_return failed;
        if (!there.wanted.empty())
            if (auto failed = co_await fetchKeys(there)) co_return failed;
    }
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> HeldRecords::fetchWhole(Held& there) {
    there.whole = true;
    there.whole_wanted = false;
    Texts none;
    co_return co_await take(there, std::move(none));
}

boost::asio::awaitable<std::optional<Failure>> HeldRecords::fetchKeys(Held& there) {
    const std::vector<std::string> keys{there.wanted.begin(), there.wanted.end()};
    there.wanted.clear();
    // What is asked for and does not come is not there; it is not asked for again.
    for (const std::string& key : keys) there.rows[key];
    const Escape escape = session_.mapping().escape;
    for (std::size_t at = 0; at < keys.size(); at += there.request->batch) {
        const std::size_t end = std::min(at + there.request->batch, keys.size());
        std::string list;
        for (std::size_t i = at; i < end; ++i) {
            const Texts one{{"key", keys[i]}};
            list += (i == at ? "" : there.request->key_separator) +
                    fill(there.request->key_text, one, Within::Query, escape);
        }
        Texts names{{"key", keys[at]}, {"keys", list}};
        if (auto failed = co_await take(there, std::move(names))) co_return failed;
    }
    co_return std::nullopt;
}

boost::asio::awaitable<std::optional<Failure>> HeldRecords::take(Held& there, Texts names) {
    const std::string asked_for =
        there.request->by_keys && there.request->batch == 1 ? names["key"] : std::string{};
    Pages pages{session_, *there.request, there.request->call, std::move(names)};
    while (!pages.atEnd()) {
        auto next = co_await pages.next();
        if (auto* failed = std::get_if<Failure>(&next)) co_return std::move(*failed);
        auto& page = std::get<AnswerPage>(next);
        records_ += page.rows.size();
        if (records_ > records_max_)
            co_return Failure{Failure::Again::Never,
                              fmt::format("{}: more than {} records of other requests to hold, the "
                                          "last of '{}': raise `joined_records_max`",
                                          session_.where(), records_max_, there.request->name)};
        for (const Row& row : page.rows) {
            const Scope scope{row, *this, session_.values(), {}};
            std::string key = evaluate(there.request->key, scope);
            if (key.empty()) key = asked_for;
            if (!key.empty()) there.rows[key].push_back(row);
        }
        documents_.push_back(std::move(page.document));
    }
    if (shortfall_.empty()) shortfall_ = pages.shortfall();
    co_return std::nullopt;
}

}  // namespace backorderd::connectors::rest
