#include "config/config.hpp"
#include "fuzz.hpp"

// A calendar of holidays (.ics) that the rules name.

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    static const fuzz::ScratchFolder folder;
    static const std::vector<std::string> files{
        folder.write("rules.yaml",
                     "calendars:\n  - name: business\n    timezone: Europe/Berlin\n"
                     "    holidays: [holidays.ics]\n")};
    folder.write("holidays.ics", fuzz::textOf(bytes, size));
    static_cast<void>(config::loadRules(files));
    return 0;
}
