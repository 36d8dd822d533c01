#include "connectors/rest_split.hpp"

#include <simdjson.h>

namespace backorderd::connectors::rest {
namespace split {

namespace ondemand = simdjson::ondemand;

/// The list, and where it begins. False where there is none.
bool findList(const std::string& answer, ondemand::document& document, const Pointer& pointer,
              ondemand::array& list, std::size_t& begin) {
    if (pointer.empty()) {
        begin = answer.find('[');
        return !document.get_array().get(list);
    }
    ondemand::value value;
    if (document.at_pointer(written(pointer)).get(value)) return false;
    begin = static_cast<std::size_t>(value.raw_json_token().data() - answer.data());
    return !value.get_array().get(list);
}

}  // namespace split

std::optional<SplitAnswer> splitAnswer(std::string& answer, const Pointer& pointer) {
    namespace ondemand = simdjson::ondemand;
    static ondemand::parser parser;
    answer.reserve(answer.size() + JsonTree::kPaddingBytes);
    ondemand::document document;
    ondemand::array list;
    std::size_t begin = 0, end = answer.size();
    if (parser.iterate(answer.data(), answer.size(), answer.capacity()).get(document) ||
        !split::findList(answer, document, pointer, list, begin))
        return {};
    SplitAnswer parts;
    for (auto element : list) {
        ondemand::object record;
        std::string_view text;
        if (element.get_object().get(record) || record.raw_json().get(text)) return {};
        // Without the blanks behind it.
        parts.records.push_back(text.substr(0, text.rfind('}') + 1));
    }
    const char* next = nullptr;
    if (!document.current_location().get(next))
        end = static_cast<std::size_t>(next - answer.data());
    parts.rest.append(answer, 0, begin).append("[]").append(answer, end);
    return parts;
}

}  // namespace backorderd::connectors::rest
