#include "config/rule_test_steps.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/rule_reader.hpp"
#include "config/script_values.hpp"
#include "config/words.hpp"

namespace backorderd::config {
namespace {

/// Reads one step; knows the file and the lines that may be named.
class StepReader {
public:
    StepReader(const NodePtr& node, const std::string& file, const std::vector<std::string>& lines,
               Problems& problems)
        : reader_{node, file, "the step", problems},
          file_{file},
          lines_{lines},
          problems_{problems} {}

    TestStep read(Timestamp start) {
        TestStep step;
        step.place = reader_.place();
        readMoment(step, start);
        readChanges(step);
        if (const auto node = reader_.find("stock")) step.stock = readStock(node, file_, problems_);
        readActs(step);
        if (reader_.has("expect")) step.expect = readMessages("expect");
        step.never = readMessages("never");
        reader_.finish();
        return step;
    }

private:
    void readMoment(TestStep& step, Timestamp start) {
        step.until = reader_.has("until");
        if (step.until == reader_.has("at"))
            return reader_.problem(reader_.place(),
                                   "a step begins with either 'at: +1d', for what happens, or "
                                   "'until: +12d', for what is sent up to then");
        const std::string key = step.until ? "until" : "at";
        const auto node = reader_.find(key);
        const auto* text = scalarText(reader_, node, key, "a time from the start such as +3d");
        if (!text) return;
        step.name = key + ": " + *text;
        const auto moment = parseTimestamp(*text);
        const auto offset = parseOffset(*text);
        if (moment)
            step.at = *moment;
        else if (offset)
            step.at = start + *offset;
        else
            reader_.problem(*node, fmt::format("{} must be a time from the start such as +0h, +30m "
                                               "or +3d, or a moment with its zone, not {}",
                                               quote(key), quote(*text)));
        if (step.at < start && (moment || offset))
            reader_.problem(*node, fmt::format("{} is before the start of the test", quote(*text)));
        if (step.until) return;
        const auto within = reader_.find("within");
        if (!within) return;
        const auto span = parseOffset('+' + within->text);
        if (span && span->count() > 0)
            step.within = *span;
        else
            reader_.problem(*within, fmt::format("'within' must be a span such as 2h or 3d, not {}",
                                                 describe(*within)));
    }

    /// The line of that id, or empty with a problem.
    std::string lineOf(const Place& place, const std::string& id) {
        if (std::ranges::find(lines_, id) != lines_.end()) return id;
        auto hint = didYouMean(id, lines_);
        if (hint.empty()) hint = fmt::format("; the test has {}", wordList(lines_, "and"));
        reader_.problem(place, fmt::format("the test has no line {}{}", quote(id), hint));
        return {};
    }

    void readChanges(TestStep& step) {
        const auto node = reader_.find("change");
        if (!node) return;
        MapReader changes{node, file_, "'change'", problems_};
        for (const auto& entry : changes.entries()) {
            const auto line = lineOf({file_, entry.line, entry.column}, entry.key);
            MapReader fields{entry.value, file_, fmt::format("the change of {}", quote(entry.key)),
                             problems_};
            auto read = readFields(fields, {"line"});
            if (fields.has("line"))
                fields.problem(fields.placeOf("line"), "the id of a line stays as it is");
            if (!line.empty()) step.changes.push_back({line, std::move(read)});
        }
    }

    void readActs(TestStep& step) {
        using Kind = TestAct::Kind;
        readActsOf(step, "respond", Kind::Respond);
        readActsOf(step, "ack", Kind::Acknowledge);
        readActsOf(step, "accept", Kind::Accept);
        readActsOf(step, "decline", Kind::Decline);
        readActsOf(step, "gone", Kind::Gone);
    }

