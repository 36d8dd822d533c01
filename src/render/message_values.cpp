#include "render/message_values.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "render/clean_text.hpp"

namespace backorderd::render {
namespace {

namespace mustache = kainjow::mustache;

constexpr int kSignatureLinesMax = 20;

/// What a reader should see first stands first.
constexpr std::array kTopicOrder{
    Topic::OfferAnswered,   Topic::Escalation,      Topic::NoContact,
    Topic::Allocation,      Topic::Expedite,        Topic::Uncovered,
    Topic::Cancelled,       Topic::OfferWithdrawn,  Topic::Offer,
    Topic::PromiseLapsed,   Topic::PromiseChanged,  Topic::Opened,
    Topic::Available,       Topic::PartlyAvailable, Topic::Shipped,
    Topic::PartlyShipped,   Topic::Status,          Topic::EscalationAcknowledged,
    Topic::EscalationEnded,
};

mustache::data textData(std::string_view text) {
    const std::string clean = cleanLine(text);
    return clean.empty() ? mustache::data{false} : mustache::data{clean};
}

/// Entries with the same key together, in the sequence of their first.
template <class Key>
std::vector<std::vector<const EntryView*>> gather(const std::vector<const EntryView*>& entries,
                                                  Key keyOf) {
    std::vector<std::vector<const EntryView*>> out;
    std::map<decltype(keyOf(*entries.front())), std::size_t> place_of;
    for (const EntryView* entry : entries) {
        const auto [place, is_new] = place_of.try_emplace(keyOf(*entry), out.size());
        if (is_new) out.emplace_back();
        out[place->second].push_back(entry);
    }
    return out;
}

auto orderKey(const EntryView& entry) {
    return std::pair<std::string_view, std::string_view>{entry.line->key.source,
                                                         entry.line->order.number};
}
auto itemKey(const EntryView& entry) {
    return std::pair<std::string_view, std::string_view>{entry.line->key.source,
                                                         entry.line->item.id};
}
/// Lines for which nothing is proposed keep their place behind the others.
std::vector<const EntryView*> inOrderOfServing(std::vector<const EntryView*> entries) {
    const auto rank = [](const EntryView* entry) {
        const AllocationProposed* proposed = proposalOf(*entry->entry);
        return proposed == nullptr ? std::numeric_limits<int>::max() : proposed->rank;
    };
    std::stable_sort(entries.begin(), entries.end(),
                     [&](const EntryView* a, const EntryView* b) { return rank(a) < rank(b); });
    return entries;
}
std::ptrdiff_t topicPlace(const EntryView& entry) {
    return std::find(kTopicOrder.begin(), kTopicOrder.end(), entry.topic) - kTopicOrder.begin();
}

}  // namespace

MessageValues::MessageValues(const House& house, const Request& request, const Locale& locale,
                             std::string_view language)
    : house_{house}, request_{request}, locale_{locale}, language_{language} {
    views_.reserve(request.entries.size());
    for (const Entry& entry : request.entries) views_.push_back(viewEntry(entry, request, house));
    Node& message = nodes_.emplace_back();
    for (const EntryView& view : views_) message.entries.push_back(&view);
    stack_.push_back(&message);
    setSubject("");
}

void MessageValues::setSubject(std::string_view subject) {
    nodes_.front().values.insert_or_assign("subject", textData(subject));
}

void MessageValues::push(const Data* data) {
    const auto element = node_of_.find(data);
    // A section over a text or a flag opens no scope of its own.
    stack_.push_back(element == node_of_.end() ? stack_.back() : element->second);
}

void MessageValues::pop() { stack_.pop_back(); }

const MessageValues::Data* MessageValues::get(const std::string& name) const {
    // The library asks through a const interface; what is filled in is no more than a cache.
    auto& self = const_cast<MessageValues&>(*this);
    for (auto node = stack_.rbegin(); node != stack_.rend(); ++node) {
        const std::array scope{(*node)->scope};
        if (const Variable* variable = findVariable(name, scope)) {
            return self.valueOf(**node, *variable);
        }
        if (scope.front() == Scope::Line && isAttribute(name)) {
            return self.attributeOf(**node, name);
        }
    }
    return nullptr;
}

const MessageValues::Data* MessageValues::valueOf(Node& node, const Variable& variable) {
    const auto known = node.values.find(variable.name);
    if (known != node.values.end()) return &known->second;
    Data data{false};
    if (variable.kind == Kind::List) {
        data = makeList(node, variable);
    } else {
        const Value value = variable.value(
            ValueContext{&house_, &request_, &locale_, language_, node.entries, &node.element});
        const bool* const flag = std::get_if<bool>(&value);
        data = flag != nullptr ? Data{*flag} : textData(std::get<std::string>(value));
    }
    const auto kept = node.values.emplace(variable.name, std::move(data)).first;
    return &kept->second;
}

const MessageValues::Data* MessageValues::attributeOf(Node& node, const std::string& name) {
    const auto known = node.values.find(name);
    if (known != node.values.end()) return &known->second;
    const OrderLine& line = *node.entries.front()->line;
    const std::size_t dot = name.find('.');
    const Attributes& family = name.starts_with("customer_") ? line.customer.attributes
                               : name.starts_with("item_")   ? line.item.attributes
                                                             : line.attributes;
    const auto found = family.find(std::string_view{name}.substr(dot + 1));
    const std::string_view text = found == family.end() ? std::string_view{} : found->second;
    return &node.values.emplace(name, textData(text)).first->second;
}

/// A list of as many words 'true' as there are elements; the library hands a word back when it
/// enters its element.
MessageValues::Data MessageValues::makeList(Node& node, const Variable& variable) {
    std::vector<Node> elements = elementsOf(node, variable.name);
    Data list{mustache::list(elements.size(), Data{true})};
    for (std::size_t i = 0; i < elements.size(); ++i) {
        node_of_[&list.list_value()[i]] = &nodes_.emplace_back(std::move(elements[i]));
    }
    return list;
}

std::vector<MessageValues::Node> MessageValues::elementsOf(const Node& node,
                                                           std::string_view list) const {
    std::vector<Node> out;
    const auto add = [&out](Scope scope, Entries entries) {
        out.push_back({scope, std::move(entries), {}, {}});
    };
    if (list == "lines" || (list == "one" && node.entries.size() == 1)) {
        for (const EntryView* entry : node.entries) add(Scope::Line, {entry});
    } else if (list == "orders" || list == "one_order") {
        auto orders = gather(node.entries, orderKey);
        if (list == "one_order" && orders.size() != 1) return {};
        for (Entries& order : orders) add(Scope::Order, std::move(order));
    } else if (list == "items") {
        for (Entries& item : gather(node.entries, itemKey)) {
            add(Scope::ItemGroup, inOrderOfServing(std::move(item)));
        }
    } else if (list == "groups") {
        Entries sorted = node.entries;
        std::stable_sort(sorted.begin(), sorted.end(), [](const EntryView* a, const EntryView* b) {
            return topicPlace(*a) < topicPlace(*b);
        });
        for (Entries& group : gather(sorted, topicPlace)) add(Scope::Group, std::move(group));
    } else if (list == "house.signature") {
        const std::string signature = cleanLines(house_.signature);
        for (const std::string_view text : splitLines(signature)) {
            if (out.size() < kSignatureLinesMax)
                out.push_back({Scope::Signature, {}, std::string{text}, {}});
        }
    } else if (node.scope == Scope::Line) {
        return storyOf(node, list);
    }
    return out;
}

/// The lists within a line.
std::vector<MessageValues::Node> MessageValues::storyOf(const Node& line, std::string_view list) {
    std::vector<Node> out;
    const Entry& entry = *line.entries.front()->entry;
    const auto add = [&](Scope scope, Element element) {
        out.push_back({scope, line.entries, std::move(element), {}});
    };
    if (list == "promise_history") {
        for (const PromiseStep& step : promiseSteps(entry)) add(Scope::Step, step);
    } else if (list == "told") {
        for (const Notice* notice : toldNotices(entry)) add(Scope::Told, notice);
    } else if (list == "answers") {
        for (const Answer& answer : answersOf(entry)) add(Scope::Said, answer);
    } else if (list == "substitutes") {
        for (const Substitute& substitute : entry.substitutes) {
            if (out.size() < kStoryMax) add(Scope::InStock, &substitute);
        }
    } else if (list == "offered" || list == "accepted") {
        const std::optional<OfferStory> offer = offerOf(entry);
        if (!offer) return out;
        for (const OfferedItem& item : offer->made->items) {
            const bool wanted = list == "offered" || &item == offer->accepted();
            if (wanted && out.size() < kStoryMax) add(Scope::Offered, &item);
        }
    }
    return out;
}

}  // namespace backorderd::render
