#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <type_traits>
#include <utility>

#include "config/checks.hpp"
#include "config/config.hpp"
#include "config/problem_list.hpp"
#include "config/section_impl.hpp"
#include "config/sender_settings.hpp"
#include "config/source_settings.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSourcesMax = 64;
constexpr std::size_t kSendersMax = 64;
/// What a Unix socket's address can hold.
constexpr std::size_t kSocketPathMax = 107;

void checkMailAddress(Section& section, std::string_view key, const std::string& address) {
    if (!address.empty() && !looksLikeMailAddress(address))
        section.problem(key, fmt::format("{} is no mail address; write one as orders@example.com",
                                         quote(address)));
}

void readHouse(Section house, HouseSettings& out) {
    out.name = house.required("name", "The company's name, as customers know it.");
    out.from_name = house.text("from_name", "", "The sender's name in mails; empty: `house.name`.");
    out.from_address = house.required("from_address", "The address that mails come from.");
    out.reply_to = house.text("reply_to", "", "Where answers go; empty: `house.from_address`.");
    out.phone = house.text("phone", "", "The number that customers may call.");
    out.signature = house.text("signature", "", "Free text below each message.");
    out.language = house.text("language", "en", "The language (BCP 47) where a contact has none.");
    out.timezone = house.text("timezone", "UTC", "The IANA zone of dates in alerts.");
    out.unsubscribe_link =
        house.text("unsubscribe_link", "",
                   "An https: or mailto: link for List-Unsubscribe; empty: no such header.");
    out.message_id_domain = house.text(
        "message_id_domain", "",
        "The right side of every Message-ID; empty: the domain of `house.from_address`.");

    if (out.from_name.empty()) out.from_name = out.name;
    if (out.message_id_domain.empty())
        out.message_id_domain = out.from_address.substr(out.from_address.find('@') + 1);
    checkMailAddress(house, "from_address", out.from_address);
    checkMailAddress(house, "reply_to", out.reply_to);
    checkTimezone(house, "timezone", out.timezone);
    if (!looksLikeLanguage(out.language))
        house.problem("language", fmt::format("{} is no language; write a tag such as en or de-AT",
                                              quote(out.language)));
    const std::string& link = out.unsubscribe_link;
    if (!link.empty() && !link.starts_with("https:") && !link.starts_with("mailto:"))
        house.problem("unsubscribe_link", "'unsubscribe_link' must begin with https: or mailto:");
}

void readOutbox(Section outbox, OutboxSettings& out) {
    out.retry_first = outbox.duration("retry_first", {.fallback = 1min, .min = 1s, .max = 1h},
                                      "The wait before the second attempt of a message.");
    out.retry_longest = outbox.duration("retry_longest", {.fallback = 4h, .min = 1s, .max = 24h},
                                        "The longest wait between two attempts.");
    out.retry_factor = outbox.share("retry_factor", {.fallback = 2, .min = 1, .max = 10},
                                    "By how much each wait is longer than the one before.");
    out.retry_jitter = outbox.share("retry_jitter", {.fallback = 0.2, .min = 0, .max = 0.5},
                                    "The share by which a wait may vary, so that retries spread.");
    out.keep = outbox.duration("keep", {.fallback = 120h, .min = 1h, .max = 720h},
                               "How long a message is tried before it is given up as dead.");
    out.claim_batch = outbox.number("claim_batch", {.fallback = 100, .min = 1, .max = 10000},
                                    "How many messages are claimed for sending at once.");
    out.mark_ahead = outbox.number(
        "mark_ahead", {.fallback = 100, .min = 0, .max = 1000},
        "While many leave: how many messages of a sender may be marked 'on the wire' before their "
        "turn. After a crash nobody knows of them whether they left.");
    out.pause_after = outbox.number(
        "pause_after", {.fallback = 5, .min = 1, .max = 1000},
        "After how many attempts in a row without a word about their message a sender pauses.");
    out.pause_first = outbox.duration("pause_first", {.fallback = 30s, .min = 1s, .max = 1h},
                                      "The first pause; one attempt ends it, or doubles it.");
    out.pause_longest = outbox.duration("pause_longest", {.fallback = 15min, .min = 1s, .max = 24h},
                                        "The longest pause between two such attempts.");
    out.per_host = readHost(
        outbox.child("per_host", "What one host is asked to bear, whatever senders send to it."));
    if (out.pause_longest < out.pause_first)
        outbox.problem("pause_longest", "'pause_longest' must not be shorter than 'pause_first'");
    if (out.retry_longest < out.retry_first)
        outbox.problem("retry_longest", "'retry_longest' must not be shorter than 'retry_first'");
}

