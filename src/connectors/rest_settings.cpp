#include "connectors/rest_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "connectors/json_server.hpp"

namespace backorderd::connectors::rest {
namespace {

using config::Section;

constexpr std::size_t kMappingBytesMax = std::size_t{1} << 20;

/// Where the mappings that come with the program may lie.
std::vector<std::string> filesOf(const std::string& mapping, const std::string& as_path) {
    if (mapping.find('/') != std::string::npos || mapping.ends_with(".yaml")) return {as_path};
    const auto folder = as_path.substr(0, as_path.size() - mapping.size());
    return {folder + "connectors/" + mapping + ".yaml",
            BACKORDERD_DATA_DIR "/connectors/" + mapping + ".yaml",
            BACKORDERD_SOURCE_CONFIG_DIR "/connectors/" + mapping + ".yaml"};
}

Mapping loadMapping(Section& section, const std::string& mapping_file) {
    const std::string name = section.required(
        "mapping", "The mapping: the name of one that comes with the program, or a path.");
    if (name.empty()) return {};
    const auto files = mapping_file.empty() ? filesOf(name, section.path("mapping", "", ""))
                                            : std::vector{mapping_file};
    for (const std::string& file : files) {
        std::ifstream stream{file, std::ios::binary};
        if (!stream) continue;
        std::string text{std::istreambuf_iterator<char>{stream}, {}};
        if (text.size() > kMappingBytesMax) {
            section.problem("mapping", fmt::format("{} is longer than 1 MiB", file));
            return {};
        }
        auto from_file = Section::fromText(text, file);
        Mapping mapping = readMapping(from_file);
        for (const Problem& problem : from_file.problems())
            section.problem("mapping", formatProblem(problem), problem.severity);
        return mapping;
    }
    section.problem("mapping", fmt::format("there is no mapping '{}': {} cannot be read", name,
                                           fmt::join(files, ", ")));
    return {};
}

std::string readRestUrl(Section& section) {
    std::string url =
        readServerUrl(section, "The address that the mapping's paths stand below, https://HOST.");
    while (url.ends_with('/')) url.pop_back();
    return url;
}

/// What a way to log in cannot do without.
void checkCredentials(Section& section, const Access& access, const Mapping& mapping) {
    const auto need = [&](std::string_view key) {
        if (!section.has(key))
            section.problem(key, fmt::format("the key '{}' is missing: logging in by `{}` needs it",
                                             key, access.auth));
    };
    std::string texts;
    if (access.auth == "header") texts = mapping.auth.text;
    if (access.auth == "session") texts = mapping.auth.login.body;
    if (access.auth == "query")
        for (const auto& [name, text] : mapping.auth.parameters) texts += text;
    for (const auto key : {"user", "password", "token"})
        if (texts.find(fmt::format("{{{}}}", key)) != std::string::npos) need(key);
    const bool oauth2 = access.auth == "client_credentials" || access.auth == "refresh_token";
    if (access.auth == "basic" || access.auth == "oauth1" || oauth2) {
        need("user");
        need("password");
    }
    if (access.auth == "oauth1") need("token_id");
    if (access.auth == "bearer" || access.auth == "oauth1" || access.auth == "refresh_token")
        need("token");
    if (oauth2 && mapping.auth.token_url.empty())
        section.problem("mapping", "the mapping has no 'token_url' for this way to log in");
    if (access.auth == "session" && mapping.auth.login.path.empty())
        section.problem("mapping", "the mapping has no 'login' for this way to log in");
}

Access readAccess(Section& section, const Mapping& mapping) {
    Access access;
    access.url = readRestUrl(section);
    access.auth = section.text("auth", "",
                               "How to log in, one of those that the mapping knows; empty: its "
                               "first.");
    const auto& kinds = mapping.auth.kinds;
    if (access.auth.empty() && !kinds.empty()) access.auth = kinds.front();
    if (!kinds.empty() && std::ranges::find(kinds, access.auth) == kinds.end())
        section.problem("auth", fmt::format("{} knows {} to log in, not '{}'", mapping.title,
                                            fmt::join(kinds, ", "), access.auth));
    access.user = section.text("user", "", "Login, client id or consumer key.");
    access.password =
        section.secret("password", "Password, API secret, client secret or consumer secret.")
            .value_or(Secret{});
    access.token_id = section.text("token_id", "", "The id of an OAuth 1.0a token.");
    access.token = section
                       .secret("token",
                               "API key, bearer token, refresh token or the secret of an OAuth "
                               "1.0a token.")
                       .value_or(Secret{});
    access.ca_file = section.path(
        "ca_file", "", "Certificates (PEM) that prove the server; empty: those of the system.");
    access.timeout = section.duration(
        "timeout", {std::chrono::seconds{60}, std::chrono::seconds{1}, std::chrono::seconds{900}},
        "How long one request may take.");
    access.answer_bytes_max =
        static_cast<std::size_t>(section.number("answer_mib_max", {64, 1, 1024},
                                                "A longer answer, in MiB, is not read."))
        << 20;
    access.requests_per_second = section.share("requests_per_second", {0, 0, 1000},
                                               "No more requests a second than this; 0: no limit.");
    if (!kinds.empty()) checkCredentials(section, access, mapping);
    return access;
}

Texts readValues(Section& section, const Mapping& mapping) {
    Texts values;
    for (const auto& [name, text] : mapping.values) values[name] = text;
    for (const auto& [name, text] :
         section.table("values", "What the mapping leaves to you: company, environment …")) {
        if (!values.contains(name))
            section.problem("values", fmt::format("the mapping has no value '{}'", name));
        values[name] = text;
    }
    for (const auto& [name, text] : values)
        if (text.empty())
            section.problem("values", fmt::format("the mapping needs the value '{}'", name));
    return values;
}

std::ptrdiff_t errorsIn(const Section& section) {
    return std::ranges::count(section.problems(), Severity::Error, &Problem::severity);
}

}  // namespace

std::optional<RestSettings> readRestSettings(Section& section, const std::string& mapping_file) {
    const auto before = errorsIn(section);
    RestSettings settings;
    settings.mapping = loadMapping(section, mapping_file);
    settings.access = readAccess(section, settings.mapping);
    settings.values = readValues(section, settings.mapping);
    settings.joined_records_max = static_cast<std::size_t>(
        section.number("joined_records_max", {200'000, 1, 10'000'000},
                       "More records of requests other than `lines` are not read; they are held in "
                       "memory."));
    section.finish();
    if (errorsIn(section) > before) return std::nullopt;
    return settings;
}

}  // namespace backorderd::connectors::rest
