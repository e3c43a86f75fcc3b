#include "decode/sctp.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "support/checking_trace.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"

namespace tollgate::decode::sctp {
namespace {

using test::hex;
using test::to_hex;

/// CRC32c bit by bit, from its polynomial 1edc6f41 (reflected: 82f63b78).
std::uint32_t slow_crc32c(Octets octets) {
  std::uint32_t crc = 0xffffffffU;
  for (const std::byte octet : octets) {
    crc ^= std::to_integer<std::uint32_t>(octet);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? crc >> 1U ^ 0x82f63b78U : crc >> 1U;
  }
  return ~crc;
}

Chunk only_chunk(Octets octets) {
  test::CheckingTrace trace{octets};
  Chunks traced{octets};
  EXPECT_TRUE(traced.next(&trace));
  Chunks chunks{octets};
  const auto chunk = chunks.next();
  EXPECT_TRUE(chunk);
  EXPECT_TRUE(chunks.done());
  return chunk ? *chunk : Chunk{};
}

TEST(Sctp, reads_the_common_header) {
  const auto octets = hex("0b59 0b5a 11223344 00000000 0b000004");
  const auto packet = decode(octets);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->source_port, 2905);
  EXPECT_EQ(packet->destination_port, 2906);
  EXPECT_EQ(packet->verification_tag, 0x11223344U);
  EXPECT_EQ(to_hex(packet->chunks), "0b000004");
  for (std::size_t length = 0; length < 12; ++length)
    EXPECT_EQ(decode(Octets{octets}.first(length)).error().reason, Reason::truncated);
}

TEST(Sctp, checksum_is_crc32c_with_the_low_octet_first) {
  ASSERT_EQ(slow_crc32c(std::vector<std::byte>(32)), 0x8a9136aaU);  // RFC 3720 B.4
  auto packet = hex("0b59 0b5a 11223344 00000000 0000001300000001000000000000000361626300");
  const std::uint32_t crc = slow_crc32c(packet);
  for (unsigned i = 0; i < 4; ++i) packet[8 + i] = static_cast<std::byte>(crc >> (8 * i));
  EXPECT_TRUE(checksum_ok(packet));
  packet.back() = std::byte{1};
  EXPECT_FALSE(checksum_ok(packet));
}

TEST(Sctp, walks_bundled_chunks_of_every_length) {
  // COOKIE ACK, DATA of 17 octets with 3 of padding, an unknown chunk, a last chunk without its padding
  const auto octets =
      hex("0b000004  00030011 00000001 0002 0003 00000003 61 000000  3f000004  07000007 aabbcc");
  test::CheckingTrace trace{octets};
  std::vector<unsigned> types;
  Chunks chunks{octets};
  while (!chunks.done()) {
    const auto chunk = chunks.next(&trace);
    ASSERT_TRUE(chunk);
    types.push_back(static_cast<unsigned>(chunk->type));
  }
  EXPECT_EQ(types, (std::vector<unsigned>{11, 0, 63, 7}));
}

TEST(Sctp, each_chunk_comes_with_its_data_up_to_a_broken_one) {
  // COOKIE ACK, DATA, DATA without user data, DATA, then a chunk that says it is longer than what is left
  const auto octets =
      hex("0b000004  00030011 00000001 0002 0003 00000003 61 000000  00030010 00000002 0002 0004 00000003"
          "00030011 00000003 0002 0005 00000003 62 000000  000300ff");
  std::vector<unsigned> types;
  std::vector<std::uint32_t> tsns;
  const auto note = [&](const Chunk& chunk, const Data* data) {
    types.push_back(static_cast<unsigned>(chunk.type));
    if (data != nullptr) tsns.push_back(data->tsn);
    return true;
  };
  for_each_chunk({.chunks = octets}, note);
  EXPECT_EQ(types, (std::vector<unsigned>{11, 0, 0, 0}));
  EXPECT_EQ(tsns, (std::vector<std::uint32_t>{1, 3}));

  types.clear();
  for_each_chunk({.chunks = octets}, [&](const Chunk& chunk, const Data* data) {
    note(chunk, data);
    return data == nullptr;
  });
  EXPECT_EQ(types, (std::vector<unsigned>{11, 0}));  // as it was told to go on only
}

TEST(Sctp, an_impossible_chunk_length_ends_the_walk) {
  const std::pair<const char*, Error> cases[] = {
      {"0b000004 00030000", {Layer::sctp, Reason::bad_length, 4}},
      {"0b000004 00030003", {Layer::sctp, Reason::bad_length, 4}},
      {"0b000004 0003000c 00000001", {Layer::sctp, Reason::truncated, 4}},
      {"0b000004 000300", {Layer::sctp, Reason::truncated, 4}},
  };
  for (const auto& [text, error] : cases) {
    const auto octets = hex(text);
    Chunks chunks{octets};
    ASSERT_TRUE(chunks.next());
    const auto chunk = chunks.next();
    ASSERT_FALSE(chunk);
    EXPECT_EQ(chunk.error(), error);
    EXPECT_TRUE(chunks.done());
  }
}

TEST(Sctp, reads_data) {
  const auto octets = hex("00030011 01020304 0005 0006 00000003 61 000000");
  const auto data = decode_data(only_chunk(octets));
  ASSERT_TRUE(data);
  EXPECT_EQ(data->tsn, 0x01020304U);
  EXPECT_EQ(data->stream, 5);
  EXPECT_EQ(data->sequence, 6U);
  EXPECT_EQ(data->ppid, 3U);
  EXPECT_TRUE(data->beginning);
  EXPECT_TRUE(data->ending);
  EXPECT_FALSE(data->unordered);
  EXPECT_EQ(to_hex(data->user_data), "61");
}

TEST(Sctp, reads_i_data_first_and_later_fragments) {
  const auto first = hex("40060015 01020304 0005 0000 00000006 00000003 61 000000");
  const auto data = decode_data(only_chunk(first));
  ASSERT_TRUE(data);
  EXPECT_TRUE(data->interleaved);
  EXPECT_TRUE(data->unordered);
  EXPECT_TRUE(data->beginning);
  EXPECT_FALSE(data->ending);
  EXPECT_EQ(data->sequence, 6U);
  EXPECT_EQ(data->ppid, 3U);
  const auto later = hex("40050015 01020305 0005 0000 00000006 00000001 62 000000");
  const auto end = decode_data(only_chunk(later));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->fsn, 1U);
  EXPECT_EQ(end->ppid, 0U);
  EXPECT_TRUE(end->ending);
}

