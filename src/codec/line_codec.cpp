#include <simdjson.h>

#include <array>
#include <cstring>
#include <new>
#include <stdexcept>

#include "codec/codec.hpp"
#include "codec/json_text.hpp"
#include "codec/no_memory.hpp"

namespace backorderd::codec {
namespace {

/// Most lines have 600 to 1,000 bytes.
constexpr std::size_t kUsualLineBytes = 1536;

void appendAttributes(JsonText& json, std::string_view family, const Attributes& attributes) {
    for (const auto& [name, value] : attributes) {
        json.name(family, name);
        json.string(value);
    }
}

void setMember(OrderLine& line, const LineField& field, std::string_view text) {
    if (!field.set(line, text))
        throw std::runtime_error("stored line: '" + std::string{text} +
                                 "' cannot be the value of " + std::string{field.name});
}

/// Finds a field by its name. Names come in the order of `lineFields()`, with gaps, so that the
/// next one is usually a step or two ahead.
class FieldFinder {
public:
    const LineField* find(std::string_view name) {
        for (std::size_t i = next_; i < fields_.size(); ++i) {
            if (fields_[i].name != name) continue;
            next_ = i + 1;
            return &fields_[i];
        }
        return findLineField(name);
    }

private:
    std::span<const LineField> fields_ = lineFields();
    std::size_t next_ = 0;
};

void setByName(OrderLine& line, FieldFinder& finder, std::string_view name, std::string_view text) {
    if (const auto* field = finder.find(name)) {
        setMember(line, *field, text);
        return;
    }
    std::string_view key;
    auto* attributes = attributesOf(line, name, key);
    if (attributes == nullptr)
        throw std::runtime_error("stored line: no field is called '" + std::string{name} + "'");
    attributes->insert_or_assign(std::string{key}, std::string{text});
}

}  // namespace

std::string encodeLine(const OrderLine& line) {
    JsonText json{kUsualLineBytes};
    json.beginObject();
    std::string made;
    for (const auto& field : lineFields()) {
        if (field.view == nullptr) made = field.get(line);
        const std::string_view text = field.view == nullptr ? made : field.view(line);
        if (text.empty()) continue;
        json.name(field.name);
        json.string(text);
    }
    appendAttributes(json, "attributes.", line.attributes);
    appendAttributes(json, "customer.attributes.", line.customer.attributes);
    appendAttributes(json, "item.attributes.", line.item.attributes);
    json.endObject();
    return json.take();
}

struct LineDecoder::Impl {
    // The document model, because it finds the machine's vector instructions at run time;
    // the streaming one would be compiled for the oldest machine.
    simdjson::dom::parser parser;
    std::string buffer;  ///< the text and the padding that the parser reads over

    simdjson::dom::object parse(std::string_view json) {
        const std::size_t needed = json.size() + simdjson::SIMDJSON_PADDING;
        if (buffer.size() < needed) buffer.resize(needed + kUsualLineBytes);
        std::memcpy(buffer.data(), json.data(), json.size());
        constexpr bool kAlreadyPadded = false;
        return parser.parse(buffer.data(), json.size(), kAlreadyPadded);
    }
};

LineDecoder::LineDecoder() : impl_{std::make_unique<Impl>()} {}
LineDecoder::~LineDecoder() = default;
LineDecoder::LineDecoder(LineDecoder&&) noexcept = default;
LineDecoder& LineDecoder::operator=(LineDecoder&&) noexcept = default;

OrderLine LineDecoder::decode(std::string_view json, std::string_view source) {
    OrderLine line;
    line.key.source = source;
    try {
        FieldFinder finder;
        for (const auto [name, value] : impl_->parse(json)) {
            setByName(line, finder, name, value.get_string());
        }
    } catch (const simdjson::simdjson_error& error) {
        if (lacksMemory(error.error(), json)) throw std::bad_alloc();
        throw std::runtime_error(std::string{"stored line is not readable: "} + error.what());
    }
    return line;
}

OrderLine decodeLine(std::string_view json, std::string_view source) {
    return LineDecoder{}.decode(json, source);
}

}  // namespace backorderd::codec
