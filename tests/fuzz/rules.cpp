#include "config/config.hpp"
#include "fuzz.hpp"

// A file of rules; `rules::` itself never sees text.

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    static const fuzz::ScratchFolder folder;
    const std::vector<std::string> files{folder.write("rules.yaml", fuzz::textOf(bytes, size))};
    Problems warnings;
    const auto rules = config::loadRules(files, &warnings);
    fuzz::require(rules || hasErrors(rules.error()), "what cannot be read says why");
    return 0;
}
