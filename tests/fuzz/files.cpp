#include <boost/asio/io_context.hpp>

#include "codec/codec.hpp"
#include "connectors/files_reader.hpp"
#include "fuzz.hpp"
#include "net/net.hpp"
#include "support/run_coroutine.hpp"

// The files of a drop folder, as lines and as stock: FUZZ_EXTENSION says in which format.

namespace backorderd::fuzz {
namespace {

/// Everything that a reader gives until its end.
void readAll(SnapshotReader& reader, boost::asio::io_context& io) {
    while (true) {
        const auto step = test::runCoroutine(io, reader.next());
        const auto* page = std::get_if<Page>(&step);
        if (page == nullptr) return;
        for (std::size_t i = 0; i < page->records.size(); ++i) {
            const auto line = reader.decode(i);
            if (!line) continue;
            require(line->key.id == page->records[i].id, "a line has the id of its record");
            const std::string kept = codec::encodeLine(*line);
            require(codec::decodeLine(kept, line->key.source) == *line, "a line can be stored");
        }
    }
}

}  // namespace
}  // namespace backorderd::fuzz

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    using namespace backorderd;
    static const fuzz::ScratchFolder folder;
    static const fuzz::FutureClock clock;
    static boost::asio::io_context io;
    static net::Net net{io.get_executor()};
    static const std::string source = "erp";
    auto text = fuzz::textOf(bytes, size);
    const unsigned choice = fuzz::takeChoice(text);
    connectors::files::FilesSettings settings;
    settings.folder = folder.path();
    settings.limits.record_bytes_max = 4096;
    settings.limits.field_bytes_max = 512;
    settings.limits.columns_max = 64;
    const char* const encodings[] = {"utf-8", "iso-8859-1", "utf-16le"};
    settings.encoding = encodings[choice % 3];
    if (choice & 4) settings.csv_values = {',', ".", "%d.%m.%Y"};
    for (const char* name : {"lines" FUZZ_EXTENSION, "stock" FUZZ_EXTENSION,
                             "supply" FUZZ_EXTENSION, "items" FUZZ_EXTENSION})
        folder.write(name, text);
    connectors::files::VerifiedFiles verified;
    const connectors::files::FolderAccess access{settings, source, clock, net, verified};
    const auto reader = connectors::files::readFolderSnapshot(access);
    fuzz::readAll(*reader, io);
    return 0;
}
