#include "rules/rule_reader.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "rules/reach.hpp"
#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

class RuleReader {
 public:
  RuleReader(YamlReader& reader, Vocabulary& words) : reader_(reader), words_(words) {}

  Rule read(const YAML::Node& node) {
    Rule rule;
    rule.place = reader_.place(node.Mark());
    bool has_when = false;
    const bool good = reader_.map(
        node, {},
        std::vector<YamlReader::Key>{
            {"id",
             [&](const YAML::Node& n) {
               rule.id = static_cast<std::uint32_t>(
                   reader_.number(n, 1, 4'294'967'295, "a number from 1 to 4294967295"));
               rule.place = reader_.place(n.Mark());
             }},
            {"rev",
             [&](const YAML::Node& n) {
               rule.rev = static_cast<std::uint32_t>(
                   reader_.number(n, 1, 4'294'967'295, "a number from 1 to 4294967295"));
             }},
            {"name", [&](const YAML::Node& n) { rule.name = reader_.text(n, "a name"); }},
            {"labels", [&](const YAML::Node& n) { labels(n, rule); }},
            {"state", [&](const YAML::Node& n) { rule.state = state(n); }},
            {"when",
             [&](const YAML::Node& n) {
               has_when = true;
               rule.when = read_condition(reader_, words_, Asker::rule, n);
             }},
            {"tests", [&](const YAML::Node& n) { tests(n, rule); }}});
    if (rule.id == 0 && good)
      reader_.fail(node.Mark(), "a rule without `id`; expected a number that no other rule has");
    if (!has_when && good)
      reader_.fail(node.Mark(), fmt::format("rule {} has no `when`; expected a condition", rule.id));
    if (rule.name.empty() && good) reader_.fail(node.Mark(), fmt::format("rule {} has no `name`", rule.id));
    if (rule.labels.empty() && good)
      reader_.warn(node.Mark(), fmt::format("rule {} has no labels: no policy can act on it", rule.id));
    if (good) check_possible(rule, node.Mark());
    return rule;
  }

 private:
  void labels(const YAML::Node& node, Rule& rule) {
    constexpr std::string_view expected =
        "labels: small letters, digits, `-` and `_`, such as phishing or wap-push";
    reader_.each(node, expected, [&](const YAML::Node& one) {
      const std::string name = reader_.text(one, expected);
      if (!is_name(name)) reader_.unexpected(one, expected);
      const LabelId label = words_.tests.add_label(name);
      if (std::find(rule.labels.begin(), rule.labels.end(), label) != rule.labels.end())
        reader_.warn(one.Mark(), fmt::format("label `{}` stands twice", name));
      else rule.labels.push_back(label);
    });
  }

  RuleState state(const YAML::Node& node) {
    const std::string name = reader_.text(node, "draft, shadow or enforce");
    for (const RuleState state : {RuleState::draft, RuleState::shadow, RuleState::enforce}) {
      if (to_string(state) == name) return state;
    }
    reader_.unknown(node.Mark(), "state", name, {}, {"draft", "shadow", "enforce"});
  }

  void tests(const YAML::Node& node, Rule& rule) {
    if (!node.IsSequence())
      reader_.unexpected(node, "a list of tests such as {text: 'hello', expect: no match}");
    reader_.each(node, {}, [&](const YAML::Node& one) { rule.tests.push_back(test(one)); });
  }

  RuleTest test(const YAML::Node& node) {
    RuleTest test;
    test.place = reader_.place(node.Mark());
    bool expects = false;
    const bool good =
        reader_.map(node, "a test such as {text: 'hello', expect: no match}",
                    [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                      if (name == "expect") {
                        const std::string expect = reader_.text(value, "`match` or `no match`");
                        if (expect != "match" && expect != "no match")
                          reader_.unexpected(value, "`match` or `no match`");
                        test.match = expect == "match";
                        expects = true;
                        return;
                      }
                      if (name == "signals") return signals(value, test);
                      if (!value.IsScalar())
                        reader_.unexpected(value, fmt::format("one value for `{}`", name));
                      if (!Sample::knows(name)) unknown(name, key);
                      Sample sample(words_.home);
                      const std::string fault = sample.set(name, value.Scalar());
                      if (!fault.empty()) reader_.fail(value.Mark(), fault);
                      test.fields.emplace_back(name, value.Scalar());
                    });
    if (good && !expects)
      reader_.fail(node.Mark(), "a test without `expect`; expected `expect: match` or `expect: no match`");
    return test;
  }

  void signals(const YAML::Node& node, RuleTest& test) {
    reader_.map(node, "signals and their values, such as {rate.sender_per_minute: 120}",
                [&](const std::string& name, const YAML::Node& key, const YAML::Node& value) {
                  const auto known = std::find(words_.signals.begin(), words_.signals.end(), name);
                  if (known == words_.signals.end()) unknown_signal(reader_, words_, name, key.Mark());
                  const std::string text = reader_.text(value, "a number");
                  const auto number = real_number(text);
                  if (!number) reader_.unexpected(value, "a number");
                  test.signals.emplace_back(static_cast<std::uint32_t>(known - words_.signals.begin()),
                                            *number);
                });
  }

  [[noreturn]] void unknown(const std::string& name, const YAML::Node& key) {
    std::vector<std::string_view> names{"expect", "signals"};
    for (std::size_t i = 0; i < field_count; ++i) {
      const std::string_view field_name = field(static_cast<FieldId>(i)).name;
      if (Sample::knows(field_name)) names.push_back(field_name);
    }
    const std::string_view meant = nearest(name, names);
    if (!meant.empty())
      reader_.fail(key.Mark(), fmt::format("unknown field `{}` in a test; did you mean `{}`?", name, meant));
    reader_.fail(key.Mark(),
                 fmt::format("a test cannot have `{}`; expected `expect`, `signals` and fields of a message, "
                             "such as text, sender, origin.gt",
                             name));
  }

  void check_possible(const Rule& rule, const YAML::Mark& mark) {
    if (const auto id = contradiction(words_.tests, rule.when)) {
      reader_.warn(mark, fmt::format("rule {} can never match: its conditions on `{}` exclude each other",
                                     rule.id, field(*id).name));
    } else if (!can_hold(words_.tests, rule.when, {"map", {}, 0}) &&
               !can_hold(words_.tests, rule.when, {"smpp", {}, 0})) {
      reader_.warn(
          mark,
          fmt::format("rule {} can never match: it asks for what only MAP has and for what only SMPP has",
                      rule.id));
    }
  }

  YamlReader& reader_;
  Vocabulary& words_;
};

}  // namespace

void read_rules(YamlReader& reader, Vocabulary& words, const YAML::Node& root, std::vector<Rule>& rules) {
  if (root.IsNull()) return;  // a file of remarks
  if (!root.IsSequence()) {
    reader.attempt([&] { reader.unexpected(root, "a list of rules, each beginning with `- id:`"); });
    return;
  }
  RuleReader rule_reader(reader, words);
  for (const auto& node : root) {
    reader.attempt([&] {
      Rule rule = rule_reader.read(node);
      if (rule.id != 0) rules.push_back(std::move(rule));
    });
  }
}

}  // namespace tollgate::rules
