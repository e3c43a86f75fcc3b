#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "decode/alphabet.hpp"
#include "decode/tpdu.hpp"
#include "decode/udh.hpp"
#include "inspect/tpdu_message.hpp"
#include "support/hex.hpp"
#include "support/shared.hpp"

// TPDUs and packed text with a known meaning, from other programs' test suites. Each test is skipped where
// the files are absent. A vector that is left out is named with the reason.

namespace tollgate::inspect {
namespace {

using nlohmann::json;
using test::hex;

std::vector<json> vectors(const char* name) {
  std::vector<json> lines;
  std::ifstream file{test::shared("vectors") / name};
  for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line));
  return lines;
}

#define VECTORS_OR_SKIP(list, name) \
  const auto list = vectors(name);  \
  if (list.empty()) GTEST_SKIP() << name << " is not there"

/// An expected value that is text, or octets written as "hex:...".
std::string text_of(const json& value) {
  auto text = value.get<std::string>();
  if (!text.starts_with("hex:")) return text;
  const auto octets = hex(std::string_view{text}.substr(4));
  return std::string{as_chars(octets)};
}

struct Reading {
  std::vector<std::byte> octets;
  decode::Result<decode::Tpdu> tpdu;
  Message message;
  Arena arena{1U << 16U};
  Counters counters;

  Reading(std::vector<std::byte> input, decode::TpduDirection direction,
          decode::RpMessage carrier = decode::RpMessage::data_or_ack)
      : octets(std::move(input)), tpdu(decode::decode_tpdu(octets, direction, carrier)) {
    if (tpdu.ok()) read_tpdu_message(*tpdu, message, arena, counters);
  }
  bool whole() const { return tpdu.ok() && !tpdu->cut; }
  const Address& party() const { return message.sender.present ? message.sender : message.recipient; }
};

/// A PDU as phones give it: the service centre's address in front, its length first (TS 27.005).
std::vector<std::byte> without_service_centre(std::vector<std::byte> octets) {
  const auto skip = 1 + std::to_integer<std::ptrdiff_t>(octets.at(0));
  octets.erase(octets.begin(), octets.begin() + std::min<std::ptrdiff_t>(skip, std::ssize(octets)));
  return octets;
}

/// A phone's storage holds both directions; TP-MTI 1 is a SUBMIT there, as no phone stores a SUBMIT-REPORT.
decode::TpduDirection stored_direction(const std::vector<std::byte>& octets) {
  const bool submit = !octets.empty() && (octets[0] & std::byte{3}) == std::byte{1};
  return submit ? decode::TpduDirection::ms_to_sc : decode::TpduDirection::sc_to_ms;
}

std::string digits(const json& number) {
  auto text = number.get<std::string>();
  return text.starts_with('+') ? text.substr(1) : text;
}

std::string packed(Octets octets, std::size_t first, std::size_t count) {
  std::string out(decode::gsm7_bound(count), '?');
  out.resize(decode::gsm7_packed_to_utf8(octets, first, count, {}, out));
  return out;
}

std::string unpacked(Octets octets, decode::NationalLanguage language = {}) {
  std::string out(decode::gsm7_bound(octets.size()), '?');
  out.resize(decode::gsm7_unpacked_to_utf8(octets, language, out));
  return out;
}

TEST(TpduVectors, modemmanager) {
  VECTORS_OR_SKIP(list, "tpdu_modemmanager.jsonl");
  for (const json& each : list) {
    const std::string name = each["name"];
    SCOPED_TRACE(name);
    auto octets = without_service_centre(hex(each["hex"].get<std::string>()));
    const Reading r{octets, stored_direction(octets)};
    ASSERT_TRUE(r.tpdu.ok());
    if (name.starts_with("test_create"))
      continue;  // its expected values are lost: names of variables stand there
    const json& expected = each["expected"];
    EXPECT_EQ(r.party().address, digits(expected["number"]));
    EXPECT_EQ(r.message.parts.total > 0, expected.value("multipart", false));
    if (expected["text"].is_string()) {
      EXPECT_EQ(r.message.text, expected["text"].get<std::string>());
    } else {
      EXPECT_EQ(as_chars(r.message.data), text_of(expected["data"]));
    }
    if (expected.value("timestamp", json{}).is_string()) {
      const decode::TpTime& t = r.tpdu->service_centre_time_stamp;
      char stamp[32];
      std::snprintf(stamp, sizeof stamp, "20%02d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour,
                    t.minute, t.second);
      EXPECT_TRUE(expected["timestamp"].get<std::string>().starts_with(stamp)) << stamp;
    }
  }
}

