#include "connectors/tryton_pages.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace backorderd::connectors::tryton {

using nlohmann::json;

struct Pages::Question {
    std::string model;
    json domain;
    json fields;
    json context;
};

Pages::Pages(Session& session, std::string model, json domain, json fields, std::size_t page_size)
    : Pages{session,           std::move(model), std::move(domain),
            std::move(fields), page_size,        json(json::value_t::object)} {}

Pages::Pages(Session& session, std::string model, json domain, json fields, std::size_t page_size,
             json context)
    : session_{session}, question_{std::make_unique<Question>()}, page_size_{page_size} {
    question_->model = std::move(model);
    question_->domain = std::move(domain);
    question_->fields = std::move(fields);
    question_->context = std::move(context);
}

Pages::~Pages() = default;

boost::asio::awaitable<Answer> Pages::next() {
    json domain = question_->domain;
    domain.push_back(json::array({"id", ">", last_}));
    json order = json::array();
    order.push_back(json::array({"id", "ASC"}));
    json params = json::array();
    params.push_back(std::move(domain));
    params.push_back(0);
    params.push_back(page_size_);
    params.push_back(std::move(order));
    params.push_back(question_->fields);
    auto answer = co_await session_.call(question_->model + ".search_read", std::move(params),
                                         question_->context);
    const auto* records = std::get_if<json>(&answer);
    if (records == nullptr) co_return answer;
    const auto nonsense = [this] {
        return Failure{Failure::Again::Later,
                       fmt::format("Tryton at {} answered a search for {} with records that do not "
                                   "follow each other by id",
                                   session_.access().url, question_->model)};
    };
    if (!records->is_array()) co_return nonsense();
    for (const json& record : *records) {
        const auto id = record.is_object() ? record.find("id") : record.end();
        if (id == record.end() || !id->is_number_integer() || id->get<std::int64_t>() <= last_)
            co_return nonsense();
        last_ = id->get<std::int64_t>();
    }
    at_end_ = records->size() < page_size_;
    co_return answer;
}

std::vector<std::vector<std::int64_t>> inGroups(const std::set<std::int64_t>& ids) {
    std::vector<std::vector<std::int64_t>> groups;
    for (const std::int64_t id : ids) {
        if (groups.empty() || groups.back().size() == kIdsMax) groups.emplace_back();
        groups.back().push_back(id);
    }
    return groups;
}

}  // namespace backorderd::connectors::tryton
