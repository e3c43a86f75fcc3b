#include "record/kept_messages.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace tollgate::record {
namespace {

/// Its views are gone when the function returns.
void add(KeptMessages& kept, std::uint64_t frame, Kind kind = Kind::message) {
  const std::string text = "text " + std::to_string(frame);
  const std::string number = std::to_string(447700900000 + frame);
  const std::string name = "operator of a table that goes away";
  Message m;
  m.kind = kind;
  m.id = {.high = frame % 2, .low = frame};
  m.frame = frame;
  m.has_text = true;
  m.text = text;
  m.recipient.address = m.recipient.number = number;
  m.recipient.operator_name = m.service_centre_operator = name;
  m.origin.operator_name = m.origin.country = m.destination.operator_name = name;
  const std::array labels{std::string_view(name)};
  const std::array signals{SignalValue{name, 2.5}};
  m.judgement.labels = labels;
  m.judgement.signals = signals;
  m.judgement.policy = name;
  m.judgement.verdict = Verdict::block;
  kept.add(m);
}

TEST(KeptMessages, owns_what_it_shows) {
  KeptMessages kept(10);
  add(kept, 7);
  const auto all = kept.all();
  ASSERT_EQ(all.size(), 1U);
  const Message& m = all[0]->message();
  EXPECT_EQ(m.text, "text 7");
  EXPECT_EQ(m.recipient.number, "447700900007");
}

TEST(KeptMessages, forgets_what_belongs_to_a_ruleset_but_what_plugins_said) {
  KeptMessages kept(10);
  add(kept, 1);
  const auto all = kept.all();
  const Message& m = all[0]->message();
  for (const std::string_view view :
       {m.recipient.operator_name, m.service_centre_operator, m.origin.operator_name, m.origin.country,
        m.destination.operator_name, m.judgement.policy})
    EXPECT_TRUE(view.empty()) << view;
  EXPECT_TRUE(m.judgement.labels.empty());
  EXPECT_EQ(m.judgement.verdict, Verdict::pass);
  ASSERT_EQ(all[0]->signals().size(), 1U);
  EXPECT_EQ(all[0]->signals()[0].name, "operator of a table that goes away");
  EXPECT_EQ(all[0]->signals()[0].value, 2.5);
}

TEST(KeptMessages, keeps_the_last_ones_in_their_order) {
  KeptMessages kept(3);
  for (std::uint64_t frame = 1; frame <= 5; ++frame) add(kept, frame);
  const auto all = kept.all();
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(all[i]->message().frame, i + 3);
}

TEST(KeptMessages, those_that_were_asked_for_stay_while_newer_ones_come) {
  KeptMessages kept(1);
  add(kept, 1);
  const auto before = kept.all();
  add(kept, 2);
  EXPECT_EQ(before[0]->message().text, "text 1");
  EXPECT_EQ(kept.all()[0]->message().text, "text 2");
}

TEST(KeptMessages, finds_one_by_its_identity) {
  KeptMessages kept(3);
  for (std::uint64_t frame = 1; frame <= 5; ++frame) add(kept, frame);
  for (std::uint64_t frame = 3; frame <= 5; ++frame)
    EXPECT_EQ(kept.find({.high = frame % 2, .low = frame})->message().frame, frame);
  EXPECT_EQ(kept.find({.high = 0, .low = 2}), nullptr) << "it had to go";
  EXPECT_EQ(kept.find({.high = 1, .low = 4}), nullptr) << "both halves count";
}

TEST(KeptMessages, keeps_nothing_else_and_nothing_where_nothing_is_to_be_kept) {
  KeptMessages kept(3);
  add(kept, 1, Kind::response);
  add(kept, 2, Kind::signalling);
  EXPECT_TRUE(kept.all().empty());
  KeptMessages none(0);
  add(none, 1);
  EXPECT_TRUE(none.all().empty());
}

}  // namespace
}  // namespace tollgate::record
