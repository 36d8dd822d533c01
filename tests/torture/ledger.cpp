#include "torture/ledger.hpp"

#include <sys/mman.h>

#include <new>

namespace backorderd::torture {
namespace {

/// Of what a message says, without the lines of its head that name a time.
std::uint64_t meaningOf(std::string_view document) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    while (!document.empty()) {
        const auto line = document.substr(0, document.find('\n'));
        document.remove_prefix(std::min(line.size() + 1, document.size()));
        if (line.starts_with("Date:")) continue;
        for (const char c : line)
            if (c != '\r') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
        hash = (hash ^ '\n') * 0x100000001b3u;
    }
    return hash;
}

}  // namespace

void Ledger::receive(std::string_view id, std::string_view to, std::string_view document,
                     std::int64_t at) {
    const int place = received.fetch_add(1);
    if (place >= kReceiptsMax) return;
    auto& receipt = receipts[static_cast<std::size_t>(place)];
    put(receipt.id, id);
    put(receipt.to, to);
    receipt.document = meaningOf(document);
    receipt.at = at;
}

void Ledger::note(std::string_view order) {
    const int place = noted.fetch_add(1);
    if (place < kReceiptsMax) put(noted_orders[static_cast<std::size_t>(place)], order);
}

void Ledger::wrong(std::string_view text) {
    std::string all = wrongs.data();
    all += text;
    all += '\n';
    put(wrongs, all);
}

void Ledger::clear() {
    received = 0;
    noted = 0;
    dies_at = 0;
    put(ended, "");
    put(wrongs, "");
}

Ledger& sharedLedger() {
    void* const place =
        mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) throw std::bad_alloc();
    return *new (place) Ledger;
}

}  // namespace backorderd::torture
