#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "cli/command.hpp"

// Each folder of tests/config/broken holds settings (`backorderd.yaml`) or rules (`rules.d`) with
// mistakes, and in `expected.txt` every word that `backorderd check` says of them.
// BACKORDERD_WRITE_EXPECTED=1 writes the files anew, to be read before they are kept.

namespace backorderd::cli_test {
namespace check_test {

namespace fs = std::filesystem;

fs::path corpus() { return fs::path{BACKORDERD_SOURCE_DIR} / "tests/config/broken"; }

std::vector<std::string> cases() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{corpus()})
        if (entry.is_directory()) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::string textOf(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

class BrokenFiles : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFiles, EachMistakeHasItsPlaceAndItsRemedy) {
    const auto folder = corpus() / GetParam();
    // The name says which of the two a case is.
    const bool settings = GetParam().find("-settings-") != std::string::npos;
    const auto checked =
        run("cd " + folder.string() + " && " +
            backorderd("check " + std::string{settings ? "backorderd.yaml" : "rules.d"}));
    EXPECT_EQ(checked.exit, checked.output.find("no errors") == std::string::npos ? 1 : 0);
    if (std::getenv("BACKORDERD_WRITE_EXPECTED"))
        std::ofstream{folder / "expected.txt", std::ios::binary} << checked.output;
    EXPECT_EQ(checked.output, textOf(folder / "expected.txt"));
}

INSTANTIATE_TEST_SUITE_P(Corpus, BrokenFiles, testing::ValuesIn(cases()), [](const auto& case_) {
    std::string name = case_.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(Check, TheShippedExampleHasNoErrors) {
    const auto checked = run(backorderd("check " BACKORDERD_SOURCE_DIR "/config/backorderd.yaml"));
    EXPECT_EQ(checked.exit, 0) << checked.output;
}

/// Settings with one source, and a rule that asks for a kit.
class OneSource : public testing::Test {
protected:
    explicit OneSource(const std::string& source = "kind: files, folder: erp, settle: 0s") {
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "rules.d");
        fs::create_directories(folder_ / "erp");
        write("rules.d/r.yaml",
              "version: 1\ncadence:\n"
              "  - { name: kits, match: { kit.id: K1 }, messages: { opened: { template: opened } } "
              "}\n"
              "  - { name: rest, match: {}, messages: { opened: { template: opened } } }\n");
        useSource(source);
    }
    ~OneSource() override { fs::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) {
        std::ofstream{folder_ / name} << text;
    }
    void useSource(const std::string& source) {
        write("backorderd.yaml",
              "data_dir: data\ncontrol_socket: c.sock\n"
              "templates_dir: " BACKORDERD_SOURCE_DIR
              "/config/templates\n"
              "house: { name: H, from_address: a@house.example }\n"
              "sources: [ { name: erp, " +
                  source + " } ]\nsenders: [ { name: out, kind: stdout } ]\n");
    }
    auto check(const std::string& options = "") {
        return run(backorderd("check " + options + " " + (folder_ / "backorderd.yaml").string()));
    }

    fs::path folder_ =
        fs::temp_directory_path() / ("backorderd-check-" + std::to_string(::getpid()));
};

TEST_F(OneSource, SaysOnlineWhatItsLinesHold) {
    write("erp/lines.csv",
          "line,order.number,item.id,ordered,shipped,customer.id\n"
          "1,SO1,PX,10,0,C1\n2,SO2,PX,5,0,C1\n");
    const auto checked = check("--online");
    EXPECT_EQ(checked.exit, 0) << checked.output;
    EXPECT_NE(checked.output.find("erp: ok: "), std::string::npos) << checked.output;
    EXPECT_NE(checked.output.find("2 lines, 0 of them unreadable"), std::string::npos);
    EXPECT_NE(checked.output.find("empty in each of them: "), std::string::npos);
    EXPECT_EQ(checked.output.find("order.number,", checked.output.find("empty in")),
              std::string::npos);
}

TEST_F(OneSource, IsNotWellWhereItCannotBeRead) {
    fs::remove_all(folder_ / "erp");
    EXPECT_EQ(check().exit, 0) << "nobody asked it";
    const auto checked = check("--online --json");
    EXPECT_EQ(checked.exit, 1);
    EXPECT_NE(checked.output.find(R"("ok": false)"), std::string::npos) << checked.output;
}

TEST_F(OneSource, RulesThatAskForWhatItNeverFillsAreNamed) {
    EXPECT_EQ(check().output.find("kit.id"), std::string::npos) << "files may have it";
    write("password", "secret");
    useSource(
        "kind: tryton, url: 'http://127.0.0.1:1', database: d, user: u, "
        "password: { file: password }");
    const auto checked = check();
    EXPECT_EQ(checked.exit, 0) << checked.output;
    EXPECT_NE(checked.output.find("r.yaml:3:28: warning: 'kit.id' is asked for, and no source of "
                                  "the settings ever fills it"),
              std::string::npos)
        << checked.output;
}

TEST_F(OneSource, NotesThatItCannotTakeAreNamed) {
    useSource("kind: files, folder: erp, write_notes: true");
    EXPECT_NE(check().output.find("'write_notes' comes to nothing"), std::string::npos);
}

}  // namespace check_test
}  // namespace backorderd::cli_test
