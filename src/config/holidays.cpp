#include <fmt/format.h>
#include <libical/ical.h>

#include <algorithm>
#include <array>
#include <memory>

#include "config/rule_reader.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using namespace std::chrono_literals;

constexpr int kEventsMax = 5000;
constexpr int kNestingMax = 8;
constexpr int kOccurrencesMax = 100'000;
constexpr std::chrono::days kEventDaysMax{366};
constexpr std::chrono::year kFirstYear{2000};
constexpr std::chrono::year kLastYear{2050};

template <auto release>
struct Release {
    template <class T>
    void operator()(T* owned) const {
        release(owned);
    }
};
using Component = std::unique_ptr<icalcomponent, Release<icalcomponent_free>>;
using Recurrence = std::unique_ptr<icalrecur_iterator, Release<icalrecur_iterator_free>>;

/// What the bytes show before libical sees them.
struct Outline {
    std::vector<int> event_lines;  ///< of each BEGIN:VEVENT
    int depth_max = 0;
    bool begins = false, ends = false;
};

Outline outlineOf(std::string_view text) {
    Outline outline;
    int depth = 0;
    for (int line = 1; !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view row = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (row.ends_with('\r')) row.remove_suffix(1);
        if (row.starts_with("BEGIN:")) outline.depth_max = std::max(outline.depth_max, ++depth);
        if (row.starts_with("END:")) --depth;
        if (row == "BEGIN:VEVENT") outline.event_lines.push_back(line);
        outline.begins = outline.begins || (line == 1 && row == "BEGIN:VCALENDAR");
        outline.ends = outline.ends || row == "END:VCALENDAR";
    }
    return outline;
}

std::optional<Date> dateOf(const icaltimetype& time) {
    if (icaltime_is_null_time(time)) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year(time.year),
                                          std::chrono::month(static_cast<unsigned>(time.month)),
                                          std::chrono::day(static_cast<unsigned>(time.day))};
    if (!day.ok() || day.year() < std::chrono::year(1900) || day.year() > std::chrono::year(2200))
        return std::nullopt;
    return Date(day);
}

/// How many days an event covers: its end is exclusive where it is a date or midnight.
std::chrono::days lengthOf(icalcomponent* event, const icaltimetype& start, Date first) {
    const icaltimetype end = icalcomponent_get_dtend(event);
    const auto last = dateOf(end);
    if (!last) return 1 * std::chrono::days(1);
    const bool part_of_day = !end.is_date && (end.hour | end.minute | end.second) != 0;
    (void)start;
    return std::max(std::chrono::days(1), (*last - first) + std::chrono::days(part_of_day ? 1 : 0));
}

/// Reads the events of one calendar into days.
class EventReader {
public:
    /// What is wrong with the event, or nothing.
    std::string read(icalcomponent* event) {
        if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return {};
        if (std::string fault = unreadable(event); !fault.empty()) return fault;
        const icaltimetype start = icalcomponent_get_dtstart(event);
        const auto first = dateOf(start);
        if (!first) return "an event has no DTSTART that is a day of the calendar";
        length_ = lengthOf(event, start, *first);
        if (length_ > kEventDaysMax) return "an event is longer than a year";
        std::set<Date> starts{*first};
        if (std::string fault = expand(event, start, starts); !fault.empty()) return fault;
        remove(event, starts);
        for (const Date day : starts)
            for (std::chrono::days i{0}; i < length_; ++i) keep(day + i);
        return {};
    }

    std::set<Date> days;

private:
    /// libical drops what it cannot parse and leaves a remark; most properties do not matter here.
    static std::string unreadable(icalcomponent* event) {
        constexpr std::array<std::string_view, 6> kOurs{"DTSTART", "DTEND", "DURATION",
                                                        "RRULE",   "RDATE", "EXDATE"};
        for (icalproperty* error = icalcomponent_get_first_property(event, ICAL_XLICERROR_PROPERTY);
             error; error = icalcomponent_get_next_property(event, ICAL_XLICERROR_PROPERTY)) {
            const char* remark = icalproperty_get_xlicerror(error);
            for (const std::string_view name : kOurs)
                if (remark && std::string_view(remark).find(name) != std::string_view::npos)
                    return fmt::format("an event's {} cannot be read", name);
        }
        return {};
    }

