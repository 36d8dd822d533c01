#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rehearsal/simulation.hpp"
#include "rehearsal/words.hpp"

namespace backorderd::rehearsal {
namespace {

constexpr std::size_t kRecipientsOnPage = 50;
constexpr std::size_t kSeries = 6;  ///< rules with a colour of their own; the others share one

// Bars of the plot, in its own units.
constexpr double kWidth = 960, kHeight = 260, kLeft = 48, kBottom = 40, kTop = 12;

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>What would be sent</title>
<style>
:root { --ink: #1d2433; --soft: #5b6475; --paper: #ffffff; --line: #d9dee7;
  --c0: #2f6fb2; --c1: #d9822b; --c2: #3a9d6e; --c3: #8b5fbf; --c4: #c2455a; --c5: #5f8f9f;
  --c6: #9aa3b2; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --soft: #9aa4b5; --paper: #14181f; --line: #323a47;
    --c0: #6aa5e3; --c1: #eba55a; --c2: #63c596; --c3: #b393e0; --c4: #e77f91; --c5: #8fbccb;
    --c6: #6c7688; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; }
p.soft, figcaption { color: var(--soft); }
figure { margin: 1rem 0; overflow-x: auto; } svg { width: 100%; min-width: 40rem; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .35em 0 1em; }
.c0 { fill: var(--c0); background: var(--c0); } .c1 { fill: var(--c1); background: var(--c1); }
.c2 { fill: var(--c2); background: var(--c2); } .c3 { fill: var(--c3); background: var(--c3); }
.c4 { fill: var(--c4); background: var(--c4); } .c5 { fill: var(--c5); background: var(--c5); }
.c6 { fill: var(--c6); background: var(--c6); }
</style></head><body>
)";

/// The rules that have a colour, most messages first, and where a rule finds its own.
struct Series {
    std::vector<std::string> names;

