#include <algorithm>
#include <cctype>

#include "outbox/outbox.hpp"

namespace backorderd::outbox {
namespace {

/// Domains whose buckets are full again are forgotten when there are more than these.
constexpr std::size_t kDomainsMax = 10'000;

/// The time in which one token comes.
SteadyTime::duration intervalOf(const RateLimit& limit) {
    return std::chrono::duration_cast<SteadyTime::duration>(
        std::chrono::duration<double>{1.0 / limit.per_second});
}

}  // namespace

SteadyTime TokenBucket::readyAt(SteadyTime now) const {
    if (!limit_.limits()) return now;
    return full_at_ - intervalOf(limit_) * (std::max(limit_.burst, 1) - 1);
}

void TokenBucket::take(SteadyTime now) {
    if (limit_.limits()) full_at_ = std::max(full_at_, now) + intervalOf(limit_);
}

SteadyTime RateGate::readyAt(std::string_view address, SteadyTime now) const {
    const auto all = readyAt(now);
    if (!per_domain_.limits()) return all;
    const auto at = domains_.find(domainOf(address));
    return at == domains_.end() ? all : std::max(all, at->second.readyAt(now));
}

void RateGate::take(std::string_view address, SteadyTime now) {
    all_.take(now);
    if (!per_domain_.limits()) return;
    if (domains_.size() >= kDomainsMax)
        std::erase_if(domains_, [now](const auto& entry) { return entry.second.full(now); });
    domains_.try_emplace(domainOf(address), per_domain_).first->second.take(now);
}

std::string RateGate::domainOf(std::string_view address) {
    const auto at = address.rfind('@');
    std::string domain{at == std::string_view::npos ? address : address.substr(at + 1)};
    std::transform(domain.begin(), domain.end(), domain.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return domain;
}

}  // namespace backorderd::outbox
