#include "connectors/rest_split.hpp"

#include <simdjson.h>

namespace backorderd::connectors::rest {
namespace split {

namespace ondemand = simdjson::ondemand;

std::string written(const std::vector<std::string>& pointer) {
    std::string text;
    for (const std::string& part : pointer) {
        text += '/';
        for (const char c : part)
            if (c == '~' || c == '/')
                text += c == '~' ? "~0" : "~1";
            else
                text += c;
    }
    return text;
}

bool takeRecords(ondemand::array list, std::vector<std::string_view>& records) {
    for (auto element : list) {
        ondemand::object record;
        std::string_view text;
        if (element.get_object().get(record) || record.raw_json().get(text)) return false;
        records.push_back(text);
    }
    return true;
}

}  // namespace split

std::optional<SplitAnswer> splitAnswer(std::string& answer,
                                       const std::vector<std::string>& pointer) {
    namespace ondemand = simdjson::ondemand;
    static ondemand::parser parser;
    answer.reserve(answer.size() + simdjson::SIMDJSON_PADDING);
    ondemand::document document;
    ondemand::array list;
    if (parser.iterate(answer.data(), answer.size(), answer.capacity()).get(document)) return {};
    const auto found = pointer.empty() ? document.get_array().get(list)
                                       : document.at_pointer(split::written(pointer)).get(list);
    SplitAnswer parts;
    std::string_view whole;
    if (found || list.raw_json().get(whole)) return {};
    // What the list took with it of the blanks behind it does not matter.
    const auto begin = static_cast<std::size_t>(whole.data() - answer.data());
    parts.rest.append(answer, 0, begin).append("[]").append(answer, begin + whole.size());
    if (list.reset().error() || !split::takeRecords(list, parts.records)) return {};
    return parts;
}

}  // namespace backorderd::connectors::rest
