#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string>

namespace backorderd::cli_test {

/// What a command printed, standard error included, and how it ended.
struct Ended {
    int exit = -1;
    std::string output;
};

/// Runs a shell command to its end.
inline Ended run(const std::string& command) {
    std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (!pipe) throw std::runtime_error("cannot run " + command);
    Ended ended;
    std::array<char, 4096> chunk{};
    while (const auto size = std::fread(chunk.data(), 1, chunk.size(), pipe))
        ended.output.append(chunk.data(), size);
    const int status = pclose(pipe);
    if (WIFEXITED(status)) ended.exit = WEXITSTATUS(status);
    return ended;
}

/// The binary as it is installed.
inline std::string backorderd(const std::string& arguments) {
    return std::string{BACKORDERD_BINARY} + ' ' + arguments;
}

}  // namespace backorderd::cli_test
