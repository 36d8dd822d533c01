#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "backorderd/clock.hpp"

/// What the fuzzers have in common. Each is one program with the one function that libFuzzer calls
/// (https://llvm.org/docs/LibFuzzer.html): it hands the bytes to a parser, and says with `require`
/// what must hold whatever they were.
namespace backorderd::fuzz {

/// The bytes of one run.
inline std::string_view textOf(const unsigned char* bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes), size};
}

/// The first byte, which chooses among ways to read the rest; 0 where there is none.
inline unsigned takeChoice(std::string_view& text) {
    if (text.empty()) return 0;
    const auto choice = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    return choice;
}

/// Ends the process, which libFuzzer reports with the bytes that led to it.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// A folder for parsers that read files, gone when the process ends well.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "fuzz-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        path_ = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    /// The path of the file that then holds the text.
    std::string write(const std::string& name, std::string_view text) const {
        const auto file = path_ / name;
        std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
        return file.string();
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// Stands, in a future in which every file has been left alone for long enough.
class FutureClock final : public Clock {
public:
    Timestamp now() const override { return *parseTimestamp("2999-01-01T00:00:00Z"); }
    SteadyTime steady() const override { return {}; }
};

}  // namespace backorderd::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size);
