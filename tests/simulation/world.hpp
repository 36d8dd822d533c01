#pragma once

#include <map>
#include <set>

#include "app/rig.hpp"
#include "simulation/company.hpp"
#include "simulation/disk.hpp"

namespace backorderd::simulation {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// The name of an end of the daemon that met messages in a state.
std::string meeting(std::string_view cause, MessageState state);

/// A company with one ERP, a mail server and a webhook around the real engine, store and send
/// journal, and everything that may not happen there. It lives through a plan once.
class World {
public:
    explicit World(const Company& company);

    /// What went wrong, for a person; empty: nothing.
    std::vector<std::string> live(const std::vector<Action>& actions);

    /// What the store says of each notice, for a person who wants to know why.
    std::vector<std::string> chronicle();

    /// What came about; one name each, such as `told opened`, `fault the power fails at a write`.
    const std::map<std::string, int>& tally() const { return tally_; }

private:
    /// A receiver with a step of the loop between everything that a kill can tell apart.
    class Receiver final : public Sender {
    public:
        Receiver(World& world, Channel channel) : world_{world}, channel_{channel} {}
        Channel channel() const override { return channel_; }
        OnUnknown onUnknown() const override { return OnUnknown::SendAgainOnce; }
        int parallel() const override { return 2; }
        asio::awaitable<Outcome> send(const Message& message, WireGate& gate) override;

    private:
        World& world_;
        Channel channel_;
    };

    /// What the ERP said of a line from a moment on.
    struct Fact {
        SteadyTime since{};
        OrderLine line;
    };
    /// What one line's customer and the people in the house know, and what they are owed.
    struct Life {
        std::vector<Fact> facts;
        std::map<Topic, std::string> once;  ///< stable id by topic that is told once
        std::optional<Promise> told;        ///< the promise that the customer heard last
        std::optional<Timestamp> told_at;
        std::string told_by;  ///< the stable id of that message
        std::vector<Timestamp> alerts;
        SteadyTime renumbered{};
        std::optional<Timestamp> taken_on;  ///< acknowledged
        /// What only a copy of the database that was restored may not know, or take for so.
        struct Copy {
            std::optional<Promise> told;
            std::optional<Timestamp> taken_on;
            std::vector<Promise> told_since;
        } copy;
        std::vector<Promise> may_be_told;  ///< what a restored copy may take for told
        Timestamp alerts_from{};           ///< a restored copy counts its ladder anew until then
        bool forgotten = false;            ///< a restored copy has never seen it
        bool unsure = false;  ///< a message about it may have arrived, or was refused for good
        std::string owed;
        int owed_hours = 0;
        int offer_hours = 0;  ///< in which a substitute lay free for it
    };
    struct Receipt {
        int copies = 0;
        int answers_lost = 0;
    };
    struct Quiet {
        int line = 0;
        Timestamp from{}, until{};
    };
    struct Attempt {
        SteadyTime at{};
        int number = 0;
    };

    // -- world.cpp: time, the daemon and its ends ---------------------------------------------
    void startUp();
    void useRules();
    void liveThrough(const std::vector<Action>& actions);
    void hourOf(int hour);
    void operate();
    void pollOnce();
    void showOrders();
    void spoilRead();
    bool pollHalfway();
    void workFor(std::chrono::seconds span);
    bool drive(const std::function<void()>& work);
    void kill();
    void goOnSending();
    void countStates();
    SteadyTime steady() const { return rig_.clock.monotonic; }

    // -- deeds.cpp: what happens --------------------------------------------------------------
    void act(const Action& action);
    void changeOrder(const Action& action);
    void remember(const OrderLine& line);
    void operateOn(const Action& action);
    void suppress(int line);
    void silence(const Action& action);
    void beSilent(const Action& action);
    void lookAfterwards(const Action& action);
    void answer(const Action& action);
    void backup();
    void restore();
    bool wasRead(const Life& life) const;
    void spoil(const Action& action);

    // -- receipts.cpp: what is right when a message arrives ------------------------------------
    void tried(const Message& message);
    void receive(const Message& message);
    void receiveNotice(const Message& message, const Notice& notice, const Case& subject);
    void checkWindow(const Notice& notice, int line);
    void checkTruth(const Notice& notice, int line);
    void checkRestored(const Message& message, const Notice& notice, int line);
    bool endedByShipping(const std::vector<Fact>& facts, std::size_t end) const;
    void checkAlert(const Message& message, const Notice& notice, const Case& subject);
    void checkHolds();
    Decimal held() const;
    void unsure(const Message& message);

    // -- checks.cpp: what is right at any time, and at the end ----------------------------------
    void checkOwed();
    void checkOffers();
    void checkKept();
    bool mayBeOffered(const Case& subject);
    std::string owedTo(const Life& life) const;
    bool isExcused(int line, const Life& life);
    void checkEnd();
    void checkCases();
    void checkNotice(const Notice& notice, int line);
    void checkJournal();
    void checkDoubts();
    bool isSilenced(int line, Timestamp at) const;
    void wrong(const std::string& what);
    void count(const std::string& what) { ++tally_[what]; }

    Company company_;
    Disk disk_;
    app::test::Rig rig_;
    std::map<int, OrderLine> orders_;  ///< what is true, by line
    std::map<int, Life> lives_;
    std::vector<std::pair<SteadyTime, int>> stock_{{SteadyTime{}, 10}};  ///< from a moment on
    std::map<std::string, Receipt> receipts_;                            ///< by stable id
    std::set<std::string> unsettled_;  ///< received, and the daemon may not have written it down
    std::map<std::string, std::string> heard_;       ///< stable id by line, key and address
    std::map<std::string, SteadyTime> words_heard_;  ///< when last, by what they said of whom
    std::map<std::string, Attempt> attempts_;        ///< refused for now since the last start
    std::map<std::string, Timestamp> suppressed_, suppressed_then_;  ///< by address; in the backup
    std::vector<Quiet> silences_, silences_then_;
    std::vector<std::string> wrongs_;
    std::map<std::string, int> tally_;
    std::optional<Action> read_fault_;  ///< of the next read, or of all until that hour
    int read_fault_until_ = 0;
    std::string cause_;          ///< of the end that comes next
    bool lied_ = false;          ///< since it was last read as it is, the ERP hid what is there
    SteadyTime last_certain_{};  ///< when a read last took in everything as it was
    std::vector<SteadyTime> certain_reads_;  ///< all of which the database in use knows
    SteadyTime backed_up_at_{};
    SteadyTime last_fresh_{};           ///< when one was last read to its end
    bool certain_ = false;              ///< the last read was
    SteadyTime trouble_until_{};        ///< receivers refuse, and what they refused waits
    std::chrono::seconds stepped_{};    ///< all that the wall clock ever stepped
    std::chrono::seconds clock_off_{};  ///< by so much it is wrong now
    int clock_right_at_ = -1;           ///< the hour
    int gate_hours_ = 0;
    int hour_ = 0;
    int refusals_ = 0, rejections_ = 0, cut_offs_ = 0, lost_answers_ = 0;
    int steps_under_way_ = 0;  ///< of sends, until it is killed in one; 0: it is not
    int poll_steps_ = -1;      ///< until the next poll is killed; negative: it is not
    int work_steps_ = -1;
    int work_kills_ = 0;             ///< so often it is killed in its next works
    int receiver_down_until_ = -72;  ///< the hour
    int edits_ = 0;
    bool restored_ = false;
    SteadyTime restored_at_{}, restored_from_{};
    bool backed_up_ = false;
};

}  // namespace backorderd::simulation
