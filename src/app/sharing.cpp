#include "app/sharing.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace backorderd::app {
namespace {

/// Takes up to a piece from the back of a list.
std::vector<CaseId> takePiece(std::vector<CaseId>& ids) {
    const auto count = std::min(ids.size(), kCasesPerPiece);
    std::vector<CaseId> piece{ids.end() - static_cast<std::ptrdiff_t>(count), ids.end()};
    ids.resize(ids.size() - count);
    return piece;
}

bool madeOffer(const CaseChange& change) {
    return std::any_of(
        change.new_events.begin(), change.new_events.end(),
        [](const CaseEvent& entry) { return std::holds_alternative<OfferMade>(entry.event); });
}

bool acceptedOffer(const CaseChange& change) {
    return std::any_of(change.new_events.begin(), change.new_events.end(),
                       [](const CaseEvent& entry) {
                           const auto* const answer = std::get_if<OfferAnswered>(&entry.event);
                           return answer && !answer->accepted_item.empty();
                       });
}

}  // namespace

struct Sharing::Pass {
    std::vector<CaseId> to_gather;  ///< from the back
    std::deque<Case> cases;         ///< stay where they are: wishes point at them
    std::vector<rules::OfferWish> wishes;
    std::map<CaseId, std::size_t> events;  ///< how many each case had when it was gathered
    /// What is to be offered, in the order of serving, and how many events its case had when that
    /// was decided.
    struct Share {
        CaseId id = 0;
        OfferMade offer;
        std::size_t events = 0;
    };
    /// The stock as it is while the wishes are served; the round points at it.
    Goods goods;
    std::vector<StockHold> held;
    std::optional<rules::OfferRound> round;
    bool served = false;  ///< all wishes have had their turn
    std::deque<Share> shares;
    std::size_t made = 0;
};

Sharing::Sharing(Store& store, Evaluator& evaluator, Log& log, const Policy& policy)
    : store_{store}, evaluator_{evaluator}, log_{log}, policy_{&policy} {}

Sharing::~Sharing() = default;

void Sharing::usePolicy(const Policy& policy) {
    policy_ = &policy;
    states_.clear();  // A state that is not there yet owes everything.
}

void Sharing::noted(const CaseChange& change) {
    const auto at = states_.find(change.after.line.key.source);
    if (at == states_.end()) return;
    auto& state = at->second;
    if (change.holds && !madeOffer(change)) state.pass_owed = true;
    if (acceptedOffer(change)) state.recheck_owed = true;  // others may be short now
    if (!change.wants_offer || change.after.closed_at) {
        state.wishing.erase(change.after.id);
    } else if (state.wishing.insert(change.after.id).second || !change.new_events.empty()) {
        state.pass_owed = true;
    }
}

void Sharing::goodsChanged(std::string_view source) {
    const auto at = states_.find(source);
    if (at == states_.end()) return;
    at->second.recheck_owed = at->second.pass_owed = true;
}

bool Sharing::owes(const std::string& source) const {
    const auto at = states_.find(source);
    if (at == states_.end()) return true;
    const auto& state = at->second;
    return state.recheck_owed || state.pass_owed || state.pass || !state.to_recheck.empty();
}

bool Sharing::work(const std::string& source, Timestamp now) {
    auto& state = states_[source];
    if (recheck(state, source, now)) return true;
    if (!state.pass) return state.pass_owed && begin(state, source);
    auto& pass = *state.pass;
    if (!pass.to_gather.empty())
        gather(state, now);
    else if (!pass.served)
        share(pass, source, now);
    else
        offer(state, now);
    if (pass.served && pass.shares.empty()) {
        if (pass.made > 0)
            log_.info("offers.made", {{"source", source}, {"lines", std::to_string(pass.made)}});
        state.pass.reset();
    }
    return true;
}

/// The youngest cases are looked at first, so that of offers that have become too many the youngest
/// go.
bool Sharing::recheck(State& state, const std::string& source, Timestamp now) {
    if (state.recheck_owed) {
        state.recheck_owed = false;
        state.to_recheck = store_.casesOffered(source);
    }
    if (state.to_recheck.empty()) return false;
    auto piece = takePiece(state.to_recheck);
    std::reverse(piece.begin(), piece.end());
    evaluator_.evaluateNow(piece, now);
    return true;
}

bool Sharing::begin(State& state, const std::string& source) {
    state.pass_owed = false;
    auto ids = store_.casesWantingOffer(source);
    state.wishing = {ids.begin(), ids.end()};
    if (ids.empty()) return false;
    state.pass = std::make_unique<Pass>();
    state.pass->to_gather = std::move(ids);
    return true;
}

/// A case that has no wish at this moment, such as while its window is shut, is decided anew, so
/// that it comes again when it has one.
void Sharing::gather(State& state, Timestamp now) {
    auto& pass = *state.pass;
    std::vector<CaseId> not_now;
    for (auto& subject : store_.cases(takePiece(pass.to_gather))) {
        const auto decision = evaluator_.look(subject, now, rules::Detail::Brief);
        if (!decision.offer_wish) {
            not_now.push_back(subject.id);
            continue;
        }
        pass.events[subject.id] = subject.events.size();
        pass.cases.push_back(std::move(subject));
        pass.wishes.push_back({&pass.cases.back(), decision.offer_wish});
    }
    if (!not_now.empty()) evaluator_.evaluateNow(not_now, now);
}

void Sharing::share(Pass& pass, const std::string& source, Timestamp now) {
    if (!pass.round) {
        if (!pass.wishes.empty()) {
            pass.goods = store_.goods(source);
            pass.held = store_.heldStock(source, now);
        }
        pass.round.emplace(policy_->rules, pass.wishes, pass.goods, pass.held, now);
    }
    for (auto& [id, offer] : pass.round->serve(kCasesPerPiece))
        pass.shares.push_back({id, std::move(offer), pass.events.at(id)});
    if (!pass.round->done()) return;
    pass.served = true;
    pass.round.reset();
    pass.wishes = {};
    pass.cases = {};
    pass.goods = {};
}

/// A case that has changed since the stock was shared out is served by the next pass.
void Sharing::offer(State& state, Timestamp now) {
    auto& shares = state.pass->shares;
    Evaluator::Changes changes;
    for (std::size_t i = 0; i < kCasesPerPiece && !shares.empty(); ++i) {
        const auto share = std::move(shares.front());
        shares.pop_front();
        auto subject = std::move(store_.cases(std::vector{share.id}).front());
        if (subject.events.size() != share.events) {
            state.pass_owed = true;
            continue;
        }
        evaluator_.decide(changes, std::move(subject), {share.offer}, now, false);
        ++state.pass->made;
    }
    if (!changes.cases.empty()) evaluator_.commit(changes, now);
}

}  // namespace backorderd::app
