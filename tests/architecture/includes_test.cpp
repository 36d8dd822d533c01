#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>

#include "architecture/include_rules.hpp"

namespace backorderd::architecture {
namespace includes_test {

namespace fs = std::filesystem;
using testing::IsEmpty;

struct Source {
    std::string path;  // from the project's folder
    std::string text;
};

std::vector<Source> sourcesBelow(const Words& folders) {
    std::vector<Source> sources;
    const fs::path root{BACKORDERD_SOURCE_DIR};
    for (const std::string_view folder : folders) {
        for (const auto& entry : fs::recursive_directory_iterator{root / folder}) {
            const auto extension = entry.path().extension();
            if (extension != ".cpp" && extension != ".hpp" && extension != ".h") continue;
            std::ifstream file{entry.path()};
            sources.push_back({fs::relative(entry.path(), root).generic_string(),
                               {std::istreambuf_iterator<char>{file}, {}}});
        }
    }
    return sources;
}

TEST(Architecture, NoFileIncludesWhatItsFolderMayNotKnow) {
    const auto sources = sourcesBelow({"src", "include"});
    ASSERT_GT(sources.size(), 20u) << "the sources were not found";
    for (const Source& source : sources)
        for (const std::string& problem : forbiddenIncludes(source.path, source.text))
            ADD_FAILURE() << problem;
}

TEST(Architecture, NoFileIsTooLong) {
    for (const Source& source : sourcesBelow({"src", "include", "tests"}))
        for (const std::string& problem : overlong(source.path, source.text))
            ADD_FAILURE() << problem;
}

TEST(Architecture, EveryFolderOfSrcIsInTheTable) {
    for (const auto& entry : fs::directory_iterator{fs::path{BACKORDERD_SOURCE_DIR} / "src"}) {
        if (!entry.is_directory()) continue;
        const std::string name = entry.path().filename().string();
        EXPECT_TRUE(std::any_of(kFolders.begin(), kFolders.end(), [&](const Folder& folder) {
            return folder.name == name;
        })) << name;
    }
}

// The checker itself, on planted text.

struct Planted {
    const char* name;
    const char* path;
    const char* line;
    bool allowed;
};
void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.name; }

class Include : public testing::TestWithParam<Planted> {};

TEST_P(Include, IsJudged) {
    const Planted& planted = GetParam();
    const std::string text = std::string{"#pragma once\n"} + planted.line + "\nint x;\n";
    const auto problems = forbiddenIncludes(planted.path, text);
    EXPECT_EQ(problems.empty(), planted.allowed);
    if (!problems.empty()) {
        EXPECT_THAT(problems[0], testing::StartsWith(std::string{planted.path} + ":2: "));
    }
}

std::string nameOf(const testing::TestParamInfo<Planted>& info) { return info.param.name; }

constexpr bool kAllowed = true;
constexpr bool kForbidden = false;

INSTANTIATE_TEST_SUITE_P(
    Allowed, Include,
    testing::Values(
        Planted{"Standard", "src/rules/a.cpp", "#include <vector>", kAllowed},
        Planted{"Vocabulary", "src/rules/a.cpp", "#include \"backorderd/case.hpp\"", kAllowed},
        Planted{"OwnFolder", "src/rules/a.cpp", "#include \"rules/calendar.hpp\"", kAllowed},
        Planted{"BesideTheFile", "src/vocabulary/a.cpp", "#include \"names.hpp\"", kAllowed},
        Planted{"CodecInStore", "src/store/a.cpp", "#include \"codec/codec.hpp\"", kAllowed},
        Planted{"SqliteInStore", "src/store/a.cpp", "#include <SQLiteCpp/Database.h>", kAllowed},
        Planted{"YamlInConfig", "src/config/a.cpp", "#include <yaml-cpp/yaml.h>", kAllowed},
        Planted{"CurlInNet", "src/net/a.cpp", "#include <curl/curl.h>", kAllowed},
        Planted{"GmimeInRender", "src/render/a.cpp", "#include <gmime/gmime.h>", kAllowed},
        Planted{"SectionInSenders", "src/senders/a.cpp", "#include \"config/section.hpp\"",
                kAllowed},
        Planted{"CallsThatBlock", "src/net/fetching.cpp", "#include <boost/asio/thread_pool.hpp>",
                kAllowed},
        Planted{"NetInConnectors", "src/connectors/a.cpp", "#include \"net/net.hpp\"", kAllowed},
        Planted{"AsioForCallsThatBlock", "src/connectors/sql_worker.cpp",
                "#include <boost/asio/thread_pool.hpp>", kAllowed},
        Planted{"SpdlogInApp", "src/app/a.cpp", "#include <spdlog/spdlog.h>", kAllowed},
        Planted{"AllFrontHeadersInCli", "src/cli/a.cpp", "#include \"outbox/outbox.hpp\"",
                kAllowed},
        Planted{"PartsOfAppInCli", "src/cli/a.cpp", "#include \"app/operations.hpp\"", kAllowed},
        Planted{"AwaitableInAnIoSeam", "include/backorderd/sender.hpp",
                "#include <boost/asio/awaitable.hpp>", kAllowed},
        Planted{"PosixInApp", "src/app/a.cpp", "#include <sys/stat.h>", kAllowed},
        Planted{"TextThatOnlySpeaksOfIt", "src/rules/a.cpp", "// #include <curl/curl.h>",
                kAllowed}),
    nameOf);

INSTANTIATE_TEST_SUITE_P(
    Forbidden, Include,
    testing::Values(
        Planted{"CoreInCore", "src/rules/a.cpp", "#include \"lines/lines.hpp\"", kForbidden},
        Planted{"OutboxInLines", "src/lines/a.cpp", "#include \"outbox/outbox.hpp\"", kForbidden},
        Planted{"StoreInRules", "src/rules/a.cpp", "#include \"store/store.hpp\"", kForbidden},
        Planted{"SqliteOutsideStore", "src/app/a.cpp", "#include <sqlite3.h>", kForbidden},
        Planted{"YamlOutsideConfig", "src/rules/a.cpp", "#include <yaml-cpp/yaml.h>", kForbidden},
        Planted{"CurlOutsideNet", "src/senders/a.cpp", "#include <curl/curl.h>", kForbidden},
        Planted{"LogBelowTheShell", "src/store/a.cpp", "#include <spdlog/spdlog.h>", kForbidden},
        Planted{"AsioInSenders", "src/senders/a.cpp", "#include <boost/asio/post.hpp>", kForbidden},
        Planted{"AsioInConnectors", "src/connectors/a.cpp", "#include <boost/asio/thread_pool.hpp>",
                kForbidden},
        Planted{"AsioInAnotherSeam", "include/backorderd/store.hpp",
                "#include <boost/asio/awaitable.hpp>", kForbidden},
        Planted{"FmtInInclude", "include/backorderd/line.hpp", "#include <fmt/format.h>",
                kForbidden},
        Planted{"SrcInInclude", "include/backorderd/line.hpp", "#include \"lines/lines.hpp\"",
                kForbidden},
        Planted{"ConfigInSenders", "src/senders/a.cpp", "#include \"config/config.hpp\"",
                kForbidden},
        Planted{"InsideOfAnotherFolder", "src/app/a.cpp", "#include \"net/curl_multi.hpp\"",
                kForbidden},
        Planted{"AppInSenders", "src/senders/a.cpp", "#include \"app/log.hpp\"", kForbidden},
        Planted{"CliInApp", "src/app/a.cpp", "#include \"cli/cli.hpp\"", kForbidden},
        Planted{"CodecInRules", "src/rules/a.cpp", "#include \"codec/codec.hpp\"", kForbidden},
        Planted{"AllOfAsioInAHeader", "src/net/a.hpp", "#include <boost/asio.hpp>", kForbidden},
        Planted{"JsonInAHeader", "src/senders/a.hpp", "#include <nlohmann/json.hpp>", kForbidden},
        Planted{"SpdlogInAHeader", "src/app/a.hpp", "#include <spdlog/spdlog.h>", kForbidden},
        Planted{"ThreadPool", "src/net/http.cpp", "#include <boost/asio/thread_pool.hpp>",
                kForbidden},
        Planted{"Threads", "src/app/a.cpp", "#include <thread>", kForbidden},
        Planted{"FilesInThePureCore", "src/rules/a.cpp", "#include <fstream>", kForbidden},
        Planted{"PosixInThePureCore", "src/lines/a.cpp", "#include <sys/stat.h>", kForbidden},
        Planted{"UnknownLibrary", "src/app/a.cpp", "#include <absl/strings/str_cat.h>", kForbidden},
        Planted{"UnknownFolder", "src/misc/a.cpp", "#include \"lines/lines.hpp\"", kForbidden},
        Planted{"OutOfTheFolder", "src/rules/a.cpp", "#include \"../lines/lines.hpp\"", kForbidden},
        Planted{"WithSpaces", "src/rules/a.cpp", "  #  include   <curl/curl.h>", kForbidden},
        Planted{"Computed", "src/rules/a.cpp", "#include HEADER(x)", kForbidden}),
    nameOf);

TEST(FileLength, HasALimit) {
    std::string text;
    for (std::ptrdiff_t line = 0; line < kLinesMax; ++line) text += "x\n";
    EXPECT_THAT(overlong("src/rules/a.cpp", text), IsEmpty());
    EXPECT_THAT(overlong("src/rules/a.cpp", text + "x\n"), testing::SizeIs(1));
}

}  // namespace includes_test
}  // namespace backorderd::architecture
