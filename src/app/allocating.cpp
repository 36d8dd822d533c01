#include "app/allocating.hpp"

#include <algorithm>
#include <set>

namespace backorderd::app {
namespace {

/// Items whose lines are looked for at once: that is one walk over all open lines.
constexpr std::size_t kItemsPerPiece = 500;
/// An order with more lines is not one that somebody ships as a whole.
constexpr int kLinesOfOrderMax = 1000;

/// What offers hold is nobody else's until they end.
void takeHeld(Goods& goods, const std::vector<StockHold>& held) {
    for (const auto& hold : held)
        for (auto& level : goods.stock)
            if (level.item == hold.item && level.warehouse == hold.warehouse)
                level.free = level.free - std::min(hold.quantity, level.free);
}

bool shipsTogether(const OrderLine& line) {
    return line.order.ship_complete || !line.kit.id.empty();
}

}  // namespace

Allocating::Allocating(Store& store, Evaluator& evaluator, Log& log, const Policy& policy)
    : store_{store}, evaluator_{evaluator}, log_{log}, policy_{&policy} {}

void Allocating::arrived(std::string_view source) {
    const auto at = states_.find(source);
    if (at != states_.end()) at->second.owed = true;
}

bool Allocating::owes(const std::string& source) const {
    const auto at = states_.find(source);
    if (at == states_.end()) return true;
    const auto& state = at->second;
    return state.owed || !state.items.empty() || !state.to_sort.empty() || !state.waiting.empty();
}

bool Allocating::work(const std::string& source, Timestamp now) {
    auto& state = states_[source];
    if (!state.to_sort.empty()) sort(state);
    else if (!state.waiting.empty()) propose(state, source, now);
    else return begin(state, source);
    return true;
}

bool Allocating::begin(State& state, const std::string& source) {
    if (state.items.empty()) {
        if (!state.owed) return false;
        state.owed = false;
        state.items = store_.arrivals(source);
        if (state.items.empty()) return false;
        if (policy_->rules.fulfilment.empty()) {
            store_.forgetArrivals(source, state.items);
            state.items.clear();
            return false;
        }
    }
    const auto count = std::min(state.items.size(), kItemsPerPiece);
    const std::vector<std::string> piece{state.items.end() - static_cast<std::ptrdiff_t>(count),
                                         state.items.end()};
    state.items.resize(state.items.size() - count);
    for (const auto& item : piece) state.waiting[item];
    state.to_sort = store_.openCasesOfItems(source, piece);
    return true;
}

void Allocating::sort(State& state) {
    const auto count = std::min(state.to_sort.size(), kCasesPerPiece);
    const std::vector<CaseId> piece{state.to_sort.end() - static_cast<std::ptrdiff_t>(count),
                                    state.to_sort.end()};
    state.to_sort.resize(state.to_sort.size() - count);
    for (const auto& subject : store_.cases(piece)) {
        const auto at = state.waiting.find(subject.line.item.id);
        if (at != state.waiting.end()) at->second.push_back(subject.id);
    }
}

/// All proposals for an item are one transaction, which also strikes the item out.
void Allocating::propose(State& state, const std::string& source, Timestamp now) {
    const auto node = state.waiting.extract(state.waiting.begin());
    const std::vector<std::string> items{node.key()};
    Evaluator::Changes changes;
    if (node.mapped().size() > 1) {
        auto cases = casesFor(source, node.mapped());
        std::set<std::string> concerned{node.key()};
        for (const auto& subject : cases) concerned.insert(subject.line.item.id);
        auto goods = store_.goodsOf(source, std::vector(concerned.begin(), concerned.end()));
        takeHeld(goods, store_.heldStock(source, now));
        std::map<CaseId, Case*> by_id;
        for (auto& subject : cases) by_id[subject.id] = &subject;
        for (const auto& [id, proposal] :
             rules::allocate(policy_->rules, cases, node.key(), goods, now)) {
            auto subject = *by_id.at(id);
            evaluator_.decide(changes, std::move(subject), {proposal}, now, false);
        }
    }
    if (changes.cases.empty()) return store_.forgetArrivals(source, items);
    evaluator_.commit(changes, now);
    log_.info("allocation.proposed", {{"source", source},
                                      {"item", node.key()},
                                      {"lines", std::to_string(changes.cases.size())}});
}

/// The cases, and what stands in one order with those of them that leave only together.
std::vector<Case> Allocating::casesFor(const std::string& source, const std::vector<CaseId>& ids) {
    auto cases = store_.cases(ids);
    std::set<CaseId> known{ids.begin(), ids.end()};
    std::set<std::string> orders;
    for (const auto& subject : cases)
        if (shipsTogether(subject.line) && !subject.line.order.number.empty())
            orders.insert(subject.line.order.number);
    std::vector<CaseId> siblings;
    for (const auto& order : orders) {
        CaseFilter filter;
        filter.source = source;
        filter.order = order;
        filter.limit = kLinesOfOrderMax;
        for (const auto id : store_.listCases(filter))
            if (known.insert(id).second) siblings.push_back(id);
    }
    for (auto& subject : store_.cases(siblings)) cases.push_back(std::move(subject));
    return cases;
}

}  // namespace backorderd::app
