// Ten million packets, each of which opens something that is never closed: the engine's memory stays flat.
// Peak resident memory is printed and held below the 2 GiB that an appliance gives a worker.
#include <algorithm>
#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "engine/engine.hpp"
#include "support/tlv.hpp"

namespace tollgate::engine {
namespace {

using test::Bytes;
using test::hex;
using test::join;
using test::tlv;

constexpr std::uint64_t packets = 10'000'000;
constexpr std::uint64_t settled = 4'000'000;  // packets after which every table has been full
constexpr std::uint64_t sample_every = 500'000;
constexpr long most_mib = 2048;
constexpr long most_growth_mib = 16;

/// proc(5): the second number of statm is the resident pages.
long resident_mib() {
  long size = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024) / 1024;
}

struct CountingConsumer final : Consumer {
  void accept(Message& message) override { messages += message.kind == Kind::message ? 1 : 0; }
  std::uint64_t messages = 0;
};

void put_u32(Bytes& octets, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) octets[at + i] = static_cast<std::byte>(value >> (24 - 8 * i));
}

/// RFC 791 3.1, without a checksum: the engine is told not to look.
Bytes ipv4(std::uint8_t protocol, const Bytes& payload) {
  Bytes header = hex("45 00 0000 0000 0000 40 00 0000 c0000201 c6336401");
  const std::size_t length = header.size() + payload.size();
  header[2] = static_cast<std::byte>(length >> 8U);
  header[3] = static_cast<std::byte>(length);
  header[9] = std::byte{protocol};
  return join({header, payload});
}
constexpr std::size_t ip_source = 12;
constexpr std::size_t transport = 20;

class MemoryTest : public ::testing::Test {
 protected:
  static Settings settings() {
    Settings made;
    made.ignore_checksums = true;
    return made;
  }

  void process(Bytes& octets, std::uint64_t number) {
    const Packet packet{.octets = octets,
                        .wire_length = static_cast<std::uint32_t>(octets.size()),
                        .link_type = decode::LinkType::raw_ip,
                        .time_ns = 1'700'000'000'000'000'000 + number * 1'000,
                        .frame = number + 1};
    engine.process(std::span{&packet, 1}, output);
    if (number % sample_every != 0) return;
    peak_mib = std::max(peak_mib, resident_mib());
    if (number <= settled) settled_mib = peak_mib;
  }

  void expect_flat() const {
    std::printf("resident memory: %ld MiB after %llu packets, %ld MiB after %llu\n", settled_mib,
                static_cast<unsigned long long>(settled), peak_mib, static_cast<unsigned long long>(packets));
    EXPECT_GT(settled_mib, 0);
    EXPECT_LT(peak_mib, most_mib);
    EXPECT_LT(peak_mib - settled_mib, most_growth_mib);
  }

  CountingConsumer events;
  Nowhere output;
  Engine engine{settings(), events};
  long settled_mib = 0;
  long peak_mib = 0;
};

