#include "rules/evaluate.hpp"

#include <algorithm>
#include <cmath>

#include <absl/hash/hash.h>

namespace tollgate::rules {
namespace {

const Action& otherwise_of(const PolicyLine& line) {
  static const Action block{.verdict = Verdict::block};
  return line.action.otherwise == nullptr ? block : *line.action.otherwise;
}

bool is_text(FieldId id) { return id == FieldId::text || id == FieldId::raw_text; }

std::uint64_t number_of(const PolicyLine& line) { return absl::HashOf(line.name) | 1U; }

}  // namespace

Evaluator::Evaluator(std::shared_ptr<const Ruleset> ruleset)
    : ruleset_(std::move(ruleset)),
      subject_(*ruleset_->fold, *ruleset_->suffixes),
      tests_(ruleset_->tests.all().size()),
      rules_(ruleset_->rules.size()),
      labels_given_(ruleset_->tests.labels().size()),
      found_in_text_(ruleset_->tests.all().size()),
      suggested_(ruleset_->rules.size()) {
  for (const auto& matcher : ruleset_->matchers) {
    if (matcher != nullptr) scratch_.prepare_for(*matcher);
  }
}

void Evaluator::normalise() {
  const bool is_scanned = ruleset_->matchers[index(FieldId::text)] != nullptr;
  if (is_scanned && !text_is_known_ && subject_.has_text()) subject_.folded();
}

void Evaluator::match(std::span<const double> signals) {
  subject_.take(signals);
  scan();
  look_up();
}

void Evaluator::decide() {
  suggest(ruleset_->index.always);
  std::sort(suggested_.begin(), suggested_.begin() + static_cast<std::ptrdiff_t>(suggested_count_));
  for (std::size_t i = 0; i < suggested_count_; ++i) {
    const Rule& rule = ruleset_->rules[suggested_[i]];
    if (holds(rule.node)) apply(rule);
  }
  apply_policy();
}

Subject& Evaluator::look_at(Message& message) {
  begin(message);
  subject_.look_at(message, ruleset_->shorteners, live_ == nullptr ? nullptr : live_->shorteners());
  text_is_known_ = false;
  return subject_;
}

Subject& Evaluator::look_at_recipient(Message& message) {
  begin(message);
  return subject_;
}

void Evaluator::begin(Message& message) {
  if (++now_ == 0) {  // after four thousand million messages
    std::fill(tests_.begin(), tests_.end(), Memory{});
    std::fill(rules_.begin(), rules_.end(), 0U);
    std::fill(labels_given_.begin(), labels_given_.end(), 0U);
    now_ = 1;
  }
  suggested_count_ = label_count_ = hit_count_ = 0;
  more_rules_ = 0;
  name_operators(*ruleset_, message);
  message_ = &message;
}

void Evaluator::scan() {
  if (!text_is_known_) found_in_text_count_ = 0;
  for (std::size_t i = 0; i < found_in_text_count_; ++i) now_holds(found_in_text_[i]);
  for (const auto& [id, patterns] : ruleset_->tests.patterns()) {
    const Matcher* matcher = ruleset_->matchers[index(id)].get();
    if (matcher != nullptr && !(text_is_known_ && is_text(id))) scan_field(id, patterns, *matcher);
  }
  text_is_known_ = true;
}

void Evaluator::scan_field(FieldId id, const FieldPatterns& patterns, const Matcher& matcher) {
  auto on_hit = [&](const Hit& hit) {
    for (const FieldPatterns::Use& use : patterns.uses[hit.pattern]) {
      if (expired(use.expires, subject_.time_ns()) || now_holds(use.test)) continue;
      if (is_text(id)) found_in_text_[found_in_text_count_++] = use.test;
    }
  };
  if (id == FieldId::text && subject_.has_text()) {
    const FoldedText& folded = subject_.folded();
    for (std::size_t i = 0; i < folded.readings(); ++i) matcher.scan(folded.reading(i), scratch_, on_hit);
  } else if (id == FieldId::raw_text && subject_.has_text()) {
    matcher.scan(subject_.text(), scratch_, on_hit);
  } else {
    for (const std::string_view value : subject_.scanned(id)) matcher.scan(value, scratch_, on_hit);
  }
}

/// Finds tests that hold by their values, without asking each.
void Evaluator::look_up() {
  for (const Index::Exact& exact : ruleset_->index.exact) {
    for (const std::string_view value : subject_.keys(exact.field)) {
      if (const auto found = exact.values.find(value); found != exact.values.end()) now_holds(found->second);
    }
  }
  for (const Index::Prefixes& prefixes : ruleset_->index.prefixes) {
    for (const std::string_view value : subject_.keys(prefixes.field)) {
      for (const std::size_t length : prefixes.lengths) {
        if (length > value.size()) continue;
        const auto found = prefixes.values.find(value.substr(0, length));
        if (found != prefixes.values.end()) now_holds(found->second);
      }
    }
  }
  for (const Index::Numbers& numbers : ruleset_->index.numbers) {
    for (const std::uint64_t value : subject_.numbers(numbers.field)) {
      if (const auto found = numbers.values.find(value); found != numbers.values.end())
        now_holds(found->second);
    }
  }
  for (const TestId test : ruleset_->index.listed) {
    if (test_holds(test)) suggest(ruleset_->index.rules[test]);
  }
}

/// Gives whether that was known.
bool Evaluator::now_holds(TestId test) {
  if (tests_[test].message == now_ && tests_[test].holds) return true;
  tests_[test] = {now_, true};
  suggest(ruleset_->index.rules[test]);
  return false;
}

void Evaluator::suggest(std::span<const std::uint32_t> rules) {
  for (const std::uint32_t rule : rules) {
    if (rules_[rule] == now_) continue;
    rules_[rule] = now_;
    suggested_[suggested_count_++] = rule;
  }
}

bool Evaluator::holds(std::uint32_t node) {
  const std::vector<Node>& nodes = ruleset_->nodes;
  const Node& top = nodes[node];
  switch (top.kind) {
    case Condition::Kind::test: return test_holds(top.test);
    case Condition::Kind::negation: return !holds(node + 1);
    case Condition::Kind::all:
      for (std::uint32_t child = node + 1; child < top.end; child = nodes[child].end) {
        if (!holds(child)) return false;
      }
      return true;
    case Condition::Kind::any:
      for (std::uint32_t child = node + 1; child < top.end; child = nodes[child].end) {
        if (holds(child)) return true;
      }
      return false;
  }
  return false;
}

bool Evaluator::test_holds(TestId test) {
  Memory& memory = tests_[test];
  if (memory.message != now_) memory = {now_, ask(ruleset_->tests[test])};
  return memory.holds;
}

bool Evaluator::ask(const Test& test) {
  switch (test.op) {
    case Op::pattern: return false;  // it was scanned for
    case Op::label: return labels_given_[test.other] == now_;
    case Op::signal: {
      const double value = subject_.signal(test.other);
      return !std::isnan(value) && rules::holds(test.relation, value, test.level);
    }
    case Op::field: return ask_field(test);
    case Op::flag: return subject_.flag(test.field) == (test.number != 0);
    case Op::compare: return ask_number(test);
    case Op::network: {
      const IpAddress* ip = subject_.ip(test.field);
      return ip != nullptr && contains(test.network, *ip);
    }
    case Op::time: {
      const TimeWindow& window = ruleset_->tests.windows()[test.other];
      if (window.zone != nullptr) return contains(window, *window.zone, subject_.time_ns());
      const auto country = subject_.texts(FieldId::recipient_country);
      return !country.empty() &&
             contains(window, *ruleset_->zones, country.front(), subject_.time_ns()).value_or(false);
    }
    default: return ask_text(test);
  }
}

bool Evaluator::ask_text(const Test& test) {
  const auto one_holds = [&](std::string_view value) {
    switch (test.op) {
      case Op::equals: return value == test.text;
      case Op::prefix: return value.starts_with(test.text);
      case Op::listed: return is_listed(test.other, value);
      case Op::home: {
        const auto& prefixes = test.field == FieldId::imsi ? ruleset_->home.imsi : ruleset_->home.gt;
        return std::any_of(prefixes.begin(), prefixes.end(),
                           [&](const std::string& prefix) { return value.starts_with(prefix); });
      }
      default: return false;
    }
  };
  const auto values = subject_.keys(test.field);
  return std::any_of(values.begin(), values.end(), one_holds);
}

bool Evaluator::is_listed(std::uint32_t list, std::string_view value) const {
  if (live_ != nullptr) {
    if (const LiveList* const live = live_->of(list)) return live->contains(value, subject_.time_ns());
  }
  return ruleset_->lists[list].list->contains(value, subject_.time_ns());
}

bool Evaluator::ask_number(const Test& test) {
  const auto values = subject_.numbers(test.field);
  return std::any_of(values.begin(), values.end(),
                     [&](std::uint64_t value) { return rules::holds(test.relation, value, test.number); });
}

bool Evaluator::ask_field(const Test& test) {
  const auto other = static_cast<FieldId>(test.other);
  const auto compare = [&](const auto& mine, const auto& others) {
    if (mine.empty() || others.empty()) return false;
    // Of fields with several values: equal where one of them is, unequal where none is.
    const auto is_one_of = [&](const auto& value) {
      return std::find(others.begin(), others.end(), value) != others.end();
    };
    if (test.relation == Relation::equal) return std::any_of(mine.begin(), mine.end(), is_one_of);
    if (test.relation == Relation::unequal) return std::none_of(mine.begin(), mine.end(), is_one_of);
    return rules::holds(test.relation, mine.front(), others.front());
  };
  if (field(test.field).type == FieldType::number)
    return compare(subject_.numbers(test.field), subject_.numbers(other));
  return compare(subject_.keys(test.field), subject_.keys(other));
}

void Evaluator::apply(const Rule& rule) {
  if (rule.state == RuleState::enforce) {
    for (const LabelId label : rule.labels) {
      if (labels_given_[label] == now_) continue;
      labels_given_[label] = now_;
      if (label_count_ < most_labels) labels_[label_count_++] = ruleset_->tests.labels()[label];
    }
  }
  if (hit_count_ == most_rules) {
    ++more_rules_;
    return;
  }
  hits_[hit_count_++] = {rule.id, rule.rev, rule.state, 0};
}

/// The first line of the policy that holds.
void Evaluator::apply_policy() {
  Judgement& judgement = message_->judgement;
  judgement = {};
  judgement.ruleset = ruleset_->name;
  judgement.labels = {labels_.data(), label_count_};
  judgement.rules = {hits_.data(), hit_count_};
  judgement.more_rules = more_rules_;
  show_signals();
  const auto line = std::find_if(ruleset_->policy.begin(), ruleset_->policy.end(),
                                 [&](const PolicyLine& l) { return holds(l.node); });
  line_ = line == ruleset_->policy.end() ? nullptr : &*line;
  otherwise_ = false;
  if (line_ == nullptr) return;
  judgement.policy = line_->name;
  judgement.alert = line_->action.alert;
  take(line_->action);
}

void Evaluator::take(const Action& action) {
  Judgement& judgement = message_->judgement;
  judgement.verdict = verdict_of(action);
  judgement.alert = judgement.alert || action.alert;
  judgement.accepted = action.accepted;
  judgement.map_error = action.map_error;
  judgement.map_error_code = action.map_error_code;
  judgement.smpp_status = action.smpp_status;
  judgement.tariff = action.tariff;
  judgement.divert_to = action.divert_to;
}

void Evaluator::fall_back() {
  if (line_ == nullptr) return;
  otherwise_ = true;
  take(otherwise_of(*line_));
}

Decision Evaluator::decision() const {
  return {.line = line_ == nullptr ? 0 : number_of(*line_), .otherwise = otherwise_};
}

bool Evaluator::block_by(Decision decision) {
  const auto& policy = ruleset_->policy;
  const auto line = std::find_if(policy.begin(), policy.end(),
                                 [&](const PolicyLine& l) { return number_of(l) == decision.line; });
  if (line == policy.end()) return false;
  const Action& action = decision.otherwise ? otherwise_of(*line) : line->action;
  if (action.verdict != Verdict::block) return false;
  line_ = &*line;
  otherwise_ = decision.otherwise;
  Judgement& judgement = message_->judgement;
  judgement.policy = line->name;
  judgement.alert = judgement.alert || line->action.alert;
  take(action);
  return true;
}

/// A message within its limit passes; so does one that has not what is counted.
Verdict Evaluator::verdict_of(const Action& action) const {
  if (action.verdict != Verdict::throttle) return action.verdict;
  return subject_.signal(action.signal) > action.limit ? Verdict::throttle : Verdict::pass;
}

/// The signals that the ruleset asks for, as far as the message has them and there is room.
void Evaluator::show_signals() {
  std::size_t count = 0;
  for (const std::uint32_t signal : ruleset_->shown_signals) {
    const double value = subject_.signal(signal);
    if (std::isfinite(value) && count < signals_.size())
      signals_[count++] = {ruleset_->signals[signal], value};
  }
  message_->judgement.signals = {signals_.data(), count};
}

}  // namespace tollgate::rules
