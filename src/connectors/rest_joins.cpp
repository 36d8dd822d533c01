#include "connectors/rest_joins.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace backorderd::connectors::rest {

namespace {

const HeldRecords::Found kNothing;

/// One look-up as it is noted: a head, and the names of request and key behind it.
struct LookUp {
    std::uint64_t hash = 0;
    std::uint32_t request_bytes = 0, key_bytes = 0;
};

/// The first look-up of the text, which is taken off it.
LookUp takeLookUp(std::string_view& noted, std::string_view& request, std::string_view& key) {
    LookUp head;
    std::memcpy(&head, noted.data(), sizeof head);
    request = noted.substr(sizeof head, head.request_bytes);
    key = noted.substr(sizeof head + head.request_bytes, head.key_bytes);
    noted.remove_prefix(sizeof head + head.request_bytes + head.key_bytes);
    return head;
}

}  // namespace

std::span<const Row> NotedJoins::rows(std::string_view request, std::string_view key) {
    const HeldRecords::Found& found = held_.find(request, key);
    for (std::string_view rest = noted_; !rest.empty();) {
        std::string_view known_request, known_key;
        takeLookUp(rest, known_request, known_key);
        if (known_request == request && known_key == key) return found.rows;
    }
    const LookUp head{found.hash, static_cast<std::uint32_t>(request.size()),
                      static_cast<std::uint32_t>(key.size())};
    noted_.append(reinterpret_cast<const char*>(&head), sizeof head);
    noted_.append(request).append(key);
    return found.rows;
}

bool HeldRecords::isAsBefore(std::string_view noted) {
    while (!noted.empty()) {
        std::string_view request, key;
        const LookUp head = takeLookUp(noted, request, key);
        const Found* found = search(request, key);
        if (found != nullptr && found->hash != head.hash) return false;
    }
    return true;
}

HeldRecords::HeldRecords(Session& session, std::size_t records_max)
    : session_{session}, records_max_{records_max} {}

HeldRecords::Held& HeldRecords::held(std::string_view request) {
    const auto found = by_request_.find(request);
    if (found != by_request_.end()) return found->second;
    Held& made = by_request_[std::string{request}];
    made.request = session_.mapping().request(request);
    return made;
}

const HeldRecords::Found* HeldRecords::search(std::string_view request, std::string_view key) {
    Held& there = held(request);
    const auto found = there.found.find(key);
    if (found != there.found.end()) return &found->second;
    if (there.whole) return &kNothing;
    if (!there.request->by_keys)
        there.whole_wanted = true;
    else if (!there.wanted.contains(key))
        there.wanted.emplace(key);
    return nullptr;
}

const HeldRecords::Found& HeldRecords::find(std::string_view request, std::string_view key) {
    const Found* found = search(request, key);
    return found == nullptr ? kNothing : *found;
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
    for (const std::string& key : keys) there.found[key];
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
        for (const Row& row : page.rows) addRow(there, row, asked_for);
        documents_.push_back(std::move(page.document));
    }
    if (shortfall_.empty()) shortfall_ = pages.shortfall();
    co_return std::nullopt;
}

void HeldRecords::addRow(Held& there, const Row& row, const std::string& asked_for) {
    const Scope scope{row, *this, session_.values(), {}};
    std::string key = evaluate(there.request->key, scope);
    if (key.empty()) key = asked_for;
    if (key.empty()) return;
    Found& found = there.found[key];
    found.rows.push_back(row);
    for (const Node* part : {row.record, row.parent})
        if (part != nullptr)
            found.hash = XXH3_64bits_withSeed(part->text.data(), part->text.size(), found.hash + 1);
}

}  // namespace backorderd::connectors::rest
