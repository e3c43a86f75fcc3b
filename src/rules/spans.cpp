#include "rules/spans.hpp"

#include <algorithm>
#include <stdexcept>

namespace tollgate::rules {
namespace {

/// Orders the spans and joins those that touch.
void join(std::vector<TextSpan>& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const TextSpan& a, const TextSpan& b) { return a.begin < b.begin; });
  std::size_t kept = 0;
  for (const TextSpan& next : spans) {
    if (kept != 0 && next.begin <= spans[kept - 1].end)
      spans[kept - 1].end = std::max(spans[kept - 1].end, next.end);
    else spans[kept++] = next;
  }
  spans.resize(kept);
}

}  // namespace

SpanFinder::SpanFinder(std::shared_ptr<const Ruleset> ruleset, std::filesystem::path cache)
    : ruleset_(std::move(ruleset)), cache_(std::move(cache)), subject_(*ruleset_->fold, *ruleset_->suffixes) {
  for (const FieldId id : {FieldId::text, FieldId::raw_text}) {
    if (const auto& matcher = ruleset_->matchers[index(id)]) scratch_.prepare_for(*matcher);
  }
}

void SpanFinder::add_spans(Message& message) {
  if (message.judgement.rules.empty()) return;
  look_at(message);
  rules_.assign(message.judgement.rules.begin(), message.judgement.rules.end());
  spans_.clear();
  std::vector<TextSpan> of_rule;
  for (RuleHit& hit : rules_) {
    of_rule.clear();
    find(find_rule(*ruleset_, hit.id)->when, of_rule);
    join(of_rule);
    hit.spans = static_cast<std::uint32_t>(of_rule.size());
    spans_.insert(spans_.end(), of_rule.begin(), of_rule.end());
  }
  message.judgement.rules = rules_;
  message.judgement.spans = spans_;
}

void SpanFinder::look_at(const Message& message) {
  found_.clear();
  subject_.look_at(message, nullptr);
  if (!subject_.has_text()) return;
  for (const auto& [id, patterns] : ruleset_->tests.patterns()) {
    if (id == FieldId::text || id == FieldId::raw_text) scan(id, patterns);
  }
}

void SpanFinder::scan(FieldId id, const FieldPatterns& patterns) {
  const std::size_t readings = id == FieldId::text ? subject_.folded().readings() : 1;
  for (std::size_t reading = 0; reading < readings; ++reading) scan(id, reading, patterns);
}

void SpanFinder::scan(FieldId id, std::size_t reading, const FieldPatterns& patterns) {
  ruleset_->matchers[index(id)]->scan(text(id, reading), scratch_, [&](const Hit& hit) {
    for (const FieldPatterns::Use& use : patterns.uses[hit.pattern]) {
      if (!expired(use.expires, subject_.time_ns())) found_.push_back({use.test, id, reading, hit});
    }
  });
}

std::string_view SpanFinder::text(FieldId id, std::size_t reading) {
  return id == FieldId::text ? subject_.folded().reading(reading) : subject_.text();
}

/// The pattern's own matcher, which tells where it begins. Empty where Hyperscan cannot tell that of a
/// pattern so large.
const Matcher& SpanFinder::alone(FieldId id, std::uint32_t pattern) {
  auto& matcher = alone_[{id, pattern}];
  if (matcher != nullptr) return *matcher;
  Pattern telling = ruleset_->tests.patterns().at(id).patterns[pattern];
  telling.spans = true;
  try {
    matcher = Matcher::compile({&telling, 1}, cache_).matcher;
  } catch (const std::runtime_error&) {
    matcher = Matcher::compile({}).matcher;
  }
  scratch_.prepare_for(*matcher);
  return *matcher;
}

std::vector<TextSpan> SpanFinder::of(TestId test) {
  std::vector<TextSpan> spans;
  find(test, spans);
  join(spans);
  return spans;
}

void SpanFinder::find(TestId test, std::vector<TextSpan>& spans) {
  for (const Found& found : found_) {
    if (found.test != test) continue;
    auto add = [&](const Hit& hit) {
      const Span octets = found.field == FieldId::text
                              ? subject_.folded().origin(found.reading, hit.from, hit.to)
                              : Span{hit.from, hit.to};
      const Span span = code_points(subject_.text(), octets);
      spans.push_back({static_cast<std::uint32_t>(span.begin), static_cast<std::uint32_t>(span.end)});
    };
    const Pattern& pattern = ruleset_->tests.patterns().at(found.field).patterns[found.hit.pattern];
    if (pattern.kind == Pattern::Kind::phrase) add(found.hit);
    else alone(found.field, found.hit.pattern).scan(text(found.field, found.reading), scratch_, add);
  }
}

void SpanFinder::find(const Condition& condition, std::vector<TextSpan>& spans) {
  if (condition.kind == Condition::Kind::test) find(condition.test, spans);
  for (const Condition& child : condition.children) find(child, spans);
}

}  // namespace tollgate::rules
