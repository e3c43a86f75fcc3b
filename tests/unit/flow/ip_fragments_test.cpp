#include "flow/ip_fragments.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/hex.hpp"

namespace tollgate::flow {
namespace {

constexpr std::uint64_t second = 1'000'000'000;

decode::IpPacket fragment(std::uint32_t id, std::size_t offset, std::string_view payload, bool more,
                          std::uint8_t version = 4) {
  decode::IpPacket packet;
  packet.source.version = packet.destination.version = version;
  packet.source.octets[3] = std::byte{1};
  packet.destination.octets[3] = std::byte{2};
  packet.protocol = decode::ip_protocol_sctp;
  packet.fragment = true;
  packet.more_fragments = more;
  packet.fragment_id = id;
  packet.fragment_offset = static_cast<std::uint16_t>(offset);
  packet.payload = as_octets(payload);
  return packet;
}

struct Reassembly {
  Counters counters;
  IpFragments fragments{counters, 4, 1U << 20U};
  std::uint64_t time_ns = second;

  std::string add(const decode::IpPacket& packet) {
    const auto whole = fragments.add(packet, time_ns).whole;
    return whole ? std::string(as_chars(whole->payload)) : "-";
  }
};

TEST(IpFragments, come_together_in_any_order) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 16, "end", false)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 0, "01234567", true)), "-");
  const auto whole = reassembly.fragments.add(fragment(1, 8, "89abcdef", true), second).whole;
  ASSERT_TRUE(whole);
  EXPECT_EQ(as_chars(whole->payload), "0123456789abcdefend");
  EXPECT_EQ(whole->protocol, decode::ip_protocol_sctp);
  EXPECT_FALSE(whole->fragment);
}

TEST(IpFragments, of_ipv6_have_the_protocol_that_the_first_one_names) {
  Reassembly reassembly;
  auto first = fragment(1, 0, std::string_view("\x84\0\1\4\0\0\0\0", 8), true, 6);
  first.protocol = decode::ip_protocol_destination;
  EXPECT_EQ(reassembly.add(first), "-");
  auto last = fragment(1, 8, "data", false, 6);
  last.protocol = 99;
  const auto whole = reassembly.fragments.add(last, second).whole;
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->protocol, decode::ip_protocol_sctp);
  EXPECT_EQ(as_chars(whole->payload), "data");
}

TEST(IpFragments, a_frame_of_1500_octets_in_the_smallest_pieces_is_whole) {
  Reassembly reassembly;
  std::string sent(1504, 'x');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i % 26);
  std::string whole = "-";
  for (std::size_t at = 0; at < sent.size(); at += 8) {
    EXPECT_EQ(whole, "-");
    whole = reassembly.add(fragment(1, at, std::string_view(sent).substr(at, 8), at + 8 < sent.size()));
  }
  EXPECT_EQ(whole, sent);
}

TEST(IpFragments, more_than_are_put_together_are_unread_not_refused) {
  Reassembly reassembly;
  for (std::size_t i = 0; i <= IpFragments::max_pieces; ++i)
    reassembly.add(fragment(1, i * 8, "01234567", true));
  EXPECT_EQ(reassembly.counters.of(Count::unread_ip_fragments), 1U);
  EXPECT_EQ(reassembly.counters.of(Count::refused_ip_fragments), 0U);
}

TEST(IpFragments, what_waits_at_the_end_is_counted) {
  Reassembly reassembly;
  reassembly.add(fragment(1, 0, "01234567", true));
  reassembly.add(fragment(2, 0, "01234567", true));
  reassembly.add(fragment(3, 0, "01234567", true));
  EXPECT_EQ(reassembly.add(fragment(2, 8, "end", false)), "01234567end");
  reassembly.fragments.finish();
  EXPECT_EQ(reassembly.counters.of(Count::unfinished_ip_datagram), 2U);
}

TEST(IpFragments, fragments_of_a_fragment_are_refused) {
  Reassembly reassembly;
  auto first = fragment(1, 0, std::string_view("\x84\0\0\x01\0\0\0\x09", 8), true, 6);
  first.protocol = decode::ip_protocol_fragment;
  EXPECT_EQ(reassembly.add(first), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 8, "data", false, 6)), "-");
  EXPECT_EQ(reassembly.counters.of(Count::refused_ip_fragments), 1U);
}

