#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <new>
#include <stdexcept>
#include <utility>
#include <type_traits>

#include "codec/codec.hpp"
#include "codec/json_text.hpp"
#include "codec/no_memory.hpp"

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
    explicit Reader(simdjson::dom::object object) : object_{object} {}

    void operator()(std::string_view name, std::string& text) const {
        if (const auto found = member(name)) text = textOf(*found);
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
        const auto found = member(name);
        if (!found) return;
        for (const simdjson::dom::element part : found->get_array()) {
            const Reader inner{part.get_object()};
            visit(inner, parts.emplace_back());
        }
    }
    template <class T>
    void operator()(std::string_view name, std::optional<T>& value) const {
        if (member(name)) (*this)(name, value.emplace());
    }
    void operator()(std::string_view name, bool& yes) const {
        const auto found = member(name);
        yes = found && found->get_bool();
    }
    template <class T>
    requires requires(const Reader& reader, T& part) { visit(reader, part); }
    void operator()(std::string_view name, T& part) const {
        const auto found = member(name);
        if (!found) throw std::runtime_error("member missing: " + std::string{name});
        const Reader inner{found->get_object()};
        visit(inner, part);
    }

private:
    std::optional<simdjson::dom::element> member(std::string_view name) const {
        for (const auto [key, value] : object_)
            if (key == name) return value;
        return std::nullopt;
    }
    static std::string_view textOf(simdjson::dom::element element) { return element.get_string(); }
    std::string_view required(std::string_view name) const {
        const auto found = member(name);
        if (!found) throw std::runtime_error("member missing: " + std::string{name});
        return textOf(*found);
    }
    template <class T>
    static T parsed(std::string_view name, const std::optional<T>& value) {
        if (!value) throw std::runtime_error("not readable: " + std::string{name});
        return *value;
    }

    simdjson::dom::object object_;
};

using ReadEvent = Event (*)(simdjson::dom::object);

template <std::size_t I>
Event readAlternative(simdjson::dom::object object) {
    Event event{std::in_place_index<I>};
    visit(Reader{object}, std::get<I>(event));
    return event;
}

/// How each event is read, by its name; sorted.
template <std::size_t... I>
auto readersOf(std::index_sequence<I...>) {
    std::array readers{std::pair<std::string_view, ReadEvent>{
        eventName(Event{std::in_place_index<I>}), &readAlternative<I>}...};
    std::ranges::sort(readers);
    return readers;
}

ReadEvent readerOf(std::string_view name) {
    static const auto kReaders =
        readersOf(std::make_index_sequence<std::variant_size_v<Event>>{});
    const auto found = std::ranges::lower_bound(
        kReaders, name, {}, &std::pair<std::string_view, ReadEvent>::first);
    if (found == kReaders.end() || found->first != name)
        throw std::runtime_error("no event has this name");
    return found->second;
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
    // One thread: the parser keeps its room from event to event.
    static simdjson::dom::parser parser;
    try {
        return readerOf(name)(parser.parse(json).get_object());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        const auto* const parsing = dynamic_cast<const simdjson::simdjson_error*>(&error);
        if (parsing && lacksMemory(parsing->error(), json)) throw std::bad_alloc();
        throw std::runtime_error("stored event '" + std::string{name} +
                                 "' is not readable: " + error.what());
    }
}

}  // namespace backorderd::codec