// Each Begin carries the first part of two of a message for another subscriber; nothing answers it, and the
// second part never comes.
TEST_F(MemoryTest, dialogues_and_parts_that_nobody_ends) {
  // TS 23.040 9.2.2.1: DELIVER with a header, from 447700900123
  const Bytes tpdu =
      hex("40 0c 91 447700091032 00 00 62111202000000 11 05 00 03 07 02 01 906536fb0d0aafd3ed");
  // TS 29.002 17.7.6: sm-RP-DA IMSI, sm-RP-OA serviceCentreAddressOA, sm-RP-UI
  const Bytes argument =
      tlv(0x30, {tlv(0x80, "00010100000000f0"), tlv(0x84, "91447700090000"), tlv(0x04, tpdu)});
  const Bytes invoke = tlv(0xa1, {tlv(0x02, "01"), tlv(0x02, "2e"), argument});
  const Bytes begin = tlv(0x62, {tlv(0x48, "00000000"), tlv(0x6c, invoke)});
  // Q.713 4.10: UDT, from 447700900010 to 447700900020, both subsystem 8
  Bytes udt =
      join({hex("09 01 03 0e 19 0b 12 08 00 12 04 447700090002 0b 12 08 00 12 04 447700090001 00"), begin});
  udt[udt.size() - begin.size() - 1] = static_cast<std::byte>(begin.size());
  const std::size_t unpadded = udt.size();
  udt.resize((unpadded + 3) / 4 * 4);  // the padding of Protocol Data
  const std::size_t padding = udt.size() - unpadded;
  // RFC 4666 3.3.1: DATA, Protocol Data of 12 octets and the UDT
  Bytes m3ua = join({hex("01 00 01 01 00000000 0210 0000 000004d2 0000162e 03 02 00 00"), udt});
  put_u32(m3ua, 4, static_cast<std::uint32_t>(m3ua.size()));
  const std::size_t length = m3ua.size() - 8 - padding;
  m3ua[10] = static_cast<std::byte>(length >> 8U);
  m3ua[11] = static_cast<std::byte>(length);
  // RFC 9260 3.1, 3.3.1: DATA, unfragmented, PPID 3
  Bytes sctp = join({hex("0b590b59 00000001 00000000 00 03 0000 00000000 0001 0000 00000003"), m3ua});
  sctp[14] = static_cast<std::byte>((16 + m3ua.size()) >> 8U);
  sctp[15] = static_cast<std::byte>(16 + m3ua.size());
  Bytes packet = ipv4(132, sctp);

  const auto offset_of = [&](const Bytes& what) {
    const auto found = std::search(packet.begin(), packet.end(), what.begin(), what.end());
    return static_cast<std::size_t>(found - packet.begin()) + 2;
  };
  const std::size_t transaction = offset_of(tlv(0x48, "00000000"));
  const std::size_t imsi = offset_of(tlv(0x80, "00010100000000f0")) + 3;
  for (std::uint64_t i = 0; i < packets; ++i) {
    put_u32(packet, transport + 16, static_cast<std::uint32_t>(i));  // TSN
    put_u32(packet, transaction, static_cast<std::uint32_t>(i));
    std::uint64_t rest = i;
    for (std::size_t octet = 0; octet < 4; ++octet, rest /= 100) {
      packet[imsi + octet] = static_cast<std::byte>(rest / 10 % 10 << 4U | rest % 10);
    }
    process(packet, i);
  }
  EXPECT_EQ(events.messages, packets);
  const Counters& counters = engine.counters();
  EXPECT_EQ(counters.of(Count::evicted_dialogue), packets - Settings{}.dialogues);
  EXPECT_EQ(counters.of(Count::evicted_parts) + counters.of(Count::expired_parts),
            packets - Settings{}.concatenation.messages);
  expect_flat();
}

// Each association shows the first of two fragments of a message.
TEST_F(MemoryTest, associations_with_a_fragment_that_waits) {
  Bytes packet = ipv4(132, hex("0b590b59 00000000 00000000 00 02 0020 00000001 0001 0000 00000003"
                               "01000101 00000100 02100068 000004d2"));
  for (std::uint64_t i = 0; i < packets; ++i) {
    put_u32(packet, ip_source, 0x0a000000U + static_cast<std::uint32_t>(i));
    put_u32(packet, transport + 4, static_cast<std::uint32_t>(i) + 1);  // verification tag
    process(packet, i);
  }
  EXPECT_GT(engine.counters().of(Count::evicted_sctp_association), packets / 2);
  expect_flat();
}

// Each connection begins with a SYN and the first half of a bind_transceiver.
TEST_F(MemoryTest, connections_with_half_a_pdu) {
  Bytes syn = ipv4(6, hex("4e20 0ad7 00000000 00000000 50 02 ffff 0000 0000"));
  Bytes half = ipv4(6, hex("4e20 0ad7 00000001 00000001 50 18 ffff 0000 0000"
                           "0000002a 00000009 00000000 00000001 6573"));
  for (std::uint64_t i = 0; i < packets; i += 2) {
    for (Bytes* packet : {&syn, &half})
      put_u32(*packet, ip_source, 0x0a000000U + static_cast<std::uint32_t>(i));
    process(syn, i);
    process(half, i + 1);
  }
  EXPECT_GT(engine.counters().of(Count::evicted_tcp_connection), packets / 4);
  expect_flat();
}

}  // namespace
}  // namespace tollgate::engine
