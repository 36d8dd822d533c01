#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include "backorderd/clock.hpp"
#include "config/section.hpp"
#include "connectors/contract.hpp"
#include "connectors/files.hpp"
#include "support/still_clock.hpp"

namespace backorderd::test {

/// The columns that every line must have, and one line of them.
inline constexpr std::string_view kHeader = "line,order.number,item.id,ordered,customer.id\n";
inline constexpr std::string_view kRow = "1,SO1,PX-1,10,C1\n";

/// A drop folder, a clock that stands, and the connector that the settings make.
class FilesTest : public testing::Test {
protected:
    FilesTest() {
        std::string name = (std::filesystem::temp_directory_path() / "files-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no scratch folder");
        folder_ = name;
    }
    ~FilesTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    /// Writes a file that was last changed `age` ago.
    void write(const std::string& name, std::string_view text,
               std::chrono::seconds age = std::chrono::minutes{1}) {
        std::ofstream{folder_ / name, std::ios::binary} << text;
        setAge(name, age);
    }
    void setAge(const std::string& name, std::chrono::seconds age) {
        const timespec at{(clock_.at - age).time_since_epoch().count(), 0};
        const timespec times[2]{at, at};
        ASSERT_EQ(::utimensat(AT_FDCWD, (folder_ / name).c_str(), times, 0), 0);
    }

    /// The connector for these settings besides the folder.
    std::unique_ptr<Connector> make(const std::string& settings = {}) {
        auto section = config::Section::fromText("folder: " + folder_.string() + "\n" + settings,
                                                 "settings.yaml");
        auto connector = connectors::makeFiles(section, environment_);
        EXPECT_NE(connector, nullptr) << formatProblems(section.problems());
        return connector;
    }
    WholeSnapshot read(const std::string& settings = {}) { return readWhole(io_, *make(settings)); }

    /// One problem a line, without the folder in front.
    std::string told(const Problems& problems) const {
        std::string text = formatProblems(problems);
        const std::string prefix = folder_.string() + "/";
        for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix))
            text.erase(at, prefix.size());
        while (text.ends_with('\n')) text.pop_back();
        return text;
    }

    std::filesystem::path folder_;
    StillClock clock_;
    boost::asio::io_context io_;
    net::Net net_{io_.get_executor()};
    connectors::Environment environment_{"erp", net_, clock_};
};

/// The ids in the order in which they came, `1 2 3`.
inline std::string idsOf(const WholeSnapshot& whole) {
    std::string ids;
    for (const auto& line : whole.lines) ids += (ids.empty() ? "" : " ") + line.key.id;
    return ids;
}

}  // namespace backorderd::test
