#include "rules/live_list.hpp"

#include <map>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/evaluate.hpp"
#include "rules/list_value.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"

namespace tollgate::rules {
namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t day = 86'400 * second;

const FoldTables& tables() {
  static const FoldTables tables;
  return tables;
}

std::shared_ptr<const List> read(const std::string& content) {
  Findings findings;
  auto list = read_list(content, "x.csv", findings, &tables());
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return list;
}

/// A list, and what is done to it one after the other.
class Changed {
 public:
  explicit Changed(const std::string& content) : list_(read(content)) {}

  Changed& add(const std::string& text, std::uint64_t until_ns = for_ever_ns) {
    LiveEntry& entry = entries_[key(text)];
    entry = added(entry, until_ns);
    return *this;
  }
  Changed& remove(const std::string& text) {
    LiveEntry& entry = entries_[key(text)];
    entry = removed(entry, list_->day_of_entry(key(text)).has_value());
    return *this;
  }
  Changed& expire(const std::string& text, std::uint64_t until_ns, std::uint64_t now_ns = 0) {
    const auto own = list_->day_of_entry(key(text));
    LiveEntry& entry = entries_[key(text)];
    if (counts_until(own, entry, now_ns) != 0) entry = ending(entry, own, until_ns);
    return *this;
  }
  void forget_past(std::uint64_t now_ns) {
    for (auto& [text, entry] : entries_) entry = without_past(entry, now_ns);
  }
  bool contains(const std::string& value, std::uint64_t time_ns = 0) const {
    return live().contains(value, time_ns);
  }
  LiveList live() const { return {list_, tables(), entries_}; }
  const List& list() const { return *list_; }

 private:
  std::string key(const std::string& text) const { return *entry_key(list_->type(), text); }

