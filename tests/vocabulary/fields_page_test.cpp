#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "backorderd/rule.hpp"

// docs/fields.md is made of the tables in the code. BACKORDERD_WRITE_EXPECTED=1 writes it anew.

namespace backorderd {
namespace fields_page_test {

constexpr const char* kPage = BACKORDERD_SOURCE_DIR "/docs/fields.md";

std::string_view typeName(ConditionType type) {
    switch (type) {
        case ConditionType::Text: return "text";
        case ConditionType::Number: return "number";
        case ConditionType::Money: return "money";
        case ConditionType::Date: return "date";
        case ConditionType::Days: return "days";
        case ConditionType::Age: return "period";
        case ConditionType::Count: return "count";
        case ConditionType::Flag: break;
    }
    return "true or false";
}

std::string page() {
    std::ostringstream text;
    text << "# Fields\n\n"
            "What a condition can ask for. The columns of a line are also the names in connector\n"
            "mappings and in files; `*` stands for any name that the connector passes through.\n\n"
            "| field | type | meaning |\n|---|---|---|\n";
    for (const auto& field : conditionFields())
        text << "| `" << field.name << "` | " << typeName(field.type) << " | " << field.meaning
             << " |\n";
    text << "\nFiles and connector mappings know two more columns, which conditions reach as\n"
            "`promise.date`:\n\n| column | type | meaning |\n|---|---|---|\n";
    for (const auto& column : lineFields())
        if (column.name.starts_with("promise"))
            text << "| `" << column.name << "` | date | " << column.meaning << " |\n";
    return text.str();
}

TEST(FieldsPage, SaysWhatTheCodeKnows) {
    if (std::getenv("BACKORDERD_WRITE_EXPECTED")) std::ofstream{kPage} << page();
    std::ifstream file{kPage};
    const std::string written{std::istreambuf_iterator<char>{file}, {}};
    EXPECT_EQ(written, page());
}

}  // namespace fields_page_test
}  // namespace backorderd
