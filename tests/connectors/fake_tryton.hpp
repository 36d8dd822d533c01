#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "support/http_stub.hpp"

namespace backorderd::test {

/// A server that speaks Tryton's JSON-RPC: sessions, paged searches over tables of records, and
/// whatever else a test lays over a method.
class FakeTryton {
public:
    using json = nlohmann::json;
    struct Reply {
        int status = 200;
        std::string body;
        std::string type = "application/json";
    };
    struct Call {
        std::string path;
        std::string authorization;
        std::string method;
        json params;
        json whole;
    };

    explicit FakeTryton(boost::asio::io_context& io)
        : stub_{io, [this](const HttpAsked& asked) { return serve(asked); }} {
        results["common.server.version"] = "6.0.29";
        results["model.res.user.get_preferences"] = {
            {"company", 1}, {"company.rec_name", "Nordhaus Technik"}, {"language", "en"}};
        results["model.ir.date.today"] = {
            {"__class__", "date"}, {"year", 2026}, {"month", 11}, {"day", 23}};
    }

    std::string url() const { return stub_.url(); }

    /// Records of a model, ascending by id; a search answers with those behind `id > N`.
    std::map<std::string, json> tables;
    /// Fixed results by method.
    std::map<std::string, json> results;
    /// Laid over a method; empty: what the fake would have answered.
    std::map<std::string, std::function<std::optional<Reply>(const Call&)>> overlays;
    /// Laid over every method.
    std::function<std::optional<Reply>(const Call&)> overlay;
    /// The password that is right, and the session that it opens; a new one at each login.
    std::string password = "secret";
    std::string session;
    int logins = 0;
    std::vector<Call> calls;

    static Reply result(json value) { return {200, json{{"id", 1}, {"result", value}}.dump()}; }
    static Reply error(json value) { return {200, json{{"id", 1}, {"error", value}}.dump()}; }
    static json recorded(const std::string& name) {
        std::ifstream file{std::string{BACKORDERD_SOURCE_DIR} + "/tests/connectors/tryton/" + name};
        return json::parse(file).at("result");
    }

private:
    HttpAnswer serve(const HttpAsked& asked) {
        Call call;
        call.path = asked.target;
        call.authorization = asked.header("authorization");
        call.whole = json::parse(asked.body);
        call.method = call.whole.at("method");
        call.params = call.whole.at("params");
        calls.push_back(call);
        const Reply reply = answer(call);
        return {reply.status, reply.body, {}, reply.type};
    }

    Reply answer(const Call& call) {
        if (overlay)
            if (auto reply = overlay(call)) return *reply;
        if (const auto laid = overlays.find(call.method); laid != overlays.end())
            if (auto reply = laid->second(call)) return *reply;
        if (call.method == "common.db.login") return logIn(call);
        if (call.method == "common.db.logout") return logOut(call);
        if (call.method.starts_with("model.") && call.authorization != "Session " + session)
            return {401, "", "text/plain"};
        if (const auto fixed = results.find(call.method); fixed != results.end())
            return result(fixed->second);
        if (call.method.ends_with(".fields_get")) return result(fieldsOf(call));
        if (call.method == "model.ir.model.access.get_access") return result(fullAccess(call));
        if (call.method.ends_with(".search_read")) return result(search(call));
        if (call.method == "model.ir.note.create") return result(createNote(call));
        return {403, "<!doctype html><title>403 Forbidden</title>", "text/html"};
    }

    Reply logIn(const Call& call) {
        ++logins;
        if (call.params.at(1).at("password") != password)
            return {401, "<!doctype html><title>401</title>", "text/html"};
        const std::string key = "key" + std::to_string(logins);
        session = base64("backorderd:8:" + key);
        return result(json::array({8, key}));
    }

    Reply logOut(const Call& call) {
        if (call.authorization == "Session " + session) session.clear();
        return result(nullptr);
    }

    static json fieldsOf(const Call& call) {
        json fields = json::object();
        for (const auto& name : call.params.at(0))
            fields[name.get<std::string>()] = {{"name", name}};
        return fields;
    }

    static json fullAccess(const Call& call) {
        json rights = json::object();
        for (const auto& model : call.params.at(0))
            rights[model.get<std::string>()] = {{"read", 1}, {"write", 1}};
        return rights;
    }

    /// Of the domain it understands the clauses on fields that a record has; the rest hold.
    json search(const Call& call) {
        const std::string model = call.method.substr(6, call.method.size() - 6 - 12);
        json found = json::array();
        for (const json& record : tables[model]) {
            const bool holds =
                std::all_of(call.params.at(0).begin(), call.params.at(0).end(),
                            [&](const json& clause) { return meets(record, clause); });
            if (holds && (call.params.at(2).is_null() ||
                          found.size() < call.params.at(2).get<std::size_t>()))
                found.push_back(record);
        }
        return found;
    }

    static bool meets(const json& record, const json& clause) {
        if (clause.at(0) == "OR")
            return std::any_of(clause.begin() + 1, clause.end(), [&](const json& alternative) {
                return isSince(record, alternative);
            });
        const auto value = record.find(clause.at(0).get<std::string>());
        if (value == record.end()) return true;
        const std::string test = clause.at(1);
        if (test == "in") return contains(clause.at(2), *value);
        if (test == "=") return *value == clause.at(2);
        if (test == "!=") return *value != clause.at(2);
        return test != ">" || *value > clause.at(2);
    }

    /// Whether a record, or what it is related to, was changed at that moment or later.
    static bool isSince(const json& record, const json& clause) {
        const std::string path = clause.at(0);
        const auto dot = path.find('.');
        if (dot == std::string::npos)
            return record.contains(path) && order(record[path]) >= order(clause.at(2));
        const auto related = record.find(path.substr(0, dot + 1));
        if (related == record.end()) return false;
        json rest = clause;
        rest[0] = path.substr(dot + 1);
        if (related->is_object()) return isSince(*related, rest);
        return std::any_of(related->begin(), related->end(),
                           [&](const json& one) { return isSince(one, rest); });
    }

    static std::vector<int> order(const json& moment) {
        std::vector<int> parts;
        for (const char* part : {"year", "month", "day", "hour", "minute", "second"})
            parts.push_back(moment.is_object() ? moment.value(part, 0) : 0);
        return parts;
    }

    static bool contains(const json& list, const json& value) {
        return std::find(list.begin(), list.end(), value) != list.end();
    }

    json createNote(const Call& call) {
        json note = call.params.at(0).at(0);
        json& notes = tables["ir.note"];
        note["id"] = notes.size() + 1;
        notes.push_back(note);
        return json::array({note["id"]});
    }

    static std::string base64(const std::string& text) {
        static const std::string kDigits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        std::string made;
        unsigned bits = 0;
        int count = 0;
        for (const char c : text) {
            bits = bits << 8 | static_cast<unsigned char>(c);
            for (count += 8; count >= 6; count -= 6) made += kDigits[bits >> (count - 6) & 63u];
        }
        if (count > 0) made += kDigits[bits << (6 - count) & 63u];
        while (made.size() % 4 != 0) made += '=';
        return made;
    }

    HttpStub stub_;
};

}  // namespace backorderd::test
