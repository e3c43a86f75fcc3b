// Octets and their meaning from the test suites of other programs.
#include <gtest/gtest.h>

#include "decode/reader.hpp"
#include "decode/sccp.hpp"
#include "decode/sua.hpp"
#include "support/hex.hpp"
#include "support/vectors.hpp"

namespace tollgate::decode::sccp {
namespace {

using nlohmann::json;
using test::hex;
using test::to_hex;

std::string text_of(const GlobalTitle& gt) {
  char out[max_gt_digits];
  return {out, digits(gt, out)};
}

void append(std::vector<std::byte>& to, const std::vector<std::byte>& octets) {
  for (const std::byte octet : octets) to.push_back(octet);
}

/// A UDT whose called party address is `address` (with its length octet).
std::vector<std::byte> udt_to(const std::vector<std::byte>& address) {
  auto input = hex("09 00 03");
  input.push_back(static_cast<std::byte>(2 + address.size()));
  input.push_back(static_cast<std::byte>(4 + address.size()));
  append(input, address);
  append(input, hex("024208 00"));
  return input;
}

std::vector<std::byte> with_length(const std::vector<std::byte>& octets) {
  std::vector<std::byte> input{static_cast<std::byte>(octets.size())};
  append(input, octets);
  return input;
}

/// [indicator, point code, SSN, global title], the indicator as a number or as its parts.
void compare_go_address(const json& expected, const Address& address) {
  EXPECT_EQ(address.point_code.value_or(0), expected[1]);
  EXPECT_EQ(address.ssn.value_or(0), expected[2]);
  if (expected[0].is_object()) {
    const json& parts = expected[0].begin().value();
    EXPECT_EQ(address.point_code.has_value(), parts[0]);
    EXPECT_EQ(address.ssn.has_value(), parts[1]);
    EXPECT_EQ(address.route_on_ssn, parts[2]);
  } else {
    EXPECT_EQ(std::to_integer<int>(address.octets[0]), expected[0]);
  }
  if (expected[3].is_null()) {
    EXPECT_EQ(address.gt.indicator, 0);
    return;
  }
  const json& gt = expected[3].begin().value();
  EXPECT_EQ(gt[0], "params.GTITTNPESNAI");
  EXPECT_EQ(address.gt.indicator, 4);
  EXPECT_EQ(address.gt.translation_type, gt[1].begin().value()[0]);
  EXPECT_EQ(gt[2], "params.NPISDNTelephony");
  EXPECT_EQ(address.gt.numbering_plan, 1);
  EXPECT_EQ(address.gt.encoding_scheme, gt[3] == "params.ESBCDOdd" ? 1 : 2);
  EXPECT_EQ(gt[4], "params.NAIInternationalNumber");
  EXPECT_EQ(address.gt.nature_of_address, 4);
  EXPECT_EQ("hex:" + to_hex(address.gt.address), gt[5]);
}

/// The arguments of go-sccp's constructors, in the order of Q.713 4.10 and the following.
void compare_go_message(const json& arguments, const Message& message) {
  std::size_t at = 0;
  if (is_service(message.type)) {
    EXPECT_EQ(arguments[at++], "params.ReturnCauseSubsystemFailure");
    EXPECT_EQ(return_cause_name(message.return_cause), "subsystem failure");
  } else {
    EXPECT_EQ(message.protocol_class, arguments[at++]);
    EXPECT_EQ(message.return_on_error, arguments[at++]);
  }
  if (message.type >= MessageType::XUDT) {
    EXPECT_EQ(message.hop_counter, arguments[at++]);
  }
  compare_go_address(arguments[at++].begin().value(), message.called);
  compare_go_address(arguments[at++].begin().value(), message.calling);
  const json& data = arguments[at++];
  EXPECT_EQ(to_hex(message.data), data.is_null() ? "" : data.get<std::string>().substr(4));
  for (; at < arguments.size(); ++at) {
    const auto item = arguments[at].begin();
    if (item.key() == "params.NewImportance") {
      EXPECT_EQ(message.importance, item.value()[0]);
    }
    if (item.key() != "params.NewSegmentation") continue;
    ASSERT_TRUE(message.segmentation);
    EXPECT_EQ(message.segmentation->first, item.value()[0]);
    EXPECT_EQ(message.segmentation->class_1, item.value()[1] == 1);
    EXPECT_EQ(message.segmentation->remaining, item.value()[2]);
    // The suite reads the reference most significant octet first; Q.713 has it least significant first, as
    // tshark reads it. It is opaque: only that it is the same in each segment matters.
    EXPECT_EQ(message.segmentation->local_reference, 0x563412U);
    EXPECT_EQ(item.value()[3], 0x123456);
  }
}

void compare_go(const json& vector) {
  const auto input = hex(vector["hex"].get<std::string>());
  const std::string name = vector["name"];
  SCOPED_TRACE(name);
  const json structured = vector["expected"].value("structured", json::object());
  if (structured.empty()) {
    // Optional parameters that are cut, or longer than Q.713 has them. Those that do not belong to an XUDT
    // are only stepped over.
    auto xudt = hex("11 00 0f 04 06 08 08 024208 024208 00");
    append(xudt, input);
    const bool cut = name.starts_with("TestMalformed") && name.ends_with("optional short");
    if (cut || name.ends_with("RejectInvalidLengths/Importance")) {
      EXPECT_FALSE(decode(xudt));
    }
    return;
  }
  const auto item = structured.begin();
  if (name.find("PartyAddress") != std::string::npos && item.key().starts_with("params.")) {
    const auto wrapped = udt_to(input);
    const auto message = decode(wrapped);
    ASSERT_TRUE(message);
    compare_go_address(item.value(), message->called);
  } else if (item.key() == "sccp.NewSCMG") {
    const auto message = decode_management(input);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->affected_ssn, item.value()[1]);
    EXPECT_EQ(message->affected_pc, item.value()[2]);
    EXPECT_EQ(message->multiplicity, item.value()[3]);
    EXPECT_EQ(message->congestion_level, item.value()[4]);
    const std::string type = item.value()[0].get<std::string>().substr(13);
    EXPECT_NE(management_name(message->format_identifier).find("(" + type + ")"), std::string::npos);
  } else if (item.key() == "sccp.NewLUDT") {
    // The suite writes the pointers and the length of LUDT most significant octet first, and counts a
    // pointer from its first octet. Q.713 2.3 and 3.20: least significant octet first, counted from the
    // most significant one. tshark refuses these octets as well.
    EXPECT_FALSE(decode(input));
  } else if (item.key().starts_with("sccp.New")) {
    const auto message = decode(input);
    ASSERT_TRUE(message);
    EXPECT_EQ(to_string(message->type), item.key().substr(8));
    if (is_connectionless(message->type)) compare_go_message(item.value(), *message);
  }
}

TEST(SccpVectors, agree_with_go_sccp) {
  auto vectors = test::vectors("sccp_wmnsk.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  for (const json& vector : test::vectors("sccp_gomaja.jsonl")) vectors.push_back(vector);
  for (const json& vector : vectors) compare_go(vector);
}

void compare_jss7_address(const json& expected, const std::string& prefix, const Address& address) {
  if (expected.contains(prefix + ".signalingPointCode")) {
    EXPECT_EQ(address.point_code.value_or(0), expected[prefix + ".signalingPointCode"]);
  }
  EXPECT_EQ(address.ssn.value_or(0), expected[prefix + ".subsystemNumber"]);
  if (expected.contains(prefix + ".globalTitle")) {
    EXPECT_EQ(address.gt.indicator, 0);
  }
  if (expected.contains(prefix + ".globalTitle.digits")) {
    EXPECT_EQ(text_of(address.gt), expected[prefix + ".globalTitle.digits"]);
  }
}

void compare_jss7_message(const json& expected, const Message& message) {
  compare_jss7_address(expected, "calledPartyAddress", message.called);
  compare_jss7_address(expected, "callingPartyAddress", message.calling);
  const auto same = [&](const char* key, const auto& actual) {
    if (expected.contains(key)) {
      EXPECT_EQ(json(actual), expected[key]) << key;
    }
  };
  same("protocolClass.protocolClass", message.protocol_class);
  same("protocolClass.returnMessageOnError", message.return_on_error);
  same("hopCounter.value", message.hop_counter);
  same("data", "hex:" + to_hex(message.data));
  if (expected.contains("importance.value")) {
    EXPECT_EQ(message.importance, expected["importance.value"]);
  }
  if (expected.contains("importance")) {
    EXPECT_FALSE(message.importance);
  }
  if (expected.contains("segmentation")) {
    EXPECT_FALSE(message.segmentation);
  }
  if (expected.contains("returnCause.value")) {
    EXPECT_EQ(return_cause_name(message.return_cause), "MTP failure") << expected["returnCause.value"];
  }
  if (!expected.contains("segmentation.firstSegIndication")) return;
  ASSERT_TRUE(message.segmentation);
  same("segmentation.firstSegIndication", message.segmentation->first);
  same("segmentation.class1Selected", message.segmentation->class_1);
  same("segmentation.remainingSegments", message.segmentation->remaining);
  same("segmentation.segmentationLocalRef", message.segmentation->local_reference);
}

void compare_jss7_global_title(const json& vector, std::uint8_t indicator) {
  std::vector<std::byte> address{static_cast<std::byte>(indicator << 2U)};
  append(address, hex(vector["hex"].get<std::string>()));
  const auto input = udt_to(with_length(address));
  const auto message = decode(input);
  ASSERT_TRUE(message);
  std::string upper = vector["expected"]["digits"];
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(text_of(message->called.gt), upper);
  if (vector["expected"].contains("translationType")) {
    EXPECT_EQ(message->called.gt.translation_type, vector["expected"]["translationType"]);
  }
  if (vector["expected"].contains("natureOfAddress")) {
    EXPECT_EQ(message->called.gt.nature_of_address, 3);
  }
  if (vector["expected"].contains("numberingPlan")) {
    EXPECT_EQ(message->called.gt.numbering_plan, 1);
  }
}

TEST(SccpVectors, agree_with_jss7) {
  const auto vectors = test::vectors("sccp_jss7.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  for (const json& vector : vectors) {
    const std::string decoder = vector["decoder"];
    SCOPED_TRACE(decoder + "." + vector["name"].get<std::string>());
    if (decoder == "GT0001") compare_jss7_global_title(vector, 1);
    if (decoder == "GT0010") compare_jss7_global_title(vector, 2);
    if (decoder == "GT0100") compare_jss7_global_title(vector, 4);
    if (!decoder.starts_with("Sccp")) continue;
    const auto input = hex(vector["hex"].get<std::string>());
    const auto message = decode(input);
    ASSERT_TRUE(message);
    if (is_connectionless(message->type)) {
      compare_jss7_message(vector["expected"], *message);
      continue;
    }
    std::string type = decoder.substr(8, decoder.size() - 8 - 7);  // SccpConn…Message
    for (char& c : type) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_EQ(to_string(message->type), type);
  }
}

void compare_libosmo_address(const json& vector) {
  const json& expected = vector["expected"];
  const auto input = udt_to(with_length(hex(vector["hex"].get<std::string>())));
  const auto message = decode(input);
  ASSERT_TRUE(message);
  const Address& address = message->called;
  EXPECT_EQ(address.route_on_ssn, expected["ri"] == "OSMO_SCCP_RI_SSN_PC");
  if (expected.contains("pc")) {
    EXPECT_EQ(std::to_string(address.point_code.value_or(0)), expected["pc"]);
  }
  if (expected.contains("ssn")) {
    EXPECT_EQ(address.ssn, std::stoi(expected["ssn"].get<std::string>(), nullptr, 16));
  }
  if (expected.contains("gt.nai")) {
    EXPECT_EQ(address.gt.nature_of_address, std::stoi(expected["gt.nai"].get<std::string>(), nullptr, 16));
  }
  if (expected.contains("gt.tt")) {
    EXPECT_EQ(address.gt.translation_type, std::stoi(expected["gt.tt"].get<std::string>(), nullptr, 16));
  }
  if (expected.contains("gt.npi")) {
    EXPECT_EQ(std::to_string(address.gt.numbering_plan), expected["gt.npi"]);
  }
  if (expected.contains("gt.digits")) {
    EXPECT_EQ(text_of(address.gt), expected["gt.digits"]);
  }
}

TEST(SccpVectors, agree_with_libosmo_sccp) {
  const auto vectors = test::vectors("sccp_sua_libosmo.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  for (const json& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const json& expected = vector["expected"];
    if (vector["hex_is"] == "SCCP party address without length octet") compare_libosmo_address(vector);
    if (vector["hex_is"] != "SCCP message") continue;
    const auto input = hex(vector["hex"].get<std::string>());
    const auto message = decode(input);
    ASSERT_TRUE(message);
    EXPECT_EQ(is_connectionless(message->type), expected["sua_class"] == "SUA_MSGC_CL");
    if (!is_connectionless(message->type)) continue;
    EXPECT_EQ(message->protocol_class, expected["sua_params"]["SUA_IEI_PROTO_CLASS"]);
    // The suite's SUA addresses end in the subsystem number.
    EXPECT_EQ(message->called.ssn, 0xfe);
    EXPECT_TRUE(expected["sua_params"]["SUA_IEI_DEST_ADDR"].get<std::string>().ends_with("fe"));
  }
}

TEST(SccpVectors, pycrate_messages_decode) {
  const auto vectors = test::vectors("mixed_pycrate.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  int decoded = 0;
  for (const json& vector : vectors) {
    if (vector["expected"]["layer"] != "SCCP") continue;
    const auto input = hex(vector["hex"].get<std::string>());
    const auto message = decode(input);
    ASSERT_TRUE(message) << vector["name"];
    // All three are TCAP in UDT; the last octets of the message are its data.
    EXPECT_EQ(message->type, MessageType::UDT);
    EXPECT_EQ(&message->data.back(), &input.back());
    ++decoded;
  }
  EXPECT_EQ(decoded, 3);
}

}  // namespace
}  // namespace tollgate::decode::sccp
