#include "rules/condition_reader.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tollgate::rules {
namespace {

using Kind = Condition::Kind;
constexpr std::size_t deepest = 16;

Condition at(Kind kind, const YAML::Mark& mark) {
  Condition condition;
  condition.kind = kind;
  condition.line = static_cast<std::uint32_t>(mark.line) + 1;
  condition.column = static_cast<std::uint32_t>(mark.column) + 1;
  return condition;
}

/// Without joints of one child.
Condition simplest(Condition condition) {
  if (condition.kind == Kind::negation || condition.children.size() != 1) return condition;
  return std::move(condition.children.front());
}

class Negated {
 public:
  explicit Negated(Vocabulary& words) : words_(words) { words_.negated = !words_.negated; }
  ~Negated() { words_.negated = !words_.negated; }
  Negated(const Negated&) = delete;
  Negated& operator=(const Negated&) = delete;

 private:
  Vocabulary& words_;
};

class ConditionReader {
 public:
  ConditionReader(YamlReader& reader, Vocabulary& words, Asker asker)
      : reader_(reader), words_(words), asker_(asker) {}

  /// Keys joined by and.
  Condition all_of(const YAML::Node& map, std::size_t depth) {
    if (depth > deepest)
      reader_.fail(map.Mark(), fmt::format("`any`, `all` and `not` are nested deeper than {}", deepest));
    if (map.IsSequence())
      reader_.fail(map.Mark(), "found a list; expected a map of fields; for one of several write `any:`");
    Condition all = at(Kind::all, map.Mark());
    reader_.map(map, "a map of fields and what they have to be",
                [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                  all.children.push_back(entry(name, key, value, depth));
                });
    if (map.size() == 0) reader_.fail(map.Mark(), "an empty condition; expected at least one field");
    return simplest(std::move(all));
  }

 private:
  Condition entry(const std::string& name, const YAML::Node& key, const YAML::Node& value,
                  std::size_t depth) {
    if (name == "any" || name == "all")
      return several(name == "any" ? Kind::any : Kind::all, name, value, depth);
    if (name == "not") {
      Condition negation = at(Kind::negation, key.Mark());
      const Negated inside(words_);
      negation.children.push_back(all_of(value, depth + 1));
      return negation;
    }
    if (const auto id = find_field(name)) return of_field(*id, key, value);
    const auto signal = std::find(words_.signals.begin(), words_.signals.end(), name);
    if (signal == words_.signals.end()) unknown(name, key);
    const auto place = static_cast<std::uint32_t>(signal - words_.signals.begin());
    return any_value(value, [&](const YAML::Node& one) { return read_signal(reader_, words_, place, one); });
  }

  Condition several(Kind kind, const std::string& name, const YAML::Node& value, std::size_t depth) {
    if (!value.IsSequence() || value.size() == 0)
      reader_.unexpected(value, fmt::format("a list of conditions after `{}`", name));
    Condition joined = at(kind, value.Mark());
    reader_.each(value, {},
                 [&](const YAML::Node& one) { joined.children.push_back(all_of(one, depth + 1)); });
    return simplest(std::move(joined));
  }

  Condition of_field(FieldId id, const YAML::Node& key, const YAML::Node& value) {
    if (id == FieldId::labels && asker_ == Asker::rule)
      reader_.fail(key.Mark(),
                   "a rule cannot ask for labels: rules do not see each other, so that their order does not "
                   "matter; repeat the other rule's condition, or ask for the label in policy.yaml");
    if (id == FieldId::time) return read_time(reader_, words_, value);
    return any_value(value, [&](const YAML::Node& one) { return read_value(reader_, words_, id, one); });
  }

  template <class Read>
  Condition any_value(const YAML::Node& value, Read&& read) {
    if (value.IsSequence() && value.size() == 0)
      reader_.fail(value.Mark(), "an empty list can never hold; expected one value or more");
    Condition any = at(Kind::any, value.Mark());
    if (!value.IsSequence()) {
      any.children.push_back(read(value));
    } else {
      reader_.each(value, {}, [&](const YAML::Node& one) { any.children.push_back(read(one)); });
    }
    return simplest(std::move(any));
  }

  [[noreturn]] void unknown(const std::string& name, const YAML::Node& key) {
    std::vector<std::string_view> names{"any", "all", "not"};
    for (std::size_t i = 0; i < field_count; ++i) names.push_back(field(static_cast<FieldId>(i)).name);
    for (const std::string& signal : words_.signals) names.push_back(signal);
    if (const std::string_view meant = nearest(name, names); !meant.empty())
      reader_.fail(key.Mark(), fmt::format("unknown field `{}`; did you mean `{}`?", name, meant));
    const std::string beginning = name.substr(0, name.find('.') + 1);
    std::vector<std::string_view> siblings;
    std::copy_if(names.begin(), names.end(), std::back_inserter(siblings),
                 [&](std::string_view n) { return !beginning.empty() && n.starts_with(beginning); });
    if (!siblings.empty())
      reader_.fail(key.Mark(),
                   fmt::format("unknown field `{}`; expected one of {}", name, fmt::join(siblings, ", ")));
    if (!beginning.empty()) unknown_signal(reader_, words_, name, key.Mark());
    reader_.fail(key.Mark(),
                 fmt::format("unknown field `{}`; expected a field of the event, such as text, sender, "
                             "url.host, or any, all, not",
                             name));
  }

  YamlReader& reader_;
  Vocabulary& words_;
  Asker asker_;
};

}  // namespace

Condition read_condition(YamlReader& reader, Vocabulary& words, Asker asker, const YAML::Node& when) {
  return ConditionReader(reader, words, asker).all_of(when, 1);
}

void unknown_signal(YamlReader& reader, const Vocabulary& words, std::string_view name,
                    const YAML::Mark& mark) {
  if (words.signals.empty())
    reader.fail(mark, fmt::format("unknown signal `{}`; no plugin that publishes signals is loaded", name));
  reader.unknown(mark, "signal", name, {}, {words.signals.begin(), words.signals.end()});
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace tollgate::rules
