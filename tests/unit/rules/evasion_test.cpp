#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"
#include "support/disguise.hpp"

// Messages that the shipped rules or those below find are still found when they are disguised, in each way
// and in each two ways one after the other.
namespace tollgate::test {

void PrintTo(const Disguise& disguise, std::ostream* out) { *out << disguise.name; }

}  // namespace tollgate::test

namespace tollgate::rules {
namespace {

using test::Disguisable;
using test::Disguise;
using test::disguises;

constexpr std::string_view own_rules = R"(
- {id: 900001, name: Phrase, labels: [own-phrase], when: {text: verify your identity}}
- {id: 900002, name: Regex, labels: [own-regex], when: {text: '/\b(account|card)\b.{0,40}\b(locked|suspended)\b/'}}
- {id: 900003, name: Phrases, labels: [own-list], when: {text: '@own-phrases'}}
- {id: 900004, name: 'Digits, too', labels: [own-digits], when: {text: '/win \d+ prizes/'}}
- {id: 900005, name: Spanish, labels: [own-spanish], when: {text: Confirme su contraseña}}
)";
constexpr std::string_view own_list = "# type: phrase\nunpaid delivery charge\n";

struct Lure {
  std::string_view name;
  std::string_view label;  ///< that a rule gives it
  std::string_view text;
};
constexpr Lure lures[] = {
    {"phrase", "own-phrase", "Fernbank asks you to verify your identity today."},
    {"regex", "own-regex", "Alert! Your card at Fernbank has been suspended"},
    {"list", "own-list", "Parcel held for an unpaid delivery charge, sort it out!"},
    {"digits", "own-digits", "Only today you will win 300 prizes!"},
    {"spanish", "own-spanish", "Banco Olmo: Confirme su contraseña ahora mismo"},
    {"bank", "phishing", "Fernbank: your account has been locked. Restore it at http://fernbank.example/in"},
    {"payee", "phishing",
     "There is a new payee on your account. If this was not you, cancel: http://payee.example/x"},
    {"award", "scam", "Congratulations! You were selected for a cash award. To claim call Mister Dunn"},
    {"premio", "scam", "Felicidades! Ganaste un premio en nuestro sorteo. Reclame al 900 000 000"},
};

using Kind = Disguise::Kind;

/// Whether the second can be put on a text that wears the first.
bool combine(const Disguise& first, const Disguise& second) {
  if (first.name == second.name) return false;
  // I and l are taken for each other by the case around them: another case, or letters that have none, undo
  // it.
  return first.kind != Kind::odd_case ||
         (second.kind != Kind::odd_case && second.kind != Kind::letter_case && second.kind != Kind::alphabet);
}

constexpr std::string_view between_letters =
    "! is a letter between Latin letters alone: elsewhere it ends a sentence";
constexpr std::string_view price = "a sign beside a digit is a price: $5";
constexpr std::string_view ascii_case = "which case is odd is told of words of ASCII letters alone";
constexpr std::string_view both =
    "1 and | for l and for i at once: they are read by their neighbours, or all as one";
constexpr std::string_view wln =
    "`wIn` is also read as `wln`, and so in the reading where the other words are plain";

/// Pairs, in either order, of which some are not found, by what DESIGN.md lets folding take for what. Named
/// by a disguise or its kind; no lure: of all.
struct Exception {
  std::string_view one;
  std::string_view other;
  std::string_view lure;
  std::string_view reason;
};
constexpr Exception exceptions[] = {
    {"exclamation_for_i", "joint", "", between_letters},
    {"exclamation_for_i", "script", "", between_letters},
    {"exclamation_for_i", "digit", "", between_letters},
    {"exclamation_for_i", "sign", "list", between_letters},
    {"stroke_for_l", "digit", "", price},
    {"signs", "digit", "", price},
    {"capital_i_for_l", "script", "", ascii_case},
    {"small_l_for_i", "script", "", ascii_case},
    {"capital_i_for_l", "one_for_i", "list", both},
    {"small_l_for_i", "one_for_l", "list", both},
    {"small_l_for_i", "stroke_for_l", "list", both},
    {"one_for_l", "one_for_i", "list", both},
    {"one_for_l", "one_digit", "bank",
     "`10cked`: what begins with two digits is a number with its unit, `10am`"},
    {"alternating_case", "joint", "digits", wln},
    {"alternating_case", "digit", "digits", wln},
    {"alternating_case", "sign", "digits", wln},
};

std::string_view kind_name(Kind kind) {
  constexpr std::string_view names[] = {"alphabet", "script", "invisible",   "digit",     "sign",
                                        "odd_case", "joint",  "letter_case", "repetition"};
  return names[static_cast<std::size_t>(kind)];
}

bool is_for(const Exception& e, const Disguise& first, const Disguise& second, const Lure& lure) {
  const auto is = [](const Disguise& d, std::string_view stated) {
    return stated == d.name || stated == kind_name(d.kind);
  };
  return ((is(first, e.one) && is(second, e.other)) || (is(first, e.other) && is(second, e.one))) &&
         (e.lure.empty() || e.lure == lure.name);
}

class Judge {
 public:
  Judge() : evaluator_(loaded()) {}

  bool labels(std::string_view text, std::string_view label) {
    Sample sample(home_);
    sample.set("text", text);
    evaluator_.judge(sample.message());
    const auto given = sample.message().judgement.labels;
    return std::find(given.begin(), given.end(), label) != given.end();
  }
  /// The readings of the text judged last.
  std::string readings() {
    const FoldedText& folded = evaluator_.subject().folded();
    std::string all;
    for (std::size_t i = 0; i < folded.readings(); ++i) all += "\n  " + std::string(folded.reading(i));
    return all;
  }
  Evaluator& evaluator() { return evaluator_; }