  std::shared_ptr<const List> list_;
  LiveEntries entries_;
};

TEST(LiveList, an_entry_is_added_and_taken_out_at_once) {
  Changed list("# type: number\n447700900001\n447700900002\n");
  list.add("+447700900003").remove("447700900002");
  EXPECT_TRUE(list.contains("447700900001"));
  EXPECT_FALSE(list.contains("+447700900002"));
  EXPECT_TRUE(list.contains("447700900003"));
  EXPECT_FALSE(list.contains("44770090000"));
  list.add("447700900002").remove("447700900003");
  EXPECT_TRUE(list.contains("447700900002"));
  EXPECT_FALSE(list.contains("447700900003"));
}

TEST(LiveList, an_entry_that_is_added_for_a_time_ends_to_the_second) {
  Changed list("# type: host\n");
  list.add("evil.example", 100 * second);
  EXPECT_TRUE(list.contains("www.evil.example", 100 * second - 1));
  EXPECT_FALSE(list.contains("www.evil.example", 100 * second));
  list.expire("evil.example", 200 * second, 50 * second);
  EXPECT_TRUE(list.contains("evil.example", 200 * second - 1));
  EXPECT_FALSE(list.contains("evil.example", 200 * second));
}

TEST(LiveList, an_entry_of_the_list_itself_ends_when_it_is_told_to) {
  Changed list("# type: number\n1\n2,1970-01-03\n");
  list.expire("1", 100 * second).expire("2", 10 * day).expire("3", 100 * second);
  EXPECT_TRUE(list.contains("1", 100 * second - 1));
  EXPECT_FALSE(list.contains("1", 100 * second));
  EXPECT_TRUE(list.contains("2", 10 * day - 1)) << "later than the list says";
  EXPECT_FALSE(list.contains("2", 10 * day));
  EXPECT_FALSE(list.contains("3", 0)) << "what is not in the list is not added";
  list.add("1", 200 * second);
  EXPECT_TRUE(list.contains("1", 200 * second - 1));
  EXPECT_FALSE(list.contains("1", 200 * second));
  list.add("1");
  EXPECT_TRUE(list.contains("1", 400 * day));
}

TEST(LiveList, an_entry_added_for_a_time_leaves_the_lists_own_in_force) {
  Changed list("# type: number\n1\n");
  list.add("1", 100 * second);
  EXPECT_TRUE(list.contains("1", 100 * second));
}

TEST(LiveList, a_number_is_found_by_another_prefix_than_the_one_taken_out) {
  Changed list("# type: prefix\n44\n447700\n");
  list.remove("447700");
  EXPECT_TRUE(list.contains("447700900123"));
  list.add("447700900").remove("44");
  EXPECT_TRUE(list.contains("447700900123"));
  EXPECT_FALSE(list.contains("447700800123"));
  EXPECT_FALSE(list.contains("44"));
}

TEST(LiveList, a_host_is_found_by_another_entry_than_the_one_taken_out) {
  Changed list("# type: host\nexample.com\na.example.com\nb\u00fccher.example\n");
  list.remove("example.com");
  EXPECT_TRUE(list.contains("x.a.example.com"));
  EXPECT_FALSE(list.contains("b.example.com"));
  list.remove("xn--bcher-kva.example");
  EXPECT_FALSE(list.contains("b\u00fccher.example")) << "both forms are one entry";
  list.add("B\u00dcCHER.example");
  EXPECT_TRUE(list.contains("www.xn--bcher-kva.example"));
  EXPECT_TRUE(list.contains("b\u00fccher.example"));
}

TEST(LiveList, a_sender_is_found_as_it_is_folded_as_long_as_an_entry_stands_behind_that) {
  // Folding makes one of both (confusables of Unicode); the key of each is its own.
  Changed list("# type: sender\nB\u00e4renBank\nB\u00e0renBank\n");
  ASSERT_TRUE(list.contains("barenbank"));
  list.remove("b\u00c4RENBANK");
  EXPECT_FALSE(list.contains("B\u00e4renBank"));
  EXPECT_TRUE(list.contains("barenbank")) << "the other entry is folded to that";
  list.remove("b\u00e0renbank");
  EXPECT_FALSE(list.contains("barenbank"));
  list.add("B\u00e4renBank");
  EXPECT_TRUE(list.contains("barenbank"));
}

TEST(LiveList, a_sender_that_is_an_entry_itself_stays_when_one_like_it_is_taken_out) {
  for (const char* content :
       {"# type: sender\nBarenBank\nB\u00e4renBank\n", "# type: sender\nB\u00e4renBank\nBarenBank\n"}) {
    Changed list(content);
    list.remove("B\u00e4renBank");
    EXPECT_TRUE(list.contains("BARENBANK")) << content;
    list.remove("barenbank");
    EXPECT_FALSE(list.contains("BARENBANK")) << content;
  }
  Changed list("# type: sender\nB\u00e4renBank\n");
  EXPECT_FALSE(list.list().day_of_entry("barenbank")) << "found by it, but no entry";
}

TEST(LiveList, until_when_an_entry_counts) {
  EXPECT_EQ(counts_until({}, {}, 0), 0U);
  EXPECT_EQ(counts_until(0, {}, 5), for_ever_ns);
  EXPECT_EQ(counts_until(2, {}, 0), 3 * day);
  EXPECT_EQ(counts_until(2, {}, 3 * day), 0U);
  EXPECT_EQ(counts_until(0, {.added_until_ns = 0, .own_until_ns = 0}, 0), 0U);
  EXPECT_EQ(counts_until({}, {.added_until_ns = 7}, 6), 7U);
  EXPECT_EQ(counts_until(0, {.added_until_ns = 7, .own_until_ns = 9}, 6), 9U);
}

// Against a model that knows nothing of keys, tables and folding: a row an entry.

struct Row {
  std::string text;
  std::uint64_t end = 0;    ///< it counts before that
  std::uint64_t first = 0;  ///< the same, as the list has it
};

class Model {
 public:
  using Matches = bool (*)(const std::string& entry, const std::string& value);
  Model(Matches matches, std::vector<Row> rows) : matches_(matches), rows_(std::move(rows)) {}

