#include <algorithm>

#include "fuzz.hpp"
#include "render/hostile_samples.hpp"
#include "render/samples.hpp"

// The shipped templates, with whatever an ERP may hold in every text of a line.

namespace {

using namespace backorderd;

bool isOneLine(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
    static const auto templates =
        render::Templates::load(render::kShippedTemplates, render::sampleHouse()).value();
    static const auto names = templates.names();
    auto text = fuzz::textOf(bytes, size);
    const unsigned choice = fuzz::takeChoice(text);
    const auto& name = names[choice % names.size()];
    const std::string value{text};
    const auto request = render::hostile_test::fillTexts(
        render::exampleRequest(name, choice & 128 ? "de" : "en", 1), value, value);
    const auto made = templates.render(request);
    fuzz::require(made.has_value(), "a template that was checked can be rendered");
    fuzz::require(isOneLine(made->subject) && isOneLine(made->sms), "a subject is one line");
    render::MailHeaders headers;
    headers.from_name = headers.to_name = headers.thread_id = value;
    headers.from_address = headers.to_address = "a@example.com";
    headers.message_id = "1@example.com";
    const std::string mail = render::mailDocument(headers, *made);
    fuzz::require(mail.find("\n\n") == std::string::npos, "a mail has CRLF line ends");
    static_cast<void>(render::webhookDocument(request, *made, render::sampleHouse(), "m1"));
    return 0;
}
