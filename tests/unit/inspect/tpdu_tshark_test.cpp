#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "decode/tpdu.hpp"
#include "inspect/tpdu_message.hpp"
#include "support/hex.hpp"

// tshark reads the same TPDUs, from a capture of exported PDUs (link type 252). Skipped where it is not
// installed.

namespace tollgate::inspect {
namespace {

using nlohmann::json;
using test::hex;
using test::to_hex;

struct Sample {
  std::vector<std::byte> octets;
  decode::TpduDirection direction;
};

class Capture {
 public:
  Capture() {
    const int file = mkstemp(name_.data());
    if (file >= 0) close(file);
    out_.open(name_, std::ios::binary);
    for (const std::uint32_t word : {0xA1B2C3D4U, 0x00040002U, 0U, 0U, 65535U, 252U}) put(word);
  }
  ~Capture() { std::remove(name_.c_str()); }

  void add(const Sample& sample) {
    // tags: the dissector's name, the direction (0: to the mobile station), the end
    auto packet = hex("000c 0008 67736d5f736d7300 0023 0004 00000000 0000 0000");
    packet[19] = static_cast<std::byte>(sample.direction == decode::TpduDirection::ms_to_sc);
    packet.insert(packet.end(), sample.octets.begin(), sample.octets.end());
    const auto length = static_cast<std::uint32_t>(packet.size());
    for (const std::uint32_t word : {0U, 0U, length, length}) put(word);
    out_.write(as_chars(packet).data(), static_cast<std::streamsize>(packet.size()));
  }

  /// The fields of each packet, in order.
  json read(const std::string& fields) {
    out_.close();
    const std::string command = "tshark -r " + name_ + " -T json " + fields + " 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
    std::string text;
    std::array<char, 4096> part;
    for (std::size_t n; (n = std::fread(part.data(), 1, part.size(), pipe.get())) > 0;)
      text.append(part.data(), n);
    return json::parse(text, nullptr, false);
  }

 private:
  void put(std::uint32_t word) { out_.write(reinterpret_cast<const char*>(&word), sizeof word); }

  std::string name_ = testing::TempDir() + "tpdu-XXXXXX";
  std::ofstream out_;
};

bool has_tshark() { return std::system("tshark --version >/dev/null 2>&1") == 0; }

std::string field(const json& layers, const char* name) {
  return layers.contains(name) ? layers[name][0].get<std::string>() : std::string{};
}

/// A SMS-DELIVER of these septets, packed; `header` octets stand in front.
Sample deliver(const std::vector<unsigned>& septets, const char* header = "", unsigned first_octet = 0x04) {
  auto octets = hex("04 0c91447700091032 00 00 62112210203040 00");
  octets[0] = static_cast<std::byte>(first_octet);
  const auto front = hex(header);
  const std::size_t first = (front.size() * 8 + 6) / 7;
  std::vector<std::byte> data(((first + septets.size()) * 7 + 7) / 8);
  std::copy(front.begin(), front.end(), data.begin());
  for (std::size_t i = 0; i < septets.size() * 7; ++i) {
    if ((septets[i / 7] >> (i % 7) & 1U) != 0)
      data[(first * 7 + i) / 8] |= std::byte{1} << ((first * 7 + i) % 8);
  }
  octets.back() = static_cast<std::byte>(first + septets.size());
  octets.insert(octets.end(), data.begin(), data.end());
  return {octets, decode::TpduDirection::sc_to_ms};
}

std::vector<Sample> samples() {
  std::vector<Sample> all;
  for (unsigned septet = 0; septet < 128; ++septet) {
    if (septet != 0x1B) all.push_back(deliver({'-', septet, '-'}));
  }
  for (const unsigned septet : {0x0AU, 0x14U, 0x28U, 0x29U, 0x2FU, 0x3CU, 0x3DU, 0x3EU, 0x40U, 0x65U}) {
    all.push_back(deliver({'-', 0x1B, septet, '-'}));
  }
  // a header of every length modulo 7, so that the text begins at every bit offset
  for (const char* header : {"0270 00", "0370 0101", "0470 020101", "0570 03010101", "0670 0401010101",
                             "0770 050101010101", "0870 06010101010101", "0970 0701010101010101"}) {
    all.push_back(deliver({'t', 'o', 'l', 'l', 'g', 'a', 't', 'e', 0x00, 0x1B, 0x65}, header, 0x44));
  }
  const auto add = [&](const char* octets, decode::TpduDirection direction) {
    all.push_back({hex(octets), direction});
  };
  add("04 07d0c161b308 40 f0 62112210203040 04 c161b308", decode::TpduDirection::sc_to_ms);
  add("04 0ed0c16030180c0601 00 08 62112210203049 06 0041d83dde00", decode::TpduDirection::sc_to_ms);
  add("04 04a12143 7f 18 62112210203040 04 00410042", decode::TpduDirection::sc_to_ms);
  add("11 07 0b914477000910f2 00 08 a7 04 00410042", decode::TpduDirection::ms_to_sc);
  add("09 07 0c91447700091032 00 00 03102030000000 05 e8329bfd06", decode::TpduDirection::ms_to_sc);
  add("19 07 0c91447700091032 05 d8 62112210203040 05 e8329bfd06", decode::TpduDirection::ms_to_sc);
  add("01 07 0c91447700091032 00 e8 04 04100411", decode::TpduDirection::ms_to_sc);
  return all;
}

TEST(TpduTshark, reads_the_same) {
  if (!has_tshark()) GTEST_SKIP() << "tshark is not installed";
  const auto all = samples();
  Capture capture;
  for (const Sample& sample : all) capture.add(sample);
  const json read = capture.read(
      "-e gsm_sms.sms_text -e gsm_sms.tp-oa -e gsm_sms.tp-da -e gsm_sms.tp-pid -e gsm_sms.tp-dcs -e "
      "gsm_sms.tp-mti");
  ASSERT_TRUE(read.is_array());
  ASSERT_EQ(read.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(to_hex(all[i].octets));
    const json& layers = read[i]["_source"]["layers"];
    const auto tpdu = decode::decode_tpdu(all[i].octets, all[i].direction);
    ASSERT_TRUE(tpdu.ok());
    Message message;
    Arena arena{4096};
    Counters counters;
    read_tpdu_message(*tpdu, message, arena, counters);
    EXPECT_EQ(message.text, field(layers, "gsm_sms.sms_text"));
    EXPECT_EQ(message.sender.address, field(layers, "gsm_sms.tp-oa"));
    EXPECT_EQ(message.recipient.address, field(layers, "gsm_sms.tp-da"));
    EXPECT_EQ(std::to_string(*message.pid), field(layers, "gsm_sms.tp-pid"));
    EXPECT_EQ(std::to_string(*message.dcs), field(layers, "gsm_sms.tp-dcs"));
  }
}

}  // namespace
}  // namespace tollgate::inspect