  // Those that are added stand beside those that the list has; to add one for good puts back that, too.
  void add(const std::string& text, std::uint64_t until) {
    forget_added(text);
    added_.push_back({text, until});
    for (Row& row : rows_) {
      if (row.text == text && until == for_ever_ns) row.end = row.first;
    }
  }
  void remove(const std::string& text) {
    forget_added(text);
    for (Row& row : rows_) {
      if (row.text == text) row.end = 0;
    }
  }
  void expire(const std::string& text, std::uint64_t until, std::uint64_t now) {
    const auto counts = [&](const Row& row) { return row.text == text && now < row.end; };
    if (std::none_of(rows_.begin(), rows_.end(), counts) &&
        std::none_of(added_.begin(), added_.end(), counts))
      return;
    bool lasts = false;
    for (Row& row : rows_) {
      if (row.text == text) row.end = std::min(row.end, until), lasts = lasts || row.end == until;
    }
    for (Row& row : added_) {
      if (row.text == text) row.end = until, lasts = true;
    }
    if (!lasts) add(text, until);
  }
  bool contains(const std::string& value, std::uint64_t now) const {
    for (const auto* rows : {&rows_, &added_}) {
      for (const Row& row : *rows) {
        if (now < row.end && matches_(row.text, value)) return true;
      }
    }
    return false;
  }

 private:
  void forget_added(const std::string& text) {
    std::erase_if(added_, [&](const Row& row) { return row.text == text; });
  }

  Matches matches_;
  std::vector<Row> rows_;
  std::vector<Row> added_;
};

struct Kind {
  std::string type;
  Model::Matches matches;
  std::vector<std::string> entries;  ///< in the form in which they are kept
  std::vector<std::string> values;
};

const std::vector<Kind> kinds{
    {"number",
     [](const std::string& entry, const std::string& value) { return entry == value; },
     {"1", "12", "0", "00", "447700900001", "447700900002", "99999999999999999"},
     {"1", "12", "0", "00", "447700900001", "447700900002", "99999999999999999", "2", "", "4477"}},
    {"prefix",
     [](const std::string& entry, const std::string& value) { return value.starts_with(entry); },
     {"4", "44", "447", "4477", "44770090", "447700900001", "0", "99999999999999999"},
     {"4", "44", "447700900001", "447700900002", "4471", "45", "01", "999999999999999991", "", "5"}},
    {"host",
     [](const std::string& entry, const std::string& value) {
       return value == entry || value.ends_with("." + entry);
     },
     {"example", "a.example", "b.a.example", "c.b.a.example", "xexample"},
     {"example", "a.example", "b.a.example", "c.b.a.example", "d.c.b.a.example", "x.example", "xexample",
      "y.a.example", ""}},
    {"sender",
     [](const std::string& entry, const std::string& value) {
       if (entry == value) return true;
       return value == "barenbank" && (entry == "b\u00e4renbank" || entry == "b\u00e0renbank");
     },
     {"acme", "60001", "barenbank", "b\u00e4renbank", "b\u00e0renbank"},
     {"acme", "60001", "barenbank", "b\u00e4renbank", "b\u00e0renbank", "b\u00e1renbank", ""}}};

TEST(LiveList, says_what_a_slow_and_obvious_model_says) {
  std::mt19937 random(6);
  const auto one_of = [&](const auto& all) { return all[random() % all.size()]; };
  for (const Kind& kind : kinds) {
    for (int round = 0; round < 400; ++round) {
      std::string content = "# type: " + kind.type + "\n";
      std::vector<Row> rows;
      // Senders that are found by one key have one day in the list: none.
      for (const std::string& entry : kind.entries) {
        if (random() % 2 != 0) continue;
        const bool ends = kind.type != "sender" && random() % 2 == 0;
        content += entry + (ends ? ",1970-01-03\n" : "\n");
        rows.push_back({entry, ends ? 3 * day : for_ever_ns, ends ? 3 * day : for_ever_ns});
      }
      Changed changed(content);
      Model model(kind.matches, rows);
      std::string done = content;
      for (std::uint64_t now = 0; now < 6 * day; now += (random() % 24) * 3600 * second) {
        const std::string entry = one_of(kind.entries);
        const std::uint64_t until = now + (1 + random() % 100) * 3600 * second;
        const auto operation = random() % 5;
        switch (operation) {
          case 0: changed.add(entry), model.add(entry, for_ever_ns); break;
          case 1: changed.add(entry, until), model.add(entry, until); break;
          case 2: changed.remove(entry), model.remove(entry); break;
          case 3: changed.expire(entry, until, now), model.expire(entry, until, now); break;
          default: changed.forget_past(now); break;
        }
        done += fmt::format("{} of {} at {}, until {}\n", operation, entry, now, until);
        const LiveList live = changed.live();
        for (const std::string& value : kind.values) {
          const std::uint64_t then = now + (random() % 4) * (random() % 100) * 3600 * second;
          ASSERT_EQ(live.contains(value, then), model.contains(value, then))
              << done << value << " at " << then;
        }
      }
    }
  }
}

// Judged by.

constexpr const char* rules_text = R"(
- {id: 1, name: Host, labels: [a], when: {url.host: '@hosts'}}
- {id: 2, name: Recipient, labels: [b], when: {recipient.number: '@numbers', text: hello}}
- {id: 3, name: Spared, labels: [c], when: {not: {sender: '@spared'}, size: '> 0'}}
- {id: 4, name: Short, labels: [d], when: {url.shortener: true}}
)";