 private:
  static std::shared_ptr<const Ruleset> loaded() {
    Findings findings;
    RuleFiles files = read_rule_files(std::filesystem::path(TOLLGATE_SOURCE_ROOT) / "rules", findings);
    files.rules.push_back({"own.yaml", std::string(own_rules)});
    files.lists.push_back({"own-phrases.txt", std::string(own_list)});
    auto set = load(files, {}, findings);
    for (const Finding& finding : findings.all()) {
      if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
    }
    return set;
  }

  Home home_;
  Evaluator evaluator_;
};

Judge& judge() {
  static Judge made;
  return made;
}

std::string name_of(const testing::TestParamInfo<Disguise>& info) { return info.param.name; }

class Evasion : public testing::TestWithParam<Disguise> {};

INSTANTIATE_TEST_SUITE_P(All, Evasion, testing::ValuesIn(disguises().begin(), disguises().end()), name_of);

TEST_P(Evasion, does_not_hide_a_message) {
  std::size_t tried = 0;
  for (const Lure& lure : lures) {
    ASSERT_TRUE(judge().labels(lure.text, lure.label)) << lure.name << " is not found undisguised";
    Disguisable text(lure.text);
    ASSERT_EQ(text.text(), lure.text);
    GetParam().put_on(text);
    if (text.text() == lure.text) continue;
    ++tried;
    EXPECT_TRUE(judge().labels(text.text(), lure.label))
        << lure.name << " is not found: " << text.text() << judge().readings();
  }
  EXPECT_GE(tried, 3U);
}

/// The lure in both disguises; empty where one of them changes nothing.
std::string in_both(const Lure& lure, const Disguise& first, const Disguise& second) {
  Disguisable text(lure.text);
  first.put_on(text);
  const std::string once = text.text();
  second.put_on(text);
  return once == lure.text || text.text() == once ? std::string() : text.text();
}

TEST_P(Evasion, with_another_on_top_does_not_hide_a_message) {
  std::size_t tried = 0;
  std::size_t excepted = 0;
  for (const Disguise& second : disguises()) {
    if (!combine(GetParam(), second)) continue;
    for (const Lure& lure : lures) {
      const std::string text = in_both(lure, GetParam(), second);
      if (text.empty()) continue;
      ++tried;
      if (judge().labels(text, lure.label)) continue;
      ++excepted;
      EXPECT_TRUE(std::any_of(std::begin(exceptions), std::end(exceptions),
                              [&](const Exception& e) { return is_for(e, GetParam(), second, lure); }))
          << GetParam().name << ", " << second.name << ": " << lure.name << " is not found: " << text
          << judge().readings();
    }
  }
  RecordProperty("tried", static_cast<int>(tried));
  RecordProperty("excepted", static_cast<int>(excepted));
  EXPECT_GE(tried, 50U);
}

TEST(EvasionBounds, needs_its_exceptions) {
  std::vector<bool> needed(std::size(exceptions));
  for (const Disguise& first : disguises()) {
    for (const Disguise& second : disguises()) {
      for (const Lure& lure : lures) {
        const auto fits = [&](const Exception& e) { return is_for(e, first, second, lure); };
        if (!combine(first, second) || std::none_of(std::begin(exceptions), std::end(exceptions), fits))
          continue;
        const std::string text = in_both(lure, first, second);
        if (text.empty() || judge().labels(text, lure.label)) continue;
        for (std::size_t i = 0; i < needed.size(); ++i) needed[i] = needed[i] || fits(exceptions[i]);
      }
    }
  }
  for (std::size_t i = 0; i < needed.size(); ++i) {
    EXPECT_TRUE(needed[i]) << exceptions[i].one << " with " << exceptions[i].other
                           << " is found always: take this exception away (" << exceptions[i].reason << ")";
  }
}

// The shipped rules' own tests, whichever they are: texts with words of Latin letters can be disguised.
TEST_P(Evasion, does_not_hide_what_shipped_rules_are_tested_with) {
  Evaluator& evaluator = judge().evaluator();
  const Ruleset& set = evaluator.ruleset();
  std::size_t tried = 0;
  std::size_t found = 0;
  for (const Rule& rule : set.rules) {
    for (const RuleTest& test : rule.tests) {
      Sample sample(set.home);
      bool disguised = false;
      for (const auto& [name, value] : test.fields) {
        Disguisable text(name == "text" ? value : "");
        GetParam().put_on(text);
        disguised |= name == "text" && text.text() != value;
        sample.set(name, name == "text" ? text.text() : value);
      }
      if (!disguised || !test.match) continue;
      ++tried;
      evaluator.judge(sample.message());
      found += evaluator.holds(rule.node) ? 1 : 0;
    }
  }
  RecordProperty("tried", static_cast<int>(tried));
  RecordProperty("found", static_cast<int>(found));
  EXPECT_GT(tried, 100U);
  EXPECT_GE(found * 100, tried * 97) << found << " of " << tried;
}

TEST(EvasionBounds, leaves_ordinary_texts_as_they_are) {
  for (const std::string_view text :
       {"claim 10 from us", "will 1 or 2 of you come at 10?", "the 2nd of 3 modern corners", "vvv was w",
        "привет, ты дома? сор на полу", "ваш код 4829, не отвечаю", "οδοσ αβγ 12", "کد تایید شما 4829 است",
        "سلام می\u200Cخواهم بروم", "आपका कोड 4829 है", "您的验证码是4829"}) {
    judge().labels(text, "");
    EXPECT_EQ(judge().readings(), "\n  " + std::string(text));
  }
}

}  // namespace
}  // namespace tollgate::rules
