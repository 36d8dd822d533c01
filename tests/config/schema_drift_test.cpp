#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "config/config.hpp"
#include "config/json_schema.hpp"
#include "config/temporary_folder.hpp"

// Every key that the readers know is in the schema, and the other way round.

namespace backorderd::config {
namespace schema_drift_test {

using nlohmann::json;
using Keys = std::set<std::string>;
const std::string kSource = BACKORDERD_SOURCE_DIR;

Keys keysOf(const json& mapping) {
    Keys keys;
    for (const auto& [key, value] : mapping.items()) keys.insert(key);
    return keys;
}

// -- Rules ---------------------------------------------------------------------------------------

/// Finds the part of the schema that describes each mapping of a file.
class Walk {
public:
    explicit Walk(const json& root) : root_(root) {}

    void visit(const json& schema, const json& value,
               const json::json_pointer& at = json::json_pointer()) {
        const json& part = resolve(schema);
        if (&part == &root_["definitions"]["condition"]) return;
        if (part.contains("anyOf") && !part.contains("properties"))
            for (const json& alternative : part["anyOf"])
                if (fits(resolve(alternative), value)) visit(alternative, value, at);
        if (value.is_array() && part.contains("items"))
            for (std::size_t i = 0; i < value.size(); ++i) visit(part["items"], value[i], at / i);
        if (!value.is_object()) return;
        if (part.contains("properties")) found_[at.to_string()] = &part["properties"];
        for (const auto& [key, child] : value.items()) {
            if (part.contains("properties") && part["properties"].contains(key))
                visit(part["properties"][key], child, at / key);
            else if (part.contains("additionalProperties") &&
                     part["additionalProperties"].is_object())
                visit(part["additionalProperties"], child, at / key);
        }
    }
    const std::map<std::string, const json*>& found() const { return found_; }

private:
    const json& resolve(const json& schema) const {
        if (schema.contains("$ref"))
            return resolve(root_.at(
                json::json_pointer(schema["$ref"].get_ref<const std::string&>().substr(1))));
        if (schema.contains("allOf") && !schema.contains("properties"))
            return resolve(schema["allOf"][0]);
        return schema;
    }
    static bool fits(const json& schema, const json& value) {
        const std::string type = value.is_object() ? "object" : value.is_array() ? "array" : "";
        return schema.value("type", json()) == json(type);
    }

    const json& root_;
    std::map<std::string, const json*> found_;
};

/// All sets of properties of a schema that are closed, those of conditions left out.
void closedParts(const json& schema, std::set<const json*>& out) {
    if (schema.is_object() && schema.contains("properties") &&
        schema.value("additionalProperties", json()) == false)
        out.insert(&schema["properties"]);
    for (const auto& [key, part] : schema.items())
        if (part.is_structured() && key != "condition" && !key.starts_with("any_"))
            closedParts(part, out);
}

/// The keys that the loader names when it meets one that it does not know; nothing where the keys
/// of the mapping are names.
Keys knownAt(json rules, const std::string& at) {
    rules[json::json_pointer(at)]["zzqq"] = 1;
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", rules.dump());
    const auto loaded = loadRules(folder.path());
    if (loaded) return {};
    for (const Problem& problem : loaded.error()) {
        constexpr std::string_view kKnown = "known here: ";
        const auto list = problem.text.find(kKnown);
        if (!problem.text.starts_with("unknown key 'zzqq'") || list == std::string::npos) continue;
        std::istringstream words(problem.text.substr(list + kKnown.size()));
        Keys keys;
        for (std::string word; words >> word;) {
            if (word == "and") continue;
            if (word.back() == ',') word.pop_back();
            keys.insert(word);
        }
        return keys;
    }
    return {};
}

json everyKey() {
    Problems problems;
    const std::string path = kSource + "/tests/config/every_key.yaml";
    const NodePtr node = parseYaml(textOfFile(path), path, problems);
    EXPECT_TRUE(node && problems.empty()) << formatProblems(problems);
    return toJson(*node);
}

TEST(SchemaDrift, TheRulesOfEveryKeyAreSound) {
    const TemporaryFolder folder;
    (void)folder.write("rules.yaml", textOfFile(kSource + "/tests/config/every_key.yaml"));
    const auto loaded = loadRules(folder.path());
    EXPECT_TRUE(loaded) << formatProblems(loaded.error());
    EXPECT_EQ(JsonSchema("rules.schema.json").refuses(everyKey()), "");
}

TEST(SchemaDrift, EveryMappingOfRulesHasTheKeysThatTheLoaderKnows) {
    const JsonSchema schema("rules.schema.json");
    const json rules = everyKey();
    Walk walk(schema.json());
    walk.visit(schema.json(), rules);
    std::set<const json*> left;
    closedParts(schema.json(), left);
    for (const auto& [at, properties] : walk.found()) {
        EXPECT_EQ(knownAt(rules, at), keysOf(*properties)) << at;
        left.erase(properties);
    }
    for (const json* properties : left)
        ADD_FAILURE() << "tests/config/every_key.yaml does not use " << properties->dump();
}

TEST(SchemaDrift, ConditionsHaveTheFieldsThatThereAre) {
    const JsonSchema schema("rules.schema.json");
    const json& condition = schema.json()["definitions"]["condition"];
    Keys fields{"all", "any", "none", "segment"};
    Keys families;
    for (const ConditionField& field : conditionFields()) {
        if (field.derived == ConditionField::Derived::Attribute)
            families.insert(std::string(field.name));
        else
            fields.insert(std::string(field.name));
        const json& places =
            condition[field.name.ends_with('*') ? "patternProperties" : "properties"];
        const bool described = std::any_of(places.begin(), places.end(), [&](const json& place) {
            return place.value("description", "") == field.meaning;
        });
        EXPECT_TRUE(described) << field.name;
    }
    EXPECT_EQ(keysOf(condition["properties"]), fields);
    EXPECT_EQ(condition["patternProperties"].size(), families.size());
}

// -- Settings ------------------------------------------------------------------------------------

/// The paths of all settings, as docs/configuration.md writes them.
void pathsOf(const json& properties, const std::string& prefix, Keys& out) {
    for (const auto& [key, part] : properties.items()) {
        // Keys of all kinds, which a kind's own part repeats.
        if (part.empty()) continue;
        out.insert(prefix + key);
        if (part.contains("properties")) pathsOf(part["properties"], prefix + key + ".", out);
        if (part.contains("items") && part["items"].contains("properties"))
            pathsOf(part["items"]["properties"], prefix + key + "[].", out);
    }
}

/// The first column of every table of settings; tests hold the page to the code. Another table
/// shows how a secret is written.
Keys documentedSettings() {
    std::istringstream page(textOfFile(kSource + "/docs/configuration.md"));
    Keys paths;
    for (std::string line; std::getline(page, line);)
        if (line.starts_with("| `") && !line.starts_with("| `{"))
            paths.insert(line.substr(3, line.find('`', 3) - 3));
    return paths;
}

TEST(SchemaDrift, SettingsAreThoseOfTheConfigurationPage) {
    const JsonSchema schema("settings.schema.json");
    Keys paths;
    pathsOf(schema.json()["properties"], "", paths);
    for (const auto& [name, part] : schema.json()["definitions"].items()) {
        if (name.starts_with("source_")) pathsOf(part["properties"], "sources[].", paths);
        if (name.starts_with("sender_")) pathsOf(part["properties"], "senders[].", paths);
    }
    EXPECT_EQ(paths, documentedSettings());
}

}  // namespace schema_drift_test
}  // namespace backorderd::config
