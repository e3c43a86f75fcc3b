#include "cli/explanation.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/marked_text.hpp"
#include "cli/terminal.hpp"

namespace tollgate::cli {
namespace {

using Json = nlohmann::ordered_json;
using Kind = rules::Condition::Kind;
using rules::Outcome;

std::string describe(const rules::Action& action) {
  std::string text(to_string(action.verdict));
  if (action.accepted) text += " as accepted";
  if (!action.map_error.empty()) text += fmt::format(", MAP error {}", action.map_error);
  if (action.smpp_status != 0) text += fmt::format(", SMPP status {:#010x}", action.smpp_status);
  if (!action.tariff.empty()) text += fmt::format(" {}", action.tariff);
  if (!action.divert_to.empty()) text += fmt::format(" to {}", action.divert_to);
  if (action.verdict == Verdict::throttle)
    text += fmt::format(" above {} in {} s by {}", action.limit, action.per_seconds, field(action.by).name);
  if (action.otherwise != nullptr) text += fmt::format(", or {}", describe(*action.otherwise));
  if (action.alert) text += ", with an alert";
  return text;
}

Explanation::Rule show(const rules::Rule& rule, const rules::Ruleset& ruleset) {
  Explanation::Rule shown{rule.id, rule.rev, rule.state, rule.name, {}, rule.place, {}};
  for (const rules::LabelId label : rule.labels) shown.labels.push_back(ruleset.tests.labels()[label]);
  return shown;
}

void add_rules(Explanation& e, const Judgement& judgement, const rules::Ruleset& ruleset) {
  const TextSpan* span = judgement.spans.data();
  for (const RuleHit& hit : judgement.rules) {
    e.rules.push_back(show(*rules::find_rule(ruleset, hit.id), ruleset));
    e.rules.back().spans.assign(span, span + hit.spans);
    span += hit.spans;
  }
  e.more_rules = judgement.more_rules;
}

constexpr std::string_view bold = "\033[1m";
constexpr std::string_view plain = "\033[0m";

/// Builds the text for a person.
class Text {
 public:
  explicit Text(bool colours) : colours_(colours) {}

  std::string of(const Explanation& e) {
    heading("Folded text");
    for (const std::string& reading : e.folded) out_ += marked(reading, {}, "  ", false);
    if (!e.has_text) out_ += "  (the message has no text)\n";
    heading("Rules that hold");
    for (const Explanation::Rule& rule : e.rules) add(rule, e.text);
    if (e.rules.empty()) out_ += "  (none)\n";
    if (e.more_rules != 0) out_ += fmt::format("  and {} more\n", e.more_rules);
    heading("Labels");
    out_ += fmt::format("  {}\n", e.labels.empty() ? "(none)" : fmt::format("{}", fmt::join(e.labels, ", ")));
    heading("Policy");
    if (e.policy) add(*e.policy);
    else out_ += "  (there is no policy.yaml: every message passes)\n";
    if (e.price) {
      heading("Charge");
      out_ += to_text(*e.price);
    }
    if (e.asked) add(*e.asked);
    return std::move(out_);
  }

 private:
  void heading(std::string_view text) {
    out_ += fmt::format("\n{}{}{}\n", colours_ ? bold : "", text, colours_ ? plain : "");
  }

  static std::string name(const Explanation::Rule& rule) {
    return fmt::format("{} rev {} ({}) {}", rule.id, rule.rev, to_string(rule.state), printable(rule.name));
  }

  void add(const Explanation::Rule& rule, std::string_view text) {
    out_ += fmt::format("  {}\n    {}; {} {}\n", name(rule), to_string(rule.place),
                        rule.state == RuleState::enforce ? "gives" : "would give",
                        rule.labels.empty() ? "no label" : fmt::format("{}", fmt::join(rule.labels, ", ")));
    if (!rule.spans.empty()) out_ += marked(text, rule.spans, "    ", colours_);
  }

  void add(const Explanation::PolicyLine& line) {
    out_ += fmt::format("  {}: {}\n    {}; the first line that holds\n", printable(line.name), line.action,
                        to_string(line.place));
    if (line.when.kind == Kind::all && line.when.children.empty()) out_ += "    always holds\n";
    else add(line.when, 2);
  }

  void add(const Explanation::Asked& asked) {
    heading(fmt::format("Rule {} {}", asked.rule.id, asked.when.holds ? "holds" : "does not hold"));
    out_ += fmt::format("  {}\n    {}\n", name(asked.rule), to_string(asked.rule.place));
    add(asked.when, 2);
  }