    std::string expand(icalcomponent* event, const icaltimetype& start, std::set<Date>& starts) {
        for (icalproperty* rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
             rule; rule = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
            const icalrecurrencetype recurrence = icalproperty_get_rrule(rule);
            if (recurrence.freq < ICAL_DAILY_RECURRENCE || recurrence.freq > ICAL_YEARLY_RECURRENCE)
                return "an event repeats more often than daily";
            const Recurrence occurrences(icalrecur_iterator_new(recurrence, start));
            if (!occurrences) return "an event's RRULE cannot be read";
            while (true) {
                const auto day = dateOf(icalrecur_iterator_next(occurrences.get()));
                if (!day || std::chrono::year_month_day(*day).year() > kLastYear) break;
                if (++occurrences_ > kOccurrencesMax)
                    return fmt::format("the events repeat more than {} times", kOccurrencesMax);
                starts.insert(*day);
            }
        }
        for (icalproperty* extra = icalcomponent_get_first_property(event, ICAL_RDATE_PROPERTY);
             extra; extra = icalcomponent_get_next_property(event, ICAL_RDATE_PROPERTY))
            if (const auto day = dateOf(icalproperty_get_rdate(extra).time)) starts.insert(*day);
        return {};
    }

    static void remove(icalcomponent* event, std::set<Date>& starts) {
        for (icalproperty* gone = icalcomponent_get_first_property(event, ICAL_EXDATE_PROPERTY);
             gone; gone = icalcomponent_get_next_property(event, ICAL_EXDATE_PROPERTY))
            if (const auto day = dateOf(icalproperty_get_exdate(gone))) starts.erase(*day);
    }

    void keep(Date day) {
        const auto year = std::chrono::year_month_day(day).year();
        if (year >= kFirstYear && year <= kLastYear) days.insert(day);
    }

    std::chrono::days length_{1};
    int occurrences_ = 0;
};

/// Why the file is no calendar that we can read, or nothing.
std::string fileFault(const Outline& outline) {
    if (!outline.begins) return "it is no iCalendar file: it does not begin with BEGIN:VCALENDAR";
    if (!outline.ends) return "it is cut off: END:VCALENDAR is missing";
    if (outline.depth_max > kNestingMax) return "it is nested too deeply";
    if (outline.event_lines.empty()) return "it holds no event (VEVENT)";
    if (outline.event_lines.size() > kEventsMax)
        return fmt::format("it holds more than {} events", kEventsMax);
    return {};
}

void readEvents(icalcomponent* calendar, const std::string& path, const Outline& outline,
                EventReader& reader, Problems& problems) {
    std::size_t index = 0;
    for (icalcomponent* event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT)) {
        const std::string fault = reader.read(event);
        const int line = index < outline.event_lines.size() ? outline.event_lines[index] : 0;
        ++index;
        if (!fault.empty()) problems.push_back({{path, line, 1}, fault, Severity::Error});
    }
}

}  // namespace

std::set<Date> readHolidays(MapReader& reader, const Node& node, const std::string& path,
                            Problems& problems) {
    std::string fault;
    auto text = readFile(path, fault);
    Outline outline;
    if (text) {
        if (text->starts_with("\xEF\xBB\xBF")) text->erase(0, 3);
        std::erase(*text, '\0');
        outline = outlineOf(*text);
        fault = fileFault(outline);
    }
    Component calendar;
    if (fault.empty()) {
        icalerror_set_errors_are_fatal(0);
        calendar.reset(icalparser_parse_string(text->c_str()));
        if (!calendar || icalcomponent_isa(calendar.get()) != ICAL_VCALENDAR_COMPONENT)
            fault = "it does not hold exactly one calendar (VCALENDAR)";
    }
    if (!fault.empty()) {
        reader.problem(node, fmt::format("cannot read the holidays {}: {}", quote(path), fault));
        return {};
    }
    EventReader events;
    readEvents(calendar.get(), path, outline, events, problems);
    return std::move(events.days);
}

}  // namespace backorderd::config
