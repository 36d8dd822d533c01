#include "app/allocating.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace backorderd::app {
namespace {

/// Items whose lines are looked for at once: that is one walk over all open lines.
constexpr std::size_t kItemsPerPiece = 500;
/// An order with more lines is not one that somebody ships as a whole.
constexpr int kLinesOfOrderMax = 1000;
/// Orders of which the other lines are looked for at once.
constexpr std::size_t kOrdersPerPiece = 100;

/// What offers hold is nobody else's until they end.
void takeHeld(Goods& goods, const std::vector<StockHold>& held) {
    std::map<std::pair<std::string_view, std::string_view>, Decimal> by_place;
    for (const auto& hold : held) {
        auto& sum = by_place[{hold.item, hold.warehouse}];
        sum = sum + hold.quantity;
    }
    for (auto& level : goods.stock)
        if (const auto sum = by_place.find({level.item, level.warehouse}); sum != by_place.end())
            level.free = level.free - std::min(sum->second, level.free);
}

bool shipsTogether(const OrderLine& line) {
    return line.order.ship_complete || !line.kit.id.empty();
}

/// Whether an earlier start, which did not come to the end of the line, made this proposal.
bool isProposed(const Case& subject, const AllocationProposed& proposal, Timestamp now) {
    constexpr std::chrono::days kRecent{2};
    for (auto entry = subject.events.rbegin(); entry != subject.events.rend(); ++entry)
        if (const auto* const latest = std::get_if<AllocationProposed>(&entry->event))
            return *latest == proposal && entry->at > now - kRecent;
    return false;
}

template <class List>
List takeBack(List& from, std::size_t count_max) {
    const auto first = from.end() - static_cast<std::ptrdiff_t>(std::min(from.size(), count_max));
    List taken{first, from.end()};
    from.erase(first, from.end());
    return taken;
}

}  // namespace

/// All that wait for one item.
struct Allocating::Round {
    std::string item;
    std::vector<CaseId> to_gather;  ///< from the back
    std::set<CaseId> known;         ///< each case once
    std::vector<std::string> orders_to_look_up;
    std::set<std::string> orders;  ///< that ship together
    std::set<std::string> items;   ///< of all cases
    rules::Allocation allocation;
    struct Proposal {
        CaseId id = 0;
        AllocationProposed event;
    };
    std::optional<std::deque<Proposal>> proposals;  ///< best first; empty: not ranked yet
    bool earlier = false;                           ///< see `State`
    std::size_t made = 0;                           ///< proposals
    bool struck_out = false;                        ///< the arrival, with the last proposal

    bool isLarge() const { return known.size() > kCasesPerPiece; }
    bool done() const { return proposals && proposals->empty(); }
};

Allocating::Allocating(Store& store, Evaluator& evaluator, Log& log, const Policy& policy)
    : store_{store}, evaluator_{evaluator}, log_{log}, policy_{&policy} {}

Allocating::~Allocating() = default;

void Allocating::usePolicy(const Policy& policy) {
    policy_ = &policy;
    for (auto& [source, state] : states_) {
        if (!state.round) continue;
        state.items.push_back(state.round->item);
        state.round.reset();
    }
}

void Allocating::arrived(std::string_view source, std::span<const std::string> items) {
    const auto at = states_.find(source);
    if (at == states_.end()) return;
    auto& state = at->second;
    state.owed = true;
    // There is more of it now than what is being proposed.
    if (!state.round || std::ranges::find(items, state.round->item) == items.end()) return;
    state.items.push_back(state.round->item);
    state.round.reset();
}

bool Allocating::owes(const std::string& source) const {
    const auto at = states_.find(source);
    if (at == states_.end()) return true;
    const auto& state = at->second;
    return state.owed || !state.items.empty() || !state.to_sort.empty() || !state.waiting.empty() ||
           state.round;
}

bool Allocating::work(const std::string& source, Timestamp now) {
    auto& state = states_[source];
    if (state.round)
        advance(state, source, now);
    else if (!state.to_sort.empty())
        sort(state);
    else if (!state.waiting.empty())
        beginRound(state, source, now);
    else
        return begin(state, source);
    return true;
}

