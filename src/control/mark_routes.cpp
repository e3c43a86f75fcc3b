#include "control/mark_routes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "charge/ledger_error.hpp"
#include "control/fault.hpp"
#include "control/marks.hpp"
#include "control/request_body.hpp"
#include "control/utc.hpp"
#include "record/event_tail.hpp"
#include "record/mask.hpp"

namespace tollgate::control {
namespace {

using Json = nlohmann::ordered_json;

/// What `ask` answers of the marks.
template <class Ask>
auto of_marks(const Call& call, Ask&& ask) {
  if (call.means.marks == nullptr)
    throw Fault(http::unavailable, "this appliance keeps no marks", "one that does");
  try {
    return ask(*call.means.marks);
  } catch (const charge::LedgerError& error) {
    throw Fault(http::unavailable, error.what(), "that the file of marks can be used");
  }
}

/// The event as who may see numbers sees it: as it was when it came where that is still known, else judged
/// anew.
Json event_of(const Call& call, const std::string& id) {
  if (call.means.events != nullptr) {
    const auto tail = call.means.events->after(0).kept;
    const std::string begin = fmt::format("{{\"id\":\"{}\"", id);
    const auto found = std::find_if(tail.rbegin(), tail.rend(),
                                    [&](const auto& event) { return event->line.starts_with(begin); });
    if (found != tail.rend()) return Json::parse((*found)->line);
  }
  if (call.means.messages == nullptr)
    throw Fault(http::not_found, "found no such event", "one that came lately");
  return call.means.messages->explain(id, false);
}

std::string text_at(const Json& event, const char* pointer) {
  const Json::json_pointer at(pointer);
  return event.contains(at) && event.at(at).is_string() ? event.at(at).get<std::string>() : std::string();
}

/// Those that hold and have an effect. Others are tried out, and made no verdict.
std::vector<std::uint32_t> rules_of(const Json& event) {
  std::vector<std::uint32_t> ids;
  for (const Json& rule : event.value("rules", Json::array()))
    if (rule.value("state", "enforce") == "enforce") ids.push_back(rule.at("id"));
  return ids;
}

std::vector<std::uint32_t> to_blame(Call& call, const Mark& mark) {
  if (call.means.messages == nullptr) return mark.rules;
  return call.means.messages->to_blame({mark.ruleset, mark.policy, mark.rules});
}

/// What is kept of the event.
Mark mark_of(const Json& event) {
  Mark mark;
  mark.event = text_at(event, "/id");
  mark.time = text_at(event, "/time");
  mark.protocol = text_at(event, "/protocol");
  mark.sender = text_at(event, "/sender/address");
  mark.verdict = text_at(event, "/verdict");
  mark.policy = text_at(event, "/policy");
  mark.ruleset = text_at(event, "/ruleset");
  for (const Json& label : event.value("labels", Json::array())) mark.labels.push_back(label);
  mark.rules = rules_of(event);
  return mark;
}

/// The text that rules matched, and its sender, of the message that is kept.
void add_text(Call& call, Mark& mark) {
  if (call.means.messages == nullptr)
    throw Fault(http::not_found, "found no text of it", "`text`, or no `with_text`");
  const Json why = call.means.messages->explain(mark.event, true);
  const bool is_whole = why.contains("message_text");
  if (!is_whole && !why.contains("text"))
    throw Fault(http::not_found, "found a message without a text", "`text`, or no `with_text`");
  mark.text = why.at(is_whole ? "message_text" : "text").get<std::string>();
  mark.sender = text_at(why, "/sender/address");
}

/// What should not hold does: one that is named must be among those that hit.
void expect_hit(const Json& event, std::uint32_t rule) {
  std::string hit;
  for (const Json& one : event.value("rules", Json::array())) {
    if (one.at("id") == rule) return;
    hit += fmt::format("{}{}", hit.empty() ? "" : ", ", one.at("id").get<std::uint32_t>());
  }
  throw Fault(http::bad_request, fmt::format("found the rule {}, which did not hit", rule),
              hit.empty() ? "no rule: none hit" : "one that hit: " + hit);
}

/// What should hold does not: one that is named must be among the rules of now, where these are known.
void expect_rule(const Call& call, std::uint32_t rule) {
  if (call.means.messages == nullptr || call.means.messages->has_rule(rule)) return;
  throw Fault(http::bad_request, fmt::format("found the rule {}, which the appliance does not have", rule),
              "the id of one that it has, or no rule");
}

Mark mark_for(Call& call, const MarkBody& body) {
  const Json event = event_of(call, body.id);
  if (event.value("kind", "message") != "message")
    throw Fault(http::bad_request, "found an event of another kind", "that of a message");
  if (body.rule != 0) {
    if (body.wrong == Wrong::false_positive) expect_hit(event, body.rule);
    else expect_rule(call, body.rule);
  }
  Mark mark = mark_of(event);
  mark.event = body.id;
  mark.made_ns = utc_now_ns();
  mark.by = call.caller.who;
  mark.wrong = body.wrong;
  mark.note = body.note;
  if (body.rule != 0) mark.rules = {body.rule};
  else if (body.wrong == Wrong::false_positive) mark.rules = to_blame(call, mark);
  else mark.rules.clear();  // those that hold are not to blame
  if (body.text) mark.text = body.text;
  else if (body.with_text) add_text(call, mark);
  return mark;
}

Json shown(const Mark& mark, bool with_text) {
  std::string sender = mark.sender;
  if (!with_text && !record::is_name(sender)) record::mask(sender);
  Json json{{"number", mark.number},
            {"made", to_utc(mark.made_ns)},
            {"by", mark.by},
            {"wrong", to_string(mark.wrong)},
            {"event", mark.event},
            {"time", mark.time},
            {"protocol", mark.protocol},
            {"sender", sender},
            {"verdict", mark.verdict},
            {"policy", mark.policy},
            {"ruleset", mark.ruleset},
            {"labels", mark.labels},
            {"rules", mark.rules}};
  if (with_text && !mark.note.empty()) json["note"] = mark.note;  // which may quote it
  if (with_text && mark.text) json["text"] = *mark.text;
  return json;
}

MarkBook::Asked asked(const Call& call) {
  MarkBook::Asked asked;
  asked.rule = static_cast<std::uint32_t>(call.numbers.at("rule"));
  if (const auto since = call.texts.find("since"); since != call.texts.end()) {
    const auto time = from_utc(since->second);
    if (!time)
      throw Fault(http::bad_request, "found another value for `since`",
                  "a time such as 2026-12-01T00:00:00Z");
    asked.since_ns = *time;
  }
  return asked;
}

/// What an audit line says of a mark: nothing that somebody has written.
Json noted(const Mark& mark) {
  return {{"event", mark.event},
          {"wrong", to_string(mark.wrong)},
          {"rules", mark.rules},
          {"with_text", mark.text.has_value()}};
}

}  // namespace

Json show_marks(Call& call) {
  MarkBook::Asked what = asked(call);
  what.after = call.numbers.at("after");
  what.most = call.numbers.at("most");
  Json marks = Json::array();
  Json counts = Json::array();
  of_marks(call, [&](MarkBook& book) {
    for (const Mark& mark : book.find(what)) marks.push_back(shown(mark, sees_numbers(call.caller.role)));
    for (const auto& [rule, count] : book.counts())
      counts.push_back({{"rule", rule},
                        {"false_positives", count.false_positives},
                        {"false_negatives", count.false_negatives}});
    return 0;
  });
  return {{"marks", std::move(marks)}, {"counts", std::move(counts)}};
}

Json show_mark_tests(Call& call) {
  return of_marks(call, [&](MarkBook& book) -> Json { return tests_of(book.find(asked(call))); });
}

Json add_mark(Call& call) {
  Mark mark = mark_for(call, read_mark_body(call.body));
  return of_marks(call, [&](MarkBook& book) -> Json {
    call.means.changes.note(call.caller, "mark.add", nullptr, noted(mark));
    const auto number = book.add(mark);
    if (!number) {
      call.means.changes.note(call.caller, "mark.add.failed", nullptr, noted(mark));
      throw Fault(http::conflict, fmt::format("found {} marks already", MarkBook::most_marks),
                  "fewer: POST /v1/marks/remove takes one out");
    }
    mark.number = *number;
    return {{"mark", shown(mark, true)}};
  });
}

Json remove_mark(Call& call) {
  const std::uint64_t number = read_number_body(call.body, "number");
  return of_marks(call, [&](MarkBook& book) -> Json {
    call.means.changes.note(call.caller, "mark.remove", {{"number", number}}, nullptr);
    const auto mark = book.remove(number);
    if (!mark) {
      call.means.changes.note(call.caller, "mark.remove.failed", {{"number", number}}, nullptr);
      throw Fault(http::not_found, fmt::format("found no mark {}", number), "the number of one");
    }
    return {{"mark", shown(*mark, true)}};
  });
}

}  // namespace tollgate::control
