#include "net/serving.hpp"

#include <algorithm>
#include <cctype>

namespace backorderd::net {

namespace http = boost::beast::http;

std::string_view ServedRequest::header(std::string_view lower_name) const {
    for (const auto& [name, value] : headers)
        if (name == lower_name) return value;
    return {};
}

http::response<http::string_body> answerOf(ServedResponse served) {
    http::response<http::string_body> response(static_cast<http::status>(served.status), 11);
    response.set(http::field::content_type, served.content_type);
    response.keep_alive(false);
    response.body() = std::move(served.body);
    response.prepare_payload();
    return response;
}

ServedRequest requestOf(http::request_parser<http::string_body>& parser) {
    ServedRequest request;
    request.method = std::string(parser.get().method_string());
    request.target = std::string(parser.get().target());
    for (const auto& field : parser.get()) {
        std::string name(field.name_string());
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        request.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    request.body = std::move(parser.get().body());
    return request;
}

std::optional<ServedResponse> answerTo(const boost::system::error_code& failed) {
    const bool about_request =
        failed.category() == make_error_code(http::error::bad_method).category();
    if (!about_request || failed == http::error::end_of_stream) return std::nullopt;
    ServedResponse response;
    response.status = failed == http::error::body_limit     ? 413
                      : failed == http::error::header_limit ? 431
                                                            : 400;
    response.content_type = "text/plain";
    response.body = failed.message() + "\n";
    return response;
}

}  // namespace backorderd::net
