#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/rig.hpp"
#include "torture/ledger.hpp"

namespace backorderd::net {
class Net;
}

namespace backorderd::torture {

/// Where a life begins, and which last hop the mails take.
enum class Scene {
    FirstStart,  ///< no store yet, and twenty lines
    Day,         ///< six lines are known; of them, and of fourteen new ones, something is told
    AfterCrash,  ///< the same day, but for a crash with eight messages told
    Mail,        ///< the same day, and the mails leave by SMTP
};
inline constexpr std::array kScenes{Scene::FirstStart, Scene::Day, Scene::AfterCrash, Scene::Mail};
std::string_view sceneName(Scene scene);

/// A customer, or a colleague, to whom one thing is to be told.
struct Listener {
    std::string line;
    std::string address;
    Channel channel{};
    std::string zone;
};
const std::vector<Listener>& listeners();
/// When lives begin: a Monday morning in London.
Timestamp beginning();

/// The real engine, with its store and its send journal in `folder`, between an ERP and receivers
/// that write into the ledger.
class Company {
public:
    /// `mail_port`: of the receiver of the scene `Mail`.
    Company(const std::string& folder, Ledger& ledger, int mail_port);
    ~Company();

    /// Lives until all that is due today is told, and ends orderly. Throws what ends the daemon.
    void live(Scene scene);
    /// The six lines that are known at the begin of `Day`.
    void liveTheDayBefore();
    /// Starts after a life that a fault met, tells what is left, and says what is wrong.
    void goOn(Scene scene, bool interrupted);
    /// In the order in which the daemon's own objects go.
    void end();

private:
    class Receiver;
    class Erp;
    void start(Scene scene);
    void showLines(Scene scene);
    void readAndTell(std::chrono::hours span);
    void work();
    void pass(std::chrono::seconds span);
    void setClock(Timestamp now);

    app::test::Rig rig_;
    Ledger& ledger_;
    int mail_port_;
    Scene scene_{};
    std::unique_ptr<net::Net> net_;
};

}  // namespace backorderd::torture
