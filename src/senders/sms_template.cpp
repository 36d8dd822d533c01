#include "senders/sms_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "senders/sms.hpp"

namespace backorderd::senders {

namespace {

struct NamedValue {
    std::string_view name;
    std::string (*of)(const SmsValues& values);
};

constexpr std::array kNamedValues{
    NamedValue{"to", [](const SmsValues& values) { return values.to; }},
    NamedValue{"to_digits",
               [](const SmsValues& values) {
                   return values.to.substr(values.to.starts_with('+') ? 1 : 0);
               }},
    NamedValue{"from", [](const SmsValues& values) { return values.from; }},
    NamedValue{"text", [](const SmsValues& values) { return values.text; }},
    NamedValue{"id", [](const SmsValues& values) { return values.id; }},
    NamedValue{"alphabet", [](const SmsValues& values) { return values.alphabet; }},
    NamedValue{"secret", [](const SmsValues& values) { return values.secret.reveal(); }},
};

const NamedValue* findNamedValue(std::string_view name) {
    const auto* const found =
        std::find_if(kNamedValues.begin(), kNamedValues.end(),
                     [name](const NamedValue& known) { return known.name == name; });
    return found == kNamedValues.end() ? nullptr : found;
}

bool isControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string withoutControls(std::string_view value) {
    std::string out(value);
    std::replace_if(out.begin(), out.end(), isControl, ' ');
    return out;
}

std::string jsonEscaped(std::string_view value) {
    const std::string quoted =
        nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

std::string xmlEscaped(std::string_view value) {
    std::string out;
    for (const char c : withoutControls(value)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&apos;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace

std::string escapedFor(ValuePlace place, std::string_view value) {
    switch (place) {
        case ValuePlace::Url:
        case ValuePlace::Form:
            return percentEncoded(value);
        case ValuePlace::Header:
            return withoutControls(value);
        case ValuePlace::Json:
            return jsonEscaped(value);
        case ValuePlace::Xml:
            return xmlEscaped(value);
        case ValuePlace::Plain:
            return std::string(value);
    }
    return {};
}

SmsTemplate::SmsTemplate(std::string_view text, ValuePlace place) : place_(place) {
    while (!text.empty()) {
        const auto open = text.find("{{");
        const auto close = text.find("}}", open);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            if (open != std::string_view::npos) fault_ = "a '{{' is not closed by '}}'";
            pieces_.push_back({std::string(text), {}});
            return;
        }
        std::string name(text.substr(open + 2, close - open - 2));
        std::erase(name, ' ');
        if (findNamedValue(name) == nullptr) {
            std::vector<std::string_view> known;
            for (const NamedValue& value : kNamedValues) known.push_back(value.name);
            fault_ =
                fmt::format("there is no value '{}'; there are {}", name, fmt::join(known, ", "));
            return;
        }
        pieces_.push_back({std::string(text.substr(0, open)), std::move(name)});
        text.remove_prefix(close + 2);
    }
}

std::string SmsTemplate::fill(const SmsValues& values) const {
    std::string out;
    for (const Piece& piece : pieces_) {
        out += piece.text;
        if (const NamedValue* const value = findNamedValue(piece.name))
            out += escapedFor(place_, value->of(values));
    }
    return out;
}

}  // namespace backorderd::senders
