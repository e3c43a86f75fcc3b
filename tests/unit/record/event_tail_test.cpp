#include "record/event_tail.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tollgate::record {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t second_ns = 1'000'000'000;
const PrivacySettings all_in_full{.text = ShownText::all, .numbers = ShownNumbers::full, .key = {}};

void add(EventTail& tail, std::uint64_t frame, std::uint64_t now_ns = 1, Kind kind = Kind::message) {
  const std::string text = "text " + std::to_string(frame);
  Message m;
  m.kind = kind;
  m.frame = frame;
  m.has_text = true;
  m.text = text;
  m.sender.present = true;
  m.sender.address = m.sender.number = "447700900123";
  tail.add(m, now_ns);
}

/// The frames of what is kept behind that number.
std::vector<std::uint64_t> frames(const EventTail& tail, std::uint64_t after) {
  std::vector<std::uint64_t> all;
  for (const auto& event : tail.after(after).kept) all.push_back(Json::parse(event->line).at("frame"));
  return all;
}

TEST(EventTail, gives_what_came_behind_a_number) {
  EventTail tail{PrivacySettings{}};
  EXPECT_EQ(tail.after(0).newest, 0U);
  for (std::uint64_t frame = 11; frame <= 13; ++frame) add(tail, frame);
  EXPECT_EQ(frames(tail, 0), (std::vector<std::uint64_t>{11, 12, 13}));
  EXPECT_EQ(frames(tail, 2), std::vector<std::uint64_t>{13});
  EXPECT_TRUE(frames(tail, 3).empty());
  EXPECT_TRUE(frames(tail, 99).empty());
  EXPECT_EQ(tail.after(2).kept.front()->number, 3U);
  EXPECT_EQ(tail.after(2).newest, 3U);
}

TEST(EventTail, keeps_so_many_events) {
  EventTail tail(PrivacySettings{}, {.events = 3});
  for (std::uint64_t frame = 1; frame <= 5; ++frame) add(tail, frame);
  EXPECT_EQ(frames(tail, 0), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_EQ(tail.after(0).newest, 5U);
}

TEST(EventTail, keeps_so_many_octets) {
  constexpr std::size_t most = 4096;
  EventTail tail(all_in_full, {.octets = most});
  for (std::uint64_t frame = 1; frame <= 100; ++frame) add(tail, frame);
  std::size_t octets = 0;
  for (const auto& event : tail.after(0).kept) octets += event->line.size() + event->reduced.size();
  EXPECT_GT(octets, 0U);
  EXPECT_LE(octets, most);
  EXPECT_EQ(tail.after(0).kept.back()->number, 100U);
}

TEST(EventTail, takes_so_many_in_a_second_and_counts_the_others) {
  EventTail tail(PrivacySettings{}, {.a_second = 2});
  for (std::uint64_t frame = 1; frame <= 5; ++frame) add(tail, frame, 7 * second_ns);
  for (std::uint64_t frame = 6; frame <= 8; ++frame) add(tail, frame, 8 * second_ns);
  EXPECT_EQ(frames(tail, 0), (std::vector<std::uint64_t>{1, 2, 6, 7}));
  EXPECT_EQ(tail.after(0).newest, 8U);
  EXPECT_EQ(tail.after(2).kept.front()->number, 6U);
}

TEST(EventTail, shows_what_the_settings_say_and_less_to_who_sees_no_numbers) {
  EventTail tail(all_in_full);
  add(tail, 1);
  const auto event = tail.after(0).kept.at(0);
  const Json shown = Json::parse(event->shown(true));
  EXPECT_EQ(shown.at("text"), "text 1");
  EXPECT_EQ(shown.at("sender").at("number"), "447700900123");
  const Json reduced = Json::parse(event->shown(false));
  EXPECT_FALSE(reduced.contains("text"));
  EXPECT_EQ(reduced.at("sender").at("number"), "**********23");
}

TEST(EventTail, never_shows_more_than_the_settings_say) {
  EventTail tail{PrivacySettings{}};
  add(tail, 1);
  for (const bool sees_numbers : {false, true}) {
    const Json shown = Json::parse(tail.after(0).kept.at(0)->shown(sees_numbers));
    EXPECT_FALSE(shown.contains("text"));
    EXPECT_EQ(shown.at("sender").at("number"), "**********23");
  }
}

TEST(EventTail, has_what_is_written_to_files) {
  EventTail tail{PrivacySettings{}};
  add(tail, 1, 1, Kind::signalling);
  EXPECT_EQ(tail.after(0).newest, 0U);
  add(tail, 2, 1, Kind::response);
  EXPECT_EQ(frames(tail, 0), std::vector<std::uint64_t>{2});
}

}  // namespace
}  // namespace tollgate::record