    void readActsOf(TestStep& step, const std::string& key, TestAct::Kind kind) {
        for (const auto& node : listOf(reader_.find(key))) {
            TestAct act;
            act.kind = kind;
            act.place = {file_, node->line, node->column};
            if (node->isScalar()) {
                act.line = lineOf(act.place, node->text);
            } else {
                MapReader reader{node, file_, fmt::format("'{}'", key), problems_};
                reader.need("line", "name the line that it is about");
                if (reader.has("line")) act.line = lineOf(act.place, readText(reader, "line"));
                readDetails(reader, act);
                reader.finish();
            }
            if (!act.line.empty()) step.acts.push_back(std::move(act));
        }
    }

    void readDetails(MapReader& reader, TestAct& act) {
        using Kind = TestAct::Kind;
        act.author = "test";
        if (act.kind == Kind::Gone) return;
        if (reader.has("author")) act.author = readText(reader, "author");
        act.note = readText(reader, "note");
        if (act.kind == Kind::Acknowledge) act.rule = readText(reader, "rule");
        if (act.kind == Kind::Accept) act.item = readText(reader, "item");
        if (act.kind != Kind::Respond) return;
        act.text = readText(reader, "text");
        if (const auto node = reader.find("answer"))
            act.answer = readNameOf(reader, node, "answer", kAnswerWords);
        if (const auto node = reader.find("sentiment"))
            act.sentiment = readNameOf(reader, node, "sentiment", kSentimentWords);
    }

    std::vector<ExpectedMessage> readMessages(const std::string& key) {
        std::vector<ExpectedMessage> messages;
        const auto node = reader_.find(key);
        if (!node) return messages;
        if (!node->isSequence()) {
            reader_.problem(*node, fmt::format("'{}' must be a list such as [ {{ template: opened "
                                               "}} ]; an empty one, [], for nothing",
                                               key));
            return messages;
        }
        for (const auto& item : node->items) messages.push_back(readMessage(item, key));
        return messages;
    }

    ExpectedMessage readMessage(const NodePtr& node, const std::string& key) {
        MapReader reader{node, file_, fmt::format("the message of '{}'", key), problems_};
        ExpectedMessage message;
        message.place = reader.place();
        message.to = readText(reader, "to");
        message.template_name = readText(reader, "template");
        message.rule = readText(reader, "rule");
        message.subject = readText(reader, "subject");
        if (const auto line = readText(reader, "line"); !line.empty())
            message.line = lineOf(reader.placeOf("line"), line);
        for (const auto& part : listOf(reader.find("contains")))
            if (const auto* text = scalarText(reader, part, "contains", "text"))
                message.contains.push_back(*text);
        if (const auto topic = reader.find("topic")) {
            message.topic = parseTopic(topic->text);
            if (!message.topic)
                reader.problem(*topic, fmt::format("there is no topic {}; docs/rules-testing.md "
                                                   "lists them",
                                                   describe(*topic)));
        }
        if (const auto channel = reader.find("channel")) {
            message.channel = parseChannel(channel->text);
            if (!message.channel)
                reader.problem(*channel, fmt::format("'channel' must be email, sms, webhook or "
                                                     "chat, not {}",
                                                     describe(*channel)));
        }
        reader.finish();
        return message;
    }

    MapReader reader_;
    const std::string& file_;
    const std::vector<std::string>& lines_;
    Problems& problems_;
};

}  // namespace

TestStep readStep(const NodePtr& node, const std::string& file, Timestamp start,
                  const std::vector<std::string>& lines, Problems& problems) {
    return StepReader{node, file, lines, problems}.read(start);
}

std::vector<StockChange> readStock(const NodePtr& node, const std::string& file,
                                   Problems& problems) {
    std::vector<StockChange> changes;
    MapReader reader{node, file, "'stock'", problems};
    for (const auto& entry : reader.entries()) {
        const auto add = [&](const std::string& warehouse, const Node& value) {
            if (const auto free = readQuantity(reader, value, entry.key))
                changes.push_back({entry.key, warehouse, *free});
        };
        if (!entry.value->isMapping()) add({}, *entry.value);
        for (const auto& at : entry.value->entries) add(at.key, *at.value);
    }
    return changes;
}

}  // namespace backorderd::config
