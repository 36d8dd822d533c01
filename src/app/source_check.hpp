#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "app/engine.hpp"
#include "backorderd/connector.hpp"
#include "backorderd/rule.hpp"
#include "config/config.hpp"

/// Whether sources can do what settings and rules ask of them.
namespace backorderd::app {

/// Warnings: conditions that ask for a field which no source ever fills, and settings for which a
/// source's interface has nothing.
Problems findUnservable(const RuleSet& rules, const config::Settings& settings, const Ends& ends);

/// What a source answered to who asked it.
struct SourceAnswer {
    std::string source;
    Probe probe;
    std::size_t lines = 0;           ///< read, to look at
    bool all_lines = false;          ///< and there are no more
    std::size_t unreadable = 0;      ///< of them
    std::vector<std::string> empty;  ///< fields that none of the lines has, as docs/fields.md names
                                     ///< them
    std::vector<std::string> not_understood;  ///< preferences of contacts, in sentences
    std::string failure;                      ///< why they could not be read; empty: they could

    bool ok() const { return probe.ok && failure.empty(); }
};

/// Tests each source's connection and rights, and reads some of its lines: all of a small one. What
/// is read is looked at and thrown away. `fields`: where it says what contacts prefer.
boost::asio::awaitable<std::vector<SourceAnswer>> askSources(const Ends& ends,
                                                             const PreferenceFields& fields);

}  // namespace backorderd::app
