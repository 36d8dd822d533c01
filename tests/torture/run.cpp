#include "torture/run.hpp"

#include <execinfo.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

namespace backorderd::torture {
namespace {

namespace fs = std::filesystem;

constexpr int kLifeSeconds = 30, kNextSeconds = 60;
/// How a life ends that an exception ended.
constexpr int kThrown = 3;

/// Words that blame something which is as it should be.
const std::regex kLies{
    "is damaged(?!, or)|missing|older copy|belongs to|[^:] another "
    "(program|backorderd|machine)|runs "
    "on it already|"
    "is gone|not the one|newer version|not readable|no such file"};

/// For whoever looks for the cause.
void showStack(int fault) {
    std::array<void*, 60> frames{};
    backtrace_symbols_fd(frames.data(), backtrace(frames.data(), frames.size()), STDERR_FILENO);
    signal(fault, SIG_DFL);
    raise(fault);
}

std::string withoutNumbers(const std::string& text) {
    static const std::regex numbers{"[0-9a-f]{16,}|[0-9]+"};
    return std::regex_replace(text, numbers, "#");
}

}  // namespace

std::string describe(const Point& point) {
    auto text = fmt::format("--scene {} --of {} --only {}", sceneName(point.scene),
                            point.fault.of_memory ? "memory" : "calls", point.fault.number);
    if (!point.fault.of_memory) text += fmt::format(" --choice {}", point.fault.choice);
    return text;
}

/// What lies in the folder when lives of a scene begin, and what the receivers have by then.
struct Place::Begin {
    std::string folder;
    std::unique_ptr<Ledger> ledger = std::make_unique<Ledger>();
};

Place::Place(const std::string& folder) : folder_{folder}, ledger_{sharedLedger()} {
    fs::create_directories(folder_);
    mail_ = std::make_unique<MailReceiver>(ledger_);
    company_ = std::make_unique<Company>(folder_ + "/now", ledger_, mail_->port());
}

Place::~Place() = default;

template <class Work>
int Place::inProcess(int seconds, Work work) const {
    const pid_t process = fork();
    if (process == 0) {
        const int file = open((folder_ + "/said").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(file, STDERR_FILENO);
        close(file);
        alarm(static_cast<unsigned>(seconds));
        for (const int fault : {SIGSEGV, SIGBUS, SIGALRM}) signal(fault, showStack);
        _exit(work());
    }
    int status = 0;
    waitpid(process, &status, 0);
    mail_->waitUntilQuiet();
    return status;
}

void Place::lay(const std::string& from) {
    const auto now = folder_ + "/now";
    fs::remove_all(now);
    fs::remove(folder_ + "/said");
    fs::copy(from, now, fs::copy_options::recursive);
}

void Place::prepare(Scene scene) {
    auto& begin = begins_[scene];
    if (begin) return;
    begin = std::make_unique<Begin>();
    begin->folder = fmt::format("{}/begin-{}", folder_, sceneName(scene));
    const auto empty = folder_ + "/empty";
    fs::create_directories(empty);
    lay(empty);
    ledger_.clear();
    int status = 0;
    if (scene != Scene::FirstStart)
        status = inProcess(kLifeSeconds, [&] { return company_->liveTheDayBefore(), 0; });
    ledger_.clear();
    if (scene == Scene::AfterCrash) {
        ledger_.dies_at = 8;
        status = inProcess(kLifeSeconds, [&] { return company_->live(Scene::Day), 1; });
    }
    if (status != 0) throw std::runtime_error("the life before ends badly: " + said());
    fs::copy(folder_ + "/now", begin->folder, fs::copy_options::recursive);
    ledger_.dies_at = 0;
    // An undisturbed life, to compare others with.
    put(ledger_.story, "");
    ledger_.documents.fill(0);
    const int received = ledger_.received, noted = ledger_.noted;
    status = inProcess(kLifeSeconds, [&] { return company_->live(scene), 0; });
    status += inProcess(kNextSeconds, [&] { return company_->goOn(scene, false), 0; });
    if (status != 0 || ledger_.wrongs.front() != '\0')
        throw std::runtime_error(
            fmt::format("an undisturbed life: {}{}", ledger_.wrongs.data(), said()));
    ledger_.received = received;
    ledger_.noted = noted;
    memcpy(static_cast<void*>(begin->ledger.get()), &ledger_, sizeof(Ledger));
}

void Place::trace(Scene scene, bool of_memory) {
    prepare(scene);
    lay(begins_[scene]->folder);
    memcpy(static_cast<void*>(&ledger_), begins_[scene]->ledger.get(), sizeof(Ledger));
    sharedTrace();
    const int status = inProcess(10 * kLifeSeconds, [&] {
        arm({of_memory, 0, 0});
        company_->live(scene);
        disarm();
        return 0;
    });
    if (status != 0) throw std::runtime_error("a traced life ends badly: " + said());
}

std::vector<std::string> Place::suffer(const Point& point, Endings& endings) {
    prepare(point.scene);
    lay(begins_[point.scene]->folder);
    memcpy(static_cast<void*>(&ledger_), begins_[point.scene]->ledger.get(), sizeof(Ledger));
    const int status = inProcess(kLifeSeconds, [&] {
        try {
            arm(point.fault);
            company_->live(point.scene);
            disarm();
            return 0;
        } catch (const std::exception& failure) {
            disarm();
            put(ledger_.ended, failure.what());
            company_->end();
            return kThrown;
        }
    });
    const auto& trace = sharedTrace();
    const bool came = trace.failed;
    const auto fault = fmt::format("{} ({})", callName(trace.call), errorName(trace.error));
    auto wrongs = judge(point, status);
    std::string how = !came                 ? "not reached"
                      : status == 0         ? "went on"
                      : WIFSIGNALED(status) ? strsignal(WTERMSIG(status))
                                            : std::string{"ended: "} + ledger_.ended.data();
    const auto words = said();
    if (!words.empty()) how += " | " + words.substr(0, 200);
    ++endings[fmt::format("{}: {}", callName(trace.call), withoutNumbers(how))];

    fs::remove(folder_ + "/said");
    const int next =
        inProcess(kNextSeconds, [&] { return company_->goOn(point.scene, status != 0), 0; });
    if (next != 0)
        wrongs.push_back(fmt::format("the next start ends with status {}: {}", next, said()));
    const std::string_view found = ledger_.wrongs.data();
    for (std::size_t at = 0; at < found.size();) {
        const auto end = found.find('\n', at);
        wrongs.emplace_back(found.substr(at, end - at));
        at = end + 1;
    }
    if (!wrongs.empty() && getenv("BACKORDERD_KEEP")) wrongs.push_back(words);
    for (auto& wrong : wrongs) wrong = fmt::format("{}: {}", fault, wrong);
    return wrongs;
}

std::vector<std::string> Place::judge(const Point& point, int status) {
    std::vector<std::string> wrongs;
    const auto words = std::string{ledger_.ended.data()} + said();
    // Without memory some libraries call abort(), or its like for a debugger.
    if (WIFSIGNALED(status)) {
        const int signal = WTERMSIG(status);
        const bool allowed = signal == SIGABRT || (signal == SIGTRAP && point.fault.of_memory);
        if (!allowed)
            wrongs.push_back(signal == SIGALRM ? "it hangs" : std::string{strsignal(signal)});
    } else if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != kThrown) {
        wrongs.push_back(fmt::format("it ends with {}", WEXITSTATUS(status)));
    }
    if (std::regex_search(words, kLies)) wrongs.push_back("it says what is not so: " + words);
    return wrongs;
}

std::string Place::said() const {
    std::ifstream file{folder_ + "/said"};
    std::string words{std::istreambuf_iterator<char>{file}, {}};
    std::replace(words.begin(), words.end(), '\n', ' ');
    return words.substr(0, 4000);
}

}  // namespace backorderd::torture
