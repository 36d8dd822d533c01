#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "render/render.hpp"

namespace backorderd::render {

inline House sampleHouse() {
    return {.name = "Nordwind Technik GmbH",
            .phone = "+49 40 555 0100",
            .signature = "Your service team\nNordwind Technik GmbH, 20457 Hamburg",
            .language = "en",
            .timezone = "Europe/Berlin",
            .unsubscribe_link = "",
            .reply_to = "service@nordwind.example"};
}

inline const std::string kShippedTemplates = BACKORDERD_SOURCE_DIR "/config/templates";

/// A folder of template files that is gone after the test.
class TemplateFolder {
public:
    explicit TemplateFolder(const std::map<std::string, std::string>& files) {
        static int count = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("backorderd-render-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
        std::filesystem::create_directories(path_);
        for (const auto& [name, text] : files) write(name, text);
    }
    ~TemplateFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemplateFolder(const TemplateFolder&) = delete;
    TemplateFolder& operator=(const TemplateFolder&) = delete;

    void write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name, std::ios::binary} << text;
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

/// A template whose subject is `subject` and whose text part is `text`.
inline std::string templateText(const std::string& subject, const std::string& text) {
    return "%% subject\n" + subject + "\n%% text\n" + text + "\n%% html\n<p>" + subject + "</p>\n";
}

/// The shipped templates for a house, loaded once for all tests.
inline const Templates& shippedTemplates(const House& house = sampleHouse()) {
    static std::map<std::string, Templates> loaded;
    const std::string key = house.name + '\n' + house.phone + '\n' + house.signature + '\n' +
                            house.language + '\n' + house.unsubscribe_link;
    auto found = loaded.find(key);
    if (found == loaded.end()) {
        auto templates = Templates::load(kShippedTemplates, house);
        if (!templates) ADD_FAILURE() << formatProblems(templates.error());
        found = loaded.emplace(key, std::move(templates.value())).first;
    }
    return found->second;
}

/// What the text part makes of the request; fails the test where the template cannot be loaded.
inline std::string renderText(const std::string& text, Request request) {
    const TemplateFolder folder{{{"t.en.mustache", templateText("A subject", ">\n" + text)}}};
    const auto templates = Templates::load(folder.path(), sampleHouse());
    if (!templates) {
        ADD_FAILURE() << formatProblems(templates.error());
        return {};
    }
    request.template_name = "t";
    return templates->render(request).value().text.substr(2);
}

}  // namespace backorderd::render
