#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <sstream>

#include "render/variables.hpp"
#include "samples.hpp"

namespace backorderd::render {
namespace golden_test {

std::string readFile(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream{path, std::ios::binary}.rdbuf();
    return out.str();
}

/// Compares with a file; with UPDATE_GOLDEN=1 in the environment it is written anew instead.
void compareWithFile(const std::string& path, const std::string& text) {
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
        std::ofstream{path, std::ios::binary} << text;
    }
    EXPECT_EQ(readFile(path), text) << path << ": write it anew with UPDATE_GOLDEN=1";
}

std::string asText(const Rendered& out) {
    return "Subject: " + out.subject + "\nSMS: " + out.sms + "\n\n" + out.text;
}

TEST(Golden, ShippedTemplates) {
    const std::string folder = BACKORDERD_SOURCE_DIR "/tests/render/golden/";
    const Templates& templates = shippedTemplates();
    for (const std::string& name : templates.names()) {
        for (const std::string language : {"en", "de"}) {
            const Rendered one = templates.render(exampleRequest(name, language)).value();
            EXPECT_EQ(one.language, language) << name;
            compareWithFile(folder + name + "." + language + ".txt", asText(one));
        }
    }
    for (const std::string language : {"en", "de"}) {
        const auto many = [&](const std::string& name, int lines) {
            return templates.render(exampleRequest(name, language, lines)).value();
        };
        compareWithFile(folder + "digest-of-nine." + language + ".txt", asText(many("digest", 9)));
        compareWithFile(folder + "opened-three." + language + ".txt", asText(many("opened", 3)));
        for (const std::string name : {"rep-alert", "allocation-advice", "uncovered-demand"}) {
            compareWithFile(folder + name + "-three." + language + ".txt", asText(many(name, 3)));
        }
        for (const std::string name : {"opened", "offer", "rep-alert"}) {
            compareWithFile(folder + name + "." + language + ".html", many(name, 1).html);
        }
    }
}

TEST(Golden, ShippedTemplatesAreTheSameOnesInEveryLanguage) {
    const std::vector<std::string> expected{"allocation-advice",
                                            "available",
                                            "cancelled",
                                            "desk-alert",
                                            "digest",
                                            "expedite",
                                            "ftc-first-delay",
                                            "ftc-further-delay",
                                            "no-contact",
                                            "offer",
                                            "offer-accepted",
                                            "offer-withdrawn",
                                            "opened",
                                            "partly-available",
                                            "partly-shipped",
                                            "payment-lapses",
                                            "preorder-changed",
                                            "preorder-opened",
                                            "preorder-status",
                                            "promise-changed",
                                            "promise-lapsed",
                                            "rep-alert",
                                            "shipped",
                                            "status",
                                            "status-further",
                                            "uncovered-demand"};
    EXPECT_EQ(shippedTemplates().names(), expected);
}

// -- docs/templates.md -----------------------------------------------------------------------

constexpr std::string_view kBegin = "<!-- variables: written by UPDATE_GOLDEN=1 tests -->\n";
constexpr std::string_view kEnd = "<!-- end of variables -->\n";

std::string where(const Variable& variable) {
    std::string text;
    const auto add = [&](Scope scope, const char* word) {
        if (variable.isIn(scope)) text += (text.empty() ? "" : ", ") + std::string{word};
    };
    add(Scope::Message, "message");
    add(Scope::Group, "group");
    add(Scope::Order, "order");
    add(Scope::Line, "line");
    add(Scope::Signature, "signature");
    add(Scope::ItemGroup, "item");
    add(Scope::Step, "`promise_history`");
    add(Scope::Told, "`told`");
    add(Scope::Said, "`answers`");
    add(Scope::InStock, "`substitutes`");
    add(Scope::Offered, "`offered`, `accepted`");
    return text;
}

std::string variablesTable() {
    std::string text = "| word | kind | known in | meaning |\n|---|---|---|---|\n";
    for (const Variable& variable : variables()) {
        constexpr const char* kKinds[] = {"text", "link", "yes or no", "list"};
        text += "| `" + std::string{variable.name} + "` | " +
                kKinds[static_cast<std::size_t>(variable.kind)] + " | " + where(variable) + " | " +
                std::string{variable.meaning} + " |\n";
    }
    return text;
}

TEST(Golden, NoVariableIsThereTwice) {
    std::set<std::string_view> names;
    for (const Variable& variable : variables()) {
        EXPECT_TRUE(names.insert(variable.name).second) << variable.name;
    }
}

TEST(Golden, DocumentationListsEveryVariable) {
    const std::string path = BACKORDERD_SOURCE_DIR "/docs/templates.md";
    const std::string page = readFile(path);
    const std::size_t begin = page.find(kBegin);
    const std::size_t end = page.find(kEnd);
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    compareWithFile(path,
                    page.substr(0, begin + kBegin.size()) + variablesTable() + page.substr(end));
}

}  // namespace golden_test
}  // namespace backorderd::render
