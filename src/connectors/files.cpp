#include "connectors/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "connectors/files_probe.hpp"
#include "connectors/files_reader.hpp"

namespace backorderd::connectors {
namespace {

class FilesConnector final : public Connector {
public:
    FilesConnector(files::FilesSettings settings, const Environment& environment)
        : settings_{std::move(settings)},
          source_{environment.source},
          clock_{environment.clock},
          net_{environment.net} {}

    Capabilities capabilities() const override { return {}; }

    std::unique_ptr<SnapshotReader> read() override {
        return files::readFolderSnapshot({settings_, source_, clock_, net_, verified_});
    }

    boost::asio::awaitable<Found> find(std::string_view) override {
        Found answer = Failure{Failure::Again::Never, "files cannot be asked for one line"};
        co_return answer;
    }

    boost::asio::awaitable<std::optional<Failure>> annotate(const Note&) override {
        std::optional<Failure> answer =
            Failure{Failure::Again::Never, "notes cannot be written to files"};
        co_return answer;
    }

    boost::asio::awaitable<Probe> probe() override {
        co_return co_await files::probeFolder(settings_, clock_.now(), net_);
    }

private:
    files::FilesSettings settings_;
    std::string source_;
    const Clock& clock_;
    net::Net& net_;
    files::VerifiedFiles verified_;
};

}  // namespace

std::unique_ptr<Connector> makeFiles(config::Section section, const Environment& environment) {
    const auto before = section.problems().size();
    auto settings = files::readFilesSettings(section);
    section.finish();
    const auto& problems = section.problems();
    const Problems found{problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end()};
    if (hasErrors(found)) return nullptr;
    return std::make_unique<FilesConnector>(std::move(settings), environment);
}

}  // namespace backorderd::connectors
