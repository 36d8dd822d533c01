#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "connectors/files_fixture.hpp"

namespace backorderd::test {
namespace files_settings_test {

using testing::HasSubstr;

struct BadSettings {
    const char* name;
    const char* text;
    const char* told;  ///< part of the problems
};

void PrintTo(const BadSettings& given, std::ostream* out) { *out << given.name; }

class FilesSettingsTest : public FilesTest, public testing::WithParamInterface<BadSettings> {};

TEST_P(FilesSettingsTest, AreRefusedWithTheReason) {
    auto section = config::Section::fromText(GetParam().text, "settings.yaml");
    EXPECT_EQ(connectors::makeFiles(section, environment_), nullptr);
    EXPECT_THAT(formatProblems(section.problems()), HasSubstr(GetParam().told));
}

INSTANTIATE_TEST_SUITE_P(
    All, FilesSettingsTest,
    testing::Values(
        BadSettings{"NoFolder", "settle: 5s\n", "'folder' is missing"},
        BadSettings{"UnknownKey", "folder: /x\nmarkr: done\n", "settings.yaml:2:1: unknown key"},
        BadSettings{"UnknownColumn", "folder: /x\ncolumns:\n  order.numbr: Auftrag\n",
                    "settings.yaml:2:1: there is no column 'order.numbr' (did you mean "
                    "'order.number'?)"},
        BadSettings{"ColumnOfAnotherFile", "folder: /x\nstock_columns: {promise: Datum}\n",
                    "there is no column 'promise'"},
        BadSettings{"EmptyHeader", "folder: /x\ncolumns: {promise: ''}\n",
                    "'promise' has no header"},
        BadSettings{"UnknownKind", "folder: /x\nkinds: {RST: rest}\n",
                    "'rest' is not a kind of line"},
        BadSettings{"DateFormat", "folder: /x\ncsv: {date: 'DD.MM.YYYY'}\n",
                    "settings.yaml:2:7: 'DD.MM.YYYY' is not a way to write a date"},
        BadSettings{"SameSigns", "folder: /x\ncsv: {decimal: ',', thousands: ','}\n",
                    "the grouping sign and the decimal sign are the same"},
        BadSettings{"Encoding", "folder: /x\ncsv: {encoding: latin9}\n", "encoding"},
        BadSettings{"Delimiter", "folder: /x\ncsv: {delimiter: ':'}\n", "delimiter"},
        BadSettings{"Settle", "folder: /x\nsettle: 2d\n", "settle"},
        BadSettings{"MarkerAndManifest", "folder: /x\nmarker: a\nmanifest: b\n",
                    "settings.yaml:3:1: a manifest is a marker as well"},
        BadSettings{"ManifestElsewhere", "folder: /x\nmanifest: a/b\n", "without a folder"},
        BadSettings{"KeptWithoutProof", "folder: /x\nkeep_processed: 3\n",
                    "settings.yaml:2:1: what is an export is only known by"},
        BadSettings{"FetchWithoutAnything", "folder: /x\nfetch: {}\n", "'url' is missing"},
        BadSettings{"FetchWithoutTls", "folder: /x\nfetch: {url: 'http://h/x/'}\n",
                    "settings.yaml:2:9: write sftp://HOST/FOLDER/"},
        BadSettings{"PasswordInTheUrl", "folder: /x\nfetch: {url: 'sftp://u:p@h/x/'}\n",
                    "leave user and password out"},
        BadSettings{"PasswordAsText",
                    "folder: /x\nfetch: {url: 'ftps://h/x/', user: u, password: p}\n", "password"},
        BadSettings{"ServerThatNobodyKnows",
                    "folder: /x\nfetch: {url: 'sftp://h/x/', user: u, private_key: k}\n",
                    "say how the server is known"},
        BadSettings{"ServerKnownTwice",
                    "folder: /x\nfetch: {url: 'sftp://h/x/', user: u, private_key: k, "
                    "known_hosts: k, host_key: 'SHA256:x'}\n",
                    "say how the server is known"},
        BadSettings{"KeysOfSshForFtp",
                    "folder: /x\nfetch: {url: 'ftps://h/x/', user: u, known_hosts: k}\n",
                    "are for sftp:// alone"},
        BadSettings{"Fingerprint",
                    "folder: /x\nfetch: {url: 'sftp://h/x/', user: u, private_key: k, "
                    "host_key: 'aa:bb'}\n",
                    "write the fingerprint as"},
        BadSettings{"Limit", "folder: /x\nlimits: {field_bytes_max: 1}\n", "field_bytes_max"}),
    [](const auto& test) { return test.param.name; });

using FilesProbe = FilesTest;

TEST_F(FilesProbe, SaysWhatIsThereAndWhatIsReadOfIt) {
    write("lines-1.csv", "line,order.number,item.id,ordered,customer.id,Farbe\n1,S,P,1,C,rot\n");
    write("lines-2.csv", kHeader);
    write("stock.csv", "item.id,free\nP,1\n");
    const auto probe = runCoroutine(io_, make()->probe());
    EXPECT_TRUE(probe.ok) << probe.text;
    EXPECT_THAT(probe.text, HasSubstr("2 files of lines"));
    EXPECT_THAT(probe.text, HasSubstr("1 file of stock"));
    EXPECT_THAT(probe.text, HasSubstr("0 files of supply"));
    EXPECT_THAT(probe.text, HasSubstr("lines-1.csv: read are customer.id, item.id, line, "
                                      "order.number, ordered; not known and not read: Farbe; not "
                                      "there: order.id"));
    EXPECT_THAT(probe.text, HasSubstr("stock.csv: read are free, item.id; not there: warehouse"));
}

TEST_F(FilesProbe, SaysWhatKeepsFilesFromBeingRead) {
    write("lines.csv", "line,order.number\n1,S\n");
    const auto probe = runCoroutine(io_, make()->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("the header has no column 'ordered'"));
}

TEST_F(FilesProbe, AFolderWithoutLinesIsNotWell) {
    const auto probe = runCoroutine(io_, make()->probe());
    EXPECT_FALSE(probe.ok);
    EXPECT_THAT(probe.text, HasSubstr("is named 'lines*'"));
}

}  // namespace files_settings_test
}  // namespace backorderd::test
