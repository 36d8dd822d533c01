#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backorderd/secret.hpp"

/// Text with places for a message's values, as `{{to}}`. Pure.
namespace backorderd::senders {

/// Where a value lands, which decides how it is written there.
enum class ValuePlace { Url, Header, Form, Json, Xml, Plain };

/// What `{{name}}` may stand for.
struct SmsValues {
    std::string to;        ///< +4930123456
    std::string from;      ///< empty: the gateway chooses
    std::string text;      ///< UTF-8
    std::string id;        ///< the message's own, the same at every attempt
    std::string alphabet;  ///< the gateway's word for it
    Secret secret;
};

/// The value, so that it is nothing but a value at its place.
std::string escapedFor(ValuePlace place, std::string_view value);

class SmsTemplate {
public:
    SmsTemplate() = default;
    SmsTemplate(std::string_view text, ValuePlace place);

    /// What is wrong with the text, for a person; empty: nothing.
    const std::string& fault() const { return fault_; }
    std::string fill(const SmsValues& values) const;

private:
    struct Piece {
        std::string text;
        std::string name;  ///< of the value behind the text; empty: none
    };
    std::vector<Piece> pieces_;
    ValuePlace place_ = ValuePlace::Plain;
    std::string fault_;
};

}  // namespace backorderd::senders
