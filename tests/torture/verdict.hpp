#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/rig.hpp"
#include "torture/company.hpp"
#include "torture/ledger.hpp"

namespace backorderd::torture {

/// Compares, when all has come to rest, what the receivers have, what the store and the send
/// journal say, and what an undisturbed life comes to. What does not agree is put into the ledger.
class Verdict {
public:
    /// `interrupted`: the life before ended before its time.
    Verdict(app::test::Rig& rig, Ledger& ledger, Scene scene, bool interrupted);
    void give();
    /// Once the store is closed.
    void lookIntoTheFile() const;

private:
    void judgeGates() const;
    void judgeListener(std::size_t index);
    void judgeCopies(const Listener& listener, std::span<const Receipt* const> got,
                     const Message& message) const;
    void judgeReceipt(std::size_t index, const Receipt& receipt);
    void judgeQueue();
    void judgeJournal();
    void judgeNotes() const;
    void judgeStory();
    std::string story();

    app::test::Rig& rig_;
    Ledger& ledger_;
    Scene scene_;
    bool interrupted_;
    std::vector<Message> messages_;             ///< of the day
    std::map<std::string, int> times_on_wire_;  ///< as the journal says, by hash of the message
};

}  // namespace backorderd::torture
