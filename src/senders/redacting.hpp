#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backorderd/secret.hpp"
#include "backorderd/sender.hpp"

/// Receivers repeat what they were sent, and what they say gets into the log, the queue and
/// explanations.
namespace backorderd::senders {

using Secrets = std::shared_ptr<const std::vector<Secret>>;

/// Blanks secrets in texts: as they are, percent-encoded, within base64 at any place, and cut off
/// behind their first bytes.
class Redactor {
public:
    explicit Redactor(Secrets secrets) : secrets_{std::move(secrets)} {}

    std::string redacted(std::string text);

private:
    void prepare();
    void add(std::string_view part);

    Secrets secrets_;            ///< may grow, and be renewed
    std::vector<Secret> known_;  ///< those of which `forms_` are
    std::vector<Secret> forms_;
};

/// The sender, with all that its outcomes say redacted.
std::unique_ptr<Sender> withRedaction(std::unique_ptr<Sender> sender, Secrets secrets);

}  // namespace backorderd::senders