TEST(TpduVectors, python_messaging) {
  VECTORS_OR_SKIP(list, "tpdu_python_messaging.jsonl");
  for (const json& each : list) {
    SCOPED_TRACE(each["name"].get<std::string>());
    auto octets = without_service_centre(hex(each["hex"].get<std::string>()));
    const Reading r{octets, stored_direction(octets)};
    ASSERT_TRUE(r.tpdu.ok());
    const json& expected = each["expected"];
    if (r.tpdu->type == decode::TpduType::status_report) {
      if (expected.contains("sr")) {
        EXPECT_EQ(r.tpdu->status, 0);
        EXPECT_NE(expected["sr"].get<std::string>().find("'" + std::string{r.party().address} + "'"),
                  std::string::npos);
      }
      continue;
    }
    if (expected.contains("number")) {
      EXPECT_EQ(r.party().address, digits(expected["number"]));
      EXPECT_EQ(r.message.has_text ? r.message.text : as_chars(r.message.data),
                expected["text"].get<std::string>());
    }
    if (expected.contains("klass")) {
      EXPECT_EQ(r.message.message_class, expected["klass"].get<int>());
    }
    if (expected.contains("request_status")) {
      EXPECT_TRUE(r.tpdu->status_report_request);
    }
    if (expected.value("validity", "") == "$timedelta(days=4)") {
      EXPECT_EQ(r.tpdu->validity_period.seconds, 4U * 86400);
    }
  }
}

TEST(TpduVectors, gammu_encode) {
  VECTORS_OR_SKIP(list, "tpdu_gammu_encode.jsonl");
  std::size_t compared = 0;
  for (const json& each : list) {
    SCOPED_TRACE(each["name"].get<std::string>() + " " + each["hex"].get<std::string>());
    auto octets = without_service_centre(hex(each["hex"].get<std::string>()));
    const Reading r{octets, stored_direction(octets)};
    ASSERT_TRUE(r.tpdu.ok());
    const json& expected = each["expected"];
    EXPECT_EQ(r.party().address, digits(expected["number"]));
    const std::string coding = expected["coding"];
    EXPECT_EQ(r.message.coding, coding == "8bit"      ? Coding::binary
                                : coding == "Unicode" ? Coding::ucs2
                                                      : Coding::gsm7);
    if (!r.message.has_text) continue;
    std::string text = expected["text"];
    if (r.message.coding == Coding::gsm7) {  // gammu writes the nearest letter that the alphabet has
      for (std::size_t at; (at = text.find("š")) != std::string::npos;) text.replace(at, 2, "s");
    }
    const bool full = r.tpdu->user_data_length == (r.message.coding == Coding::gsm7 ? 160 : 140);
    if (full) text.resize(std::min(text.size(), r.message.text.size()));  // the suite's text is cut to fit
    EXPECT_EQ(r.message.text, text);
    ++compared;
  }
  EXPECT_GT(compared, 50U);
}

TEST(TpduVectors, gammu_phones_are_read_but_for_what_is_cut) {
  VECTORS_OR_SKIP(list, "tpdu_gammu_phones.jsonl");
  // In 01 an SMS-SUBMIT's first octet stands before the fields of an SMS-DELIVER; 38 is user data alone; 35
  // and 41 end before their TP-UDL (9.2.3.16) says.
  const std::set<std::string> cut = {"01.dump#0", "35.dump#0", "38.dump#0", "41.dump#0"};
  for (const json& each : list) {
    const std::string name = each["name"];
    auto octets = without_service_centre(hex(each["hex"].get<std::string>()));
    const Reading r{octets, stored_direction(octets)};
    EXPECT_EQ(r.whole(), !cut.contains(name)) << name;
  }
}

