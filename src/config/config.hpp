#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backorderd/preference.hpp"
#include "backorderd/problem.hpp"
#include "backorderd/rule.hpp"
#include "config/section.hpp"

/// YAML to typed settings and rules. Every problem of every file is reported at once, with file,
/// line, column, the reason and a remedy.
namespace backorderd::config {

/// Hours of every day, in a zone, in which a source is left alone.
struct QuietHours {
    DayHours hours;
    std::string timezone;
};

/// How an ERP may say that something changed.
struct PushSettings {
    bool on = false;
    Secret secret;  ///< the keys that sign, as they were written
    std::chrono::seconds tolerance{5 * 60};
    std::chrono::seconds min_gap{10};
    std::int64_t per_minute = 60;
    Section section;  ///< for what is wrong with the keys
};

/// One ERP to read. `section` holds what its connector kind reads for itself.
struct SourceSettings {
    std::string name;
    std::string kind;
    std::chrono::seconds poll_every{};
    std::chrono::seconds max_age{};  ///< older data are not fresh: nothing time-based is sent
    bool adopt = true;               ///< the first snapshot is a baseline that nobody is told of
    bool write_notes = false;        ///< what the customer was told is written back to the order
    Section section;
    std::chrono::seconds full_every{std::chrono::hours{24}};  ///< beside reads of changes
    double poll_jitter = 0.1;  ///< the share of `poll_every` by which a poll may come sooner
    std::chrono::seconds poll_retry_longest{15 * 60};  ///< between two polls that fail
    std::chrono::seconds clock_skew_max{5 * 60};       ///< ahead of ours; more is remarked upon
    /// For so long after a start what was frozen before it waits for the first poll.
    std::chrono::seconds first_poll_wait{60 * 60};
    std::vector<QuietHours> quiet{};
    PushSettings push{};
};

/// How fast a sender may send; a rate of 0 is no limit.
struct RateSettings {
    double per_second = 0;
    std::int64_t burst = 1;
};

/// When a sender's messages are tried again; by default as `outbox` says.
struct ScheduleSettings {
    std::chrono::seconds first{};
    std::chrono::seconds longest{};
    double factor = 2;
    std::chrono::seconds keep{};
};

/// One last hop. The first sender of a channel in file order serves that channel.
struct SenderSettings {
    std::string name;
    std::string kind;
    Section section;
    RateSettings rate{};
    RateSettings domain_rate{};  ///< for each domain of recipients
    ScheduleSettings schedule{};
};

/// Who we are to the customer; used by templates and mail headers.
struct HouseSettings {
    std::string name;
    std::string from_name;
    std::string from_address;
    std::string reply_to;
    std::string phone;
    std::string signature;         ///< free text below each message
    std::string language;          ///< BCP 47, where the contact has none
    std::string timezone;          ///< IANA, for dates in alerts
    std::string unsubscribe_link;  ///< `https:` or `mailto:`; empty: no List-Unsubscribe header
    std::string message_id_domain;
};

/// What all senders together may ask of one host; a rate of 0 is no limit.
struct HostSettings {
    RateSettings rate{};
    std::int64_t parallel = 100;  ///< messages under way at once
};

struct OutboxSettings {
    std::chrono::seconds retry_first{};
    std::chrono::seconds retry_longest{};
    double retry_factor = 2;
    double retry_jitter = 0.2;
    std::chrono::seconds keep{};
    std::int64_t claim_batch = 0;  ///< messages claimed at once
    std::int64_t mark_ahead = 0;   ///< messages of a sender marked before their turn
    std::int64_t pause_after = 5;  ///< failures of a receiver in a row
    std::chrono::seconds pause_first{30};
    std::chrono::seconds pause_longest{900};
    HostSettings per_host{};
};

struct ReloadSettings {
    std::int64_t max_messages = 0;  ///< more new ones within a day hold a rule set back
};

/// What protects people from a storm of messages, and from a mistake upstream.
struct GuardSettings {
    /// More messages than this within `blast_radius_per`: all that are due are held.
    std::int64_t blast_radius_max = 200;
    std::chrono::seconds blast_radius_per{15 * 60};
    double mass_change_share = 0.2;  ///< more of the known lines changed, or gone, is a mistake
    std::int64_t mass_change_lines = 25;    ///< but not where they are fewer than these
    std::chrono::seconds silence_digest{};  ///< how often authors hear of theirs; 0: never
};

/// Who keeps the service running.
struct OperationsSettings {
    std::string email;  ///< empty: alerts to operations stand in the log alone
};

/// How long what concerns persons is kept.
struct RetentionSettings {
    std::chrono::seconds bodies = std::chrono::hours{24 * 30};
    std::chrono::seconds addresses = std::chrono::hours{24 * 180};  ///< from the case's end on
};

/// Where messages really go.
struct DeliverySettings {
    std::string mode;  ///< `live`, `redirect`, `dry-run`
    std::string redirect_email;
    std::string redirect_sms;
    std::vector<std::string> allow_domains;  ///< empty: all
};

/// How far the wall clock may step before nothing is sent.
struct ClockSettings {
    std::chrono::seconds max_back{};
    std::chrono::seconds max_forward{};
};

struct DiskSettings {
    std::int64_t free_min_mib = 0;  ///< with less, nothing is read in
    std::int64_t reserve_mib = 0;   ///< kept for writing down what became of what was sent
};

/// The HTTP listener for others than ourselves.
struct ListenerSettings {
    std::string listen;  ///< `127.0.0.1:8480`; empty: there is none
    std::int64_t request_bytes = 0;
    std::chrono::seconds request_time{};
    std::int64_t connections = 0;
    Section section;  ///< for what is wrong with the address

