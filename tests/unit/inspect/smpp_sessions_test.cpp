#include "inspect/smpp_sessions.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tollgate::inspect {
namespace {

using decode::smpp::CommandId;

/// Connections of two directions, 2n and 2n + 1, of which the ESME sends in the first.
struct Sessions {
  explicit Sessions(std::uint32_t capacity, std::span<std::byte> memory = {})
      : all(capacity, counters, memory) {}

  const SmppSession& see(std::uint64_t number, CommandId id, std::string_view system_id = {},
                         std::uint8_t version = 0) {
    decode::smpp::Pdu pdu;
    pdu.command_id = id;
    pdu.sequence_number = 1;
    pdu.system_id = system_id;
    pdu.interface_version = version;
    return all.see(pdu, carriage(number));
  }
  void bind(std::uint64_t number, std::string_view system_id, std::uint8_t version = 0x34) {
    see(number, CommandId::bind_transceiver, system_id, version);
    see(number, CommandId::bind_transceiver_resp);
  }
  std::string account(std::uint64_t number) {
    return std::string(see(number, CommandId::enquire_link).system_id());
  }
  static flow::Carriage carriage(std::uint64_t number) {
    return {.connection = 2 * number, .opposite = 2 * number + 1};
  }

  Counters counters;
  SmppSessions all;
};

TEST(SmppSessions, are_known_to_another_process) {
  flow::ZeroPages memory(SmppSessions::memory_size(4));
  {
    Sessions before(4, memory.span());
    before.bind(1, "acme", 0x33);
    before.bind(2, "other");
    before.see(2, CommandId::unbind_resp);
    before.see(2, CommandId::bind_transceiver, "next");
  }
  Sessions after(4, memory.span());
  EXPECT_TRUE(after.all.knows(Sessions::carriage(1)));
  EXPECT_FALSE(after.all.knows(Sessions::carriage(3)));
  EXPECT_EQ(after.account(1), "acme");
  EXPECT_FALSE(after.see(1, CommandId::enquire_link).has_tlvs());
  EXPECT_EQ(after.see(1, CommandId::enquire_link).sender(2), SmppSession::Side::esme);
  EXPECT_EQ(after.account(2), "next") << "a bind that was not answered yet";
}

TEST(SmppSessions, a_full_table_forgets_the_one_that_was_longest_silent_also_for_other_processes) {
  flow::ZeroPages memory(SmppSessions::memory_size(2));
  {
    Sessions before(2, memory.span());
    before.bind(1, "one");
    before.bind(2, "two");
    EXPECT_EQ(before.account(1), "one");
    before.bind(3, "three");
    EXPECT_EQ(before.counters.of(Count::evicted_smpp_session), 1U);
  }
  Sessions after(2, memory.span());
  EXPECT_FALSE(after.all.knows(Sessions::carriage(2)));
  EXPECT_EQ(after.account(1), "one");
  EXPECT_EQ(after.account(3), "three");
  after.bind(4, "four");
  EXPECT_EQ(after.counters.of(Count::evicted_smpp_session), 1U);
}

TEST(SmppSessions, one_that_was_just_being_written_is_not_known) {
  flow::ZeroPages memory(SmppSessions::memory_size(4));
  {
    Sessions before(4, memory.span());
    for (const std::uint64_t number : {1U, 2U, 3U}) before.bind(number, std::to_string(number));
  }
  // The key of the second copy stands behind a cache line and the first copy.
  const std::size_t copy = (memory.span().size() - 64) / 4;
  for (std::size_t i = 0; i < 8; ++i) memory.span()[64 + copy + i] = std::byte{0};
  for (int round = 0; round < 2; ++round) {
    Sessions after(4, memory.span());
    EXPECT_FALSE(after.all.knows(Sessions::carriage(2)));
    EXPECT_EQ(after.account(1), "1");
    EXPECT_EQ(after.account(3), "3");
  }
}

TEST(SmppSessions, whatever_stands_in_the_memory_is_safe) {
  std::minstd_rand random(1);
  for (int round = 0; round < 100; ++round) {
    flow::ZeroPages memory(SmppSessions::memory_size(8));
    for (std::byte& octet : memory.span()) {
      const unsigned long drawn = random() >> 8U;
      octet = static_cast<std::byte>((drawn & 0x300U) != 0 ? drawn % 18 : drawn);
    }
    Sessions sessions(8, memory.span());
    for (std::uint64_t number = 1; number < 20; ++number) {
      sessions.bind(number, "acme");
      EXPECT_EQ(sessions.account(number), "acme");
    }
  }
}

}  // namespace
}  // namespace tollgate::inspect
