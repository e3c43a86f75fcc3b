#include "rules/outcome.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace tollgate::rules {
namespace {

using Kind = Condition::Kind;
using Values = std::vector<std::string>;

Values texts(Subject& subject, FieldId id) {
  const auto values = subject.texts(id);
  return {values.begin(), values.end()};
}

Values numbers(Subject& subject, FieldId id) {
  Values shown;
  for (const std::uint64_t value : subject.numbers(id)) shown.push_back(std::to_string(value));
  return shown;
}

Values ip(const Subject& subject, FieldId id) {
  const IpAddress* address = subject.ip(id);
  std::array<char, INET6_ADDRSTRLEN> room{};
  if (address == nullptr) return {};
  inet_ntop(address->version == 6 ? AF_INET6 : AF_INET, address->octets.data(), room.data(), room.size());
  return {room.data()};
}

Values values_of(Subject& subject, FieldId id) {
  return field(id).type == FieldType::number ? numbers(subject, id) : texts(subject, id);
}

/// Of a comparison, the other field's too.
Values both(Subject& subject, const Test& test) {
  const auto other = static_cast<FieldId>(test.other);
  Values all = values_of(subject, test.field);
  for (const std::string& value : values_of(subject, other))
    all.push_back(fmt::format("{} {}", field(other).name, value));
  return all;
}

/// `sat 22:14`, by the clocks of the window's zone, or of each zone of the recipient's country.
Values local_times(const Ruleset& ruleset, Subject& subject, const TimeWindow& window) {
  Values shown;
  const auto add = [&](const TimeZone& zone) {
    const std::string time = local_time(zone, subject.time_ns());
    if (std::find(shown.begin(), shown.end(), time) == shown.end()) shown.push_back(time);
  };
  if (window.zone != nullptr) {
    add(*window.zone);
  } else {
    for (const std::string_view country : subject.texts(FieldId::recipient_country)) {
      for (const auto& zone : ruleset.zones->of(country)) add(*zone);
    }
  }
  return shown;
}

Values found_by(const Test& test, Evaluator& evaluator) {
  Subject& subject = evaluator.subject();
  switch (test.op) {
    case Op::label: {
      const auto labels = subject.message().judgement.labels;
      return {labels.begin(), labels.end()};
    }
    case Op::signal: {
      const double value = subject.signal(test.other);
      return std::isnan(value) ? Values{} : Values{fmt::format("{}", value)};
    }
    case Op::field: return both(subject, test);
    case Op::compare: return numbers(subject, test.field);
    case Op::network: return ip(subject, test.field);
    case Op::time:
      return local_times(evaluator.ruleset(), subject, evaluator.ruleset().tests.windows()[test.other]);
    case Op::flag: {
      const auto flag = subject.flag(test.field);
      return flag ? Values{*flag ? "true" : "false"} : Values{};
    }
    default: return texts(subject, test.field);
  }
}

bool is_in_text(const Test& test) { return test.field == FieldId::text || test.field == FieldId::raw_text; }

void ask(Outcome& outcome, TestId id, Evaluator& evaluator, SpanFinder& spans) {
  const Ruleset& ruleset = evaluator.ruleset();
  const Test& test = ruleset.tests[id];
  outcome.holds = evaluator.test_holds(id);
  outcome.name = test.op == Op::signal ? ruleset.signals[test.other] : std::string(field(test.field).name);
  outcome.expected = test.written;
  if (!is_in_text(test)) {
    outcome.found = found_by(test, evaluator);
    return;
  }
  outcome.spans = spans.of(id);
  for (const TextSpan span : outcome.spans)
    outcome.found.emplace_back(part_of(evaluator.subject().text(), span));
}

bool holds(const Outcome& outcome) {
  const auto child_holds = [](const Outcome& child) { return child.holds; };
  const auto& children = outcome.children;
  switch (outcome.kind) {
    case Kind::test: return outcome.holds;
    case Kind::negation: return !children.front().holds;
    case Kind::all: return std::all_of(children.begin(), children.end(), child_holds);
    case Kind::any: return std::any_of(children.begin(), children.end(), child_holds);
  }
  return false;
}

}  // namespace

Outcome outcome_of(const Condition& condition, const std::string& file, Evaluator& evaluator,
                   SpanFinder& spans) {
  Outcome outcome;
  outcome.kind = condition.kind;
  outcome.place = {file, condition.line, condition.column};
  if (condition.kind == Kind::test) ask(outcome, condition.test, evaluator, spans);
  for (const Condition& child : condition.children)
    outcome.children.push_back(outcome_of(child, file, evaluator, spans));
  outcome.holds = holds(outcome);
  return outcome;
}

std::string_view part_of(std::string_view text, TextSpan span) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  std::size_t begin = text.size();
  std::size_t end = text.size();
  std::uint32_t character = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_start(text[at])) continue;
    if (character == span.begin) begin = at;
    if (character == span.end) {
      end = at;
      break;
    }
    ++character;
  }
  return text.substr(std::min(begin, end), end - std::min(begin, end));
}

}  // namespace tollgate::rules