std::shared_ptr<const Ruleset> loaded() {
  RuleFiles files;
  files.rules = {{"r.yaml", rules_text}};
  files.policy = {{"policy.yaml", "- {name: Rest, then: pass}\n"}};
  files.lists = {{"hosts.txt", "# type: host\n"},
                 {"numbers.txt", "# type: number\n447700900001\n"},
                 {"spared.txt", "# type: sender\nACME\n"},
                 {"url-shorteners.txt", "# type: host\nshort.example\n"}};
  Findings findings;
  auto set = load(files, {}, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

class LiveJudging : public testing::Test {
 protected:
  /// Those of the rules that hold for it.
  std::vector<std::uint32_t> rules(const std::string& text, std::uint64_t time_ns = 0) {
    Sample sample(home_);
    sample.set("text", text);
    sample.set("sender", "ACME");
    sample.set("recipient", "+447700900001");
    sample.message().time_ns = time_ns;
    evaluator_.judge(sample.message());
    std::vector<std::uint32_t> ids;
    for (const RuleHit& hit : sample.message().judgement.rules) ids.push_back(hit.id);
    return ids;
  }
  void use(const std::map<std::string_view, LiveEntries>& changed) {
    std::vector<std::shared_ptr<const LiveList>> all(set_->lists.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto found = changed.find(set_->lists[i].name);
      if (found != changed.end())
        all[i] = std::make_shared<const LiveList>(set_->lists[i].list, *set_->fold, found->second);
    }
    lists_ = std::make_unique<LiveLists>(*set_, std::move(all));
    evaluator_.use(lists_.get());
  }
  using Rules = std::vector<std::uint32_t>;

  Home home_;
  const std::shared_ptr<const Ruleset> set_ = loaded();
  std::unique_ptr<LiveLists> lists_;
  Evaluator evaluator_{set_};
};

const std::string link = "hello http://evil.example/x";

TEST_F(LiveJudging, a_rule_is_found_by_a_live_entry_of_a_list_that_is_empty) {
  EXPECT_EQ(rules(link), (Rules{2}));
  use({{"hosts", {{"evil.example", {.added_until_ns = 100 * second}}}}});
  EXPECT_EQ(rules(link, 100 * second - 1), (Rules{1, 2}));
  EXPECT_EQ(rules(link, 100 * second), (Rules{2}));
  evaluator_.use(nullptr);
  EXPECT_EQ(rules(link), (Rules{2}));
}

TEST_F(LiveJudging, an_entry_that_is_taken_out_does_not_count) {
  use({{"numbers", {{"447700900001", {.own_until_ns = 0}}}},
       {"spared", {{"acme", {.own_until_ns = 50 * second}}}}});
  EXPECT_EQ(rules(link), (Rules{}));
  EXPECT_EQ(rules(link, 50 * second), (Rules{3})) << "nobody is spared any more";
}

TEST_F(LiveJudging, shorteners_are_those_of_now) {
  use({{"url-shorteners",
        {{"evil.example", {.added_until_ns = for_ever_ns}}, {"short.example", {.own_until_ns = 0}}}}});
  EXPECT_EQ(rules(link), (Rules{2, 4}));
  EXPECT_EQ(rules("hello http://short.example/x"), (Rules{2}));
  evaluator_.use(nullptr);
  EXPECT_EQ(rules("hello http://short.example/x"), (Rules{2, 4}));
}

}  // namespace
}  // namespace tollgate::rules
