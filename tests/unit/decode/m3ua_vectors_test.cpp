// Octets and their meaning from the test suites of other programs.
#include <map>

#include <gtest/gtest.h>

#include "decode/m2ua.hpp"
#include "decode/m3ua.hpp"
#include "decode/mtp3.hpp"
#include "decode/sua.hpp"
#include "support/hex.hpp"
#include "support/recording_trace.hpp"
#include "support/vectors.hpp"

namespace tollgate::decode {
namespace {

using nlohmann::json;
using test::hex;
using test::to_hex;

/// go-m3ua's name of a parameter: RFC 4666's. Those left out are compared by name only: Error Code, Status
/// and Registration Result hold symbols; for User/Cause the suite swaps the two halves (RFC 4666 3.4.5: the
/// cause comes first, and SCCP is 3, not 0).
const std::map<std::string, std::string> parameter_names = {
    {"NewNetworkAppearance", "Network Appearance"},
    {"NewRoutingContext", "Routing Context"},
    {"NewTrafficModeType", "Traffic Mode Type"},
    {"NewInfoString", "INFO String"},
    {"NewAspIdentifier", "ASP Identifier"},
    {"NewAffectedPointCode", "Affected Point Code"},
    {"NewConcernedDestination", "Concerned Destination"},
    {"NewCongestionIndications", "Congestion Indications"},
    {"NewHeartbeatData", "Heartbeat Data"},
    {"NewDiagnosticInformation", "Diagnostic Information"},
    {"NewCorrelationID", "Correlation Id"},
    {"NewOriginatingPointCodeList", "Originating Point Code List"},
    {"NewRegistrationStatus", "Registration Status"},
    {"NewDeregistrationStatus", "Deregistration Status"},
};

/// The values that the trace shows of parameter `name`, with mask and point code joined to one number again.
std::vector<std::string> values_of(const test::RecordingTrace& trace, const std::string& name) {
  std::vector<std::string> values;
  unsigned long mask = 0;
  const std::string prefix = "M3UA/" + name + "/";
  for (const std::string& line : trace.lines()) {
    if (!line.starts_with(prefix)) continue;
    const auto equals = line.find(" = ");
    const std::string field = line.substr(prefix.size(), equals - prefix.size());
    std::string value = line.substr(equals + 3);
    if (field == "Parameter Tag" || field == "Parameter Length") continue;
    if (field != "INFO String") value = value.substr(0, value.find(" ("));
    if (field == "Mask") {
      mask = std::stoul(value);
      continue;
    }
    if (field == "Point Code") value = std::to_string(mask << 24U | std::stoul(value));
    values.push_back(value);
  }
  return values;
}

std::vector<std::string> expected_values(const json& arguments) {
  std::vector<std::string> values;
  for (const json& argument : arguments) {
    std::string value = argument.is_string() ? argument.get<std::string>() : argument.dump();
    if (value.starts_with("hex:")) value = value.substr(4);
    values.push_back(value);
  }
  return values;
}

void compare_parameter(const std::string& constructor, const json& arguments,
                       const test::RecordingTrace& trace) {
  const auto name = parameter_names.find(constructor.substr(constructor.find('.') + 1));
  if (name == parameter_names.end()) return;
  EXPECT_EQ(values_of(trace, name->second), expected_values(arguments)) << trace.all();
}

void compare_protocol_data(const json& expected, const std::optional<m3ua::ProtocolData>& data) {
  ASSERT_TRUE(data);
  EXPECT_EQ(data->opc, expected[0]);
  EXPECT_EQ(data->dpc, expected[1]);
  EXPECT_EQ(data->si, expected[2]);
  EXPECT_EQ(data->ni, expected[3]);
  EXPECT_EQ(data->mp, expected[4]);
  EXPECT_EQ(data->sls, expected[5]);
  EXPECT_EQ("hex:" + to_hex(data->user_data), expected[6]);
}

void compare_message(const json& vector, const std::vector<std::byte>& input) {
  test::RecordingTrace trace;
  const auto message = m3ua::decode(input, &trace);
  ASSERT_TRUE(message) << to_string(message.error().reason);
  for (const auto& [constructor, parameters] : vector["expected"]["f1"].items()) {
    for (const json& parameter : parameters) {
      if (!parameter.is_object()) continue;
      const auto item = parameter.begin();
      if (item.key() == "params.NewProtocolData") compare_protocol_data(item.value(), message->data);
      else compare_parameter(item.key(), item.value(), trace);
    }
  }
}

/// A parameter on its own is given a DAUD around it.
void compare_lone_parameter(const json& vector, const std::vector<std::byte>& parameter) {
  auto input = hex("01000203 00000000");
  input.insert(input.end(), parameter.begin(), parameter.end());
  input[7] = static_cast<std::byte>(input.size());
  test::RecordingTrace trace;
  ASSERT_TRUE(m3ua::decode(input, &trace));
  for (const auto& [constructor, arguments] : vector["expected"]["structured"].items())
    compare_parameter(constructor, arguments, trace);
}

TEST(M3uaVectors, agree_with_go_m3ua) {
  const auto vectors = test::vectors("m3ua_wmnsk.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  for (const json& vector : vectors) {
    const std::string name = vector["name"];
    SCOPED_TRACE(name);
    const auto input = hex(vector["hex"].get<std::string>());
    if (name.starts_with("TestParseMalformed")) {
      EXPECT_FALSE(m3ua::decode(input));
    } else if (name.starts_with("TestGeneric") || name.starts_with("TestHeader")) {
      // Classes 127 and 16 are not defined; a receiver answers with Error (RFC 4666 3.8.1).
      EXPECT_EQ(m3ua::decode(input).error().reason, Reason::unknown_type);
    } else if (name.starts_with("TestParams")) {
      compare_lone_parameter(vector, input);
    } else {
      compare_message(vector, input);
    }
  }
}

TEST(M3uaVectors, agree_with_jss7) {
  const auto vectors = test::vectors("m3ua_jss7.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  int compared = 0;
  for (const json& vector : vectors) {
    const json& expected = vector["expected"];
    const auto input = hex(vector["hex"].get<std::string>());
    SCOPED_TRACE(vector["name"].get<std::string>());
    if (vector["decoder"] == "Mtp3TransferMessage") {
      const auto message = mtp3::decode(input);
      ASSERT_TRUE(message);
      EXPECT_EQ(message->si, expected["si"]);
      EXPECT_EQ(message->ni, expected["ni"]);
      EXPECT_EQ(message->priority, expected["mp"]);
      EXPECT_EQ(message->dpc, expected["dpc"]);
      EXPECT_EQ(message->opc, expected["opc"]);
      EXPECT_EQ(message->sls, expected["sls"]);
      ++compared;
    }
    if (vector["decoder"] != "MessageFactory") continue;  // the others are state machines
    const auto message = m3ua::decode(input);
    ASSERT_TRUE(message);
    ASSERT_TRUE(message->data);
    EXPECT_EQ(message->data->opc, expected.value("data.opc", message->data->opc));
    EXPECT_EQ(message->data->dpc, expected.value("data.dpc", message->data->dpc));
    EXPECT_EQ(message->data->si, expected.value("data.SI", message->data->si));
    EXPECT_EQ(message->data->ni, expected.value("data.NI", message->data->ni));
    EXPECT_EQ(message->data->sls, expected.value("data.SLS", message->data->sls));
    EXPECT_EQ(message->data->mp, expected.value("data.MP", message->data->mp));
    if (expected.contains("routingContext.routingContexts[0]")) {
      EXPECT_EQ(to_hex(message->routing_context), "00000001");
      EXPECT_EQ(expected["routingContext.routingContexts[0]"], 1);
    }
    ++compared;
  }
  EXPECT_GE(compared, 4);
}

TEST(M3uaVectors, pycrate_and_libosmocore_messages_decode) {
  const auto vectors = test::vectors("mixed_pycrate.jsonl");
  if (vectors.empty()) GTEST_SKIP() << "no ../shared/vectors";
  for (const json& vector : vectors) {
    const auto input = hex(vector["hex"].get<std::string>());
    SCOPED_TRACE(vector["name"].get<std::string>());
    if (vector["expected"]["layer"] == "M3UA") {
      const auto message = m3ua::decode(input);
      ASSERT_TRUE(message);
      EXPECT_EQ(message->data.has_value(), message->message_class == 1);
    } else if (vector["expected"]["layer"] == "SIGTRAN") {
      const auto message = sua::decode(input);
      ASSERT_TRUE(message);
      EXPECT_TRUE(sua::is_cldt(*message));
      EXPECT_FALSE(message->data.empty());
    }
  }
  for (const json& vector : test::vectors("sccp_sua_libosmo.jsonl")) {
    if (vector["hex_is"] != "M2UA message") continue;
    test::RecordingTrace trace;
    const auto message = m2ua::decode(hex(vector["hex"].get<std::string>()), &trace);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->message_class, vector["expected"]["class"]);
    EXPECT_EQ(message->message_type, vector["expected"]["type"]);
  }
}

}  // namespace
}  // namespace tollgate::decode
