#include "flow/concatenation.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::flow {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

struct Joiner {
  Counters counters;
  Concatenation parts;

  explicit Joiner(Concatenation::Limits limits = {.messages = 8, .chunks = 2048}) : parts(limits) {}

  /// The whole text, or "-" where the part does not complete a message.
  std::string add(const PartsKey& key, int sequence, std::string_view text, std::uint64_t now = 0) {
    return add(key, sequence, Passage{as_octets(text), Coding::ascii, {}}, now);
  }
  /// The passages with a bar between them.
  std::string add(const PartsKey& key, int sequence, const Passage& part, std::uint64_t now = 0) {
    const auto whole = parts.add(key, static_cast<std::uint8_t>(sequence), part, now, counters);
    std::string out = whole.empty() ? "-" : std::string(as_chars(whole[0].octets));
    for (const Passage& passage : whole.subspan(whole.empty() ? 0 : 1))
      out.append("|").append(as_chars(passage.octets));
    return out;
  }
};

constexpr PartsKey of(std::uint8_t total, std::uint16_t reference = 7) {
  return {.conversation = 1, .reference = reference, .total = total};
}

TEST(Concatenation, gives_the_whole_with_the_completing_part_only) {
  Joiner j;
  EXPECT_EQ(j.add(of(3), 1, "one "), "-");
  EXPECT_EQ(j.add(of(3), 2, "two "), "-");
  EXPECT_EQ(j.add(of(3), 3, "three"), "one two three");
}

TEST(Concatenation, parts_may_come_in_any_order) {
  std::array<int, 4> order = {1, 2, 3, 4};
  const std::array<std::string_view, 5> texts = {"", "a", "bb", "ccc", "dddd"};
  std::uint16_t reference = 0;
  Joiner j{{.messages = 64, .chunks = 2048}};
  do {
    ++reference;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(j.add(of(4, reference), order[i], texts[static_cast<std::size_t>(order[i])]), "-");
    }
    EXPECT_EQ(j.add(of(4, reference), order[3], texts[static_cast<std::size_t>(order[3])]), "abbcccdddd");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Concatenation, long_parts_and_the_largest_total_fit) {
  Joiner j;
  std::string expected;
  std::string whole;
  for (int i = 1; i <= 255; ++i) {
    const std::string text(i % 2 == 0 ? Concatenation::longest_part : 765, static_cast<char>('a' + i % 26));
    expected += text;
    whole = j.add(of(255), i, text);
    EXPECT_EQ(whole == "-", i < 255);
  }
  EXPECT_EQ(whole, expected);
}

TEST(Concatenation, empty_parts_count) {
  Joiner j;
  EXPECT_EQ(j.add(of(2), 2, ""), "-");
  EXPECT_EQ(j.add(of(2), 1, ""), "");
}

TEST(Concatenation, a_message_of_one_part_is_whole) {
  Joiner j;
  EXPECT_EQ(j.add(of(1), 1, "all"), "all");
}

TEST(Concatenation, parts_written_in_the_same_way_are_one_passage) {
  const Passage turkish{as_octets("a"), Coding::gsm7, {.locking = 1, .single_shift = 0}};
  const Passage spanish{as_octets("b"), Coding::gsm7, {.locking = 0, .single_shift = 2}};
  const Passage binary{as_octets("c"), Coding::binary, {}};
  Joiner j;
  EXPECT_EQ(j.add(of(5), 1, turkish), "-");
  EXPECT_EQ(j.add(of(5), 4, binary), "-");
  EXPECT_EQ(j.add(of(5), 5, binary), "-");
  EXPECT_EQ(j.add(of(5), 3, spanish), "-");
  EXPECT_EQ(j.add(of(5), 2, turkish), "aa|b|cc");
}

TEST(Concatenation, the_same_octets_in_another_coding_are_another_content) {
  Joiner j;
  j.add(of(2), 1, Passage{as_octets("a1"), Coding::ascii, {}});
  j.add(of(2), 1, Passage{as_octets("a1"), Coding::binary, {}});
  EXPECT_EQ(j.counters.of(Count::repeated_part), 0U);
  EXPECT_EQ(j.counters.of(Count::replaced_parts), 1U);
  EXPECT_EQ(j.add(of(2), 2, Passage{as_octets("a2"), Coding::binary, {}}), "a1a2");
}

