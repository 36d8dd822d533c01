#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/cli.hpp"

namespace backorderd::cli {

int showDemo(const demo::Options& options) {
    nlohmann::json interesting;
    if (const int exit = demo::run(options, interesting)) return exit;
    if (!interesting.is_null()) {
        std::printf("\nOne line, explained (backorderd explain %s --config %s/backorderd.yaml):\n\n",
                    cell(interesting, "line").c_str(), options.out.c_str());
        printExplanation(interesting);
    }
    const char* out = options.out.c_str();
    std::printf("\nThe mails:  %s/mail/*.eml\nThe story:  %s/story.txt\nThe store:  %s/store\n", out,
                out, out);
    std::printf("Look around: backorderd lines --config %s/backorderd.yaml\n", out);
    return kDone;
}

}  // namespace backorderd::cli