    bool on() const { return !listen.empty(); }
};

struct LogSettings {
    std::string format;  ///< `text`, `json`, `journal`
    std::string level;
    bool personal_data = false;  ///< false: addresses are shortened
};

struct Settings {
    std::string file;
    std::string data_dir;
    std::string rules_dir;
    std::string templates_dir;
    std::string control_socket;
    std::chrono::seconds stop_within{};  ///< SIGTERM: what is on the wire may take this long
    std::int64_t slice_lines = 0;        ///< lines taken in per transaction
    HouseSettings house;
    OutboxSettings outbox;
    LogSettings log;
    std::vector<SourceSettings> sources;
    std::vector<SenderSettings> senders;
    Section root;  ///< for `declared()`, and to collect what connectors and senders find
    ReloadSettings reload{};
    GuardSettings guards{};
    OperationsSettings operations{};
    RetentionSettings retention{};
    std::string journal{};  ///< the file of the send journal
    std::chrono::seconds journal_keep{};
    std::string environment{};  ///< what this installation is for
    DeliverySettings delivery{};
    ClockSettings clock{};
    PreferenceFields preferences{};
    DiskSettings disk{};
    ListenerSettings public_listener{};  ///< what comes from other systems
    ListenerSettings admin_listener{};   ///< metrics and health
};

/// Reads the settings file. Connectors and senders read their own sections later: call
/// `findUnread` when all have.
Result<Settings> loadSettings(const std::string& path);
/// As `loadSettings`, but gives the settings also where they have problems, so that `check` can let
/// connectors and senders report theirs at the same time (`findUnread` then returns all). nullopt
/// where the file cannot be read as settings at all.
std::optional<Settings> readSettings(const std::string& path, Problems& problems);
/// Problems that connectors and senders added while reading their sections, and keys that nobody
/// read.
Problems findUnread(Settings& settings);

/// Reads all `*.yaml` files of a directory, in name order, as one rule set (files below a folder
/// `tests` and names ending in `.test.yaml` are left out). All or nothing. `warnings`, where given,
/// receives the problems of severity Warning.
Result<RuleSet> loadRules(const std::string& directory, Problems* warnings = nullptr);
/// The same of several directories and files, in their order: the first of two policies that match
/// applies.
Result<RuleSet> loadRules(std::span<const std::string> paths, Problems* warnings = nullptr);

/// What silences name lines by: each text is `FIELD=VALUE` or `FIELD~PATTERN` with a field of the
/// rules' conditions; a line must meet all. No segments.
Result<Condition> readMatchers(const std::vector<std::string>& matchers);

/// Template names that the rules use, with the place of their first use, so that the caller can say
/// which are missing.
struct TemplateUse {
    std::string name;
    Place place;
};
std::vector<TemplateUse> templatesUsed(const RuleSet& rules);
/// Of the names of templates those that no rule uses, in their order. Parts that other templates
/// are made of are the caller's to leave out.
std::vector<std::string> templatesUnused(const RuleSet& rules,
                                         const std::vector<std::string>& names);

}  // namespace backorderd::config
