#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "backorderd/event.hpp"
#include "backorderd/line_fields.hpp"
#include "backorderd/problem.hpp"

/// Lines and events as JSON text: the form in which the store keeps them, files may bring them and
/// `--json` prints them.
namespace backorderd::codec {

/// A line as one flat JSON object by the names of `lineFields()`, `{"line":"8","order.number":…}`;
/// fields that are empty are left out, attributes follow as `customer.attributes.region`. Every
/// value is a string. The source is not part of it. The text is always valid JSON in UTF-8: a byte
/// that is not UTF-8 becomes U+FFFD. A persisted format: do not change.
std::string encodeLine(const OrderLine& line);
/// Reads what `encodeLine` wrote; what it cannot read is our own bug or a damaged database
/// (std::runtime_error). `json` need not be padded.
OrderLine decodeLine(std::string_view json, std::string_view source);

/// `decodeLine` for many lines: one parser and one buffer serve them all.
class LineDecoder {
public:
    LineDecoder();
    ~LineDecoder();
    LineDecoder(LineDecoder&&) noexcept;
    LineDecoder& operator=(LineDecoder&&) noexcept;

    OrderLine decode(std::string_view json, std::string_view source);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Attributes as a flat JSON object of texts. A persisted format: do not change.
std::string encodeAttributes(const Attributes& attributes);
/// Reads what `encodeAttributes` wrote; anything else is std::runtime_error.
Attributes decodeAttributes(std::string_view json);
/// A JSON list of texts.
std::string encodeTexts(std::span<const std::string> texts);

/// The members of an event as a JSON object, without its name.
std::string encodeEvent(const Event& event);
/// `name` as from `eventName`. Throws std::runtime_error where the two do not fit.
Event decodeEvent(std::string_view name, std::string_view json);

}  // namespace backorderd::codec
