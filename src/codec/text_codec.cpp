#include <nlohmann/json.hpp>
#include <stdexcept>

#include "codec/codec.hpp"
#include "codec/json_text.hpp"

namespace backorderd::codec {
namespace {

constexpr std::size_t kUsualTextBytes = 128;

}  // namespace

std::string encodeAttributes(const Attributes& attributes) {
    JsonText json{kUsualTextBytes};
    json.beginObject();
    for (const auto& [name, value] : attributes) {
        json.name("", name);
        json.string(value);
    }
    json.endObject();
    return json.take();
}

Attributes decodeAttributes(std::string_view json) {
    try {
        return nlohmann::json::parse(json).get<Attributes>();
    } catch (const nlohmann::json::exception& error) {
        throw std::runtime_error("stored attributes are not readable: " +
                                 std::string{error.what()});
    }
}

std::string encodeTexts(std::span<const std::string> texts) {
    JsonText json{kUsualTextBytes};
    json.beginArray();
    for (const auto& text : texts) {
        json.element();
        json.string(text);
    }
    json.endArray();
    return json.take();
}

}  // namespace backorderd::codec
