#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/section.hpp"
#include "connectors/line_reader.hpp"
#include "connectors/rest_expression.hpp"
#include "connectors/rest_text.hpp"

namespace backorderd::connectors::rest {

using Table = std::vector<std::pair<std::string, std::string>>;

/// What is sent, with names in braces.
struct CallTexts {
    std::string method = "GET";
    std::string path;
    Table query;
    Table headers;
    std::string body;
};

struct Paging {
    std::string kind = "none";
    std::int64_t size = 100;
    std::int64_t first = 1;
    Pointer cursor, next, more;
    Expression after, after_time;
    std::string start, start_time;
};

struct Request {
    std::string name;
    CallTexts call;
    Pointer records, each;
    Pointer total;             ///< in the answer, or in the JSON that the header holds
    std::string total_header;  ///< in lower case
    Paging paging;
    Expression key;
    bool by_keys = false;
    std::size_t batch = 50;
    std::string key_text, key_separator;

    bool hasTotal() const { return !total.empty() || !total_header.empty(); }
};

struct AuthTexts {
    std::vector<std::string> kinds;
    std::string header, text, token_url, scope, realm, token_header;
    Table parameters;
    CallTexts login;
    Pointer token_at;
};

struct FieldRule {
    LineColumn column;
    Expression expression;
    Place place;  ///< in the mapping
};

struct Changes {
    std::string path, body;
    Table query;
    Expression bookmark;
    std::string format;
    std::chrono::seconds overlap{};
};

struct NoteTexts {
    std::string look, write;
    Expression text;
};

/// One list of goods: the request, and an expression by name.
struct GoodsRule {
    std::string request;
    std::map<std::string, Expression, std::less<>> expressions;
};

struct Mapping {
    std::string title;
    Table values;
    Escape escape = Escape::None;
    Table headers;
    AuthTexts auth;
    Pointer error_at;
    bool empty_on_404 = false;
    std::vector<Request> requests;
    std::optional<Expression> only, backorder;
    std::vector<FieldRule> fields;
    Place fields_place;
    std::string complete;
    std::optional<Changes> changes;
    std::string find;
    std::optional<NoteTexts> note;
    std::string probe;
    Expression probe_says;
    std::map<std::string, GoodsRule, std::less<>> goods;

    /// The request of that name, or null.
    const Request* request(std::string_view name) const;
};

/// Reads a mapping and finishes the section; what is wrong is then in it.
Mapping readMapping(config::Section& section);

}  // namespace backorderd::connectors::rest
