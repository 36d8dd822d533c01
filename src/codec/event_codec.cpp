#include <charconv>
#include <concepts>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <type_traits>

#include "codec/codec.hpp"
#include "codec/json_text.hpp"

namespace backorderd::codec {
namespace {

constexpr std::size_t kUsualEventBytes = 256;

template <class T, class E>
concept Is = std::same_as<std::remove_const_t<T>, E>;

// The members of each event by their persisted names: one list for writing and for reading. Do not
// change a name.
void visit(auto&& to, Is<Promise> auto& it) {
    to("from", it.from);
    to("to", it.to);
}
void visit(auto&& to, Is<Shipment> auto& it) {
    to("reference", it.reference);
    to("date", it.date);
    to("carrier", it.carrier);
    to("tracking", it.tracking);
    to("tracking_url", it.tracking_url);
}
void visit(auto&& to, Is<Contact> auto& it) {
    to("name", it.name);
    to("email", it.email);
    to("phone", it.phone);
    to("role", it.role);
    to("language", it.language);
    to("timezone", it.timezone);
}
void visit(auto&& to, Is<Supply> auto& it) {
    to("reference", it.reference);
    to("expected", it.expected);
    to("quantity", it.quantity);
}
void visit(auto&& to, Is<LineOpened> auto& it) {
    to("open", it.open);
    to("promise", it.promise);
    to("adopted", it.adopted);
}
template <class E>
constexpr bool kFromTo = std::same_as<E, QuantityChanged> || std::same_as<E, PromiseMoved> ||
                         std::same_as<E, ContactChanged> || std::same_as<E, SupplyChanged>;
template <class T>
requires kFromTo<std::remove_const_t<T>>
void visit(auto&& to, T& it) {
    to("from", it.from);
    to("to", it.to);
}
void visit(auto&& to, Is<PromiseSet> auto& it) { to("to", it.to); }
void visit(auto&& to, Is<PromiseWithdrawn> auto& it) { to("from", it.from); }
void visit(auto&& to, Is<PromiseLapsed> auto& it) { to("promised", it.promised); }
void visit(auto&& to, Is<PartlyAvailable> auto& it) {
    to("allocated", it.allocated);
    to("open", it.open);
}
void visit(auto&& to, Is<Available> auto& it) { to("open", it.open); }
void visit(auto&& to, Is<AvailabilityLost> auto& it) {
    to("was", it.was);
    to("is", it.is);
}
void visit(auto&& to, Is<PartlyShipped> auto& it) {
    to("shipped", it.shipped);
    to("remaining", it.remaining);
    to("shipment", it.shipment);
}
void visit(auto&& to, Is<Shipped> auto& it) {
    to("shipped", it.shipped);
    to("shipment", it.shipment);
}
void visit(auto&& to, Is<Cancelled> auto& it) { to("cancelled", it.cancelled); }
void visit(auto&& to, Is<Substituted> auto& it) {
    to("from_item", it.from_item);
    to("to_item", it.to_item);
}
void visit(auto&& to, Is<Reopened> auto& it) { to("open", it.open); }
void visit(auto&& to, Is<Renumbered> auto& it) {
    to("from_id", it.from_id);
    to("to_id", it.to_id);
}
void visit(auto&&, Is<Vanished> auto&) {}
void visit(auto&& to, Is<Money> auto& it) {
    to("amount", it.amount);
    to("currency", it.currency);
}
void visit(auto&& to, Is<OfferedItem> auto& it) {
    to("item", it.item);
    to("name", it.name);
    to("warehouse", it.warehouse);
    to("quantity", it.quantity);
    to("unit_price", it.unit_price);
}
void visit(auto&& to, Is<OfferMade> auto& it) {
    to("rule", it.rule);
    to("items", it.items);
    to("hold_until", it.hold_until);
    to("answer_by", it.answer_by);
}
void visit(auto&& to, Is<OfferAnswered> auto& it) {
    to("offer", it.offer);
    to("accepted_item", it.accepted_item);
    to("author", it.author);
    to("note", it.note);
}
void visit(auto&& to, Is<OfferExpired> auto& it) { to("offer", it.offer); }
void visit(auto&& to, Is<OfferWithdrawn> auto& it) {
    to("offer", it.offer);
    to("reason", it.reason);
}
void visit(auto&& to, Is<EscalationStarted> auto& it) { to("rule", it.rule); }
void visit(auto&& to, Is<EscalationStopped> auto& it) {
    to("rule", it.rule);
    to("reason", it.reason);
}
void visit(auto&& to, Is<Acknowledged> auto& it) {
    to("rule", it.rule);
    to("author", it.author);
    to("note", it.note);
}
void visit(auto&& to, Is<Responded> auto& it) {
    to("answer", it.answer);
    to("sentiment", it.sentiment);
    to("text", it.text);
    to("author", it.author);
}
void visit(auto&& to, Is<AllocationProposed> auto& it) {
    to("warehouse", it.warehouse);
    to("quantity", it.quantity);
    to("open", it.open);
    to("rank", it.rank);
    to("of", it.of);
    to("strategy", it.strategy);
    to("reason", it.reason);
}
void visit(auto&& to, Is<ReleaseMoved> auto& it) {
    to("from", it.from);
    to("to", it.to);
}

/// Appends the members as a JSON object; what is empty is left out. By hand, because a first load
/// writes an event for every line.
class Writer {
public:
    explicit Writer(JsonText& json) : json_{json} { json_.beginObject(); }