TEST(IpFragments, repeated_and_agreeing_ones_are_accepted) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 0, "01234567", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 0, "01234567", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 0, "0123456789abcdef", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 16, "end", false)), "0123456789abcdefend");
  EXPECT_EQ(reassembly.counters.of(Count::refused_ip_fragments), 0U);
}

TEST(IpFragments, a_contradiction_spoils_the_datagram) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 0, "0123456789abcdef", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 8, "89abXdef", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 16, "end", false)), "-");
  EXPECT_EQ(reassembly.counters.of(Count::refused_ip_fragments), 2U);
}

TEST(IpFragments, lying_ends_spoil_the_datagram) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 8, "end", false)), "-");
  EXPECT_EQ(reassembly.add(fragment(1, 16, "01234567", true)), "-");  // behind the end
  EXPECT_EQ(reassembly.add(fragment(2, 8, "01234567", true)), "-");
  EXPECT_EQ(reassembly.add(fragment(2, 0, "end", false)), "-");            // an end before what was there
  EXPECT_EQ(reassembly.add(fragment(3, 0, "0123", true)), "-");            // no multiple of 8
  EXPECT_EQ(reassembly.add(fragment(4, 65'528, "01234567", false)), "-");  // longer than any datagram
  EXPECT_EQ(reassembly.counters.of(Count::refused_ip_fragments), 4U);
}

TEST(IpFragments, are_forgotten_after_60_seconds_and_for_newer_ones) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 0, "01234567", true)), "-");
  reassembly.time_ns += 62 * second;
  EXPECT_EQ(reassembly.add(fragment(1, 8, "end", false)), "-");
  EXPECT_EQ(reassembly.counters.of(Count::evicted_ip_fragments), 1U);
  for (std::uint32_t id = 2; id < 6; ++id) EXPECT_EQ(reassembly.add(fragment(id, 0, "01234567", true)), "-");
  EXPECT_EQ(reassembly.counters.of(Count::evicted_ip_fragments), 2U);
}

TEST(IpFragments, time_that_runs_backwards_forgets_nothing) {
  Reassembly reassembly;
  EXPECT_EQ(reassembly.add(fragment(1, 0, "01234567", true)), "-");
  reassembly.time_ns = 0;
  EXPECT_EQ(reassembly.add(fragment(1, 8, "end", false)), "01234567end");
}

TEST(IpFragments, random_cuts_of_interleaved_datagrams_come_out_whole) {
  std::mt19937 random{1};
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(random);
  };
  for (int round = 0; round < 200; ++round) {
    Reassembly reassembly;
    std::vector<std::string> datagrams(3);
    struct Cut {
      std::uint32_t id;
      std::size_t offset;
      std::size_t length;
    };
    std::vector<Cut> cuts;
    for (std::uint32_t id = 0; id < datagrams.size(); ++id) {
      for (std::size_t n = 100 + below(9'000); n > 0; --n) datagrams[id] += static_cast<char>(below(256));
      for (std::size_t at = 0; at < datagrams[id].size();) {
        const std::size_t length = std::min(datagrams[id].size() - at, 200 + 8 * below(150));
        cuts.push_back({id, at, length});
        if (below(4) == 0) cuts.push_back(cuts.back());
        at += length;
      }
    }
    std::shuffle(cuts.begin(), cuts.end(), random);
    std::vector<std::string> completed;
    for (const Cut& cut : cuts) {
      const std::string& all = datagrams[cut.id];
      const std::string whole =
          reassembly.add(fragment(cut.id, cut.offset, std::string_view{all}.substr(cut.offset, cut.length),
                                  cut.offset + cut.length < all.size(), round % 2 == 0 ? 4 : 6));
      if (whole != "-") completed.push_back(whole);
    }
    // A repeated piece that comes after its datagram was complete begins a new one, which never is.
    std::sort(completed.begin(), completed.end());
    completed.erase(std::unique(completed.begin(), completed.end()), completed.end());
    std::sort(datagrams.begin(), datagrams.end());
    ASSERT_EQ(completed, datagrams);
  }
}

}  // namespace
}  // namespace tollgate::flow
