#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "app/engine.hpp"

namespace backorderd::app {

// clang-format off
/// What an operator can ask for, by name, with arguments and answers as JSON: one implementation,
/// reached over the control socket of a running daemon or in-process where none runs.
///
/// | operation | arguments | answer |
/// | --- | --- | --- |
/// | `status` | – | sources, counts of the outbox, rules in force |
/// | `poll` | `source` (empty: all), `accept`, `author`, `reason` | a report for each source |
/// | `reload` | `anyway`, `author`, `reason` | warnings; fails with all problems, the old rules stay |
/// | `check` | `rules_dir` | warnings of what matches none of the open lines |
/// | `lines` | `source`, `customer`, `order`, `item`, `closed`, `limit`, `after` | open cases |
/// | `explain` | `line`, `at` | the cases that fit, each with its story |
/// | `ack` | `line`, `rule`, `author`, `note` | the lines and ladders acknowledged |
/// | `respond` | `line`, `answer`, `sentiment`, `accept`, `decline`, `author`, `note` | what is noted |
/// | `offers` | `source`, `customer`, `order`, `all`, `limit` | open offers |
/// | `escalations` | `source`, `customer`, `order`, `rule`, `all`, `limit` | active ladders |
/// | `preview` | `template`, `line`, `language` | a rendered message |
/// | `queue.list` | `state`, `recipient`, `limit` | messages and planned notices |
/// | `queue.show` | `id` | one message with its document |
/// | `queue.retry`, `queue.drop` | `id`, `author`, `reason` | – |
/// | `queue.drop-notice` | `id`, `author`, `reason` | – |
/// | `queue.held` | `guard`, `ids`, `limit` | what is held, counted, with rendered samples |
/// | `queue.approve` | `guard`, `ids` or `all`; `author`, `reason` | how many go on |
/// | `silence.add` | `match`, `from`, `for` or `until`, `author`, `reason` | the silence |
/// | `silence.list`, `silence.expire` | `all`; `id`, `author`, `reason` | silences; what is due |
/// | `silence.preview` | `match`, `limit` | lines that it fits, and what is planned for them |
/// | `suppress.add` | `entries`, `source`, `author`, `reason` | how many |
/// | `suppress.list`, `suppress.remove` | –; `channel`, `address`, `author`, `reason` | the list; – |
/// | `preference.set` | `contact`, `channel`, `language`, `digest`, `author`, `reason` | what is noted |
/// | `preference.list`, `preference.clear` | `contact`; and `author`, `reason` | the list; – |
/// | `backup` | `file`, `author` | – |
/// | `forget` | `customer`, `even_open`, `author`, `reason` | cases forgotten, and left |
/// | `export` | `customer` | all that is known of a customer |
/// | `gates` | – | the gates that are up, and why |
/// | `pause` | `author`, `reason` | – |
/// | `resume` | `gate`, `author`, `reason` | the gates that are still up |
/// | `drill` | `to`, `sender` | what became of each sender's test message |
// clang-format on
class Operations {
public:
    /// Does a reload; returns problems, with `Severity::Error` where nothing was changed. `anyway`:
    /// also where the rules would send more messages than the cap.
    using Reload = std::function<boost::asio::awaitable<Problems>(bool anyway)>;
    /// `engine` is asked for at each call: a reload may replace it.
    Operations(Store& store, const Clock& clock, std::function<Engine&()> engine, Reload reload);

    /// `{"ok": true, "result": …}` or `{"ok": false, "error": "…"}`. Unknown names and arguments
    /// that do not fit are errors of that kind, never exceptions.
    boost::asio::awaitable<nlohmann::json> call(std::string name, nlohmann::json arguments);

private:
    nlohmann::json status();
    boost::asio::awaitable<nlohmann::json> poll(const nlohmann::json& arguments);
    boost::asio::awaitable<nlohmann::json> reload(const nlohmann::json& arguments);
    boost::asio::awaitable<nlohmann::json> check(const nlohmann::json& arguments);
    nlohmann::json backup(const nlohmann::json& arguments);
    nlohmann::json lines(const nlohmann::json& arguments);
    nlohmann::json explain(const nlohmann::json& arguments);
    nlohmann::json preview(const nlohmann::json& arguments);
    nlohmann::json rails(const std::string& name, const nlohmann::json& arguments);
    nlohmann::json queueList(const nlohmann::json& arguments);
    nlohmann::json queueShow(const nlohmann::json& arguments);
    nlohmann::json queueChange(std::string_view action, const nlohmann::json& arguments);
    Case findCase(const std::string& text);

    Store& store_;
    const Clock& clock_;
    std::function<Engine&()> engine_;
    Reload reload_;
};

}  // namespace backorderd::app
