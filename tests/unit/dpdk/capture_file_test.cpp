#include "dpdk/capture_file.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "support/hex.hpp"

// The files here are written out octet by octet after the pcap and pcapng Internet-Drafts.

namespace tollgate::dpdk {
namespace {

using test::hex;
using testing::HasSubstr;

// Magic, version 2.4, time zone 3600 (which nobody sets, so that a copy shows whether it is kept), accuracy
// 0, snap length 65535, link type 1 (Ethernet).
const std::string little = "d4c3b2a1 0200 0400 100e0000 00000000 ffff0000 01000000";
const std::string big = "a1b2c3d4 0002 0004 00000e10 00000000 0000ffff 00000001";
const std::string big_nanoseconds = "a1b23c4d 0002 0004 00000e10 00000000 0000ffff 00000001";
// 1,700,000,000 s and 1 unit; three octets of sixty.
const std::string little_record = "00f15365 01000000 03000000 3c000000 aabbcc";
const std::string big_record = "6553f100 00000001 00000003 0000003c aabbcc";

std::string name_of_test() {
  return testing::TempDir() + "tollgate-" + std::to_string(getpid()) + "-" +
         testing::UnitTest::GetInstance()->current_test_info()->name();
}

/// A file that is there as long as the object.
class File {
 public:
  explicit File(const std::string& octets_in_hex, const std::string& suffix = ".in")
      : path(name_of_test() + suffix) {
    const std::vector<std::byte> octets = hex(octets_in_hex);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(octets.data()), std::ssize(octets));
  }
  ~File() { unlink(path.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  std::vector<std::byte> content() const {
    std::ifstream file(path, std::ios::binary);
    const std::string chars{std::istreambuf_iterator<char>(file), {}};
    const auto octets = std::as_bytes(std::span{chars});
    return {octets.begin(), octets.end()};
  }

  const std::string path;
};

/// Copies `in` packet by packet; the copy's octets.
std::vector<std::byte> copied(const File& in) {
  const File out("", ".out");
  CaptureReader reader(in.path);
  CaptureWriter writer(out.path, reader.format());
  CapturedFrame frame;
  while (reader.next(frame)) writer.write(frame);
  writer.close();
  return out.content();
}

std::string refusal(const std::string& path) {
  try {
    CaptureReader reader(path);
  } catch (const CaptureError& error) {
    return error.what();
  }
  return "no error";
}

TEST(CaptureFile, gives_octets_lengths_and_time) {
  const File file(little + little_record);
  CaptureReader reader(file.path);
  CapturedFrame frame;
  ASSERT_TRUE(reader.next(frame));
  EXPECT_TRUE(std::ranges::equal(frame.octets, hex("aabbcc")));
  EXPECT_EQ(frame.wire_length, 60U);
  EXPECT_EQ(frame.time_ns, 1'700'000'000'000'001'000U);
  EXPECT_EQ(frame.number, 1U);
  EXPECT_FALSE(reader.next(frame));
  EXPECT_EQ(reader.ending(), CaptureReader::Ending::complete);
  EXPECT_EQ(reader.ending_message(), "");
}

TEST(CaptureFile, keeps_nanoseconds) {
  const File file(big_nanoseconds + big_record);
  CaptureReader reader(file.path);
  CapturedFrame frame;
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.time_ns, 1'700'000'000'000'000'001U);
}

TEST(CaptureFile, a_copy_is_the_same_file_in_either_byte_order_and_unit) {
  for (const std::string& content :
       {little + little_record + little_record, big + big_record, big_nanoseconds + big_record, little}) {
    const File file(content);
    EXPECT_EQ(copied(file), file.content()) << content;
  }
}

TEST(CaptureFile, a_copy_keeps_records_that_no_clock_or_card_makes) {
  // An hour of microseconds, no octets at all, more octets captured than on the wire.
  const File file(little + "00f15365 00a493d6 00000000 3c000000" +
                  "00f15365 01000000 03000000 02000000 aabbcc");
  EXPECT_EQ(copied(file), file.content());
}

TEST(CaptureFile, reads_records_that_are_longer_than_the_snap_length) {
  const File file("d4c3b2a1 0200 0400 00000000 00000000 02000000 01000000" + little_record);
  CaptureReader reader(file.path);
  CapturedFrame frame;
  ASSERT_TRUE(reader.next(frame));
  EXPECT_EQ(frame.octets.size(), 3U);
  EXPECT_EQ(copied(file), file.content());
}

TEST(CaptureFile, knows_the_link_types_that_ss7_comes_with) {
  using decode::LinkType;
  // Numbers of the LINKTYPE_ registry; 147 is a private one.
  const std::vector<std::pair<std::string, LinkType>> types{
      {"01", LinkType::ethernet},      {"71", LinkType::linux_sll}, {"65", LinkType::raw_ip},
      {"e4", LinkType::raw_ip},        {"e5", LinkType::raw_ip},    {"00", LinkType::null_loopback},
      {"6c", LinkType::null_loopback}, {"8c", LinkType::mtp2},      {"8b", LinkType::mtp2_with_phdr},
      {"8d", LinkType::mtp3},          {"8e", LinkType::sccp},      {"93", LinkType::unknown},
  };
  for (const auto& [number, type] : types) {
    const File file("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 " + number + "000000" + little_record);
    EXPECT_EQ(CaptureReader(file.path).link_type(), type) << number;
    EXPECT_EQ(copied(file), file.content()) << number;
  }
  const File sll2("d4c3b2a1 0200 0400 00000000 00000000 ffff0000 14010000");
  EXPECT_EQ(CaptureReader(sll2.path).link_type(), LinkType::linux_sll2);
}

TEST(CaptureFile, pcapng_becomes_pcap_with_the_same_packets_times_and_lengths) {
  const File file(
      "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000"  // section header
      "01000000 14000000 6500 0000 00000400 14000000"                   // interface: raw IP, microseconds
      // Enhanced packet: interface 0, 0x60a24181e4001 us = 1,700,000,000.000001 s
      "06000000 24000000 00000000 240a0600 01401e18 03000000 3c000000 aabbcc00 24000000");
  CaptureReader reader(file.path);
  EXPECT_EQ(reader.link_type(), decode::LinkType::raw_ip);
  EXPECT_THAT(reader.format().not_kept, HasSubstr("pcapng"));
  EXPECT_EQ(copied(file), hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 65000000"
                              "00f15365 e8030000 03000000 3c000000 aabbcc"));
}

TEST(CaptureFile, a_file_cut_inside_a_record_gives_what_is_before) {
  for (const std::string& rest :
       {little_record.substr(0, little_record.size() - 2), std::string{"00f15365 0100"}}) {
    const File file(little + little_record + rest);
    CaptureReader reader(file.path);
    CapturedFrame frame;
    EXPECT_TRUE(reader.next(frame));
    EXPECT_FALSE(reader.next(frame));
    EXPECT_FALSE(reader.next(frame));
    EXPECT_EQ(reader.ending(), CaptureReader::Ending::cut);
    EXPECT_THAT(reader.ending_message(), HasSubstr("ends in the middle of packet 2"));
  }
}

TEST(CaptureFile, a_record_of_absurd_length_is_damage) {
  const File file(little + little_record + "00f15365 01000000 ffffffff ffffffff" + little_record);
  CaptureReader reader(file.path);
  CapturedFrame frame;
  EXPECT_TRUE(reader.next(frame));
  EXPECT_FALSE(reader.next(frame));
  EXPECT_EQ(reader.ending(), CaptureReader::Ending::damaged);
  EXPECT_THAT(reader.ending_message(), HasSubstr("is damaged at packet 2"));
}

TEST(CaptureFile, refuses_what_is_no_capture_and_says_what_it_found) {
  EXPECT_THAT(refusal(File("68656c6c6f").path + "x"), HasSubstr("No such file"));
  const File text("68656c6c6f 20776f726c64 20776f726c64 20776f726c64 20776f726c64");
  EXPECT_THAT(refusal(text.path), HasSubstr("begins with 68 65 6c 6c, which is no capture; expected a pcap"));
  EXPECT_THAT(refusal(text.path), HasSubstr(text.path));
  EXPECT_THAT(refusal(File("").path), HasSubstr("it is empty"));
  EXPECT_THAT(refusal(File("1f8b0800").path), HasSubstr("gunzip"));
  EXPECT_THAT(refusal(File("d4c3b2a1 0200").path), HasSubstr("file header is damaged"));
  EXPECT_THAT(refusal(testing::TempDir()), HasSubstr("Is a directory"));
}

TEST(CaptureFile, knows_the_file_that_it_reads_by_another_name) {
  const File file(little);
  const File other(little, ".other");
  const std::string link = name_of_test() + ".link";
  ASSERT_EQ(symlink(file.path.c_str(), link.c_str()), 0);
  const CaptureReader reader(file.path);
  EXPECT_TRUE(reader.reads_same_file_as(file.path));
  EXPECT_TRUE(reader.reads_same_file_as(link));
  EXPECT_FALSE(reader.reads_same_file_as(other.path));
  EXPECT_FALSE(reader.reads_same_file_as(name_of_test() + ".absent"));
  unlink(link.c_str());
}

TEST(CaptureFile, a_full_disk_is_an_error) {
  const File file(little + little_record);
  CaptureReader reader(file.path);
  CaptureWriter writer("/dev/full", reader.format());
  CapturedFrame frame;
  ASSERT_TRUE(reader.next(frame));
  writer.write(frame);
  try {
    writer.close();
    FAIL() << "no error";
  } catch (const std::system_error& error) {
    EXPECT_STREQ(error.what(), "cannot write /dev/full: No space left on device");
  }
}

}  // namespace
}  // namespace tollgate::dpdk