void readReload(Section reload, ReloadSettings& out) {
    out.max_messages = reload.number(
        "max_messages", {.fallback = 200, .min = 0, .max = 10'000'000},
        "A rule set that would send more messages within a day, which the one in force would not "
        "send, or take back more that are planned, is held back.");
}

void readGuards(Section guards, GuardSettings& out) {
    Section radius =
        guards.child("blast_radius", "How many messages may leave before somebody is asked.");
    out.blast_radius_max = radius.number(
        "max", {.fallback = 200, .min = 1, .max = 10'000'000},
        "Where more messages would leave within `per`, all that are due are held until an operator "
        "approves them.");
    out.blast_radius_per =
        radius.duration("per", {.fallback = 15min, .min = 1min, .max = 24h},
                        "The time over which `max` counts the messages that were made.");
    Section mass = guards.child("mass_change", "When a snapshot is too different to be believed.");
    out.mass_change_share = mass.share("max_share", {.fallback = 0.2, .min = 0.01, .max = 1},
                                       "Where more than this share of the known lines changed, or "
                                       "is gone, in one snapshot, nothing "
                                       "of it is taken in; 1: everything is believed.");
    out.mass_change_lines =
        mass.number("min_lines", {.fallback = 25, .min = 1, .max = 1'000'000},
                    "Fewer changed, or gone, lines than these are always believed.");
    out.silence_digest =
        guards.duration("silence_digest", {.fallback = 24h, .min = 0s, .max = 30 * 24h},
                        "How often whoever silenced something hears what they still silence, by "
                        "mail; `0s`: never.");
}

void readOperations(Section operations, OperationsSettings& out) {
    out.email = operations.text("email", "",
                                "Where alerts to operations go by mail, at most one an hour of a "
                                "kind; empty: they stand in the log alone.");
    checkMailAddress(operations, "email", out.email);
}

void readRetention(Section retention, const OutboxSettings& outbox, RetentionSettings& out) {
    out.bodies = retention.duration("bodies", {.fallback = 720h, .min = 24h, .max = 87600h},
                                    "How long the text of a message is kept.");
    out.addresses = retention.duration(
        "addresses", {.fallback = 4320h, .min = 24h, .max = 87600h},
        "How long names, addresses and customers' words are kept after the line was closed.");
    if (out.bodies < outbox.keep)
        retention.problem("bodies", "'bodies' must not be shorter than 'outbox.keep'");
    if (out.addresses < out.bodies)
        retention.problem("addresses", "'addresses' must not be shorter than 'bodies'");
}

/// Whether a path lies in a folder, or is it.
bool liesIn(const std::string& path, const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const auto inner = fs::weakly_canonical(path, ignored);
    const auto outer = fs::weakly_canonical(folder, ignored);
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first ==
           outer.end();
}