  /// `yes  sender.type: alphanumeric   found alphanumeric   rules/a.yaml:7:18`
  void add(const Outcome& outcome, std::size_t depth) {
    const std::string indent(depth * 2, ' ');
    out_ += fmt::format("{}{:<4} {}  {}\n", indent, outcome.holds ? "yes" : "no", describe(outcome),
                        to_string(outcome.place));
    for (const Outcome& child : outcome.children) add(child, depth + 1);
  }

  static std::string describe(const Outcome& outcome) {
    switch (outcome.kind) {
      case Kind::all: return "all of";
      case Kind::any: return "any of";
      case Kind::negation: return "not";
      case Kind::test: break;
    }
    return fmt::format("{}: {}  {}", outcome.name, printable(outcome.expected), found(outcome));
  }

  static std::string found(const Outcome& outcome) {
    constexpr std::size_t most = 5;
    if (outcome.found.empty()) {
      const bool in_text = outcome.name == "text" || outcome.name == "raw.text";
      return in_text ? (outcome.holds ? "found" : "not found") : "found none";
    }
    std::string text = "found ";
    for (std::size_t i = 0; i < outcome.found.size() && i < most; ++i)
      text += fmt::format("{}`{}`", i == 0 ? "" : ", ", printable(outcome.found[i]));
    if (outcome.found.size() > most) text += fmt::format(" and {} more", outcome.found.size() - most);
    return text;
  }

  bool colours_;
  std::string out_;
};

Json to_json(const rules::Place& place) {
  return {{"file", place.file}, {"line", place.line}, {"column", place.column}};
}

Json to_json(std::span<const TextSpan> spans) {
  Json all = Json::array();
  for (const TextSpan span : spans) all.push_back({span.begin, span.end});
  return all;
}

Json to_json(const Outcome& outcome) {
  Json json{{"holds", outcome.holds}};
  switch (outcome.kind) {
    case Kind::test:
      json["field"] = outcome.name;
      json["expected"] = outcome.expected;
      json["found"] = outcome.found;
      if (!outcome.spans.empty()) json["spans"] = to_json(outcome.spans);
      break;
    case Kind::all: json["all"] = Json::array(); break;
    case Kind::any: json["any"] = Json::array(); break;
    case Kind::negation: json["not"] = to_json(outcome.children.front()); break;
  }
  if (outcome.kind == Kind::all || outcome.kind == Kind::any) {
    Json& children = json[outcome.kind == Kind::all ? "all" : "any"];
    for (const Outcome& child : outcome.children) children.push_back(to_json(child));
  }
  json["place"] = to_json(outcome.place);
  return json;
}

}  // namespace

Explanation explanation_of(Message& message, rules::Evaluator& evaluator, rules::SpanFinder& spans,
                           const rules::Rule* asked) {
  const rules::Ruleset& ruleset = evaluator.ruleset();
  rules::Subject& subject = evaluator.subject();
  Explanation e;
  spans.add_spans(message);
  spans.look_at(message);
  e.has_text = subject.has_text();
  if (e.has_text) {
    e.text = subject.text();
    for (std::size_t i = 0; i < subject.folded().readings(); ++i)
      e.folded.emplace_back(subject.folded().reading(i));
  }
  const Judgement& judgement = message.judgement;
  add_rules(e, judgement, ruleset);
  e.labels.assign(judgement.labels.begin(), judgement.labels.end());
  for (const rules::PolicyLine& line : ruleset.policy) {
    if (line.name == judgement.policy)
      e.policy = {line.name, line.place, outcome_of(line.when, line.place.file, evaluator, spans),
                  describe(line.action)};
  }
  if (asked != nullptr)
    e.asked = {show(*asked, ruleset), outcome_of(asked->when, asked->place.file, evaluator, spans)};
  return e;
}

std::string to_text(const Explanation& explanation, bool colours) { return Text(colours).of(explanation); }

void add_to(Json& event, const Explanation& e) {
  event["folded"] = e.folded;
  for (std::size_t i = 0; i < e.rules.size(); ++i) {
    Json& rule = event["rules"][i];
    rule["name"] = e.rules[i].name;
    rule["labels"] = e.rules[i].labels;
    rule["place"] = to_json(e.rules[i].place);
  }
  if (e.policy) {
    event["policy_line"] = {{"name", e.policy->name},
                            {"place", to_json(e.policy->place)},
                            {"action", e.policy->action},
                            {"conditions", to_json(e.policy->when)}};
  }
  if (e.price) add_to(event, *e.price);
  if (e.asked) {
    const Explanation::Rule& rule = e.asked->rule;
    event["rule"] = {{"id", rule.id},
                     {"rev", rule.rev},
                     {"state", to_string(rule.state)},
                     {"name", rule.name},
                     {"labels", rule.labels},
                     {"place", to_json(rule.place)},
                     {"holds", e.asked->when.holds},
                     {"conditions", to_json(e.asked->when)}};
  }
}

}  // namespace tollgate::cli
