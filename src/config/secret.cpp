#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "config/section_impl.hpp"
#include "config/words.hpp"
#include "config/yaml_node.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kSecretBytesMax = 65'536;
constexpr const char* kForms = "write { file: PATH }, { env: NAME } or { credential: NAME }";

/// The content of a secret's file without the line break at its end; a problem where it is none.
std::optional<Secret> secretFile(MapReader& secret, const Node& node, const std::string& path) {
    std::string reason;
    auto content = readFile(path, reason);
    if (!content) {
        secret.problem(node,
                       fmt::format("cannot read the secret's file {}: {}", quote(path), reason));
        return std::nullopt;
    }
    while (!content->empty() && (content->back() == '\n' || content->back() == '\r'))
        content->pop_back();
    if (content->empty() || content->size() > kSecretBytesMax) {
        secret.problem(node, fmt::format("the secret's file {} {}", quote(path),
                                         content->empty() ? "is empty" : "is larger than 64 KiB"));
        return std::nullopt;
    }
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
        secret.problem(
            node,
            fmt::format("the secret's file {} can be read by everybody; chmod 640 it", quote(path)),
            Severity::Warning);
    return Secret{std::move(*content)};
}

std::optional<Secret> secretVariable(MapReader& secret, const Node& node) {
    const char* value = std::getenv(node.text.c_str());
    if (value && *value) return Secret{value};
    secret.problem(node, fmt::format("the environment variable {} is {}; set it for the service",
                                     quote(node.text), value ? "empty" : "not set"));
    return std::nullopt;
}

std::optional<Secret> secretCredential(MapReader& secret, const Node& node) {
    if (node.text.empty() || node.text.find('/') != std::string::npos) {
        secret.problem(
            node, fmt::format("a credential's name is a plain word, not {}", quote(node.text)));
        return std::nullopt;
    }
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (!folder || !*folder) {
        secret.problem(node, fmt::format("there is no credential {}: $CREDENTIALS_DIRECTORY is not "
                                         "set; add LoadCredential= to the unit, or use file or env",
                                         quote(node.text)));
        return std::nullopt;
    }
    return secretFile(secret, node, fmt::format("{}/{}", folder, node.text));
}

}  // namespace

std::optional<Secret> readSecret(MapReader& secret, const Node& node, const std::string& folder) {
    const NodePtr file = secret.find("file");
    const NodePtr env = secret.find("env");
    const NodePtr credential = secret.find("credential");
    secret.finish();
    const int given = (file ? 1 : 0) + (env ? 1 : 0) + (credential ? 1 : 0);
    const NodePtr& source = file ? file : env ? env : credential;
    if (given != 1 || !source->isScalar()) {
        secret.problem(
            node, fmt::format("{} must name one place to read it from; {}", secret.what(), kForms));
        return std::nullopt;
    }
    if (file) return secretFile(secret, *source, resolvePath(folder, source->text));
    return env ? secretVariable(secret, *source) : secretCredential(secret, *source);
}

std::string resolvePath(const std::string& folder, const std::string& path) {
    const std::filesystem::path whole = std::filesystem::path(folder) / path;
    return whole.lexically_normal().string();
}

std::string folderOf(const std::string& file) {
    return std::filesystem::path(file).parent_path().string();
}

}  // namespace backorderd::config
