#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "connectors/tryton_rpc.hpp"

namespace backorderd::connectors::tryton {

/// A search read page by page in the order of ids, which does not shift while records come and go.
class Pages {
public:
    Pages(Session& session, std::string model, nlohmann::json domain, nlohmann::json fields,
          std::size_t page_size);
    Pages(Session& session, std::string model, nlohmann::json domain, nlohmann::json fields,
          std::size_t page_size, nlohmann::json context);
    ~Pages();

    bool atEnd() const { return at_end_; }
    /// The next records, as a list; an answer that does not go forward is a failure.
    boost::asio::awaitable<Answer> next();

private:
    struct Question;

    Session& session_;
    std::unique_ptr<Question> question_;
    std::size_t page_size_;
    std::int64_t last_ = 0;
    bool at_end_ = false;
};

/// How many records one question asks for.
constexpr std::size_t kPageSize = 1000;
/// How many ids one question names.
constexpr std::size_t kIdsMax = 500;
/// Ids in groups of at most `kIdsMax`.
std::vector<std::vector<std::int64_t>> inGroups(const std::set<std::int64_t>& ids);

}  // namespace backorderd::connectors::tryton