    void operator()(std::string_view name, const std::string& text) {
        if (!text.empty()) member(name, text);
    }
    void operator()(std::string_view name, Decimal number) { member(name, number.toString()); }
    void operator()(std::string_view name, Date date) { member(name, formatDate(date)); }
    void operator()(std::string_view name, Timestamp at) { member(name, formatTimestamp(at)); }
    void operator()(std::string_view name, int number) { member(name, std::to_string(number)); }
    template <class T>
    void operator()(std::string_view name, const std::vector<T>& parts) {
        json_.name(name);
        json_.beginArray();
        for (const auto& part : parts) {
            json_.element();
            Writer inner{json_};
            visit(inner, part);
            json_.endObject();
        }
        json_.endArray();
    }
    template <class T>
    void operator()(std::string_view name, const std::optional<T>& value) {
        if (value) (*this)(name, *value);
    }
    void operator()(std::string_view name, bool yes) {
        if (!yes) return;
        json_.name(name);
        json_.boolean(yes);
    }
    template <class T>
    requires requires(Writer& writer, const T& part) { visit(writer, part); }
    void operator()(std::string_view name, const T& part) {
        json_.name(name);
        Writer inner{json_};
        visit(inner, part);
        json_.endObject();
    }

private:
    void member(std::string_view name, std::string_view text) {
        json_.name(name);
        json_.string(text);
    }

    JsonText& json_;
};

class Reader {
public:
    explicit Reader(const nlohmann::json& object) : object_{object} {}

    void operator()(std::string_view name, std::string& text) const {
        if (const auto* found = member(name)) text = found->get<std::string>();
    }
    void operator()(std::string_view name, Decimal& number) const {
        number = parsed(name, Decimal::parse(required(name)));
    }
    void operator()(std::string_view name, Date& date) const {
        date = parsed(name, parseDate(required(name)));
    }
    void operator()(std::string_view name, Timestamp& at) const {
        at = parsed(name, parseTimestamp(required(name)));
    }
    void operator()(std::string_view name, int& number) const {
        const auto text = required(name);
        const auto [rest, error] =
            std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{} || rest != text.data() + text.size())
            throw std::runtime_error("not readable: " + std::string{name});
    }
    template <class T>
    void operator()(std::string_view name, std::vector<T>& parts) const {
        const auto* found = member(name);
        if (found == nullptr) return;
        if (!found->is_array()) throw std::runtime_error("not a list: " + std::string{name});
        for (const auto& object : *found) {
            const Reader inner{object};
            visit(inner, parts.emplace_back());
        }
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>& value) const {
        if (member(name) != nullptr) (*this)(name, value.emplace());
    }
    void operator()(std::string_view name, bool& yes) const {
        const auto* found = member(name);
        yes = found != nullptr && found->get<bool>();
    }
    template <class T>
    requires requires(const Reader& reader, T& part) { visit(reader, part); }
    void operator()(std::string_view name, T& part) const {
        const auto* found = member(name);
        if (found == nullptr) throw std::runtime_error("member missing: " + std::string{name});
        const Reader inner{*found};
        visit(inner, part);
    }

private:
    const nlohmann::json* member(std::string_view name) const {
        const auto found = object_.find(name);
        return found == object_.end() ? nullptr : &*found;
    }
    std::string required(std::string_view name) const {
        const auto* found = member(name);
        if (found == nullptr) throw std::runtime_error("member missing: " + std::string{name});
        return found->get<std::string>();
    }
    template <class T>
    static T parsed(std::string_view name, const std::optional<T>& value) {
        if (!value) throw std::runtime_error("not readable: " + std::string{name});
        return *value;
    }

    const nlohmann::json& object_;
};

template <std::size_t I = 0>
Event readEvent(std::string_view name, const nlohmann::json& object) {
    if constexpr (I == std::variant_size_v<Event>) {
        throw std::runtime_error("no event has this name");
    } else {
        Event event{std::in_place_index<I>};
        if (eventName(event) != name) return readEvent<I + 1>(name, object);
        visit(Reader{object}, std::get<I>(event));
        return event;
    }
}

}  // namespace

std::string encodeEvent(const Event& event) {
    JsonText json{kUsualEventBytes};
    Writer writer{json};
    std::visit([&writer](const auto& it) { visit(writer, it); }, event);
    json.endObject();
    return json.take();
}

Event decodeEvent(std::string_view name, std::string_view json) {
    try {
        const auto object = nlohmann::json::parse(json);
        if (!object.is_object()) throw std::runtime_error("not an object");
        return readEvent(name, object);
    } catch (const std::exception& error) {
        throw std::runtime_error("stored event '" + std::string{name} +
                                 "' is not readable: " + error.what());
    }
}

}  // namespace backorderd::codec