TEST(Sctp, data_without_user_data_is_refused) {
  const auto octets = hex("00030010 01020304 0005 0006 00000003");
  EXPECT_EQ(decode_data(only_chunk(octets)).error().reason, Reason::missing_field);
  const auto shorter = hex("0003000c 01020304 0005 0006");
  EXPECT_EQ(decode_data(only_chunk(shorter)).error().reason, Reason::truncated);
}

TEST(Sctp, reads_init_with_its_parameters) {
  const auto octets =
      hex("01000030 0a0b0c0d 00010000 0011 0012 00000064"
          "00050008 c0000201"
          "00060014 20010db8000000000000000000000001");
  const auto init = decode_init(only_chunk(octets));
  ASSERT_TRUE(init);
  EXPECT_EQ(init->initiate_tag, 0x0a0b0c0dU);
  EXPECT_EQ(init->outbound_streams, 17);
  EXPECT_EQ(init->inbound_streams, 18);
  EXPECT_EQ(init->initial_tsn, 100U);
  std::vector<std::string> addresses;
  for (Parameters parameters{init->parameters}; !parameters.done();) {
    const auto parameter = parameters.next();
    ASSERT_TRUE(parameter);
    addresses.push_back(to_hex(parameter->value));
  }
  EXPECT_EQ(addresses, (std::vector<std::string>{"c0000201", "20010db8000000000000000000000001"}));
}

TEST(Sctp, trace_shows_chunks_by_their_names) {
  const auto octets =
      hex("00030011 00000001 0002 0003 00000003 61 000000"
          "03000018 00000064 00010000 0001 0001 0002 0003 00000060"
          "0600000c 000c0008 61626364"
          "0f00000c 0000 0001 aabbccdd");
  test::RecordingTrace trace;
  for (Chunks chunks{octets}; !chunks.done();) ASSERT_TRUE(chunks.next(&trace));
  const std::string all = trace.all();
  for (const char* line :
       {"DATA/B, E = 3 (unfragmented)", "DATA/Payload Protocol Identifier = 3 (M3UA)",
        "SACK/Cumulative TSN Ack = 100", "SACK/Gap Ack Block End = 3", "SACK/Duplicate TSN = 96",
        "ABORT/User-Initiated Abort = 61626364", "AUTH/HMAC Identifier = 1"})
    EXPECT_NE(all.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace tollgate::decode::sctp
