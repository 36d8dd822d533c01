#include "connectors/rest_mapping.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace backorderd::connectors::rest {
namespace {

using config::Section;

std::string lowerCase(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Pointer readPointer(Section& section, std::string_view key, std::string_view meaning) {
    const std::string text = section.text(key, "", meaning);
    if (!text.empty() && text.front() != '/') {
        section.problem(key, fmt::format("'{}' is a JSON Pointer and begins with a slash", key));
        return {};
    }
    return pointerParts(text);
}

Expression readExpression(Section& section, std::string_view key, std::string_view meaning) {
    const std::string text = section.text(key, "", meaning);
    if (text.empty()) return {};
    std::string fault;
    Expression read = parseExpression(text, fault);
    if (!fault.empty()) section.problem(key, fmt::format("'{}': {}", key, fault));
    return read;
}

std::optional<Expression> readCondition(Section& section, std::string_view key,
                                        std::string_view meaning) {
    if (!section.has(key)) return std::nullopt;
    const Expression condition = readExpression(section, key, meaning);
    if (condition.absent() && section.text(key, "", meaning).empty())
        section.problem(key, fmt::format("'{}' is empty, so it holds for nothing", key));
    return condition;
}

CallTexts readCall(Section& section) {
    CallTexts call;
    call.method = section.choice("method", {"GET", "POST", "PUT", "PATCH"}, "GET",
                                 "How the request is made.");
    call.path = section.required("path", "What is asked for, below the source's url.");
    call.query = section.table("query", "Names and texts behind the question mark.");
    call.headers = section.table("headers", "Headers of this request.");
    call.body = section.text("body", "", "What is sent with it.");
    return call;
}

Paging readPaging(Section paging) {
    Paging read;
    read.kind = paging.choice("kind", {"none", "offset", "page", "cursor", "next_link", "keyset"},
                              "none", "How the next page is asked for.");
    read.size = paging.number("size", {100, 1, 20'000}, "Records a page.");
    if (read.kind == "page")
        read.first = paging.number("first", {1, 0, 1}, "The number of the first page.");
    if (read.kind == "offset" || read.kind == "page")
        read.more = readPointer(paging, "more", "Where an answer says that there is more.");
    if (read.kind == "cursor") {
        read.cursor = readPointer(paging, "cursor", "Where an answer has the next page's mark.");
        if (read.cursor.empty()) paging.problem("cursor", "the key 'cursor' is missing");
    }
    if (read.kind == "next_link")
        read.next = readPointer(paging, "next", "Where an answer has the next page's address.");
    if (read.kind == "keyset") {
        read.after = readExpression(paging, "after", "What the records are sorted by.");
        read.after_time = readExpression(paging, "after_time", "What they are sorted by first.");
        read.start = paging.text("start", "", "What is before the first record.");
        read.start_time = paging.text("start_time", "", "What is before the first record's time.");
        if (read.after.absent()) paging.problem("after", "the key 'after' is missing");
    }
    paging.finish();
    return read;
}

Request readRequest(Section section, const std::string& name) {
    Request request;
    request.name = name;
    request.call = readCall(section);
    request.records = readPointer(section, "records", "Where the list of records is.");
    request.each = readPointer(section, "each", "A list in a record whose elements count.");
    request.paging = readPaging(section.child("paging", "How to get the pages behind the first."));
    if (const auto total = section.text("total", "", "Where an answer says how many there are.");
        total.starts_with("header:")) {
        const std::string header = total.substr(7);
        const auto slash = std::min(header.find('/'), header.size());
        request.total_header = lowerCase(header.substr(0, slash));
        request.total = pointerParts(header.substr(slash));
    } else {
        request.total = readPointer(section, "total", "Where an answer says how many there are.");
    }
    request.key = readExpression(section, "key", "What other records find this one by.");
    request.by_keys = section.choice("load", {"all", "keys"}, "all",
                                     "Read whole, or by the wanted keys.") == "keys";
    request.batch =
        static_cast<std::size_t>(section.number("batch", {50, 1, 1000}, "Keys in one request."));
    request.key_text = section.text("key_text", "{key}", "How a key is written in {keys}.");
    request.key_separator = section.text("key_separator", ",", "What stands between two keys.");
    if (request.by_keys && request.key.absent())
        section.problem("load", "records that are asked for by key need 'key'");
    section.finish();
    return request;
}

AuthTexts readAuth(Section auth) {
    static const std::vector<std::string> kKinds{"none",          "basic",  "bearer",
                                                 "header",        "query",  "client_credentials",
                                                 "refresh_token", "oauth1", "session"};
    AuthTexts read;
    read.kinds = auth.texts("kinds", "The ways to log in; the first is the default.");
    if (read.kinds.empty()) read.kinds.emplace_back("none");
    for (const std::string& kind : read.kinds)
        if (std::ranges::find(kKinds, kind) == kKinds.end())
            auth.problem("kinds", fmt::format("there is no way '{}' to log in; there are {}", kind,
                                              fmt::join(kKinds, ", ")));
    read.header = auth.text("header", "Authorization", "The header of kind `header`.");
    read.text = auth.text("text", "{token}", "What stands in it.");
    read.parameters = auth.table("parameters", "What kind `query` adds to each address.");
    read.token_url = auth.text("token_url", "", "Where OAuth 2.0 tokens are given.");
    read.scope = auth.text("scope", "", "What they are asked for.");
    read.realm = auth.text("realm", "", "The realm of OAuth 1.0a.");
    read.token_at = readPointer(auth, "token_at", "Where the answer to a login has a token.");
    read.token_header = auth.text("token_header", "", "The header that then carries it.");
    if (auth.has("login")) {
        Section login = auth.child("login", "The request that begins a session.");
        read.login = readCall(login);
        if (!login.has("method")) read.login.method = "POST";
        login.finish();
    }
    auth.finish();
    return read;
}

std::vector<FieldRule> readFields(Section fields) {
    std::vector<FieldRule> rules;
    for (const std::string& name : fields.keys()) {
        FieldRule rule{{name, findLineField(name)},
                       readExpression(fields, name, "A column."),
                       fields.place(name)};
        if (!isLineColumn(name)) {
            std::vector<std::string> known;
            for (const LineField& field : lineFields()) known.emplace_back(field.name);
            const auto near = nearestWord(name, known);
            fields.problem(name, fmt::format("there is no column '{}'{}", name,
                                             near.empty() ? "; docs/fields.md lists them"
                                                          : " (did you mean '" + near + "'?)"));
        } else if (!rule.expression.absent()) {
            rules.push_back(std::move(rule));
        }
    }
    for (const auto needed : {"line", "order.number", "item.id", "customer.id", "ordered"})
        if (!fields.has(needed))
            fields.problem("", fmt::format("every line needs '{}': say where it is", needed));
    fields.finish();
    return rules;
}

Changes readChanges(Section section) {
    Changes changes;
    changes.path = section.text("path", "", "Instead of the path of `lines`.");
    changes.body = section.text("body", "", "Instead of the body of `lines`.");
    changes.query = section.table("query", "Instead of those entries of `lines`.");
    changes.bookmark = readExpression(section, "bookmark", "The time of a record's last change.");
    changes.format = section.text("format", "iso", "How the ERP writes times.");
    changes.overlap = section.duration(
        "overlap", {std::chrono::minutes{10}, std::chrono::seconds{0}, std::chrono::hours{48}},
        "How much earlier than the bookmark the next read begins.");
    if (changes.bookmark.absent()) section.problem("bookmark", "the key 'bookmark' is missing");
    section.finish();
    return changes;
}

/// A list of goods has these, and needs the first `needed` of them.
struct GoodsShape {
    std::string_view name;
    std::vector<std::string_view> parts;
    std::size_t needed = 0;
};

GoodsRule readGoodsRule(Section section, const GoodsShape& shape) {
    GoodsRule rule;
    rule.request = section.required("request", "The request that brings these records.");
    for (const std::string_view part : shape.parts)
        rule.expressions.emplace(part, readExpression(section, part, "An expression."));
    for (std::size_t i = 0; i < shape.needed; ++i)
        if (!section.has(shape.parts[i]))
            section.problem("request", fmt::format("'{}' is missing", shape.parts[i]));
    section.finish();
    return rule;
}

void readGoods(Section goods, Mapping& mapping) {
    const std::vector<GoodsShape> shapes{
        {"stock", {"item", "free", "warehouse"}, 2},
        {"items", {"item", "name", "category", "price", "currency", "lead_time_days"}, 1},
        {"supply", {"item", "reference", "expected", "quantity"}, 2},
        {"alternates", {"item", "substitute"}, 2}};
    for (const GoodsShape& shape : shapes)
        if (goods.has(shape.name))
            mapping.goods.emplace(
                shape.name, readGoodsRule(goods.child(shape.name, "A list of goods."), shape));
    goods.finish();
}

void readRest(Section& section, Mapping& mapping) {
    if (section.has("changes"))
        mapping.changes = readChanges(section.child("changes", "How to read what changed."));
    Section find = section.child("find", "How one line is looked up.");
    mapping.find = find.text("request", "", "The request with {id}.");
    find.finish();
    if (section.has("note")) {
        Section note = section.child("note", "How a note is written on an order.");
        mapping.note.emplace();
        mapping.note->look = note.text("look", "", "The request that brings an order's notes.");
        mapping.note->text = readExpression(note, "text", "The text of such a note.");
        mapping.note->write = note.required("write", "The request that writes one.");
        note.finish();
    }
    Section probe = section.child("probe", "How the connection is tested.");
    mapping.probe = probe.text("request", "", "The request that any user may make.");
    mapping.probe_says = readExpression(probe, "says", "What of the answer is shown.");
    probe.finish();
    readGoods(section.child("goods", "Stock, items, supply and alternates."), mapping);
}

void checkExpression(Section& section, std::string_view key, const Expression& expression,
                     const Mapping& mapping) {
    std::vector<std::string> names;
    collectRequests(expression, names);
    for (const std::string& name : names) {
        const Request* request = mapping.request(name);
        if (request == nullptr || request->key.absent())
            section.problem(key,
                            fmt::format("{}: there is no request '{}' with a 'key'", key, name));
    }
    names.clear();
    collectValues(expression, names);
    for (const std::string& name : names)
        if (std::ranges::none_of(mapping.values, [&](const auto& v) { return v.first == name; }))
            section.problem(key, fmt::format("{}: 'values' has no '{}'", key, name));
}

/// An expression for which nothing is fetched: it has its own record alone.
void checkAlone(Section& section, std::string_view key, const Expression& expression,
                const Mapping& mapping) {
    std::vector<std::string> joined;
    collectRequests(expression, joined);
    if (!joined.empty())
        section.problem(key,
                        fmt::format("{}: looks into the request '{}', and only fields, 'only', "
                                    "'backorder', 'changes' and goods can",
                                    key, joined.front()));
    else
        checkExpression(section, key, expression, mapping);
}

void checkExpressions(Section& section, const Mapping& mapping) {
    for (const FieldRule& field : mapping.fields)
        checkExpression(section, "fields", field.expression, mapping);
    if (mapping.only) checkExpression(section, "only", *mapping.only, mapping);
    if (mapping.backorder) checkExpression(section, "backorder", *mapping.backorder, mapping);
    if (mapping.changes) checkExpression(section, "changes", mapping.changes->bookmark, mapping);
    for (const auto& [name, rule] : mapping.goods)
        for (const auto& [part, expression] : rule.expressions)
            checkExpression(section, "goods", expression, mapping);
    for (const Request& request : mapping.requests)
        for (const auto* expression :
             {&request.key, &request.paging.after, &request.paging.after_time})
            checkAlone(section, "requests", *expression, mapping);
    if (mapping.note) checkAlone(section, "note", mapping.note->text, mapping);
    checkAlone(section, "probe", mapping.probe_says, mapping);
}

void checkNames(Section& section, const Mapping& mapping) {
    std::vector<std::string> used{"lines"};
    if (!mapping.find.empty()) used.push_back(mapping.find);
    if (!mapping.probe.empty()) used.push_back(mapping.probe);
    if (mapping.note) used.push_back(mapping.note->write);
    if (mapping.note && !mapping.note->look.empty()) used.push_back(mapping.note->look);
    for (const auto& [name, rule] : mapping.goods) used.push_back(rule.request);
    for (const std::string& name : used)
        if (mapping.request(name) == nullptr)
            section.problem("requests", fmt::format("there is no request '{}'", name));
    const Request* lines = mapping.request("lines");
    if (mapping.complete == "total" && lines != nullptr && !lines->hasTotal())
        section.problem("complete", "'total' needs the key 'total' of the request 'lines'");
    const bool says_end = lines != nullptr && lines->paging.kind != "keyset" &&
                          ((lines->paging.kind != "offset" && lines->paging.kind != "page") ||
                           !lines->paging.more.empty());
    if (mapping.complete == "end" && lines != nullptr && !says_end)
        section.problem("complete",
                        "'end' needs paging of 'lines' in which an answer says that it is the "
                        "last: add 'more', or use 'total' or 'keyset'");
    if (mapping.complete == "keyset" && lines != nullptr && lines->paging.kind != "keyset")
        section.problem("complete", "'keyset' needs paging of that kind for 'lines'");
}

/// Names in braces that nothing fills in: a misspelt one would reach the server as it stands.
void checkTexts(Section& section, const Mapping& mapping) {
    std::vector<std::string> known{"size",       "offset", "page",  "cursor", "after",
                                   "after_time", "key",    "keys",  "since",  "id",
                                   "id1",        "id2",    "order", "text",   "marker"};
    for (const auto& [name, text] : mapping.values) known.push_back(name);
    for (const Request& request : mapping.requests) {
        std::string all = request.call.path + ' ' + request.call.body;
        for (const auto& [name, text] : request.call.query) all += ' ' + text;
        for (const auto& [name, text] : request.call.headers) all += ' ' + text;
        for (const std::string& name : namesIn(all))
            if (std::ranges::find(known, name) == known.end())
                section.problem("requests", fmt::format("the request '{}' refers to {{{}}}, which "
                                                        "nothing fills in; list it in 'values'",
                                                        request.name, name));
    }
}

}  // namespace

const Request* Mapping::request(std::string_view name) const {
    const auto found = std::ranges::find(requests, name, &Request::name);
    return found == requests.end() ? nullptr : &*found;
}

Mapping readMapping(Section& section) {
    Mapping mapping;
    mapping.title = section.required("title", "The ERP's name.");
    mapping.values = section.table("values", "Names that texts refer to, with their defaults.");
    const std::string escape = section.choice("escape", {"none", "doubled", "backslash"}, "none",
                                              "How a quote within a value is written.");
    mapping.escape = escape == "doubled"     ? Escape::Doubled
                     : escape == "backslash" ? Escape::Backslash
                                             : Escape::None;
    mapping.headers = section.table("headers", "Headers of every request.");
    mapping.auth = readAuth(section.child("auth", "How to log in."));
    mapping.error_at = readPointer(section, "error_at", "What makes an answer a failure.");
    mapping.empty_on_404 =
        section.flag("empty_on_404", false, "A list that is not found is empty.");
    Section requests = section.child("requests", "What is asked for.");
    for (const std::string& name : requests.keys())
        mapping.requests.push_back(readRequest(requests.child(name, "One request."), name));
    requests.finish();
    mapping.only = readCondition(section, "only", "Which records are order lines.");
    mapping.backorder = readCondition(section, "backorder", "Which lines are on back order.");
    mapping.fields_place = section.place("fields");
    mapping.fields = readFields(section.child("fields", "Our columns and where they are."));
    mapping.complete = section.choice("complete", {"total", "end", "keyset", "never"}, "never",
                                      "What proves that all was read.");
    readRest(section, mapping);
    checkExpressions(section, mapping);
    checkNames(section, mapping);
    checkTexts(section, mapping);
    section.finish();
    return mapping;
}

}  // namespace backorderd::connectors::rest
