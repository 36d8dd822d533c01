#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "torture/company.hpp"
#include "torture/faults.hpp"
#include "torture/ledger.hpp"
#include "torture/mail_receiver.hpp"

namespace backorderd::torture {

/// One fault in one life.
struct Point {
    Scene scene{};
    Fault fault{};
};
/// As the command line takes it.
std::string describe(const Point& point);

/// How lives ended, in their own words, and how often.
using Endings = std::map<std::string, int>;

/// A place for lives, one after the other. Each is a process of its own, and so is the next start.
class Place {
public:
    explicit Place(const std::string& folder);
    ~Place();

    /// What passes in an undisturbed life of this scene, in the shared trace; throws where already
    /// that goes wrong.
    void trace(Scene scene, bool of_memory);
    /// The life with a fault, and the start behind it; what is wrong, empty: nothing.
    std::vector<std::string> suffer(const Point& point, Endings& endings);

private:
    struct Begin;
    void prepare(Scene scene);
    void lay(const std::string& from);
    /// The wait status of a process that does this.
    template <class Work>
    int inProcess(int seconds, Work work) const;
    std::string said() const;
    std::vector<std::string> judge(const Point& point, int status);

    std::string folder_;
    Ledger& ledger_;
    std::unique_ptr<MailReceiver> mail_;
    std::unique_ptr<Company> company_;
    std::map<Scene, std::unique_ptr<Begin>> begins_;
};

}  // namespace backorderd::torture
