#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "config/yaml_node.hpp"

/// The schemas of config/schema/ on YAML, as an editor would apply them.
namespace backorderd::config {

/// A value with the type that YAML gives it.
inline nlohmann::json toJson(const Node& node) {
    using nlohmann::json;
    switch (node.kind) {
        case Node::Kind::Null:
            return nullptr;
        case Node::Kind::Scalar: {
            const json read = json::parse(node.text, nullptr, false);
            return read.is_number() || read.is_boolean() ? read : json(node.text);
        }
        case Node::Kind::Sequence: {
            json list = json::array();
            for (const NodePtr& item : node.items) list.push_back(toJson(*item));
            return list;
        }
        case Node::Kind::Mapping:
            break;
    }
    json mapping = json::object();
    for (const Node::Entry& entry : node.entries) mapping[entry.key] = toJson(*entry.value);
    return mapping;
}

inline std::string textOfFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>{file}, {}};
}

class JsonSchema {
public:
    explicit JsonSchema(const std::string& name)
        : json_(nlohmann::json::parse(
              textOfFile(std::string(BACKORDERD_SOURCE_DIR) + "/config/schema/" + name))) {
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(json_), schema_);
    }

    /// What the schema refuses, one line each; empty: nothing.
    std::string refuses(const nlohmann::json& value) const {
        valijson::Validator validator;
        valijson::ValidationResults results;
        std::string text;
        if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(value), &results))
            return text;
        for (const auto& error : results) {
            for (const std::string& part : error.context) text += part;
            text += ": " + error.description + "\n";
        }
        return text;
    }
    std::string refusesYaml(std::string_view text) const {
        Problems problems;
        const NodePtr node = parseYaml(text, "file.yaml", problems);
        if (!node || hasErrors(problems)) return formatProblems(problems);
        return refuses(toJson(*node));
    }

    const nlohmann::json& json() const { return json_; }

private:
    nlohmann::json json_;
    valijson::Schema schema_;
};

}  // namespace backorderd::config
