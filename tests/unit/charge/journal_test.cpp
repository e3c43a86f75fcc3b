#include "charge/journal.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tollgate::charge {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  static Charge charge(std::uint64_t number) {
    Charge made;
    made.id.low = number;
    made.amount = 65'000;
    made.tariff.assign("domestic");
    return made;
  }
  std::vector<std::uint64_t> numbers(Journal& journal, std::size_t most = 100) {
    room.resize(most);
    std::vector<std::uint64_t> all;
    for (const Charge& c : journal.read(room).charges) all.push_back(c.id.low);
    return all;
  }

  std::vector<std::uint64_t> memory = std::vector<std::uint64_t>((Journal::size() + 64) / 8);
  std::span<std::byte> octets() {
    void* at = memory.data();
    std::size_t space = memory.size() * 8;
    return {static_cast<std::byte*>(std::align(64, Journal::size(), at, space)), Journal::size()};
  }
  std::vector<Charge> room;
};

TEST_F(JournalTest, what_was_written_is_read_in_order_until_it_is_released) {
  Journal journal(octets());
  for (std::uint64_t i = 1; i <= 3; ++i) journal.write(charge(i));
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{1, 2, 3}));
  journal.release(2);
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(room.front().amount, 65'000);
  EXPECT_EQ(room.front().tariff.view(), "domestic");
}

TEST_F(JournalTest, another_process_finds_what_was_not_released) {
  {
    Journal journal(octets());
    for (std::uint64_t i = 1; i <= 3; ++i) journal.write(charge(i));
    journal.release(1);
  }
  Journal journal(octets());
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{2, 3}));
  journal.write(charge(4));
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST_F(JournalTest, its_memory_tells_whether_there_are_charges_in_it) {
  EXPECT_FALSE(Journal::holds_charges(octets())) << "a new one";
  {
    Journal journal(octets());
    journal.write(charge(1));
    journal.write(charge(2));
    EXPECT_TRUE(Journal::holds_charges(octets()));
    journal.release(1);
    EXPECT_TRUE(Journal::holds_charges(octets()));
    journal.release(1);
  }
  EXPECT_FALSE(Journal::holds_charges(octets()));
  EXPECT_TRUE(Journal::holds_charges(octets().first(8))) << "nobody can tell";
}

TEST_F(JournalTest, a_full_one_has_no_room_until_something_is_released) {
  Journal journal(octets());
  for (std::uint32_t i = 0; i < Journal::capacity - 1; ++i) journal.write(charge(i));
  EXPECT_TRUE(journal.has_room(1));
  EXPECT_FALSE(journal.has_room(2));
  journal.write(charge(7));
  EXPECT_FALSE(journal.has_room(1));
  journal.release(1);
  EXPECT_TRUE(journal.has_room(1));
}

TEST_F(JournalTest, an_event_that_is_not_as_it_was_written_is_passed_over) {
  Journal journal(octets());
  for (std::uint64_t i = 1; i <= 3; ++i) journal.write(charge(i));
  // The second one's amount: wherever its 65,000 stands for the second time.
  const auto all = octets();
  auto* const words = reinterpret_cast<std::uint64_t*>(all.data());
  int found = 0;
  for (std::size_t i = 0; i < all.size() / 8; ++i) {
    if (words[i] == 65'000 && ++found == 2) words[i] = 1;
  }
  ASSERT_EQ(found, 3);
  EXPECT_EQ(numbers(journal), (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(journal.read(room).places, 3U);
}

TEST_F(JournalTest, counts_that_cannot_be_are_mended) {
  auto* const words = reinterpret_cast<std::uint64_t*>(octets().data());
  words[0] = 5;
  words[8] = 1'000'000;  // read: more than was ever written
  Journal journal(octets());
  EXPECT_LE(journal.waiting(), Journal::capacity);
  EXPECT_EQ(numbers(journal), std::vector<std::uint64_t>{});  // five places of zeros: never written
}

TEST_F(JournalTest, a_writer_and_a_reader_lose_and_double_nothing) {
  constexpr std::uint64_t count = 500'000;
  Journal journal(octets());
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < count;) {
      if (journal.has_room(1)) journal.write(charge(i++));
    }
  });
  std::uint64_t expected = 0;
  room.resize(1'000);
  while (expected < count) {
    const Journal::Events events = journal.read(room);
    for (const Charge& c : events.charges) ASSERT_EQ(c.id.low, expected++);
    journal.release(events.places);
  }
  writer.join();
  EXPECT_EQ(journal.waiting(), 0U);
}

}  // namespace
}  // namespace tollgate::charge