TEST(TpduVectors, warthog618_tpdus) {
  VECTORS_OR_SKIP(list, "tpdu_warthog618.jsonl");
  std::size_t compared = 0;
  for (const json& each : list) {
    const std::string source = each["source"];
    const std::string name = each["name"];
    if (!source.ends_with("tpdu/tpdu_test.go")) continue;
    const json& expected = each["expected"];
    const bool unmarshal = name.starts_with("TestUnmarshal");
    const json& fields =
        expected.contains(unmarshal ? "out" : "in") ? expected[unmarshal ? "out" : "in"] : json{};
    if (!fields.is_object()) continue;
    SCOPED_TRACE(name + " " + each["hex"].get<std::string>());
    const bool mo = fields.value("Direction", expected.value("dirn", "tpdu.MT")) == "tpdu.MO";
    const bool report =
        name.find("Report") != std::string::npos && name.find("StatusReport") == std::string::npos;
    const Reading r{hex(each["hex"].get<std::string>()),
                    mo ? decode::TpduDirection::ms_to_sc : decode::TpduDirection::sc_to_ms,
                    report ? decode::RpMessage::error : decode::RpMessage::data_or_ack};
    // The suite takes TP-UDL to count octets because an 8-bit TP-DCS was set, which is not sent: without one
    // the alphabet is the default one (9.2.3.27 with TS 23.038 clause 4) and TP-UDL counts septets.
    if (name.find("SmsDeliverReport ud") != std::string::npos) continue;
    ++compared;
    if (unmarshal && !expected["err"].is_null()) {
      // Semi-octets that are no digits make a time invalid here, not the message: the text is what matters.
      if (name.find("bad ") != std::string::npos) continue;
      EXPECT_FALSE(r.whole());
      continue;
    }
    ASSERT_TRUE(r.tpdu.ok());
    const decode::Tpdu& t = *r.tpdu;
    EXPECT_EQ(std::to_integer<int>(r.octets[0]), fields["FirstOctet"].get<int>());
    const auto number = [&](const char* field, const std::optional<std::uint8_t>& value) {
      if (fields.contains(field) && value) {
        EXPECT_EQ(*value, fields[field].get<int>()) << field;
      }
    };
    number("PID", t.protocol_identifier);
    number("DCS", t.data_coding_scheme);
    number("MR", t.message_reference);
    number("CT", t.command_type);
    number("MN", t.message_number);
    number("FCS", t.failure_cause);
    number("PI", t.parameter_indicator);
    for (const char* field : {"OA", "DA", "RA"}) {
      if (fields.contains(field)) {
        EXPECT_EQ(r.party().address, fields[field]["Addr"].get<std::string>());
      }
    }
    if (fields.contains("UD") && t.type == decode::TpduType::command) {
      EXPECT_EQ(as_chars(t.command_data), text_of(fields["UD"]));
    } else if (fields.contains("UD") && t.user_data_length) {
      // the suite gives GSM 7 bit text as septets
      const auto septets = text_of(fields["UD"]);
      EXPECT_EQ(r.message.has_text ? std::string{r.message.text} : std::string{as_chars(r.message.data)},
                r.message.coding == Coding::gsm7 ? unpacked(as_octets(septets)) : septets);
    }
  }
  EXPECT_GE(compared, 40U);
}