TEST(Concatenation, other_reference_total_width_or_conversation_is_another_message) {
  Joiner j;
  EXPECT_EQ(j.add(of(2), 1, "a"), "-");
  EXPECT_EQ(j.add(of(2, 8), 2, "b"), "-");
  EXPECT_EQ(j.add(of(3), 2, "b"), "-");
  EXPECT_EQ(j.add({.conversation = 1, .reference = 7, .total = 2, .wide = true}, 2, "b"), "-");
  EXPECT_EQ(j.add({.conversation = 2, .reference = 7, .total = 2}, 2, "b"), "-");
  EXPECT_EQ(j.add(of(2), 2, "b"), "ab");
}

TEST(Concatenation, a_repetition_changes_nothing_and_never_completes_twice) {
  Joiner j;
  EXPECT_EQ(j.add(of(2), 1, "a"), "-");
  EXPECT_EQ(j.add(of(2), 1, "a"), "-");
  EXPECT_EQ(j.add(of(2), 2, "b"), "ab");
  EXPECT_EQ(j.add(of(2), 2, "b"), "-");
  EXPECT_EQ(j.add(of(2), 1, "a"), "-");
  EXPECT_EQ(j.add(of(2), 1, "a"), "-");
  EXPECT_EQ(j.add(of(2), 2, "b"), "-");
  EXPECT_EQ(j.counters.of(Count::repeated_part), 5U);
  EXPECT_EQ(j.counters.of(Count::replaced_parts), 0U);
}

TEST(Concatenation, another_content_under_a_number_begins_a_new_message) {
  Joiner j;
  EXPECT_EQ(j.add(of(3), 1, "old1"), "-");
  EXPECT_EQ(j.add(of(3), 2, "old2"), "-");
  EXPECT_EQ(j.add(of(3), 1, "new1"), "-");
  EXPECT_EQ(j.counters.of(Count::replaced_parts), 1U);
  EXPECT_EQ(j.add(of(3), 3, "new3"), "-");  // old2 is gone
  EXPECT_EQ(j.add(of(3), 2, "new2"), "new1new2new3");
}

TEST(Concatenation, a_new_message_after_a_finished_one_does_not_take_its_parts) {
  Joiner j;
  j.add(of(2), 1, "a1");
  EXPECT_EQ(j.add(of(2), 2, "a2"), "a1a2");
  EXPECT_EQ(j.add(of(2), 1, "b1"), "-");
  EXPECT_EQ(j.add(of(2), 2, "b2"), "b1b2");
  EXPECT_EQ(j.counters.of(Count::replaced_parts), 0U);
}

TEST(Concatenation, two_messages_in_a_row_may_share_a_part) {
  Joiner j;
  j.add(of(2), 1, "Dear customer, ");
  EXPECT_EQ(j.add(of(2), 2, "one"), "Dear customer, one");
  EXPECT_EQ(j.add(of(2), 1, "Dear customer, "), "-");
  EXPECT_EQ(j.add(of(2), 2, "two"), "Dear customer, two");
}

TEST(Concatenation, a_part_repeated_and_then_changed_is_held_once) {
  Joiner j;
  j.add(of(2), 1, "a1");
  EXPECT_EQ(j.add(of(2), 2, "a2"), "a1a2");
  EXPECT_EQ(j.add(of(2), 1, "a1"), "-");
  EXPECT_EQ(j.add(of(2), 1, "b1"), "-");
  EXPECT_EQ(j.parts.chunks_used(), 1U);
  EXPECT_EQ(j.add(of(2), 2, "b2"), "b1b2");
}

TEST(Concatenation, forgets_what_is_older_than_its_age) {
  Joiner j{{.messages = 8, .chunks = 2048, .max_age_ns = 60 * second}};
  EXPECT_EQ(j.add(of(2), 1, "a", 0), "-");
  EXPECT_EQ(j.add(of(2), 2, "b", 61 * second), "-");
  EXPECT_EQ(j.counters.of(Count::expired_parts), 1U);
  EXPECT_EQ(j.add(of(2), 1, "c", 121 * second), "cb");
}