bool Allocating::begin(State& state, const std::string& source) {
    if (state.items.empty()) {
        if (!state.owed) return false;
        state.owed = false;
        state.earlier = !std::exchange(state.looked, true);
        state.items = store_.arrivals(source);
        if (state.items.empty()) return false;
        if (policy_->rules.fulfilment.empty()) {
            store_.forgetArrivals(source, state.items);
            state.items.clear();
            return false;
        }
    }
    const auto piece = takeBack(state.items, kItemsPerPiece);
    for (const auto& item : piece) state.waiting[item];
    state.to_sort = store_.openCasesOfItems(source, piece);
    return true;
}

void Allocating::sort(State& state) {
    for (const auto& subject : store_.cases(takeBack(state.to_sort, kCasesPerPiece))) {
        const auto at = state.waiting.find(subject.line.item.id);
        if (at != state.waiting.end()) at->second.push_back(subject.id);
    }
}

/// What few lines wait for is done at once.
void Allocating::beginRound(State& state, const std::string& source, Timestamp now) {
    auto node = state.waiting.extract(state.waiting.begin());
    if (node.mapped().size() < 2)
        return store_.forgetArrivals(source, std::vector<std::string>{node.key()});
    state.round.reset(new Round{.item = node.key(),
                                .to_gather = std::move(node.mapped()),
                                .known = {},
                                .orders_to_look_up = {},
                                .orders = {},
                                .items = {node.key()},
                                .allocation = {policy_->rules, node.key(), now},
                                .proposals = {},
                                .earlier = state.earlier});
    state.round->known.insert(state.round->to_gather.begin(), state.round->to_gather.end());
    while (state.round && !state.round->isLarge()) advance(state, source, now);
}

void Allocating::advance(State& state, const std::string& source, Timestamp now) {
    auto& round = *state.round;
    if (!round.to_gather.empty())
        gather(round);
    else if (!round.orders_to_look_up.empty())
        findSiblings(round, source);
    else if (!round.proposals)
        rank(round, source, now);
    else
        propose(round, now);
    if (!round.done()) return;
    if (!round.struck_out) store_.forgetArrivals(source, std::vector<std::string>{round.item});
    if (round.made > 0)
        log_.info(
            "allocation.proposed",
            {{"source", source}, {"item", round.item}, {"lines", std::to_string(round.made)}});
    state.round.reset();
}

void Allocating::gather(Round& round) {
    for (auto& subject : store_.cases(takeBack(round.to_gather, kCasesPerPiece))) {
        const auto& line = subject.line;
        round.items.insert(line.item.id);
        const bool siblings_count = line.item.id == round.item && shipsTogether(line);
        if (siblings_count && !line.order.number.empty() &&
            round.orders.insert(line.order.number).second)
            round.orders_to_look_up.push_back(line.order.number);
        round.allocation.add(std::move(subject));
    }
}

/// What stands in one order with those that leave only together.
void Allocating::findSiblings(Round& round, const std::string& source) {
    CaseFilter filter;
    filter.source = source;
    filter.limit = kLinesOfOrderMax;
    for (const auto& order : takeBack(round.orders_to_look_up, kOrdersPerPiece)) {
        filter.order = order;
        for (const auto id : store_.listCases(filter))
            if (round.known.insert(id).second) round.to_gather.push_back(id);
    }
}

void Allocating::rank(Round& round, const std::string& source, Timestamp now) {
    auto goods = store_.goodsOf(source, std::vector(round.items.begin(), round.items.end()));
    takeHeld(goods, store_.heldStock(source, now));
    auto& proposals = round.proposals.emplace();
    for (auto& [id, event] : round.allocation.propose(goods))
        proposals.push_back({id, std::move(event)});
}

void Allocating::propose(Round& round, Timestamp now) {
    auto& left = *round.proposals;
    const auto count = std::min(left.size(), kCasesPerPiece);
    std::vector<CaseId> ids;
    for (std::size_t i = 0; i < count; ++i) ids.push_back(left[i].id);
    Evaluator::Changes changes;
    for (auto& subject : store_.cases(ids)) {
        const auto proposal = std::move(left.front().event);
        left.pop_front();
        const bool is_known = round.earlier && isProposed(subject, proposal, now);
        if (is_known || subject.closed_at) continue;
        evaluator_.decide(changes, std::move(subject), {proposal}, now, false);
        ++round.made;
        round.struck_out = left.empty();
    }
    if (!changes.cases.empty()) evaluator_.commit(changes, now);
}

}  // namespace backorderd::app
