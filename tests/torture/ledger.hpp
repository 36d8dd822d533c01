#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace backorderd::torture {

/// Something that a receiver has, as it would say afterwards.
struct Receipt {
    std::array<char, 160> id{};  ///< the message's stable id
    std::array<char, 80> to{};
    std::uint64_t document = 0;  ///< a hash of what it says, but for its date
    std::int64_t at = 0;         ///< seconds since 1970 on the company's clock; 0: not known
};

/// What is known of a run outside of the process that fails. Lies in memory that its children
/// share, and is written without an allocation.
struct Ledger {
    static constexpr int kReceiptsMax = 400;
    std::array<Receipt, kReceiptsMax> receipts{};
    std::atomic<int> received{0};
    std::array<std::array<char, 40>, kReceiptsMax> noted_orders{};  ///< notes that the ERP took
    std::atomic<int> noted{0};
    std::int64_t lived_until = 0;     ///< on the company's clock
    int dies_at = 0;                  ///< the process ends with so many receipts; 0: it does not
    std::array<char, 1000> ended{};   ///< why the life ended before its time, in its own words
    std::array<char, 8000> wrongs{};  ///< a line each

    // What an undisturbed life comes to; filled in by the first that is judged.
    std::array<std::uint64_t, 64> documents{};  ///< hashes, by listener; 0: not known yet
    std::array<char, 8000> story{};             ///< the events of all lines

    void receive(std::string_view id, std::string_view to, std::string_view document,
                 std::int64_t at);
    void note(std::string_view order);
    void wrong(std::string_view text);
    void clear();
};

/// One that children of this process share.
Ledger& sharedLedger();

template <std::size_t Size>
void put(std::array<char, Size>& to, std::string_view text) {
    const auto length = text.copy(to.data(), Size - 1);
    to[length] = '\0';
}

}  // namespace backorderd::torture