TEST(Concatenation, time_that_goes_back_expires_nothing) {
  Joiner j{{.messages = 8, .chunks = 2048, .max_age_ns = 60 * second}};
  EXPECT_EQ(j.add(of(2), 1, "a", 1000 * second), "-");
  EXPECT_EQ(j.add(of(2), 2, "b", 1 * second), "ab");
}

TEST(Concatenation, a_full_table_forgets_the_message_longest_without_a_part) {
  Joiner j{{.messages = 2, .chunks = 2048}};
  j.add(of(2, 1), 1, "a");
  j.add(of(2, 2), 1, "a");
  j.add(of(2, 1), 1, "a");  // a repetition is a use
  j.add(of(2, 3), 1, "a");
  EXPECT_EQ(j.counters.of(Count::evicted_parts), 1U);
  EXPECT_EQ(j.add(of(2, 1), 2, "b"), "ab");
  EXPECT_EQ(j.parts.size(), 2U);
  EXPECT_EQ(j.parts.chunks_used(), 3U);
}

TEST(Concatenation, full_chunks_forget_the_oldest_message_and_never_the_one_in_hand) {
  Joiner j{{.messages = 4096, .chunks = 2048}};
  for (std::uint16_t i = 0; i < 3000; ++i) j.add(of(2, i), 1, "a");
  EXPECT_EQ(j.parts.chunks_used(), 2048U);
  EXPECT_EQ(j.parts.size(), 2048U);
  EXPECT_EQ(j.counters.of(Count::evicted_parts), 952U);
  EXPECT_EQ(j.add(of(2, 2999), 2, "b"), "ab");
  EXPECT_EQ(j.add(of(2, 0), 2, "b"), "-");
}

TEST(Concatenation, refuses_a_part_that_is_too_long_or_out_of_range) {
  Joiner j;
  EXPECT_EQ(j.add(of(2), 1, std::string(Concatenation::longest_part + 1, 'x')), "-");
  EXPECT_EQ(j.counters.of(Count::unread_part_too_long), 1U);
  EXPECT_EQ(j.add(of(2), 0, "x"), "-");
  EXPECT_EQ(j.add(of(2), 3, "x"), "-");
  EXPECT_EQ(j.parts.size(), 0U);
}

TEST(Concatenation, every_chunk_comes_back) {
  Joiner j{{.messages = 16, .chunks = 2048, .max_age_ns = second}};
  std::mt19937 random{1};
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const auto total = static_cast<std::uint8_t>(2 + random() % 6);
    const auto reference = static_cast<std::uint16_t>(random() % 24);
    j.add(of(total, reference), static_cast<int>(1 + random() % total),
          std::string(random() % 900, static_cast<char>('a' + random() % 2)), i * second / 100);
    ASSERT_LE(j.parts.size(), 16U);
    ASSERT_LE(j.parts.chunks_used(), 2048U);
  }
  j.add(of(2, 1000), 1, "x", UINT64_MAX);
  EXPECT_EQ(j.parts.size(), 1U);
  EXPECT_EQ(j.parts.chunks_used(), 1U);
}

TEST(PartsKey, tells_senders_recipients_and_operations_apart) {
  Message a;
  a.operation = "mt-forwardSM";
  a.sender.address = "ACME";
  a.imsi = "001010123456789";
  a.parts = {.ref = 1, .total = 2, .seq = 1};
  Message b = a;
  b.parts.seq = 2;
  b.service_centre = "447700900999";
  EXPECT_EQ(parts_key(a), parts_key(b));
  b.imsi = "001010123456780";
  EXPECT_NE(parts_key(a), parts_key(b));
  b = a;
  b.sender.address = "ACMF";
  EXPECT_NE(parts_key(a), parts_key(b));
  b = a;
  b.operation = "mo-forwardSM";
  EXPECT_NE(parts_key(a), parts_key(b));
  b = a;
  b.parts.wide = true;
  EXPECT_NE(parts_key(a), parts_key(b));
}

}  // namespace
}  // namespace tollgate::flow
