#pragma once

#include <algorithm>

#include "rules/model_days.hpp"

namespace backorderd::rules_test::model {

using Told = std::vector<std::string>;

/// What is known of the line at one moment, and what led there.
struct Line {
    struct Fact {
        Timestamp at;
        Deed deed;
    };
    struct Heard {
        Timestamp at;
        std::optional<Date> promise;
    };

    explicit Line(const Story& story)
        : opened_at{story.opened_at}, adopted{story.adopted}, promise{story.promise} {}

    Timestamp opened_at;
    bool adopted;
    std::optional<Date> promise;
    int open = 10;
    int reserved = 0;
    int slips = 0;
    bool closed = false;
    std::optional<Timestamp> annoyed_since;
    std::vector<Fact> facts;   ///< what took effect
    std::vector<Heard> heard;  ///< by the customer

    /// Returns whether it was anything.
    bool take(Timestamp at, const Deed& deed) {
        if (closed || !changes(at, deed)) return false;
        facts.push_back({at, deed});
        return true;
    }

    Timestamp lastWord() const { return heard.empty() ? opened_at : heard.back().at; }

private:
    bool changes(Timestamp at, const Deed& deed) {
        switch (deed.what) {
            case Deed::What::Promise:
                if (promise == deed.promise) return false;
                if (promise && deed.promise && *deed.promise > *promise) ++slips;
                promise = deed.promise;
                return true;
            case Deed::What::Reserve:
                if (reserved == std::min(deed.units, open)) return false;
                reserved = std::min(deed.units, open);
                return true;
            case Deed::What::ShipPart:
                if (open <= 2) return false;
                open -= 2;
                reserved = 0;
                return true;
            case Deed::What::Ship:
            case Deed::What::Cancel:
            case Deed::What::Vanish:
                closed = true;
                return true;
            case Deed::What::Complain:
                if (!annoyed_since) annoyed_since = at;
                return true;
            case Deed::What::Acknowledge:
            case Deed::What::Answer:
                return true;
        }
        return false;
    }
};

/// The moment that is looked at.
struct Moment {
    const Story& story;
    const BusinessCalendar& calendar;
    Line& line;
    Timestamp now;
    bool fresh;
    bool something_happened;  ///< not the clock alone
    bool somebody_spoke = false;

    Date today() const { return calendar.zone.day(now); }
    bool passed(std::optional<Date> date) const { return date && *date < today(); }

    bool holds(const Ask& ask) const {
        switch (ask.what) {
            case Ask::What::Age:
                return now >= calendar.plus(line.opened_at, ask.at_least);
            case Ask::What::Silence:
                return now >= calendar.plus(line.lastWord(), ask.at_least);
            case Ask::What::Lapsed:
                return passed(line.promise);
            case Ask::What::Slips:
                return line.slips >= ask.number;
            case Ask::What::InDays:
                return line.promise && *line.promise <= today() + std::chrono::days{ask.number};
            case Ask::What::Negative:
                return line.annoyed_since.has_value();
        }
        return false;
    }
};

}  // namespace backorderd::rules_test::model
