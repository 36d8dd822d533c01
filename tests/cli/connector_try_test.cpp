#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cli/command.hpp"
#include "connectors/vendors/katana.hpp"

// `connector try` from outside: the shipped mapping of Katana and mistaken copies of it, against
// the vendor's stub. BACKORDERD_WRITE_EXPECTED=1 writes what it shows anew, to be read before it is
// kept.

namespace backorderd::cli_test {
namespace connector_try_test {

namespace fs = std::filesystem;
using namespace test::vendors;
using json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const fs::path kSource = BACKORDERD_SOURCE_DIR;

std::string textOf(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void replaceAll(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

/// A stub that answers while the command runs.
class RunningStub {
public:
    explicit RunningStub(VendorServer::Answer answer)
        : server_{io_, std::move(answer)}, thread_{[this] { io_.run(); }} {}
    ~RunningStub() {
        io_.stop();
        thread_.join();
    }
    std::string url() const { return server_.url(); }

private:
    boost::asio::io_context io_;
    VendorServer server_;
    std::thread thread_;
};

class ConnectorTry : public testing::Test {
protected:
    ConnectorTry() {
        ::setenv("BACKORDERD_TEST_KEY", "k3y-of-ours", 1);
        fs::remove_all(folder_);
        fs::create_directories(folder_ / "erp");
        std::ofstream{folder_ / "erp/lines.csv"}
            << "line,order.number,item.id,ordered,shipped,customer.id\n"
               "1,SO1,PX,10,0,C1\n2,SO2,PX,ten,0,C1\n";
        erp_.bearer = "Bearer k3y-of-ours";
        std::ofstream{folder_ / "backorderd.yaml"}
            << "sources:\n"
               "  - { name: csv, kind: files, folder: erp, settle: 0s }\n"
               "  - { name: mrp, kind: rest, mapping: katana, url: '"
            << stub_.url() << "',\n      token: { env: BACKORDERD_TEST_KEY } }\n";
    }
    ~ConnectorTry() override { fs::remove_all(folder_); }

    Ended trying(const std::string& what) {
        Ended ended = run(backorderd("connector try --config " +
                                     (folder_ / "backorderd.yaml").string() + " " + what));
        replaceAll(ended.output, stub_.url(), "URL");
        replaceAll(ended.output, folder_.string(), "FOLDER");
        return ended;
    }
    /// A copy of the shipped mapping in which one text is another.
    std::string mapping(const std::string& from, const std::string& to) {
        std::string text = textOf(kSource / "config/connectors/katana.yaml");
        EXPECT_NE(text.find(from), text.npos);
        replaceAll(text, from, to);
        const fs::path file = folder_ / "mine.yaml";
        std::ofstream{file} << text;
        return file.string();
    }
    static void expectGolden(const std::string& shown, const std::string& name) {
        const fs::path file = kSource / "tests/cli/expected" / name;
        if (std::getenv("BACKORDERD_WRITE_EXPECTED"))
            std::ofstream{file, std::ios::binary} << shown;
        EXPECT_EQ(shown, textOf(file));
    }

    fs::path folder_ = fs::temp_directory_path() / ("backorderd-try-" + std::to_string(::getpid()));
    Katana erp_{Books::of(4)};
    std::function<Reply(Reply)> lay_over_ = [](Reply reply) { return reply; };
    RunningStub stub_{[this](const Request& request) { return lay_over_(erp_.answer(request)); }};
};

TEST_F(ConnectorTry, ShowsARecordAsItCameBesideWhatIsMadeOfIt) {
    const Ended tried = trying("mrp --records 1");
    EXPECT_EQ(tried.exit, 0);
    expectGolden(tried.output, "connector-try.txt");
}

TEST_F(ConnectorTry, ShowsWithItsPlaceWhatCannotBeRead) {
    const Ended tried = trying(
        mapping("'iso', value(zone))\n  warehouse", "'%d.%m.%Y')\n  warehouse") + " --records 1");
    EXPECT_EQ(tried.exit, 1);
    expectGolden(tried.output, "connector-try-unreadable.txt");
}

TEST_F(ConnectorTry, AnswersAsJson) {
    const Ended tried = trying("mrp --json --records 2");
    const json shown = json::parse(tried.output);
    EXPECT_EQ(shown["records"].size(), 2u);
    EXPECT_EQ(shown["records"][0]["raw"]["^"]["order_no"], "SO-4");
    EXPECT_EQ(shown["records"][0]["line"]["order.number"], "SO-4");
    EXPECT_EQ(shown["records"][0]["backorder"], false);
    EXPECT_EQ(shown["records"][1]["backorder"], true);
    EXPECT_EQ(shown["lines"], 4);
    EXPECT_EQ(shown["complete"], true);
    EXPECT_THAT(shown["empty"], testing::Contains("contact.language"));
}

TEST_F(ConnectorTry, StopsWhereItIsToldTo) {
    const Ended tried = trying(mapping("size: 250", "size: 2") + " --pages 1");
    EXPECT_EQ(tried.exit, 0) << tried.output;
    EXPECT_THAT(tried.output, HasSubstr("mrp (rest): 2 read"));
    EXPECT_THAT(tried.output, HasSubstr("whether it is complete is not known"));
}

TEST_F(ConnectorTry, SaysWhyItCouldNotRead) {
    erp_.bearer = "Bearer another";
    const Ended tried = trying("mrp");
    EXPECT_EQ(tried.exit, 1);
    EXPECT_THAT(tried.output, HasSubstr("HTTP 401"));
    const Ended wrong = trying(mapping("complete: total", "complet: total"));
    EXPECT_EQ(wrong.exit, 1);
    EXPECT_THAT(wrong.output, HasSubstr("did you mean 'complete'?"));
}

TEST_F(ConnectorTry, NeverShowsASecret) {
    lay_over_ = [](Reply reply) {
        replaceAll(reply.body, R"("EUR")", R"("k3y-of-ours")");
        return reply;
    };
    for (const char* form : {"mrp", "mrp --json"}) {
        const Ended tried = trying(form);
        EXPECT_THAT(tried.output, HasSubstr("***"));
        EXPECT_THAT(tried.output, Not(HasSubstr("k3y-of-ours")));
    }
}

TEST_F(ConnectorTry, WritesNothing) {
    const auto files = [&] {
        std::map<std::string, std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator{folder_})
            found[entry.path()] = entry.is_regular_file() ? textOf(entry.path()) : "";
        return found;
    };
    const auto before = files();
    trying("mrp");
    trying("csv");
    EXPECT_EQ(files(), before);
}

TEST_F(ConnectorTry, ReadsFilesAsWell) {
    const Ended tried = trying("csv");
    EXPECT_EQ(tried.exit, 1);
    EXPECT_THAT(tried.output, HasSubstr("1,SO1,PX,10,0,C1"));
    EXPECT_THAT(tried.output, HasSubstr("order.number: SO1"));
    EXPECT_THAT(tried.output, HasSubstr("lines.csv:3:"));
    EXPECT_THAT(tried.output, HasSubstr("csv (files): 1 read, 1 cannot be read; pages: 1\n"));
}

TEST_F(ConnectorTry, NamesWhatIsNotThere) {
    EXPECT_THAT(trying("mpr").output, HasSubstr("did you mean 'mrp'?"));
    EXPECT_THAT(trying("x.yaml --source csv").output, HasSubstr("has no mapping"));
    EXPECT_THAT(trying("/nowhere.yaml").output, HasSubstr("there is no mapping"));
    EXPECT_EQ(trying("").exit, 2);
}

}  // namespace connector_try_test
}  // namespace backorderd::cli_test