    explicit Series(const Tally& sums) {
        for (const auto& [name, count] : byCount(sums.rules))
            if (names.size() < kSeries) names.push_back(name);
    }
    std::size_t of(const std::string& rule) const {
        const auto at = std::find(names.begin(), names.end(), rule);
        return static_cast<std::size_t>(at - names.begin());  // Behind the last: all others.
    }
};

/// The next round number for the top of an axis.
std::size_t roundTop(std::size_t value) {
    std::size_t step = 1;
    while (step * 10 <= value) step *= 10;
    for (const std::size_t factor : {1U, 2U, 5U, 10U})
        if (factor * step >= value) return factor * step;
    return value;
}

using Bars = std::map<Date, std::array<std::size_t, kSeries + 1>>;

Bars barsOf(const Tally& sums, const Series& series) {
    Bars bars;
    for (const auto& [day, count] : sums.days) bars[day] = {};
    for (const auto& [part, count] : sums.calendar)
        bars[std::get<0>(part)][series.of(std::get<1>(part))] += count.notices;
    return bars;
}

std::string axis(std::size_t top) {
    std::string out;
    for (const int quarter : {0, 1, 2, 4}) {
        const double y = kHeight - kBottom - (kHeight - kBottom - kTop) * quarter / 4;
        out += fmt::format(
            "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" "
            "stroke=\"var(--line)\"/><text x=\"{3}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5}</text>\n",
            kLeft, kWidth, y, kLeft - 6, y + 4, top * static_cast<std::size_t>(quarter) / 4);
    }
    return out;
}

std::string plot(const Tally& sums, const Series& series) {
    const auto bars = barsOf(sums, series);
    std::size_t most = 4;
    for (const auto& [day, parts] : bars) {
        std::size_t sum = 0;
        for (const auto part : parts) sum += part;
        most = std::max(most, sum);
    }
    const auto top = roundTop(most);
    const double scale = (kHeight - kBottom - kTop) / static_cast<double>(top);
    const double slot =
        (kWidth - kLeft) / static_cast<double>(std::max<std::size_t>(1, bars.size()));
    const std::size_t every = std::max<std::size_t>(1, bars.size() / 10);
    auto out = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" "
        "aria-label=\"Notices by day and rule\">\n{}",
        kWidth, kHeight, axis(top));
    std::size_t index = 0;
    for (const auto& [day, parts] : bars) {
        const double x = kLeft + slot * static_cast<double>(index);
        double y = kHeight - kBottom;
        for (std::size_t part = 0; part < parts.size(); ++part) {
            if (parts[part] == 0) continue;
            const double height = scale * static_cast<double>(parts[part]);
            y -= height;
            const auto name = part < series.names.size() ? series.names[part] : "other rules";
            out += fmt::format(
                "<rect class=\"c{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
                "height=\"{:.1f}\"><title>{}, {}: {}</title></rect>\n",
                part, x + slot * 0.1, y, slot * 0.8, height, dayName(day), escaped(name),
                parts[part]);
        }
        if (index++ % every == 0)
            out += fmt::format("<text x=\"{:.1f}\" y=\"{}\">{}</text>\n", x, kHeight - kBottom + 18,
                               formatDate(day));
    }
    return out + "</svg>\n";
}

std::string legend(const Series& series, const Tally& sums) {
    std::string out = "<figcaption>Notices by day and rule:";
    for (std::size_t i = 0; i < series.names.size(); ++i)
        out += fmt::format("<span class=\"key c{}\"></span>{}", i, escaped(series.names[i]));
    if (sums.rules.size() > series.names.size())
        out += fmt::format("<span class=\"key c{}\"></span>other rules", kSeries);
    return out + "</figcaption>";
}

std::string table(std::string_view title, std::string_view what,
                  const std::vector<std::pair<std::string, Count>>& rows) {
    auto out = fmt::format(
        "<h2>{}</h2>\n<table><tr><th>{}</th><th class=\"n\">messages</th>"
        "<th class=\"n\">notices</th></tr>\n",
        title, what);
    for (const auto& [name, count] : rows)
        out += fmt::format("<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                           escaped(name), count.messages, count.notices);
    return out + "</table>\n";
}

std::string assumed(const Simulation& simulation) {
    if (simulation.made.empty()) return "<p>Assumed: nothing changes.</p>\n";
    std::string out = "<p>Assumed:</p><ul>\n";
    for (const auto& made : simulation.made)
        out += fmt::format("<li>{}: {}:{}, {} lines</li>\n", formatTimestamp(made.at),
                           escaped(made.place.file), made.place.line, made.lines);
    return out + "</ul>\n";
}

}  // namespace

std::string asPage(const Simulation& simulation, const std::string& house) {
    const auto sums = tally(simulation);
    const Series series{sums};
    std::string out{kHead};
    out += fmt::format(
        "<h1>What would be sent</h1>\n<p class=\"soft\">{}, {} to {}: {} messages "
        "about {} open lines. No ERP was asked, and the data count as fresh.</p>\n",
        escaped(house), formatTimestamp(simulation.start), formatTimestamp(simulation.end),
        sums.all.messages, simulation.open_lines);
    out += assumed(simulation);
    out += "<figure>" + plot(sums, series) + legend(series, sums) + "</figure>\n";
    std::vector<std::pair<std::string, Count>> days;
    for (const auto& [day, count] : sums.days) days.emplace_back(dayName(day), count);
    auto recipients = byCount(sums.recipients);
    const auto all = recipients.size();
    recipients.resize(std::min(all, kRecipientsOnPage));
    out += table("By rule", "rule", byCount(sums.rules));
    out += table("By topic", "topic", byCount(sums.topics));
    out += table("By recipient", "recipient", recipients);
    if (all > recipients.size())
        out += fmt::format("<p class=\"soft\">and {} more</p>\n", all - recipients.size());
    return out + table("By day", "day", days) + "</body></html>\n";
}

}  // namespace backorderd::rehearsal
