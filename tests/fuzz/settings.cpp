#include "config/config.hpp"
#include "fuzz.hpp"

// A settings file.

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    static const fuzz::ScratchFolder folder;
    const auto file = folder.write("backorderd.yaml", fuzz::textOf(bytes, size));
    Problems problems;
    auto settings = config::readSettings(file, problems);
    if (settings) append(problems, config::findUnread(*settings));
    fuzz::require(settings || hasErrors(problems), "what cannot be read says why");
    static_cast<void>(formatProblems(problems));
    return 0;
}
