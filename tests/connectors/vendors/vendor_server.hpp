#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/http_stub.hpp"

namespace backorderd::test::vendors {

struct Request {
    std::string method;
    std::string path;                            ///< decoded, without the query
    std::map<std::string, std::string> query;    ///< decoded
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;

    std::string asked(const std::string& name, const std::string& fallback = {}) const {
        const auto at = query.find(name);
        return at == query.end() ? fallback : at->second;
    }
    std::string header(const std::string& lower_name) const {
        const auto at = headers.find(lower_name);
        return at == headers.end() ? std::string{} : at->second;
    }
};

struct Reply {
    int status = 200;
    std::string body;
    std::string type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers{};
};

/// Percent-decoding, with `+` for a blank as forms have it.
inline std::string decoded(const std::string& text) {
    std::string made;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            made += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            made += text[i] == '+' ? ' ' : text[i];
        }
    }
    return made;
}

/// `a=1&b=2`, as a query and a form have it.
inline std::map<std::string, std::string> fieldsOf(const std::string& text) {
    std::map<std::string, std::string> fields;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('&', begin), text.size());
        const std::string pair = text.substr(begin, end - begin);
        const std::size_t equal = std::min(pair.find('='), pair.size());
        fields[decoded(pair.substr(0, equal))] =
            equal < pair.size() ? decoded(pair.substr(equal + 1)) : std::string{};
        begin = end + 1;
    }
    return fields;
}

/// A server on loopback whose answers a vendor's stub gives; a test may lay others over them.
class VendorServer {
public:
    using Answer = std::function<Reply(const Request&)>;

    VendorServer(boost::asio::io_context& io, Answer answer)
        : answer_{std::move(answer)}, stub_{io, [this](const HttpAsked& asked) {
                                                return serve(asked);
                                            }} {}

    std::string url() const { return stub_.url(); }

    std::function<std::optional<Reply>(const Request&)> overlay;
    std::vector<Request> calls;

private:
    HttpAnswer serve(const HttpAsked& asked) {
        Request request{asked.method, {}, {}, asked.headers, asked.body};
        const std::size_t mark = std::min(asked.target.find('?'), asked.target.size());
        request.path = decoded(asked.target.substr(0, mark));
        if (mark < asked.target.size()) request.query = fieldsOf(asked.target.substr(mark + 1));
        calls.push_back(request);
        const std::optional<Reply> laid = overlay ? overlay(request) : std::nullopt;
        const Reply reply = laid ? *laid : answer_(request);
        return {reply.status, reply.body, reply.headers, reply.type};
    }

    Answer answer_;
    HttpStub stub_;
};

}  // namespace backorderd::test::vendors
