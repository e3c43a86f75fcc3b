#include <gtest/gtest.h>

#include "rules/evaluate.hpp"
#include "rules/load.hpp"
#include "rules/sample.hpp"
#include "support/count_allocations.hpp"

// Judging never allocates: the packet path must not wait for memory.

namespace tollgate::rules {
namespace {

constexpr const char* rules = R"(
- {id: 1, name: Text, labels: [a], when: {text: [prize money, '/lock(ed)?/', '@lures'], raw.text: '/[A-Z]{4}/'}}
- {id: 2, name: Sender, labels: [b], when: {sender: [ACME, '4477*', '/^[A-Z]+$/', '@brands', '@home']}}
- {id: 3, name: Url, labels: [c], when: {url.host: '@hosts', url.shortener: true, url.path: '/x/', not: {url.domain: a.example}}}
- {id: 4, name: Numbers, labels: [d], when: {text.number: '@staff', parts: '> 1', udh.element: 0, size: '> 3'}}
- {id: 5, name: Time, labels: [e], when: {time: {between: '00:00-12:00', zone: recipient}, recipient.country: GB}}
- {id: 6, name: Fields, labels: [f], when: {sender.country: '!= recipient.country', origin.operator: '= service_centre.operator'}}
- {id: 7, name: Signal, labels: [g], when: {campaign.size: '>= 50'}}
- {id: 8, name: Shadow, state: shadow, labels: [h], when: {any: [{pid: 64}, {not: {dcs: 4}}]}}
)";
constexpr const char* policy = R"(
- {name: Pay, when: {labels: [a, b], route: international}, then: {charge: domestic, or: {block: {}}}}
- {name: Rest, then: pass}
)";

std::shared_ptr<const Ruleset> loaded() {
  RuleFiles files;
  files.rules = {{"r.yaml", rules}};
  files.policy = {{"policy.yaml", policy}};
  files.lists = {{"lures.csv", "# type: phrase\nfree money\nold offer,2020-01-01\n"},
                 {"brands.txt", "# type: sender\nGoodBank\n"},
                 {"hosts.txt",
                  "# type: host\nshort.example\nb\xc3\xbc"
                  "cher.example\n"},
                 {"staff.txt", "# type: prefix\n4477009\n07700\n"},
                 {"url-shorteners.txt", "# type: host\nshort.example\n"}};
  files.operators = {
      {"operators.csv", "gt_prefix,operator,country,account\n4477,Home,GB,\n4915,Far,DE,far\n"}};
  LoadOptions options;
  options.home.gt = {"4477"};
  options.signals = {"campaign.size"};
  Findings findings;
  auto set = load(files, options, findings);
  for (const Finding& finding : findings.all()) {
    if (finding.severity == Severity::error) ADD_FAILURE() << to_string(finding);
  }
  return set;
}

/// All lists but those of phrases, with an entry more and without one of theirs.
LiveLists changed(const Ruleset& set) {
  std::vector<std::shared_ptr<const LiveList>> all;
  for (const NamedList& named : set.lists) {
    const bool digits = named.list->type() == ListType::prefix;
    const LiveEntries entries{{digits ? "447700900123" : "go.short.example", {.added_until_ns = 1}},
                              {digits ? "4477009" : "short.example", {.own_until_ns = 0}}};
    const bool phrases = named.list->type() == ListType::phrase;
    all.push_back(phrases ? nullptr : std::make_shared<LiveList>(named.list, *set.fold, entries));
  }
  return {set, std::move(all)};
}

TEST(Allocation, is_counted) {
  const std::size_t before = allocations;
  const std::vector<int> some(1);
  EXPECT_EQ(allocations, before + some.size());
}

TEST(Allocation, of_judging_is_none) {
  const auto set = loaded();
  ASSERT_NE(set, nullptr);
  Evaluator evaluator(set);
  const LiveLists live = changed(*set);
  Home home;
  Sample lure(home);
  lure.set("text",
           "Y\u043eur acc0unt is L0CKED, p.r.i.z.e money! call 07700 900123, http://Go.Short.EXAMPLE/x?y");
  lure.set("sender", "ACME");
  lure.set("recipient", "+447700900123");
  lure.set("udh", "050003070201");
  lure.set("parts", "2");
  lure.set("route", "international");
  lure.set("origin.gt", "491550000000");
  lure.set("service_centre", "447700900001");
  lure.set("time", "2026-11-21T08:00:00Z");
  Sample unlike(home);
  unlike.set("text",
             "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82, \xe6\x98\x8e\xe5\xa4\xa9\xe8\xa7\x81 " +
                 std::string(20'000, 'x'));
  Sample binary(home);
  binary.set("data", "c0ffee");
  Message* const messages[] = {&lure.message(), &unlike.message(), &binary.message()};
  const double signals[] = {100};

  const std::size_t before = allocations;
  std::size_t hits = 0;
  for (int round = 0; round < 3; ++round) {
    evaluator.use(round == 2 ? &live : nullptr);
    for (Message* message : messages) {
      evaluator.judge(*message, signals);
      hits += message->judgement.rules.size();
    }
  }
  const std::size_t after = allocations;
  EXPECT_EQ(after, before);
  EXPECT_GE(hits, 15U) << "the rules were looked at";
}

}  // namespace
}  // namespace tollgate::rules
