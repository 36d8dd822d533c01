#include "connectors/rest_mapping.hpp"
#include "fuzz.hpp"

// A mapping as its author may write it.

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    auto section = config::Section::fromText(fuzz::textOf(bytes, size), "fuzz.yaml");
    const auto mapping = connectors::rest::readMapping(section);
    const bool is_sound = !hasErrors(section.problems());
    fuzz::require(!is_sound || mapping.request("lines") != nullptr, "a sound mapping has lines");
    return 0;
}
