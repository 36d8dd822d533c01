#include <fmt/format.h>

#include "config/rule_reader.hpp"
#include "config/section_impl.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

constexpr std::size_t kHolidayFilesMax = 20;

void readDates(MapReader& holidays, std::set<Date>& out) {
    const NodePtr dates = holidays.find("dates");
    if (!dates) return;
    if (!dates->isSequence())
        return holidays.problem(*dates, "'dates' must be a list such as [2026-11-26, 2026-12-25]");
    for (const NodePtr& item : dates->items) {
        const auto date = item->isScalar() ? parseDate(item->text) : std::nullopt;
        if (date)
            out.insert(*date);
        else
            holidays.problem(*item, fmt::format("{} is no day of the calendar; write it as "
                                                "2026-12-25",
                                                describe(*item)));
    }
}

void readFiles(MapReader& holidays, const std::string& folder, std::set<Date>& out,
               Problems& problems) {
    const auto files = listOf(holidays.find("ics"));
    if (files.size() > kHolidayFilesMax)
        return holidays.problem(*files.front(),
                                fmt::format("at most {} files below 'ics'", kHolidayFilesMax));
    for (const NodePtr& file : files) {
        const std::string* path = scalarText(holidays, file, "ics", "the path of an .ics file");
        if (path) out.merge(readHolidays(holidays, *file, resolvePath(folder, *path), problems));
    }
}

}  // namespace

Calendar readCalendar(const NamedNode& named, Problems& problems) {
    MapReader reader(named.node, named.file, fmt::format("calendar {}", quote(named.name)),
                     problems);
    Calendar calendar;
    calendar.name = named.name;
    calendar.place = named.place();
    const NodePtr zone = reader.need("timezone", "write one as America/Chicago or UTC");
    if (const std::string* text = scalarText(reader, zone, "timezone", "the name of a time zone")) {
        if (!looksLikeTimezone(*text))
            reader.problem(*zone, fmt::format("{} is no time zone; write one as America/Chicago or "
                                              "UTC",
                                              quote(*text)));
        calendar.timezone = *text;
    }
    if (const auto days = readDays(reader, reader.find("work_week"), "work_week"))
        calendar.work_week = *days;
    if (const auto hours = readHours(reader, reader.find("hours"), "hours"))
        calendar.hours = *hours;
    if (const NodePtr node = reader.find("holidays")) {
        MapReader holidays(node, named.file, fmt::format("'holidays' of {}", reader.what()),
                           problems);
        readDates(holidays, calendar.holidays);
        readFiles(holidays, folderOf(named.file), calendar.holidays, problems);
        holidays.finish();
    }
    reader.finish();
    return calendar;
}

}  // namespace backorderd::config