TEST(TpduVectors, warthog618_alphabet_times_and_validity) {
  VECTORS_OR_SKIP(list, "tpdu_warthog618.jsonl");
  std::size_t compared = 0;
  for (const json& each : list) {
    const std::string source = each["source"];
    const std::string name = each["name"];
    const auto octets = hex(each["hex"].get<std::string>());
    const json& expected = each["expected"];
    SCOPED_TRACE(source + " " + name + " " + each["hex"].get<std::string>());
    if (source.ends_with("gsm7/7bit_test.go")) {
      // the unpacked septets, read as text, are the packed octets read as text; the padding bits are below
      const auto septets = text_of(expected["u"]);
      if (expected["padBits"].get<int>() != 0) continue;  // fill bits without the header that makes them
      EXPECT_EQ(packed(octets, 0, septets.size()), unpacked(as_octets(septets)));
      ++compared;
    } else if (source.ends_with("gsm7/gsm7_test.go") && name.starts_with("TestDecode/") &&
               expected["err"].is_null()) {
      EXPECT_EQ(unpacked(octets), text_of(expected["out"]));
      ++compared;
    } else if (source.ends_with("tpdu/address_test.go") && name.starts_with("TestAddressMarshal")) {
      const json& address = expected["in"];
      if (!address.contains("Addr") || !expected["err"].is_null()) continue;
      auto deliver = hex("04");
      deliver.insert(deliver.end(), octets.begin(), octets.end());
      const auto rest = hex("0000 62112210203040 00");
      deliver.insert(deliver.end(), rest.begin(), rest.end());
      const Reading r{deliver, decode::TpduDirection::sc_to_ms};
      ASSERT_TRUE(r.tpdu.ok());
      EXPECT_EQ(r.party().address, address["Addr"].get<std::string>());
      ++compared;
    } else if (source.ends_with("tpdu/userdata_test.go") && name.starts_with("TestDecodeUserData/") &&
               expected["err"].is_null() && expected["udh"].is_null() &&
               expected["alpha"] == "tpdu.Alpha7Bit") {
      EXPECT_EQ(unpacked(octets), text_of(expected["msg"]));
      ++compared;
    }
  }
  EXPECT_GT(compared, 12U);
}

TEST(Gsm7Vectors, jss7) {
  VECTORS_OR_SKIP(list, "gsm7_jss7.jsonl");
  std::size_t compared = 0;
  for (const json& each : list) {
    const json& expected = each["expected"];
    if (!expected.contains("style")) continue;  // a TCAP message
    const std::string style = expected["style"];
    if (style == "bit7_ussd_style")
      continue;  // pads with a carriage return, as 6.1.2.3.1 has it for USSD only
    SCOPED_TRACE(each["name"].get<std::string>());
    const auto octets = hex(each["hex"].get<std::string>());
    const bool has_prefix = each["hex"].get<std::string>().starts_with("0102030405060708");
    const std::size_t prefix = has_prefix ? 8 : 0;
    const std::string text = expected["text"];
    if (style == "bit8_smpp_style") {
      // 0xC8 stands in one of them for 0x48 with a bit above the septet; here that is no septet
      if (each["hex"] == "4865c86c") continue;
      EXPECT_EQ(unpacked(Octets{octets}.subspan(prefix)), text);
    } else {
      const std::size_t total = expected.contains("total_septets")
                                    ? expected["total_septets"].get<std::size_t>()
                                    : std::stoul(expected["septets"].get<std::string>());
      const std::size_t first = decode::header_septets(prefix);
      EXPECT_EQ(packed(octets, first, total - first), text);
    }
    ++compared;
  }
  EXPECT_GT(compared, 10U);
}

TEST(Gsm7Vectors, libosmocore) {
  VECTORS_OR_SKIP(list, "gsm7_libosmocore.jsonl");
  for (const json& each : list) {
    SCOPED_TRACE(each["name"].get<std::string>());
    const auto octets = hex(each["hex"].get<std::string>());
    const std::size_t first = each["format"].get<std::string>().ends_with("UDH") ? 7 : 0;
    EXPECT_EQ(packed(octets, first, each["expected"]["septets"].get<std::size_t>()),
              each["expected"]["text"].get<std::string>());
  }
}

TEST(Gsm7Vectors, gosmpp) {
  VECTORS_OR_SKIP(list, "gsm7_gosmpp.jsonl");
  std::size_t compared = 0;
  for (const json& each : list) {
    const json& expected = each["expected"];
    if (!expected.contains("Text") || expected["Text"].get<std::string>().empty()) continue;
    const std::string text = expected["Text"];
    const auto octets = hex(each["hex"].get<std::string>());
    if (as_chars(octets).find("\\x") != std::string_view::npos)
      continue;  // an escaped string, not its octets
    SCOPED_TRACE(text);
    const std::string as_unpacked = unpacked(octets);
    // The suite packs and does not say how many septets: as many as fit, without a zero at the end.
    std::string as_packed = packed(octets, 0, octets.size() * 8 / 7);
    if (as_packed.ends_with('@')) as_packed.pop_back();
    EXPECT_TRUE(as_unpacked == text || as_packed == text) << as_packed;
    ++compared;
  }
  EXPECT_GT(compared, 8U);
}

}  // namespace
}  // namespace tollgate::inspect
