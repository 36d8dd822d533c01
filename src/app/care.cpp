#include "app/care.hpp"

namespace backorderd::app {
namespace {

constexpr std::chrono::hours kCareEvery{1};
/// Small enough that a due mail never waits long behind them.
constexpr int kDocumentsPerPiece = 500;
constexpr int kClosedCasesPerPiece = 50;

}  // namespace

bool Care::work(Timestamp now) {
    // A clock that was set back must not keep the round from coming.
    if (next_round_ && now < *next_round_ && *next_round_ - now <= kCareEvery) return false;
    const int documents = store_.removeDocuments(now - retention_.bodies, kDocumentsPerPiece);
    const int cases = store_.removePersons(now - retention_.addresses, kClosedCasesPerPiece, now);
    documents_ += documents;
    cases_ += cases;
    if (documents == kDocumentsPerPiece || cases == kClosedCasesPerPiece) return true;
    if (documents_ + cases_ > 0) {
        store_.tidy();
        log_.info("persons.removed",
                  {{"documents", std::to_string(documents_)}, {"cases", std::to_string(cases_)}});
    }
    documents_ = cases_ = 0;
    next_round_ = now + kCareEvery;
    return false;
}

}  // namespace backorderd::app