void readJournal(Section& root, Settings& out) {
    out.journal = root.path("journal", "",
                            "The file of the send journal, outside of `data_dir`; empty: "
                            "`send.journal` in the folder named as `data_dir`, with `-journal` "
                            "behind it.");
    out.journal_keep = root.duration(
        "journal_keep", {.fallback = 1440h, .min = 24h, .max = 87'600h},
        "How long the journal knows what left; longer than the oldest backup you would restore.");
    out.environment = root.text("environment", "production",
                                "What this installation is for; a database that belongs to another "
                                "environment, or another machine, sends nothing until you say so.");
    if (out.journal.empty()) out.journal = out.data_dir + "-journal/send.journal";
    if (liesIn(out.journal, out.data_dir))
        root.problem("journal",
                     "'journal' must not lie in 'data_dir': a restore of that folder "
                     "would set it back as well");
    if (out.environment.empty())
        root.problem("environment", "'environment' is empty: write a word, such as production");
}

void readDelivery(Section& root, DeliverySettings& out) {
    out.mode = root.choice("mode", {"live", "redirect", "dry-run"}, "live",
                           "Where messages go: to whom they are for, to the addresses of "
                           "`redirect`, or into files below `data_dir`/dry-run.");
    out.allow_domains =
        root.texts("allow_domains", "The only domains that mails are sent to; empty: all.");
    Section redirect = root.child("redirect", "Who gets everything in the mode `redirect`.");
    out.redirect_email = redirect.text("email", "", "The address that gets all mails.");
    out.redirect_sms = redirect.text("sms", "", "The number that gets all SMS.");
    checkMailAddress(redirect, "email", out.redirect_email);
    if (out.mode == "redirect" && out.redirect_email.empty() && out.redirect_sms.empty())
        root.problem("mode", "the mode 'redirect' needs an address: redirect: { email: … }");
}

void readClock(Section clock, ClockSettings& out) {
    out.max_back = clock.duration("max_back", {.fallback = 5min, .min = 1s, .max = 24h},
                                  "A wall clock that steps back by more holds everything.");
    out.max_forward = clock.duration("max_forward", {.fallback = 1h, .min = 1min, .max = 240h},
                                     "A wall clock that steps forward by more holds everything.");
}

void readDisk(Section disk, DiskSettings& out) {
    out.free_min_mib = disk.number(
        "free_min_mib", {.fallback = 256, .min = 1, .max = 1'048'576},
        "With less room in MiB for the database or the send journal, no source is read.");
    out.reserve_mib = disk.number(
        "reserve_mib", {.fallback = 16, .min = 1, .max = 1024},
        "The size in MiB of a file in `data_dir` that is given up where the disk is full, so that "
        "what became of what was sent can still be written down.");
}

void readListener(Section section, std::string_view listen, ListenerSettings& out) {
    out.section = section;
    out.listen = section.text("listen", "", listen);
    out.request_bytes =
        section.number("request_bytes", {.fallback = 65'536, .min = 1024, .max = 1'048'576},
                       "A request with a longer body is refused.");
    out.request_time = section.duration("request_time", {.fallback = 10s, .min = 1s, .max = 2min},
                                        "How long a request may take to come in.");
    out.connections = section.number("connections", {.fallback = 32, .min = 1, .max = 1024},
                                     "How many connections may be open at once.");
}

void readLog(Section log, LogSettings& out) {
    out.format =
        log.choice("format", {"text", "json", "journal"}, "text",
                   "The form of the log: lines of text, JSON lines, or systemd's journal.");
    out.level = log.choice("level", {"debug", "info", "warn", "error"}, "info",
                           "The least severe entries that are logged.");
    out.personal_data =
        log.flag("personal_data", false, "Log addresses in full; false: they are shortened.");
}

/// Says that a list must have an entry, where nothing else has been said of it yet.
void askForOne(Section& root, std::string_view key) {
    const NodePtr node = SectionAccess::impl(root).reader.need(key, "list at least one");
    if (node && node->isSequence())
        root.problem(key, fmt::format("'{}' is empty: list at least one", key));
}

/// A list of named sections; each is read on by its connector or sender. An empty list is read once
/// from nothing, so that its keys are declared all the same.
template <class Read, class Entry = std::invoke_result_t<Read&, Section>>
std::vector<Entry> readNamed(Section& root, std::string_view key, std::size_t entries_max,
                             Read read, std::string_view meaning) {
    std::vector<Entry> entries;
    std::map<std::string, int> lines;
    for (Section& section : root.children(key, meaning)) {
        SectionAccess::impl(section).read_elsewhere = true;
        Entry entry = read(section);
        if (!entry.name.empty() && !isName(entry.name))
            section.problem(
                "name", fmt::format("{} is no name; use a-z, 0-9, '_' and '-'", quote(entry.name)));
        const Place place = section.place("name");
        const auto [first, fresh] = lines.emplace(entry.name, place.line);
        if (!fresh && !entry.name.empty())
            section.problem("name", fmt::format("{} is named twice in '{}'; line {} has it already",
                                                quote(entry.name), key, first->second));
        entries.push_back(std::move(entry));
    }
    if (entries.size() > entries_max)
        root.problem(key, fmt::format("at most {} entries in '{}'", entries_max, key));
    if (entries.empty()) {
        askForOne(root, key);
        Section none = Section::fromText("", "");
        SectionAccess::impl(none).path = fmt::format("{}[]", key);
        SectionAccess::impl(none).read_elsewhere = true;
        (void)read(none);
        SectionAccess::impl(root).parts.push_back(none);
    }
    return entries;
}

void readTop(Section& root, Settings& out) {
    out.data_dir = root.path("data_dir", "/var/lib/backorderd", "The folder of the database.");
    out.rules_dir = root.path("rules_dir", "rules.d", "The folder of the rule files.");
    out.templates_dir = root.path("templates_dir", "templates", "The folder of the templates.");
    out.control_socket = root.path("control_socket", "/run/backorderd/control.sock",
                                   "The Unix socket at which the daemon answers other commands.");
    out.stop_within = root.duration("stop_within", {.fallback = 30s, .min = 1s, .max = 10min},
                                    "How long a stop may wait for what is on the wire.");
    out.slice_lines = root.number("slice_lines", {.fallback = 2000, .min = 100, .max = 100'000},
                                  "Order lines taken in per transaction.");
    if (out.control_socket.size() > kSocketPathMax)
        root.problem("control_socket", fmt::format("a socket's path has at most {} bytes; this one "
                                                   "has {}",
                                                   kSocketPathMax, out.control_socket.size()));
}

void readPreferences(Section preferences, PreferenceFields& out) {
    const auto field = [&](std::string_view key, std::string_view meaning) {
        auto name = preferences.text(key, "", meaning);
        if (!name.empty() && !isTextField(name))
            preferences.problem(
                key, fmt::format("{} is no text field of a line; docs/fields.md lists them, and "
                                 "customer.attributes.NAME and attributes.NAME pass on what an ERP "
                                 "has beyond",
                                 quote(name)));
        return name;
    };
    out.channel = field("channel", "The field of a line that says `email` or `sms`.");
    out.language =
        field("language", "The field of a line that says a language (BCP 47), `de` or `de-AT`.");
    out.digest = field("digest", "The field of a line that says `immediate`, `daily` or `weekly`.");
}

void readAll(Settings& settings) {
    Section& root = settings.root;
    readTop(root, settings);
    if (SectionAccess::impl(root).reader.isOther()) return;
    readJournal(root, settings);
    readDelivery(root, settings.delivery);
    readClock(root.child("clock", "What steps of the machine's clock are trusted."),
              settings.clock);
    readDisk(root.child("disk", "Room on the disk."), settings.disk);
    readHouse(root.child("house", "Who we are to the customer."), settings.house);
    readOutbox(root.child("outbox", "How messages are tried again."), settings.outbox);
    readReload(root.child("reload", "What new rules may do at once."), settings.reload);
    readGuards(root.child("guards", "What protects people from storms and mistakes."),
               settings.guards);
    readOperations(root.child("operations", "Who keeps the service running."), settings.operations);
    readRetention(root.child("retention", "How long what concerns persons is kept."),
                  settings.outbox, settings.retention);
    readPreferences(
        root.child("preferences", "Where the ERP says how a contact wants to be written to."),
        settings.preferences);
    readListener(root.child("public", "The HTTP listener for what comes from other systems."),
                 "Address and port, `127.0.0.1:8480` or `[::1]:8480`; empty: nothing listens.",
                 settings.public_listener);
    readListener(root.child("admin", "The HTTP listener for metrics and health."),
                 "Address and port, `127.0.0.1:8470` or `[::1]:8470`; empty: nothing listens.",
                 settings.admin_listener);
    readLog(root.child("log", "What is logged, and how."), settings.log);
    settings.sources =
        readNamed(root, "sources", kSourcesMax, &readSource, "The ERPs to read, at least one.");
    const auto sender = [&settings](Section section) {
        return readSender(std::move(section), settings.outbox);
    };
    settings.senders = readNamed(root, "senders", kSendersMax, sender,
                                 "The last hops, at least one; the first of a channel serves it.");
    for (auto& own : settings.senders)
        if (own.schedule.keep > settings.retention.bodies)
            own.section.problem("schedule",
                                "'schedule.keep' must not be longer than 'retention.bodies'");
    root.finish();
}

}  // namespace

std::optional<Settings> readSettings(const std::string& path, Problems& problems) {
    std::string reason;
    const auto text = readFile(path, reason);
    if (!text) {
        problems.push_back(
            {{path, 0, 0},
             fmt::format("cannot read the settings: {}; name the file with --config", reason),
             Severity::Error});
        return std::nullopt;
    }
    auto file = std::make_shared<SettingsFile>();
    file->name = path;
    file->folder = folderOf(path);
    NodePtr root = parseYaml(*text, path, file->problems);
    if (!root) {
        problems = orderProblems(file->problems);
        return std::nullopt;
    }
    Settings settings;
    settings.root = makeSection(file, std::move(root), "");
    settings.file = path;
    readAll(settings);
    problems = orderProblems(file->problems);
    return settings;
}

Result<Settings> loadSettings(const std::string& path) {
    Problems problems;
    auto settings = readSettings(path, problems);
    if (!settings || hasErrors(problems)) return problems;
    return std::move(*settings);
}

Problems findUnread(Settings& settings) {
    for (SourceSettings& source : settings.sources) source.section.finish();
    for (SenderSettings& sender : settings.senders) sender.section.finish();
    return orderProblems(settings.root.problems());
}

}  // namespace backorderd::config
